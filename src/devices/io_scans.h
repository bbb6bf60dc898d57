/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Scans each table of the IOMMUs once, and records which parts are missing. */
#pragma once

#include "devices/io_map.h"
#include "devices/viommu.h"
#include "paging/scan.h"

struct io_scans {
	struct kernel *kernel; /* borrowed */
	struct io_map map;
	/* True if nothing is missing: all devices are known, it is known how each of them accesses
	 * memory, and all tables are complete and were scanned to their ends. */
	bool whole;
	struct error gap; /* if whole is false: the first missing part */
};

/* Makes the map of devices and tables. Returns false and sets err if the devices are not known. In
 * this case the caller need not release *scans. */
bool io_scans_start(struct io_scans *scans, struct kernel *kernel, struct error *err);
void io_scans_release(struct io_scans *scans);

/* A callback that returns false and sets err ends all scans. No more tables are scanned, and the
 * error is recorded in io_scans.gap. */
struct io_visitor {
	/* Called for each page table. `scan` is at its start, and has the kernel's listener. The
	 * callback must run the scan to its end, and must call io_scans_lacks() for each part that
	 * cannot be read. */
	bool (*scan)(struct scan *scan, uint32_t table, void *arg, struct error *err);
	/* Called for each mapping of a virtio IOMMU. The mappings of one table come in the order of
	 * bus addresses. */
	bool (*mapping)(const struct viommu_mapping *mapping, uint32_t table, void *arg,
			struct error *err);
	void *arg;
};

void io_scans_run(struct io_scans *scans, const struct io_visitor *visitor);

/* Records that a part of the table is missing or corrupt. bus: first bus address of this part. */
void io_scans_lacks(struct io_scans *scans, uint32_t table, uint64_t bus);
