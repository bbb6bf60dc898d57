/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Areas of vmalloc(), ioremap(), vmap(): mm/vmalloc.c, include/linux/vmalloc.h. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* VM_* of struct vm_struct: macros whose values are the same in all releases. */
enum vmalloc_flag {
	VMALLOC_IOREMAP = 0x1,
	VMALLOC_ALLOC = 0x2,
	VMALLOC_MAP = 0x4,
	VMALLOC_USERMAP = 0x8,
	VMALLOC_DMA_COHERENT = 0x10, /* 5.3; VM_VPAGES until 4.12 */
	VMALLOC_UNINITIALIZED = 0x20,
	VMALLOC_NO_GUARD = 0x40, /* 4.0 */
	VMALLOC_SPARSE = 0x1000, /* 6.9 */
};

enum vmalloc_state {
	VMALLOC_OWNED, /* has a vm_struct */
	VMALLOC_MAP_RAM, /* of vm_map_ram(), without a vm_struct */
	VMALLOC_UNPURGED, /* freed, but perhaps still in a TLB */
	VMALLOC_UNOWNED, /* none of the above: just allocated, or about to be freed */
};

struct vmalloc_area {
	uint64_t first, last; /* including the guard page, as in /proc/vmallocinfo */
	enum vmalloc_state state;
	/* From the vm_struct; 0 if state is not VMALLOC_OWNED. */
	uint32_t flags; /* bits of enum vmalloc_flag that this kernel has */
	uint64_t caller; /* address in the code that requested the area */
	uint64_t physical; /* physical address that ioremap() maps; 0: none */
	uint64_t nr_pages;
	uint64_t pages; /* address of the array of pointers to the struct pages */
};

struct vmalloc_list {
	struct vmalloc_area *area; /* owned; in the order of addresses */
	size_t nr, room;
	struct damages damages;
};

/* All areas, read on first use; borrowed from the kernel until its facts are forgotten. NULL with
 * err: types or symbols are missing, or stopped. */
const struct vmalloc_list *vmalloc_areas(struct kernel *kernel, struct error *err);

const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list, uint64_t vaddr);

/* The last address before the guard page. Areas without a vm_struct, with VM_NO_GUARD or with a
 * mapped last page (percpu memory) have no guard page. */
uint64_t vmalloc_area_used_last(struct kernel *kernel, const struct vmalloc_area *area);
