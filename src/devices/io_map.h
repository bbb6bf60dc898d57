/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All devices of the machine, and the tables that IOMMUs use to translate for them: devices of
 * one domain share a table. */
#pragma once

#include "devices/iommu.h"

/* A table. Of a device with several PASIDs only one table is in the map: the table for requests
 * without a PASID. */
struct io_table {
	struct space space; /* a page table, if tree is 0 */
	uint64_t tree; /* of a virtio IOMMU: address of its root, see viommu.h */
	size_t first; /* index of its first device */
	size_t nr; /* devices */
	bool readable, writable; /* by some device, as far as the entries before the table show */
};

struct io_device {
	struct device_dma dma;
	uint32_t table; /* DMA_TRANSLATED, _LISTED: index of its table */
};

struct io_map {
	struct io_device *device; /* owned; by name */
	size_t nr, room;
	struct io_table *table; /* owned */
	size_t nr_tables, room_tables;
	size_t nr_unknown; /* devices of which it is not known how they reach memory */
	size_t first_unknown; /* index of the first */
	/* Not all devices are in it: some could not be read, or their number is more than
	 * a machine has. */
	bool whole;
	struct error damage; /* else: why */
};

/* False with err: which devices there are is not known, or memory ran out; then nothing
 * needs to be released. Otherwise it is borrowed from the kernel's state: valid until its
 * facts are forgotten. */
bool io_map_make(struct kernel *kernel, struct io_map *map, struct error *err);
void io_map_release(struct io_map *map);
