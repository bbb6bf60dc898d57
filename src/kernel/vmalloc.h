/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The areas that vmalloc(), ioremap(), vmap() and their kin have handed out:
 * mm/vmalloc.c, include/linux/vmalloc.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/task.h"

/* VM_* of struct vm_struct: the bits are macros, and no kernel has moved one. */
enum vmalloc_flag {
	VMALLOC_IOREMAP = 0x1,
	VMALLOC_ALLOC = 0x2,
	VMALLOC_MAP = 0x4,
	VMALLOC_USERMAP = 0x8,
	VMALLOC_DMA_COHERENT = 0x10, /* 5.3; VM_VPAGES until 4.12 */
	VMALLOC_UNINITIALIZED = 0x20,
	VMALLOC_NO_GUARD = 0x40,     /* 4.0 */
	VMALLOC_SPARSE = 0x1000,     /* 6.9 */
};

enum vmalloc_state {
	VMALLOC_OWNED,    /* it has a vm_struct */
	VMALLOC_MAP_RAM,  /* vm_map_ram() keeps none */
	VMALLOC_UNPURGED, /* freed; the TLBs may still know it */
	VMALLOC_UNOWNED,  /* neither: taken a moment ago, or about to be freed */
};

struct vmalloc_area {
	uint64_t start, last; /* with the guard page, as /proc/vmallocinfo */
	enum vmalloc_state state;
	/* Of its vm_struct; 0 in the other states, or where there is none. */
	uint32_t flags;       /* those of enum vmalloc_flag that this kernel has */
	uint64_t caller;      /* where in the code it was asked for */
	uint64_t physical;    /* what ioremap() maps there */
	uint64_t nr_pages;
	uint64_t pages;       /* the array of their struct pages' addresses */
};

struct vmalloc_list {
	struct vmalloc_area *area; /* owned; by address */
	size_t nr, room;
	struct damages damages;
};

/* All areas. Found once; borrowed from kernel. Fails where types or symbols
 * are missing, or when stopped. */
const struct vmalloc_list *kernel_vmalloc(struct kernel *kernel,
					  const struct watch *watch,
					  struct error *err);
void vmalloc_list_destroy(struct vmalloc_list *list); /* NULL is fine */

/* The area that holds vaddr, or NULL. */
const struct vmalloc_area *vmalloc_area_at(const struct vmalloc_list *list,
					   uint64_t vaddr);

/* Last byte but for the guard page: each area that is no vm_map_ram()'s has one
 * unless VM_NO_GUARD says otherwise, or (those of percpu memory) it is mapped. */
uint64_t vmalloc_area_used_last(struct kernel *kernel,
				const struct vmalloc_area *area);
