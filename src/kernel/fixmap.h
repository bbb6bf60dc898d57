/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots of a page each: of the fixmap by the names of enum fixed_addresses, and
 * of kmap(). arch/x86/include/asm/fixmap.h, mm/highmem.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

struct fixmap_slot {
	uint64_t index;
	const char *name; /* borrowed from the types; NULL: no slot of that index has a use */
	uint64_t offset;  /* from the slot that has this name */
	/* One of those that kmap_local_page() and kmap_atomic() use (i386): */
	bool is_kmap;
	unsigned int cpu, kmap_index;
};

/* The slot at vaddr. False where it is none, or nothing tells. */
bool kernel_fixmap_slot(struct kernel *kernel, uint64_t vaddr,
			struct fixmap_slot *slot);

/* What pkmap_count says of a slot of kmap(): 0 free, 1 unused but perhaps still
 * in a TLB, more: that many users and one. */
bool kernel_kmap_count(struct kernel *kernel, uint64_t index, uint64_t *count);
