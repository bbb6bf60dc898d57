/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "query/translate.h"
#include "linux/module/modules.h"
#include "linux/resource.h"
#include "symbols/symbol_lookup.h"
#include "base/text.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/page/zone.h"
#include "kernel/arch.h"

/* --- names --- */

static void place_find_symbol(struct kernel *kernel, struct place *place)
{
	place->in_image = region_image_at(kernel, place->region, place->vaddr, &place->image);
	if (place->in_image || region_has_modules(kernel, place->region))
		place->has_symbol =
			symbol_lookup_at(kernel->symbols, place->vaddr, &place->symbol, NULL);
}

static void place_find_area(struct kernel *kernel, struct place *place)
{
	const struct vmalloc_list *list;

	if (!region_has_areas(place->region))
		return;
	place->module = module_range_of(kernel, place->vaddr);
	list = vmalloc_areas(kernel, NULL);
	if (!list)
		return;
	place->has_areas = !list->damages.nr;
	place->area = vmalloc_area_at(list, place->vaddr);
	place->in_guard = place->area && place->vaddr > vmalloc_area_used_last(kernel, place->area);
}

void place_symbol_text(const struct place *place, char text[SYMBOL_TEXT])
{
	snprintf(text, SYMBOL_TEXT, "%s+0x%" PRIx64, place->symbol.name,
		 place->vaddr - place->symbol.address);
}

/* --- slots of fixmap, kmap and espfix --- */

static bool read_kmap_count(struct kernel *kernel, uint64_t index, uint64_t *count)
{
	struct kernel_symbol counts;

	return kernel_image_symbol(kernel, "pkmap_count", &counts, NULL) &&
	       index < counts.size / 4 &&
	       kernel_read_number(kernel, counts.address + 4 * index, 4, count, NULL);
}

static void find_slot(struct kernel *kernel, struct place *place)
{
	const struct region *region = place->region;

	if (region_may_hold_fixmap(region)) {
		/* fixmap_slot() also returns slots of pages after the end of the fixmap. Outside of
		 * the fixmap, accept only a slot with a name. */
		place->has_fixmap =
			kernel->arch->fixmap_slot(kernel, place->vaddr, &place->fixmap) &&
			(place->fixmap.name || region->kind != REGION_HOLE);
	} else if (region->kind == REGION_KMAP) {
		place->has_kmap = true;
		place->kmap_index = kernel_pfn(kernel, place->vaddr - region->first);
		place->has_kmap_count =
			read_kmap_count(kernel, place->kmap_index, &place->kmap_count);
	} else if (region->kind == REGION_ESPFIX && kernel->arch->espfix_stack) {
		place->has_stack = kernel->arch->espfix_stack(kernel, place->vaddr, &place->stack);
	}
}

/* --- stacks and per-CPU memory --- */

static bool find_cpu_entry(struct kernel *kernel, struct place *place)
{
	place->has_entry =
		kernel->arch->cpu_entry_at &&
		kernel->arch->cpu_entry_at(kernel, place->region, place->vaddr, &place->entry);
	place->has_stack |= place->has_entry && place->entry.stack.kind;
	if (!place->has_entry || !place->entry.stack.kind)
		return place->has_entry;
	place->stack = place->entry.stack;
	/* Before 5.2 (3f5ab0ed3a35) all exception stacks are one member of the cpu_entry_area. So
	 * search the list of stacks for the exception stack that contains vaddr. */
	if (!place->stack.exception)
		task_stack_at(kernel, place->vaddr, &place->stack);
	return true;
}

/* Finds what uses the memory at vaddr: a stack, a slab or per-CPU memory. The slowest search is the
 * last one. */
static void find_holder(struct kernel *kernel, struct place *place)
{
	unsigned int uses = region_uses(place->region, place->linear);

	if (find_cpu_entry(kernel, place))
		return;
	place->has_slab = uses & REGION_HOLDS_SLABS &&
			  slab_at(kernel, place->vaddr, place->physical, &place->slab);
	if (place->has_slab && place->slab.has_object)
		slab_object_at(kernel, &place->slab, &place->object);
	if (uses & REGION_HOLDS_STACKS)
		place->has_stack = task_stack_at(kernel, place->vaddr, &place->stack);
	if (uses & REGION_HOLDS_PERCPU && !place->has_slab && !place->has_stack)
		place->has_percpu = percpu_at(kernel, place->vaddr, &place->percpu);
	/* If a stack overflows, the address is in the unmapped page below the stack. */
	place->below_stack =
		place->region->kind == REGION_VMALLOC && !place->mapped && !place->has_stack &&
		!place->has_percpu &&
		task_stack_at(kernel, kernel_page_last(kernel, place->vaddr) + 1, &place->stack) &&
		place->stack.first == kernel_page_last(kernel, place->vaddr) + 1;
}

bool query_place(struct kernel *kernel, uint64_t vaddr, struct place *place, struct error *err)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct walk walk;

	*place = (struct place){ .vaddr = vaddr };
	place->region = region_of(kernel, vaddr, err);
	if (!place->region)
		return false;
	if (space && !query_is_user_address(kernel, vaddr)) {
		walk = walk_page_table(space, vaddr);
		place->mapped = walk.outcome == WALK_MAPPED;
		place->physical = walk.paddr;
	}
	place->linear = region_linear(kernel, vaddr, &place->physical);
	place_find_symbol(kernel, place);
	place_find_area(kernel, place);
	find_slot(kernel, place);
	find_holder(kernel, place);
	return true;
}

/* --- memory --- */

struct zone_query {
	const char *name;
	uint64_t pfn;
	bool seen, found; /* there are zones; one of them fits */
};

static bool query_zone(const struct zone *zone, void *arg)
{
	struct zone_query *query = arg;

	query->seen = true;
	/* A zone whose name is not in the dump may be any zone. */
	query->found = (!*zone->name || !strcmp(zone->name, query->name)) &&
		       query->pfn >= zone->start_pfn &&
		       query->pfn - zone->start_pfn < zone->spanned;
	return !query->found;
}

static bool is_zeroed(struct kernel *kernel, uint64_t page)
{
	enum { LARGEST = 256 };
	uint8_t bytes[LARGEST];
	uint64_t size, nr = 0;

	if (!kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size) || size > LARGEST ||
	    !kernel_read(kernel, page, bytes, size, NULL))
		return false;
	while (nr < size && !bytes[nr])
		nr++;
	return nr == size;
}

/* Finds the zone in the struct page of the frame. If the struct page was overwritten with zeros, it
 * names the first zone, which may not contain the frame. Then the zone is unknown. */
static void find_zone(struct kernel *kernel, uint64_t paddr, struct memory_place *memory)
{
	struct zone_query query = { .pfn = kernel_pfn(kernel, paddr) };
	struct page_info info;
	uint64_t page;

	if (!page_of_pfn(kernel, query.pfn, &page, NULL) ||
	    !page_info_read(kernel, page, &info, NULL) || !info.zone)
		return;
	query.name = info.zone;
	memory->zeroed = is_zeroed(kernel, page) &&
			 page_each_zone(kernel, query_zone, &query, NULL) && query.seen &&
			 !query.found;
	memory->zone = memory->zeroed ? NULL : info.zone;
}

/* Is the resource memory of the firmware? The names are from e820_type_to_string() in
 * arch/x86/kernel/e820.c, which used "reserved" until 4.15. */
static bool is_of_firmware(const struct resource *resource)
{
	static const char *const name[] = { "Reserved",
					    "reserved",
					    "ACPI Tables",
					    "ACPI Non-volatile Storage",
					    "Unusable memory",
					    "Persistent Memory",
					    "Persistent Memory (legacy)",
					    "Soft Reserved",
					    "Unknown E820 type" };

	return is_one_of(resource->name, name, sizeof(name) / sizeof(*name));
}

static bool is_device(const struct resource *const *chain, unsigned int nr,
		      const struct resource *resource)
{
	for (unsigned int i = 0; i < nr; i++)
		if (resource_is_ram(chain[i]))
			return false;
	return resource && resource->name[0] && !is_of_firmware(resource);
}

void query_memory_place(struct kernel *kernel, uint64_t paddr, struct memory_place *memory)
{
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
	unsigned int nr = tree ? resource_chain(tree, paddr, chain) : 0;
	const struct resource *resource = resource_innermost(chain, nr, paddr);

	*memory = (struct memory_place){
		.resource = resource && resource->name[0] ? resource->name : NULL,
		.isa_hole = resource_in_isa_hole(paddr),
		.device = is_device(chain, nr, resource),
	};
	find_zone(kernel, paddr, memory);
}
