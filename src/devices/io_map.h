/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A map of all devices of the machine, and of the tables with which IOMMUs translate the addresses
 * of these devices. Devices in the same domain share a table. */
#pragma once

#include "devices/iommu.h"

/* A table of an IOMMU. If a device has tables for several PASIDs, the map contains only the table
 * for requests without a PASID. */
struct io_table {
	struct space space; /* the page table; valid if tree is 0 */
	/* Only for a virtio IOMMU: address of the root of the tree of mappings, see viommu.h. */
	uint64_t tree;
	size_t first; /* index of the first device that uses the table */
	size_t nr; /* number of devices that use the table */
	/* True if at least one of these devices may read or write through the table, according to
	 * the entries that point to the table. */
	bool readable, writable;
};

struct io_device {
	struct device_dma dma;
	uint32_t table; /* index of the device's table; with DMA_TRANSLATED and DMA_LISTED */
};

struct io_map {
	struct io_device *device; /* owned; sorted by name */
	size_t nr, room;
	struct io_table *table; /* owned */
	size_t nr_tables, room_tables;
	/* Number of devices for which it is not known how they access memory. */
	size_t nr_unknown;
	size_t first_unknown; /* index of the first of these devices */
	/* True if the map contains all devices. False if some devices could not be read, or if
	 * there are more devices than a machine can have. */
	bool whole;
	struct error damage; /* if whole is false: the reason */
};

/* Makes the map. Returns false and sets err if the devices are not known, or if there is not enough
 * memory. In this case the caller need not release the map. The map borrows data from the kernel,
 * and is valid until the kernel's facts are forgotten. */
bool io_map_make(struct kernel *kernel, struct io_map *map, struct error *err);
void io_map_release(struct io_map *map);
