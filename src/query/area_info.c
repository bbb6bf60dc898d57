/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/area_info.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "linux/module/modules.h"
#include "linux/resource.h"
#include "query/translate.h"
#include "symbols/symbol_lookup.h"

const struct area_flag area_flags[] = {
	{ VMALLOC_IOREMAP, "ioremap", true },
	{ VMALLOC_SPARSE, "sparse", true },
	{ VMALLOC_ALLOC, "vmalloc", true },
	{ VMALLOC_MAP, "vmap", true },
	{ VMALLOC_DMA_COHERENT, "dma-coherent", true },
	{ VMALLOC_USERMAP, "user", false },
	{ VMALLOC_NO_GUARD, "no-guard", false },
	{ VMALLOC_UNINITIALIZED, "uninitialized", false },
	{ 0 },
};

bool query_symbol_text(struct kernel *kernel, uint64_t vaddr, char text[SYMBOL_TEXT])
{
	struct kernel_symbol symbol;

	/* No symbol is near the address, so the search would sort all symbols. */
	if (kernel_pointer_size(kernel) == 8 && query_is_user_address(kernel, vaddr))
		return false;
	if (!symbol_lookup_at(kernel->symbols, vaddr, &symbol, NULL))
		return false;
	snprintf(text, SYMBOL_TEXT, "%s+0x%" PRIx64, symbol.name, vaddr - symbol.address);
	return true;
}

static const char *area_info_kind_of(const struct vmalloc_area *area)
{
	static const char *const states[] = {
		[VMALLOC_OWNED] = NULL,
		[VMALLOC_MAP_RAM] = "map-ram",
		[VMALLOC_UNPURGED] = "unpurged",
		[VMALLOC_UNOWNED] = "unowned",
	};

	if (states[area->state])
		return states[area->state];
	for (const struct area_flag *flag = area_flags; flag->name; flag++)
		if (flag->is_kind && (area->flags & flag->flag))
			return flag->name;
	return "";
}

/* Since 6.13 several modules may share a large area, which has at least this size. An area that is
 * smaller belongs entirely to the module at its start. */
#define SHARED_AREA_SIZE 0x200000

static const struct module_range *module_at(struct kernel *kernel, const struct vmalloc_area *area,
					    uint64_t vaddr)
{
	const struct module_range *module;

	if (area->state != VMALLOC_OWNED)
		return NULL;
	module = module_range_of(kernel, vaddr);
	if (!module && area->last - area->first < SHARED_AREA_SIZE)
		module = module_range_of(kernel, area->first);
	return module;
}

static void set_info(struct kernel *kernel, const struct vmalloc_area *area,
		     const struct module_range *module, struct area_info *info)
{
	const struct resource *resource = NULL;

	if (area->physical)
		resource = resource_at(kernel, RESOURCE_MEMORY, area->physical);
	*info = (struct area_info){
		.kind = module ? "module" : area_info_kind_of(area),
		.module = module ? module->name : "",
		.resource = resource ? resource->name : "",
	};
	if (area->caller)
		query_symbol_text(kernel, area->caller, info->caller);
}

void query_area_info_at(struct kernel *kernel, const struct vmalloc_area *area, uint64_t vaddr,
			struct area_info *info)
{
	set_info(kernel, area, module_at(kernel, area, vaddr), info);
}

void query_area_info(struct kernel *kernel, const struct vmalloc_area *area, struct area_info *info)
{
	const struct module_range *part = NULL;
	size_t nr = 0;

	if (area->state == VMALLOC_OWNED)
		part = module_all_ranges(kernel, area->first, area->last, &nr);
	set_info(kernel, area, part, info);
	for (size_t i = 1; i < nr && !info->shared; i++)
		if (part[i].module != part[0].module)
			info->shared = part;
	info->nr_shared = info->shared ? nr : 0;
	if (info->shared)
		info->module = "";
}

/* --- callers --- */

/* Joins neighbours that have the same caller, by adding them up. Returns the number of sums that
 * remain. */
static size_t join_callers(struct caller_sum *sum, size_t nr)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++) {
		struct caller_sum *last = kept ? &sum[kept - 1] : NULL;

		if (last && last->caller == sum[i].caller) {
			last->nr += sum[i].nr;
			last->size += sum[i].size;
			last->used += sum[i].used;
			last->nr_pages += sum[i].nr_pages;
		} else {
			sum[kept++] = sum[i];
		}
	}
	return kept;
}

struct caller_sum *query_callers(struct kernel *kernel, const struct vmalloc_list *list, size_t *nr,
				 struct error *err)
{
	struct caller_sum *sum = calloc(list->nr + 1, sizeof(*sum));

	for (size_t i = 0; sum && i < list->nr; i++) {
		const struct vmalloc_area *area = &list->area[i];

		sum[i] = (struct caller_sum){
			.caller = area->caller,
			.nr = 1,
			.size = area->last - area->first + 1,
			.used = vmalloc_area_used_last(kernel, area) - area->first + 1,
			.nr_pages = area->nr_pages,
		};
	}
	if (!sum)
		return out_of_memory(err), NULL;
	if (!sort_items(sum, list->nr, sizeof(*sum), ranges_compare, kernel->listener)) {
		fail(err, ERROR_INTERRUPTED, "interrupted");
		free(sum);
		return NULL;
	}
	*nr = join_callers(sum, list->nr);
	return sum;
}
