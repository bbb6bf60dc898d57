/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The map of all devices of the machine, and of the tables that IOMMUs translate their addresses
 * with. Devices of one domain share a table. */
#pragma once

#include "devices/iommu.h"

/* A table of an IOMMU. If a device has several PASIDs, the map has only the table for requests
 * without a PASID. */
struct io_table {
	struct space space; /* the page table; valid if tree is 0 */
	/* For a virtio IOMMU: address of the root of its tree of mappings, see viommu.h. */
	uint64_t tree;
	size_t first; /* index of its first device */
	size_t nr; /* number of its devices */
	/* At least one device may read or write through the table. The rights come from the entries
	 * that lead to the table. */
	bool readable, writable;
};

struct io_device {
	struct device_dma dma;
	uint32_t table; /* index of the device's table; valid with DMA_TRANSLATED and DMA_LISTED */
};

struct io_map {
	struct io_device *device; /* owned; sorted by name */
	size_t nr, room;
	struct io_table *table; /* owned */
	size_t nr_tables, room_tables;
	/* Number of devices whose access to memory is unknown. */
	size_t nr_unknown;
	size_t first_unknown; /* index of the first of these devices */
	/* True if all devices are in the map. False if some could not be read, or if there are more
	 * than a machine can have. */
	bool whole;
	struct error damage; /* if not whole: why */
};

/* Makes the map. Returns false and sets err if the devices are not known or memory is exhausted;
 * then the caller need not release the map. The map borrows data of the kernel, and is valid until
 * the kernel's facts are forgotten. */
bool io_map_make(struct kernel *kernel, struct io_map *map, struct error *err);
void io_map_release(struct io_map *map);
