/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/free_lists.h"

#include <inttypes.h>

#include "linux/page_members.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "types/types.h"

enum { MOST_TYPES = 16 /* limit; kernels have at most 7 (enum migratetype) */ };

bool page_free_list_layout(struct kernel *kernel, struct free_list_layout *layout,
			   struct error *err)
{
	uint64_t head_size = 2 * kernel_pointer_size(kernel);
	const struct member *areas = kernel_member(kernel, ZONE_FREE_AREA, err), *heads, *links;

	if (!areas)
		return false;
	heads = kernel_member(kernel, FREE_AREA_LISTS, err);
	if (!heads)
		return false;
	links = kernel_member_as(kernel, PAGE_LRU, MEMBER_LINKS, err);
	if (!links || !kernel_member_as(kernel, FREE_AREA_NR, MEMBER_POINTER, err))
		return false;
	layout->areas = areas->offset;
	layout->heads = heads->offset;
	layout->links = links->offset;
	if (heads->size / head_size > MOST_TYPES)
		return fail(err, ERROR_FORMAT,
			    "implausible size of free_area.free_list: %" PRIu64 " bytes",
			    (uint64_t)heads->size);
	layout->nr_types = (unsigned int)(heads->size / head_size);
	if (!kernel_type_size(kernel, "free_area", &layout->area_size) || !layout->area_size ||
	    !layout->nr_types)
		return fail(err, ERROR_UNKNOWN, "the size of struct free_area is not known");
	layout->nr_orders = (unsigned int)(areas->size / layout->area_size);
	if (layout->nr_orders > ZONE_MOST_ORDERS)
		layout->nr_orders = ZONE_MOST_ORDERS;
	return true;
}

uint64_t page_free_list_head(struct kernel *kernel, const struct free_list_layout *layout,
			     const struct zone *zone, unsigned int order, unsigned int type)
{
	return zone->address + layout->areas + order * layout->area_size + layout->heads +
	       type * 2 * kernel_pointer_size(kernel);
}

const char *page_migrate_type_name(struct kernel *kernel, unsigned int type)
{
	/* enum migratetype since 3.5 (47118af076f6); macros before. Kernels 2.6.24 to 4.3 have
	 * RESERVE, later kernels HIGHATOMIC (0aaa29a56e4f). */
	static const char *const names[][2] = {
		{ "MIGRATE_UNMOVABLE", "unmovable" },	  { "MIGRATE_MOVABLE", "movable" },
		{ "MIGRATE_RECLAIMABLE", "reclaimable" }, { "MIGRATE_RESERVE", "reserve" },
		{ "MIGRATE_HIGHATOMIC", "highatomic" },	  { "MIGRATE_CMA", "cma" },
		{ "MIGRATE_ISOLATE", "isolate" },
	};
	struct types *types = kernel_types(kernel);
	int64_t value;

	for (size_t i = 0; types && i < sizeof(names) / sizeof(names[0]); i++)
		if (types_enumerator(types, "migratetype", names[i][0], &value) && value == type)
			return names[i][1];
	return NULL;
}

/* Counts the blocks in a list. */
static bool free_lists_count(struct kernel *kernel, const struct free_list_layout *layout,
			     uint64_t head, uint64_t most, uint64_t *nr, struct error *err)
{
	struct links links = links_from(kernel, head, layout->links, NULL, most);
	uint64_t page;

	while (links_next(&links, &page))
		;
	*nr = links.nr;
	if (links.end == LINKS_WHOLE)
		return true;
	if (links.end == LINKS_STOPPED)
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	if (links.end == LINKS_MISSING && !links_lead_nowhere(&links))
		return fail(err, ERROR_UNREADABLE, "after %zu blocks, %.300s", links.nr,
			    links.why.message);
	return fail(err, ERROR_FORMAT, "the list is damaged after its entry at %" PRIx64,
		    links.before);
}

bool page_count_free_blocks(struct kernel *kernel, const struct free_list_layout *layout,
			    const struct zone *zone, unsigned int type,
			    uint64_t blocks[ZONE_MOST_ORDERS], struct error *err)
{
	struct error why;

	for (unsigned int order = 0; order < layout->nr_orders; order++) {
		uint64_t head = page_free_list_head(kernel, layout, zone, order, type);

		if (!free_lists_count(kernel, layout, head, (zone->spanned >> order) + 1,
				      &blocks[order], &why))
			return fail(
				err, why.code,
				"zone %s, order %u, type %u: the number of blocks is unknown: %.300s",
				zone->name, order, type, why.message);
	}
	return true;
}
