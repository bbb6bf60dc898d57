/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The blocks of memory that a migration stream names. The guest's is one block
 * of the machine's own, or one a NUMA node, behind one another; the others are
 * of devices, or memory of which the stream does not tell the place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

struct qemu_block {
	struct bytes name;   /* borrowed from the stream */
	uint64_t base, size; /* in the guest's memory, as it is put together */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* by number of the node */
	size_t nr;           /* one more than the highest */
	uint64_t size;       /* of all; once they are placed */
	bool numbered;       /* they are nodes */
	char others[128];    /* names of what may be memory too, "" if none */
};

/* False: that makes no sense beside those before it. */
bool qemu_blocks_add(struct qemu_blocks *blocks, struct bytes name,
		     uint64_t size);

/* Once all were added. False: there is none, or a node is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* NULL: not of the guest's memory. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  struct bytes name);
