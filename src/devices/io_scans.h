/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Scans each table of the IOMMUs once, and records which parts are missing. */
#pragma once

#include "devices/io_map.h"
#include "devices/viommu.h"
#include "paging/scan.h"

struct io_scans {
	struct kernel *kernel; /* borrowed */
	struct io_map map;
	/* Nothing is missing: all devices and their access to memory are known, and all tables are
	 * complete and were scanned to their ends. */
	bool whole;
	struct error gap; /* if not whole: the first missing part */
};

/* False with err: the devices are not known; then nothing needs to be released. */
bool io_scans_start(struct io_scans *scans, struct kernel *kernel, struct error *err);
void io_scans_release(struct io_scans *scans);

/* The callbacks return false with err to end the scan: no more tables are scanned, and the error is
 * recorded. */
struct io_visitor {
	/* A page table: the scan is at its start, and its listener is set. The callback runs the
	 * scan to its end, and calls io_scans_lacks() for parts that cannot be read. */
	bool (*scan)(struct scan *scan, uint32_t table, void *arg, struct error *err);
	/* A mapping of a virtio IOMMU. The mappings of a table come in the order of bus
	 * addresses. */
	bool (*mapping)(const struct viommu_mapping *mapping, uint32_t table, void *arg,
			struct error *err);
	void *arg;
};

void io_scans_run(struct io_scans *scans, const struct io_visitor *visitor);

/* Records that parts of the table from that bus address on are missing or corrupt. */
void io_scans_lacks(struct io_scans *scans, uint32_t table, uint64_t bus);
