/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The guest's memory in a migration stream: its blocks, and the offset of each page in the file. */
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
	/* Owned. Each element is for a group of QEMU_GROUP_PAGES pages: NULL, or an owned array of
	 * the pages' offsets in the file. */
	uint64_t **groups;
	uint64_t size; /* in bytes */
	bool complete; /* the stream contains the end of the memory */
};

/* Returns false if memory runs out, or if size is larger than the memory of any machine. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* may be zeroed */

/* Sets the file offset of the page at offset, which must be below size. place is QEMU_ZEROS if the
 * page is zeros, which are not in the file. Returns false if memory runs out. */
enum { QEMU_ZEROS = 1 }; /* never the file offset of a page */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place);

/* Finds the extent that contains offset, which must be below size. The bounds of the extent are
 * offsets, too. If the extent is present, extent_offset() gives the file offset of each byte. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent);

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

/* A name in the stream. text has no final NUL. */
struct qemu_name {
	uint8_t size, text[255];
};

/* The guest's memory is one block, or one block for each NUMA node, in the order of nodes. Other
 * blocks belong to devices, or have an address that is not in the stream. */
struct qemu_block {
	struct qemu_name name;
	uint64_t base, size; /* base: the offset of the block in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* the index is the node */
	size_t nr; /* the highest node, plus 1 */
	uint64_t size; /* total size in bytes, valid after qemu_blocks_place() */
	bool numbered; /* the blocks belong to nodes */
	char others[128]; /* the names of other blocks that may be memory */
};

/* Returns false if the block contradicts earlier blocks. */
bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size);

/* Computes base of each block. Must be called after the last block was added. Returns false if
 * there are no blocks, or if the block of a node is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* Returns NULL if no block of the guest's memory has this name. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  const struct qemu_name *name);
