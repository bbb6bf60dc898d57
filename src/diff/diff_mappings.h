/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the page tables of two dumps map, and how. */
#pragma once

#include "diff/diff_windows.h"
#include "paging/walk.h"

struct process;

enum mapping_kind {
	MAPPING_NONE,
	MAPPING_PAGES,
	MAPPING_CORRUPT,    /* an entry has a bit set that the mode reserves */
	MAPPING_UNREADABLE, /* the table is not in the dump */
};

struct mapping {
	enum mapping_kind kind;
	enum page_state reason; /* MAPPING_UNREADABLE: why */
	bool writable, executable, user; /* MAPPING_PAGES, as are those below */
	bool nowhere; /* of a process: neither memory nor a device is where they are mapped to */
	bool has_cache;
	uint8_t cache; /* enum cache_type; 0 unless has_cache */
};

/* A range that differs, as long as both mappings stay as they are. Sizes of pages, the
 * global bit and the frames that are mapped are not compared, but whether there is any. */
struct mapping_diff {
	enum diff_status status; /* never DIFF_MOVED; DIFF_SAME is not shown */
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* inclusive */
	struct mapping mapping[NR_SIDES];
	const struct window *window; /* borrowed during the call */
};

struct mapping_counts {
	struct diff_counts ranges;
	uint64_t bytes[NR_DIFF_STATUSES];
	/* Cache types are compared only where both dumps tell what an entry's bits mean. */
	bool cache_compared;
};

/* Compares the kernels' own tables in all windows, by one pass over each table, until visit
 * returns false or the work is stopped. False with err: they cannot be compared, or a
 * table's end was not reached; what was found before has been shown. */
bool diff_mappings(const struct pair *pair, const struct windows *windows,
		   bool (*visit)(const struct mapping_diff *diff, void *arg),
		   void *arg, struct mapping_counts *counts, struct error *err);

/* The same of the user half of a process, as the dumps have it. */
bool diff_process_mappings(
	const struct pair *pair, const struct process *const process[NR_SIDES],
	bool (*visit)(const struct mapping_diff *diff, void *arg), void *arg,
	struct mapping_counts *counts, struct error *err);
