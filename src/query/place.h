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
	bool linear; /* region_linear() is true */
	bool mapped; /* the kernel's table maps vaddr */
	uint64_t physical; /* physical address; valid if linear or mapped */

	bool in_image, has_symbol;
	struct image_place image;
	struct kernel_symbol symbol; /* of the kernel or a module */
	const struct module_range *module; /* NULL: not in a module */

	bool has_areas; /* vmalloc's lists were read, without damage */
	const struct vmalloc_area *area; /* NULL: no area, or unknown */
	bool in_guard; /* vaddr is in the guard page of area */

	bool has_fixmap, has_kmap, has_kmap_count, has_entry;
	struct fixmap_slot fixmap;
	uint64_t kmap_index;
	/* pkmap_count (mm/highmem.c): 0: free; 1: unused, but perhaps still in a TLB; n: n - 1
	 * users. */
	uint64_t kmap_count;
	struct cpu_entry_place entry; /* if it is a stack, the stack is in member stack */

	bool has_stack, has_percpu, has_slab;
	struct stack stack;
	bool below_stack; /* vaddr is not in stack, but in the page below it */
	struct percpu_place percpu;
	struct slab_place slab;
	struct slab_object object; /* valid if slab.has_object */
};

/* Finds all facts about vaddr. Fails if the region is unknown. */
bool query_place(struct kernel *kernel, uint64_t vaddr, struct place *place, struct error *err);

/* Writes "symbol+0xoffset"; the place must have a symbol. */
enum { SYMBOL_TEXT = 512 };
void place_symbol_text(const struct place *place, char text[SYMBOL_TEXT]);

/* Finds the owner of a slab's object, or of a variable. */
void query_place_owner(struct kernel *kernel, const struct place *place,
		       struct object_owner *owner);

/* Facts about physical memory. */
struct memory_place {
	const char *zone; /* static; NULL: unknown, or not memory */
	const char *resource; /* borrowed, like pointers in struct place; NULL: unknown */
	bool isa_hole;
	bool device; /* the resource's name does not mean memory */
};

void query_memory_place(struct kernel *kernel, uint64_t paddr, struct memory_place *memory);
