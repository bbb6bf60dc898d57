/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* All that is known about a virtual address of the kernel, for the commands region and whatis. */
#pragma once

#include "query/object_owner.h"
#include "linux/percpu_area.h"
#include "linux/region.h"
#include "linux/module/slots.h"
#include "linux/vmalloc.h"
#include "linux/slab/slab.h"

struct module_range;

/* A virtual address of the kernel. Pointers are borrowed from the kernel until its facts are
 * forgotten. */
struct place {
	uint64_t vaddr;
	const struct region *region; /* never NULL */
	bool linear; /* result of region_linear() for vaddr */
	bool mapped; /* the kernel's page table maps vaddr */
	uint64_t physical; /* physical address; valid if linear or mapped */

	bool in_image, has_symbol;
	struct image_place image;
	struct kernel_symbol symbol; /* a symbol of the kernel or of a module */
	const struct module_range *module; /* part of a module at vaddr; NULL: none */

	bool has_areas; /* vmalloc's lists of areas could be read, and are not damaged */
	const struct vmalloc_area *area; /* the area at vaddr; NULL: none, or unknown */
	bool in_guard; /* vaddr is in the guard page at the end of area */

	bool has_fixmap, has_kmap, has_kmap_count, has_entry;
	struct fixmap_slot fixmap;
	uint64_t kmap_index;
	/* The slot's pkmap_count (mm/highmem.c). 0: the slot is free. 1: the slot has no users, but
	 * may still be in a TLB. n: the slot has n - 1 users. */
	uint64_t kmap_count;
	struct cpu_entry_place entry; /* if the entry is a stack, `stack` also describes it */

	bool has_stack, has_percpu, has_slab;
	struct stack stack;
	bool below_stack; /* vaddr is not in the stack, but in the page directly below it */
	struct percpu_place percpu;
	struct slab_place slab;
	struct slab_object object; /* valid if slab.has_object */
};

/* Finds all that is known about vaddr. Returns false and sets err if the region of vaddr is
 * unknown. */
bool query_place(struct kernel *kernel, uint64_t vaddr, struct place *place, struct error *err);

/* Writes the symbol and the offset, such as "symbol+0x10". place->has_symbol must be true. */
enum { SYMBOL_TEXT = 512 };
void place_symbol_text(const struct place *place, char text[SYMBOL_TEXT]);

/* What is known about a physical address. */
struct memory_place {
	const char *zone; /* a static text; NULL: unknown, or there is no memory at this address */
	/* The struct page is zero, so it names a zone that does not contain the frame. */
	bool zeroed;
	const char *resource; /* borrowed like the pointers in struct place; NULL: unknown */
	bool isa_hole;
	bool device; /* the name of the resource shows that the resource is not memory */
};

void query_memory_place(struct kernel *kernel, uint64_t paddr, struct memory_place *memory);
