/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sections of QEMU's migration stream (migration/savevm.c, version 3) up to
 * the end of the memory, which is sent first (migration/ram.c, version 4). All
 * numbers in it are big-endian.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"
#include "dump/qemu_blocks.h"
#include "dump/qemu_ram.h"

struct qemu_stream {
	struct qemu_ram *ram; /* to be filled */
	char machine[64];     /* "pc-q35-7.2"; "" where the stream does not say */
	struct qemu_blocks blocks;
	/* What was named last: */
	const struct qemu_block *block; /* NULL: not of the guest's memory */
	struct bytes block_name;
	uint64_t last_page;   /* offset in it */
};

/* Of QEMU, or of libvirt with QEMU's in it. */
bool qemu_stream_probe(const struct source *source);

/* Warns of what is missing or not understood. */
bool qemu_stream_read(struct qemu_stream *stream, struct dump *dump,
		      struct error *err);
