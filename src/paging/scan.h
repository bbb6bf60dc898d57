/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All entries of a page table that are not zero, in address order. */
#pragma once

#include "base/address_set.h"
#include "base/listener.h"
#include "paging/walk.h"

/* One entry, decoded; or adjacent ones that are all unreadable, or all alike. */
struct scanned {
	uint64_t first, last; /* addresses, inclusive */
	enum walk_outcome outcome; /* never WALK_NON_CANONICAL */
	enum page_state reason; /* WALK_UNREADABLE: why */
	uint64_t paddr; /* WALK_MAPPED: what first is mapped to */
	uint64_t page_size; /* bytes that one entry of this level covers: a part of
				   * the page, in families whose pages take several entries */
	uint64_t entry; /* not set if WALK_UNREADABLE */
	uint64_t entry_paddr; /* the first entry's own address */
	uint8_t level; /* index of paging->level */
	bool repeated; /* WALK_MAPPED: all pages are mapped to paddr */
	/* WALK_MAPPED: effective over all levels */
	bool readable, writable, user, executable;
	/* Set by range_next() alone: */
	bool global;
	uint8_t cache; /* a value of range_scan.cache_class */
	bool apart; /* the result of range_scan.is_apart for the pages */
};

/* Bytes of a table that are read at once: a whole one of 4K. */
enum { SCAN_WINDOW = 4096 };

/* The open table of a level. */
struct scan_table {
	uint64_t paddr;
	uint64_t base; /* virtual address of entry 0, not sign-extended */
	uint64_t rights; /* of the levels above, in the family's encoding */
	unsigned int next; /* index of the next entry */
	unsigned int window; /* index of the first of entries */
	bool partial; /* not all of these are in the dump: entries is not filled */
	uint8_t entries[SCAN_WINDOW];
};

enum scan_end {
	SCAN_RUNNING,
	SCAN_COMPLETE,
	SCAN_ENDLESS, /* too many repeated visits or ranges: tables point to each other */
	SCAN_NO_MEMORY,
	SCAN_INTERRUPTED, /* the listener said so */
};

struct scan {
	const struct space *space;
	uint64_t first, last; /* range to scan: inclusive, not sign-extended */
	bool absent_too;
	enum scan_end end;
	unsigned int level;
	uint64_t nr_tables; /* tables visited, repeated visits included */
	uint64_t nr_repeats, max_repeats; /* visits of a table seen at its level before */
	struct address_set seen; /* tables, each with its level; empty once ended */
	/* Asked before each table whether to stop. Borrowed; NULL: nobody is. */
	const struct listener *listener;
	/* Called for each table but the top-level one, again at each visit; then no table
	 * is reported as one whose entries are all alike. NULL: nobody asks. */
	void (*visit_table)(void *arg, uint64_t paddr, unsigned int level);
	/* Called before a table is opened, with what the entries that lead to it allow (enum
	 * may): true leaves it out. NULL: all are opened. */
	bool (*skip_table)(void *arg, uint64_t paddr, unsigned int level, unsigned int may);
	void *arg;
	struct scan_table table[MAX_LEVELS];
};

/*
 * Starts a scan of the pages that hold addresses first to last, inclusive and canonical;
 * a page at either end is reported whole. With absent_too, entries that are neither
 * present nor zero are reported as WALK_NOT_PRESENT. space is borrowed until the scan
 * ends. The struct has some 20K.
 */
void scan_start(struct scan *scan, const struct space *space, uint64_t first, uint64_t last,
		bool absent_too);

/* The next entry; false at the end: scan->end says why. */
bool scan_next(struct scan *scan, struct scanned *scanned);

/* Frees a scan that is abandoned before its end. */
void scan_release(struct scan *scan);

/* How far the scan came: the virtual address of the next entry. */
uint64_t scan_position(const struct scan *scan);

/* --- the mappings, merged into as few ranges as possible (range.c) --- */

struct range_scan {
	struct scan scan;
	/* Maps the family's cache index to the caller's cache type: ranges end where
	 * the type changes. */
	uint8_t cache_class[8];
	/* Asked of each page that is mapped: ranges end where the answer changes. NULL:
	 * nobody is. */
	bool (*is_apart)(void *arg, uint64_t paddr);
	void *arg;
	struct scanned pending;
	bool has_pending;
	uint64_t nr; /* ranges so far */
	uint64_t max_ranges; /* with all entries of all tables the bound of nr */
};

/* As scan_start(). At first every cache index is a type of its own. */
void range_start(struct range_scan *ranges, const struct space *space, uint64_t first,
		 uint64_t last);

/* The next range: adjacent pages of one size, rights, cache type and apart; adjacent corrupt
 * entries of one level; or addresses whose entries are not in the dump. entry, paddr
 * and entry_paddr are the first one's. False at the end: ranges->scan.end says why. */
bool range_next(struct range_scan *ranges, struct scanned *range);

/* --- addresses of a mode --- */

/* Entries of a table of the level that are read at once. */
static inline unsigned int scan_window_entries(const struct paging *paging, unsigned int level)
{
	unsigned int all = paging_entries(paging, level);
	unsigned int fit = SCAN_WINDOW / paging->entry_size;

	return all < fit ? all : fit;
}

/* First address of the upper half, which is the kernel's where addresses sign-extend. */
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
