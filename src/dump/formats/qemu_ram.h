/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The guest's memory in a migration stream: the blocks of which it consists, and the file offset of
 * each page. */
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
	/* Owned. Each element is for a group of QEMU_GROUP_PAGES pages. An element is NULL, or an
	 * owned array of the file offsets of these pages. */
	uint64_t **groups;
	uint64_t size; /* the size of the memory in bytes */
	bool complete; /* the stream contains the end mark of the memory */
};

/* Prepares *ram for `size` bytes of memory. Returns false if memory runs out, or if no machine has
 * so much memory. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* *ram may be zeroed */

/* Sets the file offset of a page. `offset` is the offset of the page in the memory, and must be
 * below ram->size. `place` is its file offset, or QEMU_ZEROS if the page consists of zeros, which
 * are not in the file. Returns false if memory runs out. */
enum { QEMU_ZEROS = 1 }; /* no page has this file offset */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, uint64_t place);

/* Finds the extent that contains an offset in the memory, which must be below ram->size. The first
 * and last address of the extent are such offsets, too. If the extent is present, extent_offset()
 * gives the file offset of each byte. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset, struct extent *extent);

enum { QEMU_MOST_NODES = 128 }; /* MAX_NODES, include/sysemu/numa.h */

/* A name in the stream. It has no final NUL. */
struct qemu_name {
	uint8_t size, text[255];
};

/* A block of the stream. The memory of the guest is one block, or one block for each NUMA node, in
 * the order of the nodes. Other blocks belong to devices, or have an address that the stream does
 * not contain. */
struct qemu_block {
	struct qemu_name name;
	uint64_t base, size; /* base: the offset at which the block starts in struct qemu_ram */
};

struct qemu_blocks {
	struct qemu_block at[QEMU_MOST_NODES]; /* the index is the number of the node */
	size_t nr; /* the highest number of a node, plus 1 */
	uint64_t size; /* the size of all blocks in bytes; valid after qemu_blocks_place() */
	bool numbered; /* the blocks belong to NUMA nodes */
	char others[128]; /* the names of other blocks that may also be memory */
};

/* Adds a block. Blocks that are not the memory of the guest are only recorded. Returns false if the
 * block contradicts earlier blocks. */
bool qemu_blocks_add(struct qemu_blocks *blocks, const struct qemu_name *name, uint64_t size);

/* Sets the base of each block. Must be called after the last block was added. Returns false if
 * there are no blocks, or if the block of a node is missing. */
bool qemu_blocks_place(struct qemu_blocks *blocks);

/* Finds the block of the guest's memory that has this name. Returns NULL if there is no such
 * block. */
const struct qemu_block *qemu_blocks_find(const struct qemu_blocks *blocks,
					  const struct qemu_name *name);
