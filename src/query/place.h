/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All that lies at one virtual address of the kernel: what region and whatis show. */
#pragma once

#include "query/object_owner.h"
#include "linux/percpu/percpu_area.h"
#include "linux/region/region.h"
#include "linux/module/slots.h"
#include "linux/vmalloc/vmalloc.h"
#include "linux/slab/slab.h"

struct module_range;

/* Pointers are borrowed from the kernel until its facts are forgotten. */
struct place {
	uint64_t vaddr;
	const struct region *region; /* never NULL */
	bool linear; /* region_linear() holds */
	bool mapped; /* by the kernel's table... */
	uint64_t physical; /* ...to this; valid if linear or mapped */

	bool in_image, has_symbol;
	struct image_place image;
	struct kernel_symbol symbol; /* its module's too */
	const struct module_range *module; /* NULL: in none */

	bool has_areas; /* vmalloc's lists were read, without damage */
	const struct vmalloc_area *area; /* NULL: none, or unknown */
	bool in_guard; /* of area */

	bool has_fixmap, has_kmap, has_kmap_count, has_entry;
	struct fixmap_slot fixmap;
	uint64_t kmap_index;
	/* pkmap_count (mm/highmem.c): 0: free; 1: unused but perhaps still in a TLB; more: the
	 * number of users plus 1. */
	uint64_t kmap_count;
	struct cpu_entry_place entry; /* its stack is in stack */

	bool has_stack, has_percpu, has_slab;
	struct stack stack;
	bool below_stack; /* in the page below stack, which does not hold vaddr */
	struct percpu_place percpu;
	struct slab_place slab;
	struct slab_object object; /* valid if slab.has_object */
};

/* Fails if the region is unknown. */
bool query_place(struct kernel *kernel, uint64_t vaddr, struct place *place, struct error *err);

/* "symbol+0xoffset"; the place must have a symbol. */
enum { SYMBOL_TEXT = 512 };
void place_symbol_text(const struct place *place, char text[SYMBOL_TEXT]);

/* Finds the owner of the object of a slab, or of a variable. */
void query_place_owner(struct kernel *kernel, const struct place *place,
		       struct object_owner *owner);

/* Facts about physical memory. */
struct memory_place {
	const char *zone; /* static; NULL: unknown, or no memory */
	const char *resource; /* borrowed, as in struct place; NULL: unknown */
	bool isa_hole;
	bool device; /* the resource is not the firmware's word for memory */
};

void query_memory_place(struct kernel *kernel, uint64_t paddr, struct memory_place *memory);
