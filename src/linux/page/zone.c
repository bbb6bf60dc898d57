/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/zone.h"

#include <inttypes.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/links.h"
#include "kernel/percpu.h"
#include "linux/page/page.h"
#include "linux/page_members.h"
#include "types/types.h"

enum { MOST_ZONES = 8 };

/* Reads an element of an array of longs in struct zone. id: the member that is the array. */
static bool zone_read_item(struct kernel *kernel, uint64_t zone, unsigned int id, uint64_t index,
			   uint64_t *value)
{
	const struct member *array = kernel_member(kernel, id, NULL);
	unsigned int word = kernel_pointer_size(kernel);

	return array && index < array->size / word &&
	       kernel_read_word(kernel, zone + array->offset + index * word, value, NULL);
}

/* Adds to *count the changes that CPUs have counted, but that the kernel has not yet added to the
 * zone's count. Each CPU counts changes in the array vm_stat_diff[] of signed bytes. Since 2.6.34
 * the array is in per-CPU memory, and until 5.13 it is in the same struct as the CPU's lists of
 * free frames. */
static void zone_add_pending(struct kernel *kernel, uint64_t at, uint64_t number, uint64_t *count)
{
	const struct member *own = kernel_member_as(kernel, ZONE_CPU_STATS, MEMBER_POINTER, NULL);
	unsigned int pointer = own ? ZONE_CPU_STATS : ZONE_CPU_PAGESET;
	const struct member *diffs =
		kernel_member(kernel, own ? CPU_STATS_DIFF : PAGESET_DIFF, NULL);
	bool copies = kernel_has_copies(kernel) != NO;
	uint64_t stats, offset = 0, diff;
	struct cpu_set cpus;

	if (!diffs || number >= diffs->size ||
	    !kernel_member_as(kernel, pointer, MEMBER_POINTER, NULL) ||
	    !kernel_read_member(kernel, at, pointer, &stats, NULL) || !stats ||
	    !kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	stats += diffs->offset + number;
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		if ((!copies || kernel_per_cpu_offset(kernel, cpu, &offset, NULL)) &&
		    kernel_read_number(kernel, (stats + offset) & kernel->arch->address_mask, 1,
				       &diff, NULL))
			*count += (uint64_t)(int64_t)(int8_t)diff;
}

/* Reads the number of free frames from vm_stat, which exists since 2.6.17. In older kernels the
 * number is unknown, because their debug information cannot be read. */
static void read_free(struct kernel *kernel, uint64_t at, struct zone *zone)
{
	struct types *types = kernel_types(kernel);
	int64_t number;

	zone->has_free =
		types && types_enumerator(types, "zone_stat_item", "NR_FREE_PAGES", &number) &&
		number >= 0 && zone_read_item(kernel, at, ZONE_STAT, (uint64_t)number, &zone->free);
	if (zone->has_free)
		zone_add_pending(kernel, at, (uint64_t)number, &zone->free);
}

/* Reads the watermarks, and adds watermark_boost if it exists. In 5.0 (a9214443c1ee) watermark was
 * renamed to _watermark, and watermark_boost was added. */
static void read_watermarks(struct kernel *kernel, uint64_t at, struct zone *zone)
{
	uint64_t boost = 0;

	zone->has_watermarks = true;
	kernel_read_member(kernel, at, ZONE_BOOST, &boost, NULL);
	for (uint64_t i = 0; i < NR_WATERMARKS; i++) {
		zone->has_watermarks &=
			zone_read_item(kernel, at, ZONE_WATERMARK, i, &zone->watermark[i]) ||
			zone_read_item(kernel, at, ZONE_WATERMARK_OLD, i, &zone->watermark[i]);
		zone->watermark[i] += boost;
	}
}

static void zone_read_blocks(struct kernel *kernel, uint64_t at, struct zone *zone)
{
	const struct member *areas = kernel_member(kernel, ZONE_FREE_AREA, NULL);
	const struct member *nr = kernel_member_as(kernel, FREE_AREA_NR, MEMBER_POINTER, NULL);
	uint64_t size;

	if (!areas || !nr || !kernel_type_size(kernel, "free_area", &size) || !size)
		return;
	for (unsigned int order = 0;
	     order < ZONE_MOST_ORDERS && order < areas->size / size &&
	     kernel_read_word(kernel, at + areas->offset + order * size + nr->offset,
			      &zone->free_blocks[order], NULL);
	     order++)
		zone->nr_orders = order + 1;
}

static bool zone_read_zone(struct kernel *kernel, uint64_t at, struct zone *zone, struct error *err)
{
	uint64_t name;

	if (!kernel_read_member(kernel, at, ZONE_START, &zone->start_pfn, err) ||
	    !kernel_read_member(kernel, at, ZONE_SPANNED, &zone->spanned, err))
		return false;
	zone->first = kernel_frame(kernel, zone->start_pfn);
	zone->last = kernel_frame(kernel, zone->start_pfn + zone->spanned) - 1;
	if (kernel_read_member(kernel, at, ZONE_NAME, &name, NULL))
		kernel_read_text(kernel, name, zone->name, sizeof(zone->name));
	kernel_read_member(kernel, at, ZONE_PRESENT, &zone->present, NULL);
	/* this member exists since 3.9 (9feedc9d831e) */
	zone->has_managed = kernel_read_member(kernel, at, ZONE_MANAGED, &zone->managed, NULL);
	read_free(kernel, at, zone);
	read_watermarks(kernel, at, zone);
	zone_read_blocks(kernel, at, zone);
	return true;
}

bool page_each_zone(struct kernel *kernel, bool (*visit)(const struct zone *zone, void *arg),
		    void *arg, struct error *err)
{
	const struct member *zones = kernel_member(kernel, PGDAT_ZONES, err);
	uint64_t size, pgdat, node = 0, nr = 0, id;

	if (!zones)
		return false;
	if (!kernel_type_size(kernel, "zone", &size) || !size)
		return fail(err, ERROR_UNKNOWN, "the size of struct zone is unknown");
	while (page_next_node(kernel, &node, &pgdat)) {
		nr++;
		if (!kernel_read_member(kernel, pgdat, PGDAT_ID, &id, NULL))
			id = node - 1;
		for (uint64_t i = 0; i < MOST_ZONES && i < zones->size / size; i++) {
			uint64_t at = pgdat + zones->offset + i * size;
			struct zone zone = { .node = id, .address = at };

			if (!zone_read_zone(kernel, at, &zone, err))
				return false;
			if (zone.spanned && !visit(&zone, arg))
				return true;
		}
	}
	return nr ||
	       fail(err, ERROR_UNKNOWN,
		    "the nodes are unknown, because there is no symbol node_data or contig_page_data");
}

/* --- the lists of free blocks --- */

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
