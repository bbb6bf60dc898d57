/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The guest's memory in a migration stream: its blocks, and the place of each page in the file. */
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
	/* Owned; by offset, for each group NULL or the places in the file of QEMU_GROUP_PAGES
	 * pages. */
	uint64_t **groups;
	uint64_t size; /* in bytes */
	bool complete; /* the stream contains the end of the memory */
};

/* False: out of memory, or size is larger than any machine's memory. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* zeroed is fine */

/* The place in the file of the page at offset, which is below size; QEMU_ZEROS: the page is zeros
 * and has no place. False: out of memory. */
enum { QEMU_ZEROS = 1 }; /* never the place of a page: the stream's magic is there */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place);

/* The extent that holds offset, which is below size; its bounds are offsets, too. If the extent is
 * present, extent_offset() gives the file offset of each byte. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent);

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

/* A name in the stream, not terminated. */
struct qemu_name {
	uint8_t size, text[255];
};

/* The guest's memory: one block, or one block per NUMA node in the order of the nodes. Other blocks
 * belong to devices, or their address is not in the stream. */
struct qemu_block {
	struct qemu_name name;
	uint64_t base, size; /* base: offset of the block in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* indexed by node */
	size_t nr; /* the highest node, plus 1 */
	uint64_t size; /* total size, valid after qemu_blocks_place() */
	bool numbered; /* the blocks belong to nodes */
	char others[128]; /* names of other blocks that may be memory */
};

/* False: the block contradicts earlier blocks. */
bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size);

/* Computes base of each block, after the last block. False: there are no blocks, or a node's block
 * is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* NULL: not a block of the guest's memory. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  const struct qemu_name *name);
