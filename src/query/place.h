/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All facts about one virtual address of the kernel, for the commands region and whatis. */
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
	bool linear; /* region_linear() returns true for vaddr */
	bool mapped; /* the kernel's table maps vaddr */
	uint64_t physical; /* physical address; valid if linear or mapped */

	bool in_image, has_symbol;
	struct image_place image;
	struct kernel_symbol symbol; /* of the kernel or a module */
	const struct module_range *module; /* NULL: not in a module */

	bool has_areas; /* the lists of vmalloc were read, and are not damaged */
	const struct vmalloc_area *area; /* NULL: no area, or unknown */
	bool in_guard; /* vaddr is in the guard page at the end of area */

	bool has_fixmap, has_kmap, has_kmap_count, has_entry;
	struct fixmap_slot fixmap;
	uint64_t kmap_index;
	/* The slot's pkmap_count (mm/highmem.c). 0: free; 1: not used, but perhaps still in a TLB;
	 * n: n - 1 users. */
	uint64_t kmap_count;
	struct cpu_entry_place entry; /* if the member is a stack, stack describes it, too */

	bool has_stack, has_percpu, has_slab;
	struct stack stack;
	bool below_stack; /* vaddr is not in the stack, but in the page below it */
	struct percpu_place percpu;
	struct slab_place slab;
	struct slab_object object; /* valid if slab.has_object */
};

/* Finds all facts about vaddr. Returns false if the region of vaddr is unknown. */
bool query_place(struct kernel *kernel, uint64_t vaddr, struct place *place, struct error *err);

/* Writes symbol and offset, such as "symbol+0x10". place->has_symbol must be true. */
enum { SYMBOL_TEXT = 512 };
void place_symbol_text(const struct place *place, char text[SYMBOL_TEXT]);

/* Finds the owner of the slab object or variable at the place. */
void query_place_owner(struct kernel *kernel, const struct place *place,
		       struct object_owner *owner);

/* Facts about a physical address. */
struct memory_place {
	const char *zone; /* static; NULL: unknown, or the address is not memory */
	const char *resource; /* borrowed like the pointers in struct place; NULL: unknown */
	bool isa_hole;
	bool device; /* the resource's name shows that it is not memory */
};

void query_memory_place(struct kernel *kernel, uint64_t paddr, struct memory_place *memory);
