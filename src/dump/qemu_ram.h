/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's memory in a migration stream: where each page of it was sent. */
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
	const uint8_t ***groups; /* owned; by offset: NULL or QEMU_GROUP_PAGES pages */
	uint64_t size;           /* bytes; 0: not known yet */
	bool complete;           /* the stream came to the end of the memory */
};

/* False: out of memory, or larger than any x86 machine's. */
bool qemu_ram_create(struct qemu_ram *ram, uint64_t size);
void qemu_ram_release(struct qemu_ram *ram); /* zeroed is fine */

/* The page at offset, which lies within the memory, has these bytes; NULL: it is
 * zero. False: out of memory. */
bool qemu_ram_set(struct qemu_ram *ram, uint64_t offset, const uint8_t *data);

/* The extent that holds offset, in offsets; offset is below size. */
void qemu_ram_find(const struct qemu_ram *ram, uint64_t offset,
		   struct extent *extent);
