/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Scans of all page tables that IOMMUs have for devices, each once, and what such an answer
 * lacks. */
#pragma once

#include "bus/io_map.h"
#include "paging/scan.h"

struct io_scans {
	struct kernel *kernel; /* borrowed */
	struct io_map map;
	/* Nothing is missing: all devices are known, and how each reaches memory, and all
	 * tables are whole and were scanned to their end. */
	bool whole;
	struct error gap; /* else: the first of what is missing */
};

/* False with err: which devices there are is not known; then nothing needs to be
 * released. */
bool io_scans_start(struct io_scans *scans, struct kernel *kernel,
		    struct error *err);
void io_scans_release(struct io_scans *scans);

/* Calls run() for each table, with a scan of it that is at its start, and whose listener
 * is set; run() takes it to the end, and calls io_scans_lacks() for what cannot be read.
 * False with err from run(): no more tables are scanned, and that is noted. */
void io_scans_run(struct io_scans *scans,
		  bool (*run)(struct scan *scan, uint32_t table, void *arg,
			      struct error *err),
		  void *arg);

/* Notes that the table has parts that are missing or corrupt from that bus address on. */
void io_scans_lacks(struct io_scans *scans, uint32_t table, uint64_t bus);
