/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/io_access.h"

#include "devices/dma.h"
#include "devices/io_map.h"
#include "kernel/kernel.h"

static bool maps_elsewhere(struct kernel *kernel, const struct io_map *map,
			   const struct io_table *table, uint64_t bus)
{
	struct dma_translation found;

	device_dma_translate(&map->device[table->first].dma, kernel->dump, bus, &found);
	return found.status == DMA_STATUS_MAPPED && found.physical != bus;
}

/* Describes an access of the table's first device to the bus address. The description is a struct
 * dma_fault, as if the access had been refused. */
static struct dma_fault access_of(const struct io_map *map, const struct io_table *table,
				  uint64_t bus)
{
	const struct pci_function *function = map->device[table->first].dma.function;

	return (struct dma_fault){
		.has_segment = true,
		.segment = function->segment,
		.bus = function->bus,
		.devfn = function->devfn,
		.has_address = true,
		.address = bus,
	};
}

bool io_access_find(struct kernel *kernel, uint64_t bus, struct dma_fault *access,
		    size_t *nr_others)
{
	struct io_map map;
	size_t nr = 0;

	if (!io_map_make(kernel, &map, NULL))
		return false;
	for (size_t i = 0; i < map.nr_tables && !kernel_stopped(kernel); i++)
		if (maps_elsewhere(kernel, &map, &map.table[i], bus) && !nr++)
			*access = access_of(&map, &map.table[i], bus);
	io_map_release(&map);
	*nr_others = nr ? nr - 1 : 0;
	return nr;
}
