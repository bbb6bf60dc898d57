/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's memory in a migration stream: where each page is in the file. */
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
	/* Owned; by offset: NULL, or QEMU_GROUP_PAGES borrowed pages. */
	const uint8_t ***groups;
	uint64_t size; /* bytes */
	bool complete; /* the stream has the end of the memory */
};

/* False: out of memory, or larger than any x86 machine's. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* zeroed is fine */

/* Sets the bytes, borrowed, of the page at offset, which is below size; NULL: zeros.
 * False: out of memory. */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, const uint8_t *data);

/* The extent that holds offset, which is below size; its bounds are offsets. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset,
		   struct extent *extent);
