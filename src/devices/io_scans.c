/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/io_scans.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "kernel/kernel.h"

/* Records that a part is missing. Only the first missing part is recorded. */
static void missing(struct io_scans *scans, const struct error *why)
{
	if (scans->whole)
		scans->gap = *why;
	scans->whole = false;
}

static void tell_of_table(struct io_scans *scans, uint32_t index, const char *what, uint64_t bus)
{
	const struct io_table *table = &scans->map.table[index];
	const struct pci_function *first = scans->map.device[table->first].dma.function;
	char others[48] = "";
	struct error why;

	if (table->nr > 1)
		text_append(others, sizeof(others), " and %zu other device%s", table->nr - 1,
			    plural_s(table->nr - 1));
	fail(&why, ERROR_UNREADABLE, "the %s at %" PRIx64 ", of %s%s, %s %" PRIx64,
	     table->tree ? "tree of mappings" : "page table",
	     table->tree ? table->tree : table->space.root, first->name, others, what, bus);
	missing(scans, &why);
}

void io_scans_lacks(struct io_scans *scans, uint32_t table, uint64_t bus)
{
	tell_of_table(scans, table,
		      "has parts that are missing or corrupt, the first for the bus address", bus);
}

static bool scan_table(struct io_scans *scans, uint32_t index, struct scan *scan,
		       const struct io_visitor *visitor, struct error *err)
{
	const struct space *space = &scans->map.table[index].space;
	bool done;

	scan_start(scan, space, 0, paging_last_address(space->paging), false);
	scan->listener = scans->kernel->listener;
	done = visitor->scan(scan, index, visitor->arg, err);
	if (scan->end != SCAN_COMPLETE)
		tell_of_table(
			scans, index,
			scan->end == SCAN_ENDLESS ?
				"has tables that point to each other: the search ended at the bus address" :
				"was searched only to the bus address",
			scan_position(scan));
	scan_release(scan);
	return done;
}

/* Visits all mappings in the tree of a virtio IOMMU. Each search starts after the last mapping that
 * was found, so there are at most as many searches as mappings. */
static bool list_tree(struct io_scans *scans, uint32_t index, const struct io_visitor *visitor,
		      struct error *err)
{
	uint64_t tree = scans->map.table[index].tree, bus = 0;
	struct viommu_mapping found[NR_VIOMMU_FOUND];
	const struct viommu_mapping *mapping;
	struct error why;

	do {
		if (kernel_stopped(scans->kernel)) {
			tell_of_table(scans, index, "was searched only to the bus address", bus);
			return true;
		}
		if (!viommu_search(scans->kernel, tree, bus, found, &why)) {
			io_scans_lacks(scans, index, bus);
			return true;
		}
		mapping = &found[found[VIOMMU_AT].address ? VIOMMU_AT : VIOMMU_ABOVE];
		if (!mapping->address)
			return true;
		if (!visitor->mapping(mapping, index, visitor->arg, err))
			return false;
		bus = mapping->last + 1;
	} while (bus);
	return true;
}

static bool io_scans_visit_table(struct io_scans *scans, uint32_t index, struct scan *scan,
				 const struct io_visitor *visitor, struct error *err)
{
	if (scans->map.table[index].tree)
		return list_tree(scans, index, visitor, err);
	return scan_table(scans, index, scan, visitor, err);
}

void io_scans_run(struct io_scans *scans, const struct io_visitor *visitor)
{
	struct scan *scan = malloc(sizeof(*scan));
	struct error why;

	out_of_memory(&why);
	for (uint32_t i = 0; i < scans->map.nr_tables; i++) {
		if (kernel_stopped(scans->kernel))
			fail(&why, ERROR_INTERRUPTED, "interrupted");
		else if (scan && io_scans_visit_table(scans, i, scan, visitor, &why))
			continue;
		missing(scans, &why);
		break;
	}
	free(scan);
}

static void look_for_unknown(struct io_scans *scans)
{
	const struct io_map *map = &scans->map;
	const struct device_dma *dma;
	struct error why;

	if (!map->whole)
		missing(scans, &map->damage);
	if (!map->nr_unknown)
		return;
	dma = &map->device[map->first_unknown].dma;
	fail(&why, dma->entrance.trouble.code,
	     "it is not known how %zu devices reach memory, the first is %s: %s", map->nr_unknown,
	     dma->function->name, dma->entrance.trouble.message);
	missing(scans, &why);
}

bool io_scans_start(struct io_scans *scans, struct kernel *kernel, struct error *err)
{
	*scans = (struct io_scans){ .kernel = kernel, .whole = true };
	if (!io_map_make(kernel, &scans->map, err))
		return false;
	look_for_unknown(scans);
	return true;
}

void io_scans_release(struct io_scans *scans)
{
	io_map_release(&scans->map);
}
