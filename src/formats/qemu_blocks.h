/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The blocks of memory that a migration stream names. The guest's memory is one
 * block, or one per NUMA node, in the order of the nodes. Other blocks are of
 * devices, or of memory whose address is not in the stream.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

struct qemu_block {
	struct bytes name;   /* borrowed from the stream */
	uint64_t base, size; /* base: offset in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* by node */
	size_t nr; /* one more than the highest node */
	uint64_t size; /* of all blocks, after qemu_blocks_place() */
	bool numbered; /* they are of nodes */
	char others
		[128]; /* names of other blocks that may be memory; "": none */
};

/* False: the block contradicts those before it. */
bool qemu_blocks_add(struct qemu_blocks *blocks, struct bytes name,
		     uint64_t size);

/* Computes the bases, after the last block. False: no blocks, or a node's is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* NULL: not the guest's memory. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  struct bytes name);
