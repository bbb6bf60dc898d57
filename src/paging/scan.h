/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All entries of a page table that are not zero, in address order. */
#pragma once

#include "base/address_set.h"
#include "base/listener.h"
#include "paging/walk.h"

/* A decoded entry; or adjacent entries that are all unreadable, or all equal. */
struct scanned {
	uint64_t first, last; /* addresses, both inclusive */
	enum walk_outcome outcome; /* never WALK_NON_CANONICAL */
	enum page_state reason; /* with WALK_UNREADABLE: why */
	uint64_t paddr; /* with WALK_MAPPED: physical address of first */
	uint64_t page_size; /* bytes that one entry of this level covers: a part of
				   * the page, in families whose pages take several entries */
	uint64_t entry; /* not set with WALK_UNREADABLE */
	uint64_t entry_paddr; /* physical address of the first entry */
	uint8_t level; /* index of paging->level */
	bool repeated; /* with WALK_MAPPED: all pages are mapped to paddr */
	/* With WALK_MAPPED: rights over all levels */
	bool readable, writable, user, executable;
	/* Set only by range_next(): */
	bool global;
	uint8_t cache; /* a value of range_scan.cache_class */
	bool apart; /* the result of range_scan.is_apart for the pages */
};

/* Bytes of a table to read at once: a whole table of 4 KiB. */
enum { SCAN_WINDOW = 4096 };

/* The open table of a level. */
struct scan_table {
	uint64_t paddr;
	uint64_t base; /* virtual address of entry 0, not sign-extended */
	uint64_t rights; /* rights of the levels above, in the family's encoding */
	unsigned int next; /* index of the next entry */
	unsigned int window; /* index of the first entry in entries */
	bool partial; /* some of these entries are not in the dump, and entries is not filled */
	uint8_t entries[SCAN_WINDOW];
};

enum scan_end {
	SCAN_RUNNING,
	SCAN_COMPLETE,
	SCAN_ENDLESS, /* too many repeated visits or ranges: tables point to each other */
	SCAN_NO_MEMORY,
	SCAN_INTERRUPTED, /* the listener stopped the scan */
};

struct scan {
	const struct space *space;
	uint64_t first, last; /* range to scan: both inclusive, not sign-extended */
	bool absent_too;
	enum scan_end end;
	unsigned int level;
	uint64_t nr_tables; /* number of tables visited, including repeated visits */
	/* Number of repeated visits of a table at the same level. */
	uint64_t nr_repeats, max_repeats;
	struct address_set seen; /* tables, each with its level; empty after the scan */
	/* Decides before each table whether to stop. Borrowed; NULL: the scan never stops. */
	const struct listener *listener;
	/* Called for each visit of a table, except the top-level table; with it, tables of equal
	 * entries are not reported as one. May be NULL. */
	void (*visit_table)(void *arg, uint64_t paddr, unsigned int level);
	/* Called before a table is opened, with the rights of the entries that lead to it (enum
	 * may): true skips the table. NULL: all tables are opened. */
	bool (*skip_table)(void *arg, uint64_t paddr, unsigned int level, unsigned int may);
	void *arg;
	struct scan_table table[MAX_LEVELS];
};

/* Starts a scan of the pages that hold addresses first to last, inclusive and canonical; a page at
 * either end is reported whole. absent_too: also reports entries that are neither present nor zero,
 * as WALK_NOT_PRESENT. space is borrowed until the scan ends. The struct has about 20 KiB. */
void scan_start(struct scan *scan, const struct space *space, uint64_t first, uint64_t last,
		bool absent_too);

/* The next entry. False: the end; scan->end has the reason. */
bool scan_next(struct scan *scan, struct scanned *scanned);

/* Releases a scan that is abandoned before its end. */
void scan_release(struct scan *scan);

/* The virtual address of the next entry to scan. */
uint64_t scan_position(const struct scan *scan);

/* --- the mappings, merged into as few ranges as possible (range.c) --- */

struct range_scan {
	struct scan scan;
	/* For each cache index of the family, a cache type of the caller: ranges end where the type
	 * changes. */
	uint8_t cache_class[8];
	/* Called for each mapped page: ranges end where the result changes. May be NULL. */
	bool (*is_apart)(void *arg, uint64_t paddr);
	void *arg;
	struct scanned pending;
	bool has_pending;
	uint64_t nr; /* number of ranges so far */
	uint64_t max_ranges; /* limit of nr, before the entries of all tables are added */
};

/* Starts like scan_start(). At first every cache index is a type of its own. */
void range_start(struct range_scan *ranges, const struct space *space, uint64_t first,
		 uint64_t last);

/* The next range: adjacent pages with equal size, rights, cache type and apart; adjacent corrupt
 * entries of one level; or addresses whose entries are not in the dump. entry, paddr and
 * entry_paddr belong to the first page or entry. False: the end; ranges->scan.end has the
 * reason. */
bool range_next(struct range_scan *ranges, struct scanned *range);

/* --- addresses of a mode --- */

/* Number of a table's entries to read at once, for a level. */
static inline unsigned int scan_window_entries(const struct paging *paging, unsigned int level)
{
	unsigned int all = paging_entries(paging, level);
	unsigned int fit = SCAN_WINDOW / paging->entry_size;

	return all < fit ? all : fit;
}

/* First address of the upper half. If addresses sign-extend, this half is the kernel's. */
static inline uint64_t paging_upper_half(const struct paging *paging)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends ? -half : half;
}

/* Last virtual address of the mode. */
static inline uint64_t paging_last_address(const struct paging *paging)
{
	return paging->sign_extends ? UINT64_MAX : UINT64_MAX >> (64 - paging->address_bits);
}
