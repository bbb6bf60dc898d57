/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The guest's memory in a migration stream: the blocks that it consists of, and
 * where each page is in the file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"

enum {
	QEMU_PAGE = 4096,
	QEMU_GROUP_PAGES = 512,
	QEMU_GROUP = QEMU_PAGE * QEMU_GROUP_PAGES,
};

struct qemu_ram {
	/* Owned; by offset: NULL, or the places in the file of QEMU_GROUP_PAGES pages. */
	uint64_t **groups;
	uint64_t size; /* bytes */
	bool complete; /* the stream has the end of the memory */
};

/* False: out of memory, or larger than any x86 machine's. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* zeroed is fine */

/* Where in the file the page at offset is, which is below size; QEMU_ZEROS: nowhere, it is
 * zeros. False: out of memory. */
enum { QEMU_ZEROS = 1 }; /* the stream's magic is there */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place);

/* The extent that holds offset, which is below size; its bounds are offsets. If it is
 * present, extent_offset() of one is where that byte is in the file. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent);

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

/* A name that the stream has, not terminated. */
struct qemu_name {
	uint8_t size, text[255];
};

/* The guest's memory is one block, or one per NUMA node, in the order of the nodes.
 * Other blocks are of devices, or of memory whose address is not in the stream. */
struct qemu_block {
	struct qemu_name name;
	uint64_t base, size; /* base: offset in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* by node */
	size_t nr; /* one more than the highest node */
	uint64_t size; /* of all blocks, after qemu_blocks_place() */
	bool numbered; /* they are of nodes */
	char others[128]; /* names of other blocks that may be memory */
};

/* False: the block contradicts those before it. */
bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size);

/* Computes the bases, after the last block. False: no blocks, or a node's is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* NULL: not the guest's memory. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  const struct qemu_name *name);
