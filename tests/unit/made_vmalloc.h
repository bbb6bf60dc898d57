/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Areas of vmalloc, in memory. */
#pragma once

#include "linux/area_members.h"
#include "linux/vmalloc.h"
#include "kernel/kernel.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

#define AREAS UINT64_C(0xffffc90000000000)

/* Addresses of the heads of lists and of pointers, of structs vmap_area, and of structs
 * vm_struct. */
enum {
	HEAD = 0x5000,
	LAZY = 0x5010,
	NODES = 0x5020,
	NR_NODES = 0x5028,
	CHAIN = 0x5030,
	VMLIST = 0x5038
};
enum { VMAP = 0x6000, VMAP_STEP = 0x40, VM = 0x7000, VM_STEP = 0x40 };
enum { LINKS = 24, OWNER = 40, PURGE = 48, FLAGS = 56 };

#define VMAP_NODES "SYMBOL(vmap_nodes)=ffffffff80005020\nSYMBOL(nr_vmap_nodes)=ffffffff80005028\n"
#define LIST "SYMBOL(vmap_area_list)=ffffffff80005000\n"
#define LAZY_LIST "SYMBOL(purge_vmap_area_list)=ffffffff80005010\n"
#define LAZY_CHAIN "SYMBOL(vmap_purge_list)=ffffffff80005030\n"

/* Members of struct vmap_area that only some kernels have. */
enum {
	HAS_FLAGS = 1,
	HAS_VM = 2,
	HAS_SUBTREE = 4,
	HAS_PURGE = 8,
	HAS_CALLER = 16,
	SUBTREE_APART = 32
};

static inline struct kernel *open_kernel(unsigned int has)
{
	static const struct {
		unsigned int id;
		uint32_t offset, size;
		unsigned int needs;
	} layout[] = {
		{ VMAP_START, 0, 8, 0 },
		{ VMAP_END, 8, 8, 0 },
		{ VMAP_LIST, LINKS, 16, 0 },
		{ VMAP_VM, OWNER, 8, HAS_VM },
		{ VMAP_PRIVATE, OWNER, 8, 0 },
		{ VMAP_SUBTREE_MAX_SIZE, OWNER, 8, HAS_SUBTREE },
		{ VMAP_SUBTREE_MAX_SIZE, 16, 8, SUBTREE_APART },
		{ VMAP_PURGE_LIST, PURGE, 8, HAS_PURGE },
		{ VMAP_FLAGS, FLAGS, 8, HAS_FLAGS },
		{ VMAP_NODE_BUSY, 16, 16, 0 },
		{ VMAP_NODE_LAZY, 48, 16, 0 },
		{ VM_NEXT, 0, 8, 0 },
		{ VM_ADDR, 8, 8, 0 },
		{ VM_SIZE, 16, 8, 0 },
		{ VM_FLAGS, 24, 8, 0 },
		{ VM_PAGES, 32, 8, 0 },
		{ VM_NR_PAGES, 40, 4, 0 },
		{ VM_PHYS_ADDR, 48, 8, 0 },
		{ VM_CALLER, 56, 8, HAS_CALLER },
	};
	struct kernel *kernel = memory_open(NULL, NULL);

	for (unsigned int id = 0; id < NR_MEMBERS; id++)
		placed_forget(kernel, id);
	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++)
		if (!layout[i].needs || layout[i].needs & has)
			placed_set(kernel, layout[i].id, layout[i].offset, layout[i].size);
	return kernel;
}

static inline uint64_t vmap_at(unsigned int nr)
{
	return VMAP + nr * VMAP_STEP;
}

static inline uint64_t vm_at(unsigned int nr)
{
	return VM + nr * VM_STEP;
}

/* Writes an area. first_page and pages are numbers of pages; the area begins first_page pages after
 * AREAS. owner: number of a vm_struct, or -1. */
static inline void put_area(unsigned int nr, uint64_t first_page, uint64_t pages, int owner)
{
	put(vmap_at(nr), AREAS + (first_page << 12), 8);
	put(vmap_at(nr) + 8, AREAS + ((first_page + pages) << 12), 8);
	put(vmap_at(nr) + OWNER, owner < 0 ? 0 : IMAGE + vm_at((unsigned int)owner), 8);
}

static inline void put_vm(unsigned int nr, uint64_t first_page, uint64_t pages, uint64_t flags)
{
	put(vm_at(nr) + 8, AREAS + (first_page << 12), 8);
	put(vm_at(nr) + 16, pages << 12, 8);
	put(vm_at(nr) + 24, flags, 8);
	put(vm_at(nr) + 32, IMAGE + 0x100 * nr, 8);
	put(vm_at(nr) + 40, pages - 1, 4);
	put(vm_at(nr) + 48, flags & VMALLOC_IOREMAP ? 0xfeb00000 + (nr << 12) : 0, 8);
	put(vm_at(nr) + 56, IMAGE + 0x1234 + nr, 8);
}

/* Links nr areas, from the area with number first on, to a circular list with this head. */
static inline void link_areas(uint64_t head, unsigned int first, unsigned int nr)
{
	uint64_t before = head;

	for (unsigned int i = 0; i < nr; i++) {
		uint64_t links = vmap_at(first + i) + LINKS;

		put(before, IMAGE + links, 8);
		put(links + 8, IMAGE + before, 8);
		before = links;
	}
	put(before, IMAGE + head, 8);
	put(head + 8, IMAGE + before, 8);
}

static inline const struct vmalloc_list *list_of(struct kernel *kernel)
{
	struct error err = { .message = "" };
	const struct vmalloc_list *list = vmalloc_areas(kernel, &err);

	if (!list)
		fail_msg("%s", err.message);
	return list;
}
