/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/io_map.h"

#include "base/array.h"
#include "kernel/kernel.h"

/* Limits the time, because each device is compared with each table. */
enum { MOST_TABLES = 1 << 14 };

static bool io_map_is_table(const struct io_table *table, const struct dma_entrance *entrance)
{
	const struct space *space = &entrance->space;

	if (table->tree || entrance->tree)
		return table->tree == entrance->tree;
	return table->space.root == space->root && table->space.paging == space->paging;
}

/* Finds the table of a device, and sets *index to its index. If the map does not contain the table
 * yet, adds it. Returns false if there are too many tables, or if there is not enough memory. */
static bool io_map_find_table(struct io_map *map, const struct dma_entrance *entrance,
			      uint32_t *index)
{
	const struct io_table new = { .space = entrance->space,
				      .tree = entrance->tree,
				      .first = map->nr };
	struct io_table *table;
	size_t at = 0;

	while (at < map->nr_tables && !io_map_is_table(&map->table[at], entrance))
		at++;
	if (at == MOST_TABLES ||
	    (at == map->nr_tables &&
	     !array_add(&map->table, &map->nr_tables, &map->room_tables, &new, sizeof(new))))
		return false;
	table = &map->table[at];
	table->nr++;
	table->readable |= entrance->readable;
	table->writable |= entrance->writable;
	*index = (uint32_t)at;
	return true;
}

/* Adds a device and its table. Returns false if there are too many tables, or if there is not
 * enough memory. */
static bool add_device(struct kernel *kernel, struct io_map *map,
		       const struct pci_function *function)
{
	struct io_device device = { 0 };
	enum dma_reach reach;

	device_dma_read(kernel, function, &device.dma);
	reach = device.dma.entrance.reach;
	if ((reach == DMA_TRANSLATED || reach == DMA_LISTED) &&
	    !io_map_find_table(map, &device.dma.entrance, &device.table))
		return false;
	if (reach == DMA_UNKNOWN && !map->nr_unknown++)
		map->first_unknown = map->nr;
	return array_add(&map->device, &map->nr, &map->room, &device, sizeof(device));
}

bool io_map_make(struct kernel *kernel, struct io_map *map, struct error *err)
{
	const struct pci_list *list = pci_functions(kernel, err);

	*map = (struct io_map){ .whole = true };
	if (!list)
		return false;
	if (list->nr_damages) {
		map->whole = false;
		if (list->by_tables)
			map->damage = list->damage;
		else
			fail(&map->damage, ERROR_FORMAT, "%zu bus%s missing, the first: %s",
			     list->nr_damages,
			     list->nr_damages == 1 ? " or function is" : "es or functions are",
			     list->damage.message);
	}
	for (size_t i = 0; i < list->nr; i++) {
		if (!kernel_stopped(kernel) && add_device(kernel, map, &list->function[i]))
			continue;
		map->whole = false;
		fail(&map->damage, ERROR_FORMAT, "only %zu of %zu devices were checked", i,
		     list->nr);
		break;
	}
	return true;
}

void io_map_release(struct io_map *map)
{
	free(map->device);
	free(map->table);
}
