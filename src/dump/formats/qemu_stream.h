/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* QEMU's migration stream (migration/savevm.c, version 3). Only the memory is read, which is the
 * first part of the stream (migration/ram.c, version 4). Numbers are big-endian. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/formats/qemu_ram.h"

struct qemu_stream {
	struct qemu_ram *ram; /* borrowed; filled by qemu_stream_read() */
	char machine[64]; /* for example "pc-q35-7.2"; "" if not in the stream */
	struct qemu_blocks blocks;
	/* About the last page: */
	const struct qemu_block *block; /* the page's block; NULL if not a block of guest memory */
	struct qemu_name block_name;
	uint64_t last_page; /* the offset of the page in its block */
};

/* Is the source QEMU's stream, or libvirt's file with such a stream? */
bool qemu_stream_probe(const struct source *source);

/* Reads the memory, and warns if it is incomplete. */
bool qemu_stream_read(struct qemu_stream *stream, struct dump *dump, struct error *err);
