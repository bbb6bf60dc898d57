/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Scans each table of the IOMMUs once, and notes what an answer lacks. */
#pragma once

#include "devices/io_map.h"
#include "devices/viommu.h"
#include "paging/scan.h"

struct io_scans {
	struct kernel *kernel; /* borrowed */
	struct io_map map;
	/* Nothing is missing: all devices are known, and how each reaches memory, and all
	 * tables are whole and were scanned to their end. */
	bool whole;
	struct error gap; /* if not whole: the first missing part */
};

/* False with err: which devices there are is not known; then nothing needs to be
 * released. */
bool io_scans_start(struct io_scans *scans, struct kernel *kernel, struct error *err);
void io_scans_release(struct io_scans *scans);

/* False with err: no more tables are scanned, and the error is noted. */
struct io_visitor {
	/* A page table: the scan is at its start, and its listener is set. The callback runs it
	 * to its end, and calls io_scans_lacks() for parts that cannot be read. */
	bool (*scan)(struct scan *scan, uint32_t table, void *arg, struct error *err);
	/* A mapping of a virtio IOMMU; the mappings of a table come by bus address. */
	bool (*mapping)(const struct viommu_mapping *mapping, uint32_t table, void *arg,
			struct error *err);
	void *arg;
};

void io_scans_run(struct io_scans *scans, const struct io_visitor *visitor);

/* Notes that the table has parts that are missing or corrupt from that bus address on. */
void io_scans_lacks(struct io_scans *scans, uint32_t table, uint64_t bus);
