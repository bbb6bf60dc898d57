/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The areas of vmalloc(), ioremap() and vmap(): mm/vmalloc.c, include/linux/vmalloc.h. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Flags VM_* of struct vm_struct, which are macros with the same values in all releases. */
enum vmalloc_flag {
	VMALLOC_IOREMAP = 0x1,
	VMALLOC_ALLOC = 0x2,
	VMALLOC_MAP = 0x4,
	VMALLOC_USERMAP = 0x8,
	VMALLOC_DMA_COHERENT = 0x10, /* since 5.3; until 4.12 the bit was VM_VPAGES */
	VMALLOC_UNINITIALIZED = 0x20,
	VMALLOC_NO_GUARD = 0x40, /* since 4.0 */
	VMALLOC_SPARSE = 0x1000, /* since 6.9 */
};

enum vmalloc_state {
	VMALLOC_OWNED, /* the area has a vm_struct */
	VMALLOC_MAP_RAM, /* from vm_map_ram(), without a vm_struct */
	VMALLOC_UNPURGED, /* freed, but perhaps still in a TLB */
	VMALLOC_UNOWNED, /* any other area: just allocated, or about to be freed */
};

struct vmalloc_area {
	uint64_t first, last; /* inclusive; with the guard page, as in /proc/vmallocinfo */
	enum vmalloc_state state;
	/* Members of the vm_struct, 0 unless state is VMALLOC_OWNED: */
	uint32_t flags; /* the bits of enum vmalloc_flag that this kernel has */
	uint64_t caller; /* an address in the function that requested the area */
	uint64_t physical; /* the physical address that ioremap() mapped; 0: none */
	uint64_t nr_pages;
	uint64_t pages; /* address of the array with pointers to struct pages */
};

struct vmalloc_list {
	struct vmalloc_area *area; /* owned; in the order of addresses */
	size_t nr, room;
	struct damages damages;
};

/* Returns all areas, which are read on first use and borrowed from the kernel until its facts are
 * forgotten. Returns NULL and sets err if types or symbols are missing, or if the user stopped the
 * work. */
const struct vmalloc_list *vmalloc_areas(struct kernel *kernel, struct error *err);

const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list, uint64_t vaddr);

/* Returns the last address of an area before its guard page. There is no guard page in areas
 * without a vm_struct, with VM_NO_GUARD, or with a mapped last page (per-CPU memory). */
uint64_t vmalloc_area_used_last(struct kernel *kernel, const struct vmalloc_area *area);
