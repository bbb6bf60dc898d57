/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The areas of vmalloc(), ioremap() and vmap(): mm/vmalloc.c, include/linux/vmalloc.h. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* The flags VM_* of struct vm_struct. They are macros. A flag has the same value in all releases
 * that have it. */
enum vmalloc_flag {
	VMALLOC_IOREMAP = 0x1,
	VMALLOC_ALLOC = 0x2,
	VMALLOC_MAP = 0x4,
	VMALLOC_USERMAP = 0x8,
	VMALLOC_DMA_COHERENT = 0x10, /* since 5.3; until 4.12 this bit was VM_VPAGES */
	VMALLOC_UNINITIALIZED = 0x20,
	VMALLOC_NO_GUARD = 0x40, /* since 4.0 */
	VMALLOC_SPARSE = 0x1000, /* since 6.9 */
};

enum vmalloc_state {
	VMALLOC_OWNED, /* the area has a vm_struct */
	VMALLOC_MAP_RAM, /* made by vm_map_ram(), so without a vm_struct */
	VMALLOC_UNPURGED, /* freed, but a TLB may still contain its pages */
	VMALLOC_UNOWNED, /* without a vm_struct: just allocated, or about to be freed */
};

struct vmalloc_area {
	uint64_t first, last; /* inclusive; the guard page is included, as in /proc/vmallocinfo */
	enum vmalloc_state state;
	/* From the vm_struct. All are 0 unless state is VMALLOC_OWNED. */
	uint32_t flags; /* only the flags in enum vmalloc_flag that are valid for this kernel */
	uint64_t caller; /* an address in the function that allocated the area */
	/* The physical address to which ioremap() mapped the area. 0: not an area of ioremap(). */
	uint64_t physical;
	uint64_t nr_pages;
	uint64_t pages; /* address of an array of pointers to struct pages */
	/* The range that the vmap_area reserves, both inclusive. It contains the area, and may be
	 * larger. */
	uint64_t reserved_first, reserved_last;
};

struct vmalloc_list {
	struct vmalloc_area *area; /* owned; in the order of addresses */
	size_t nr, room;
	/* A damage has the code ERROR_UNREADABLE if memory that is needed is not in the dump. */
	struct damages damages;
	bool locked; /* a lock of the lists was held, so a CPU may have been changing the lists */
};

/* Returns all areas. They are read on first use, and borrowed from the kernel until
 * states_forget(). Returns NULL and sets err if types or symbols are missing, or if the user
 * stopped the work. */
const struct vmalloc_list *vmalloc_areas(struct kernel *kernel, struct error *err);

const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list, uint64_t vaddr);

/* Returns the last address of an area without its guard page. An area has no guard page if it has
 * no vm_struct, if it has the flag VM_NO_GUARD, or if its last page is mapped (per-CPU memory). */
uint64_t vmalloc_area_used_last(struct kernel *kernel, const struct vmalloc_area *area);
