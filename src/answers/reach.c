/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "answers/reach.h"

#include <inttypes.h>
#include <stdlib.h>

#include "kernel/kernel.h"

/* The first that is missing is told. */
static void missing(struct reach *reach, const struct error *why)
{
	if (reach->whole)
		reach->gap = *why;
	reach->whole = false;
}

/* --- the tables --- */

static void tell_of_table(struct reach *reach, const struct io_table *table,
			  const char *what, uint64_t bus)
{
	const struct pci_function *first =
		reach->map.device[table->first].dma.function;
	struct error why;

	fail(&why, ERROR_UNREADABLE,
	     "the page table at %" PRIx64 ", of %s and %zu others, %s %" PRIx64,
	     table->space.root, first->name, table->nr - 1, what, bus);
	missing(reach, &why);
}

/* What the scan of a table, in which gaps were met, could not see. */
static void tell_of_scan(struct reach *reach, const struct io_table *table,
			 const struct scan *scan, size_t gaps_before)
{
	const struct reverse_gaps *gaps = reverse_gaps(reach->reverse);

	if (gaps->nr && !gaps_before)
		tell_of_table(
			reach, table,
			"has parts that are missing or corrupt, the first for the bus address",
			gaps->first.first);
	else if (gaps->nr != gaps_before)
		tell_of_table(reach, table,
			      "has parts that are missing or corrupt below",
			      paging_last_address(table->space.paging));
	if (scan->end != SCAN_COMPLETE)
		tell_of_table(
			reach, table,
			scan->end == SCAN_ENDLESS ?
				"names its own tables again and again: the search ended at the bus address" :
				"was searched only to the bus address",
			scan_position(scan));
}

static bool add_table(struct reach *reach, size_t index, struct scan *scan,
		      struct error *err)
{
	const struct io_table *table = &reach->map.table[index];
	size_t before = reverse_gaps(reach->reverse)->nr;
	bool added;

	scan_start(scan, &table->space, 0,
		   paging_last_address(table->space.paging), false);
	scan->listener = reach->kernel->listener;
	added = reverse_add(reach->reverse, reach->kernel, scan,
			    (struct reverse_owner){
				    .io_table = (uint32_t)index },
			    err);
	tell_of_scan(reach, table, scan, before);
	scan_release(scan);
	return added;
}

static void add_tables(struct reach *reach, struct scan *scan)
{
	struct error why;

	for (size_t i = 0; i < reach->map.nr_tables; i++)
		if (kernel_stopped(reach->kernel) ||
		    !add_table(reach, i, scan, &why)) {
			if (kernel_stopped(reach->kernel))
				fail(&why, ERROR_INTERRUPTED, "interrupted");
			missing(reach, &why);
			return;
		}
}

static void look_for_unknown(struct reach *reach)
{
	const struct io_map *map = &reach->map;
	const struct device_dma *dma;
	struct error why;

	if (!map->whole)
		missing(reach, &map->damage);
	if (!map->nr_unknown)
		return;
	dma = &map->device[map->first_unknown].dma;
	fail(&why, dma->entrance.trouble.code,
	     "of %zu devices it is not known how they reach memory, the first is %s: %s",
	     map->nr_unknown, dma->function->name,
	     dma->entrance.trouble.message);
	missing(reach, &why);
}

bool reach_search(struct reach *reach, struct kernel *kernel,
		  const uint64_t *paddrs, size_t nr, struct error *err)
{
	struct scan *scan = malloc(sizeof(*scan));

	*reach = (struct reach){ .kernel = kernel, .whole = true };
	if (!scan)
		return fail(err, ERROR_SYSTEM, "out of memory");
	reach->reverse = reverse_create(paddrs, nr, err);
	if (!reach->reverse || !io_map_make(kernel, &reach->map, err)) {
		reverse_destroy(reach->reverse);
		free(scan);
		return false;
	}
	look_for_unknown(reach);
	add_tables(reach, scan);
	free(scan);
	if (reverse_finish(reach->reverse, NULL))
		return true;
	reach_release(reach);
	return fail(err, ERROR_SYSTEM, "out of memory");
}

void reach_release(struct reach *reach)
{
	reverse_destroy(reach->reverse);
	io_map_release(&reach->map);
}

/* --- a frame --- */

/* Does the device reach paddr at that bus address? Its own walk decides: bus addresses
 * that are interrupts are in the table, and lead nowhere. */
static bool reaches(const struct reach *reach, const struct device_dma *dma,
		    uint64_t bus, uint64_t paddr, struct reached *reached)
{
	struct dma_translation *translation = &reached->translation;

	device_dma_translate(dma, reach->kernel->dump, bus, translation);
	reached->dma = dma;
	reached->level = NULL;
	if (translation->has_walk && translation->walk.nr_steps)
		reached->level = dma->entrance.space.paging
					 ->level[translation->walk.nr_steps - 1]
					 .name;
	return translation->status == DMA_STATUS_MAPPED &&
	       translation->physical == paddr;
}

/* False: visit() wants no more. */
static bool by_table(const struct reach *reach, const struct io_device *device,
		     uint64_t paddr,
		     bool (*visit)(const struct reached *reached, void *arg),
		     void *arg)
{
	struct reverse_frame found = reverse_frame(reach->reverse, paddr);
	struct reached reached;

	for (size_t i = 0; i < found.nr; i++) {
		const struct mapping *mapping =
			reverse_mapping(reach->reverse, found, i);
		uint64_t bus = mapping->first + (paddr - mapping->paddr);

		if (listener_stops_at(reach->kernel->listener, i))
			return false;
		if (mapping->owner.io_table == device->table &&
		    reaches(reach, &device->dma, bus, paddr, &reached) &&
		    !visit(&reached, arg))
			return false;
	}
	return true;
}

void reach_each(const struct reach *reach, uint64_t paddr,
		bool (*visit)(const struct reached *reached, void *arg),
		void *arg)
{
	for (size_t i = 0; i < reach->map.nr; i++) {
		const struct io_device *device = &reach->map.device[i];
		struct reached reached;

		switch (device->dma.entrance.reach) {
		case DMA_TRANSLATED:
			if (!by_table(reach, device, paddr, visit, arg))
				return;
			break;
		case DMA_DIRECT:
		case DMA_PASS_THROUGH:
			if (reaches(reach, &device->dma, paddr, paddr,
				    &reached) &&
			    !visit(&reached, arg))
				return;
			break;
		case DMA_BLOCKED:
		case DMA_UNKNOWN:
			break;
		}
	}
}
