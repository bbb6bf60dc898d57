/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* QEMU's migration stream (migration/savevm.c, version 3). Its first part is the memory of the
 * guest (migration/ram.c, version 4). Only this part is read. All numbers are big-endian. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/formats/qemu_ram.h"

struct qemu_stream {
	struct qemu_ram *ram; /* borrowed; filled by qemu_stream_read() */
	char machine[64]; /* such as "pc-q35-7.2"; "" if the stream does not contain it */
	struct qemu_blocks blocks;
	bool is_mapped; /* the capability mapped-ram: each page has a fixed place in the file */
	/* The following members are about the page that was read last. */
	/* The block of the page; NULL if the block is not memory of the guest. */
	const struct qemu_block *block;
	struct qemu_name block_name;
	uint64_t last_page; /* the offset of the page in its block */
};

/* Is the source a migration stream of QEMU, or a file of libvirt that contains such a stream? */
bool qemu_stream_probe(const struct source *source);

/* Reads the memory into stream->ram. If the memory is incomplete, adds a warning. Returns false if
 * the stream cannot be read. */
bool qemu_stream_read(struct qemu_stream *stream, struct dump *dump, struct error *err);
