/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/scrub_places.h"

#include <stdlib.h>

#include "linux/module/modules.h"
#include "linux/region.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

/* --- ranges --- */

void byte_ranges_mark(const struct byte_ranges *ranges, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES])
{
	uint64_t page = pfn << PAGE_SHIFT, last = page_last(page);

	for (size_t i = RANGES_SEARCH(ranges->range, ranges->nr, page);
	     i < ranges->nr && ranges->range[i].first <= last; i++) {
		const struct byte_range *range = &ranges->range[i];
		uint64_t from = range->first > page ? range->first : page;
		uint64_t to = range->last < last ? range->last : last;

		mask_set(mask, (unsigned int)(from - page), (unsigned int)(to - from) + 1);
	}
}

enum which_pages { ALL_PAGES, CONSTANT_PAGES /* only pages that are mapped as read-only */ };

/* Adds a range of physical addresses for each mapped page of [start, end), which are virtual
 * addresses. */
static bool scrub_places_add_mapped(struct byte_ranges *ranges, struct kernel *kernel,
				    uint64_t start, uint64_t end, enum which_pages pages)
{
	enum { LARGEST = 1 << 30 };
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t steps = 0;

	if (!space || end <= start || end - start > LARGEST)
		return true;
	for (uint64_t at = start, last; at < end; at = last + 1) {
		struct walk walk = walk_page_table(space, at);
		struct byte_range range;

		last = page_last(at) < end - 1 ? page_last(at) : end - 1;
		if (listener_stops_at(kernel->listener, ++steps))
			return false;
		if (walk.outcome != WALK_MAPPED || (pages == CONSTANT_PAGES && walk.writable))
			continue;
		range = (struct byte_range){ walk.paddr, walk.paddr + (last - at) };
		if (!array_add(&ranges->range, &ranges->nr, &ranges->room, &range, sizeof(range)))
			return false;
	}
	return true;
}

/* Sorts the ranges, and joins overlapping ranges. Ranges overlap if a page is mapped more than
 * once. */
static bool scrub_places_sort(struct byte_ranges *ranges, const struct listener *listener)
{
	size_t nr = 0;

	if (!sort_items(ranges->range, ranges->nr, sizeof(*ranges->range), ranges_compare,
			listener))
		return false;
	for (size_t i = 0; i < ranges->nr; i++) {
		const struct byte_range *range = &ranges->range[i];
		uint64_t *last = nr ? &ranges->range[nr - 1].last : NULL;

		if (!last || range->first > *last)
			ranges->range[nr++] = *range;
		else if (range->last > *last)
			*last = range->last;
	}
	ranges->nr = nr;
	return true;
}

/* --- the image --- */

static bool find_bounds(struct kernel *kernel, const char *first, const char *behind,
			uint64_t *start, uint64_t *end)
{
	return kernel_symbol(kernel, first, start, NULL) &&
	       kernel_symbol(kernel, behind, end, NULL) && *start <= *end;
}

/* Finds the data that are written only while the kernel boots, for example the keys of hash
 * functions. Since c74ba8b3480d, these data are between the constants, but they are not constants.
 * If their addresses are unknown, no data count as constant. */
static bool find_once_written(struct kernel *kernel, uint64_t *start, uint64_t *end)
{
	return find_bounds(kernel, "__start_ro_after_init", "__end_ro_after_init", start, end) ||
	       find_bounds(kernel, "__start_data_ro_after_init", "__end_data_ro_after_init", start,
			   end);
}

static bool find_constants(struct scrub_places *places, struct kernel *kernel)
{
	struct byte_ranges *constant = &places->constant;
	uint64_t start, end, once_start, once_end;

	if (find_bounds(kernel, "_stext", "_etext", &start, &end) &&
	    !scrub_places_add_mapped(constant, kernel, start, end, CONSTANT_PAGES))
		return false;
	if (!find_bounds(kernel, "__start_rodata", "__end_rodata", &start, &end))
		return true;
	if (!find_once_written(kernel, &once_start, &once_end))
		return true;
	if (once_start < start || once_end > end)
		return scrub_places_add_mapped(constant, kernel, start, end, CONSTANT_PAGES);
	return scrub_places_add_mapped(constant, kernel, start, once_start, CONSTANT_PAGES) &&
	       scrub_places_add_mapped(constant, kernel, once_end, end, CONSTANT_PAGES);
}

/* --- names of files --- */

/* Returns the number of heads in dentry_hashtable: 1 << (32 - d_hash_shift), or before 4.16
 * (854d3e63438d) d_hash_mask plus 1. Pointers to these heads are not kept, because a pointer
 * reveals the hash of a name, so that a guess of the name could be verified. */
static uint64_t hash_heads(struct kernel *kernel)
{
	uint64_t address, value;

	if (kernel_symbol(kernel, "d_hash_mask", &address, NULL) &&
	    kernel_read_number(kernel, address, 4, &value, NULL))
		return value + 1;
	if (kernel_symbol(kernel, "d_hash_shift", &address, NULL) &&
	    kernel_read_number(kernel, address, 4, &value, NULL) && value <= 32)
		return UINT64_C(1) << (32 - value);
	return 0;
}

static bool find_hidden(struct scrub_places *places, struct kernel *kernel)
{
	uint64_t table, heads = hash_heads(kernel), size;

	if (!heads || !kernel_read_variable(kernel, "dentry_hashtable", &table))
		return true;
	size = heads * kernel_pointer_size(kernel);
	if (table > UINT64_MAX - size)
		return true;
	places->rules.hidden = (struct byte_range){ table, table + size - 1 };
	return scrub_places_add_mapped(&places->hidden, kernel, table, table + size, ALL_PAGES);
}

/* --- pointers --- */

static bool is_pointed_to(enum region_kind kind)
{
	switch (kind) {
	case REGION_DIRECT_MAP:
	case REGION_VMALLOC:
	case REGION_VMEMMAP:
	case REGION_CPU_ENTRY_AREA:
	case REGION_KERNEL_IMAGE:
	case REGION_MODULES:
	case REGION_BPF_JIT:
	case REGION_KMAP:
	case REGION_FIXMAP: return true;
	default: return false;
	}
}

static void find_rules(struct scrub_places *places, struct kernel *kernel)
{
	struct blank_rules *rules = &places->rules;
	const struct region_list *regions = region_all(kernel, NULL);

	rules->word = kernel_pointer_size(kernel);
	for (size_t i = 0; regions && i < regions->nr; i++) {
		const struct region *region = &regions->region[i];

		if (is_pointed_to(region->kind) && rules->nr_ranges < MOST_BLANK_RANGES)
			rules->range[rules->nr_ranges++] =
				(struct byte_range){ region->first, region->last };
	}
}

/* --- modules --- */

struct module_search {
	struct scrub_places *places;
	uint64_t taints; /* offset in struct module */
	bool failed;
};

/* Adds a module if it has no taints: then it belongs to the kernel's source tree, was not modified,
 * and was not loaded by force. */
static bool scrub_places_visit_module(struct kernel *kernel, const struct listed_module *module,
				      void *arg)
{
	struct module_search *search = arg;
	uint64_t taints;

	if (!kernel_read_word(kernel, module->address + search->taints, &taints, NULL) || taints)
		return true;
	search->failed =
		address_set_add(&search->places->own_modules, module->address) == ADDRESS_NO_MEMORY;
	return !search->failed;
}

/* Finds the modules of the kernel's source tree. A kernel whose struct module has the member
 * kallsyms (8244062ef1e5) marks all other modules with TAINT_OOT_MODULE, because this taint is
 * older (2449b8ba0745). In kernels without this member, no module counts as part of the source
 * tree. */
static bool find_own_modules(struct scrub_places *places, struct kernel *kernel)
{
	struct module_search search = { .places = places };

	uint64_t kallsyms;

	if (!kernel_member_offset(kernel, "module", "kallsyms", &kallsyms) ||
	    !kernel_member_offset(kernel, "module", "taints", &search.taints))
		return true;
	module_each(kernel, scrub_places_visit_module, &search, NULL);
	return !search.failed;
}

bool scrub_places_find(struct scrub_places *places, struct kernel *kernel)
{
	find_rules(places, kernel);
	return find_constants(places, kernel) && find_hidden(places, kernel) &&
	       find_own_modules(places, kernel) &&
	       scrub_places_sort(&places->constant, kernel->listener) &&
	       scrub_places_sort(&places->hidden, kernel->listener);
}

void scrub_places_release(struct scrub_places *places)
{
	free(places->constant.range);
	free(places->hidden.range);
	address_set_release(&places->own_modules);
}
