/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All devices of the machine, and the tables that IOMMUs translate with. Devices of one domain
 * share a table. */
#pragma once

#include "devices/iommu.h"

/* A table. If a device has several PASIDs, the map has only the table for requests without a
 * PASID. */
struct io_table {
	struct space space; /* the page table; valid if tree is 0 */
	uint64_t tree; /* for a virtio IOMMU: address of the tree's root, see viommu.h */
	size_t first; /* index of its first device */
	size_t nr; /* number of its devices */
	/* Some device may read or write, as far as the entries before the table show. */
	bool readable, writable;
};

struct io_device {
	struct device_dma dma;
	uint32_t table; /* with DMA_TRANSLATED, _LISTED: index of its table */
};

struct io_map {
	struct io_device *device; /* owned; sorted by name */
	size_t nr, room;
	struct io_table *table; /* owned */
	size_t nr_tables, room_tables;
	size_t nr_unknown; /* number of devices with unknown access to memory */
	size_t first_unknown; /* index of the first of these devices */
	/* All devices are in the map. False: some could not be read, or there are more than a
	 * machine can have. */
	bool whole;
	struct error damage; /* if not whole: why */
};

/* False with err: the devices are not known, or out of memory; then nothing needs to be released. A
 * map borrows from the kernel's state, and is valid until facts are forgotten. */
bool io_map_make(struct kernel *kernel, struct io_map *map, struct error *err);
void io_map_release(struct io_map *map);
