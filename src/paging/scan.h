/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Scans a page table: finds all entries that are not zero, in the order of addresses. */
#pragma once

#include "base/address_set.h"
#include "base/listener.h"
#include "paging/walk.h"

/* A decoded entry, or adjacent entries that are all unreadable or all equal. */
struct scanned {
	uint64_t first, last; /* virtual addresses, both inclusive */
	enum walk_outcome outcome; /* never WALK_NON_CANONICAL */
	enum page_state reason; /* with WALK_UNREADABLE: the reason */
	uint64_t paddr; /* with WALK_MAPPED: the physical address of first */
	/* The number of bytes that one entry of this level maps. This is only a part of the page in
	 * families in which a page can take several entries. */
	uint64_t page_size;
	uint64_t entry; /* not set with WALK_UNREADABLE */
	uint64_t entry_paddr; /* the physical address of the first entry */
	uint8_t level; /* the index in paging->level */
	bool repeated; /* with WALK_MAPPED: all pages are mapped to paddr */
	/* With WALK_MAPPED: the AND of the rights at all levels. */
	bool readable, writable, user, executable;
	/* Only range_next() sets these members: */
	bool global;
	uint8_t cache; /* a value of range_scan.cache_class */
	bool apart; /* the result of is_apart() for the pages */
};

/* The number of bytes of a table that are read at once: a whole table of 4 KiB. */
enum { SCAN_WINDOW = 4096 };

/* The table of a level that is being scanned. */
struct scan_table {
	uint64_t paddr;
	uint64_t base; /* the virtual address of entry 0, not sign-extended */
	uint64_t rights; /* the rights of the levels above, in the family's encoding */
	unsigned int next; /* the index of the next entry */
	unsigned int window; /* the index of the first entry in entries */
	bool partial; /* entries is not valid: some entries are not in the dump */
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
	uint64_t first, last; /* the range to scan: both inclusive, not sign-extended */
	bool absent_too;
	enum scan_end end;
	unsigned int level;
	uint64_t nr_tables; /* number of visited tables, including repeated visits */
	/* The number of repeated visits of a table at the same level, and the limit of that
	 * number. */
	uint64_t nr_repeats, max_repeats;
	struct address_set seen; /* visited tables with their levels; empty after the scan */
	/* Before each table, the listener can stop the scan. Borrowed. If NULL, the scan is never
	 * stopped. */
	const struct listener *listener;
	/* Called for each visit of a table, except the top-level table. May be NULL. If not NULL,
	 * tables whose entries are all equal are not reported as one range. */
	void (*visit_table)(void *arg, uint64_t paddr, unsigned int level);
	/* Called before a table is opened, with the rights of the entries that point to the table
	 * (enum may). If it returns true, the table is skipped. If NULL, all tables are opened. */
	bool (*skip_table)(void *arg, uint64_t paddr, unsigned int level, unsigned int may);
	void *arg;
	struct scan_table table[MAX_LEVELS];
};

/* Starts a scan of the pages that contain the addresses from first to last, inclusive and
 * canonical. A page at either end is reported whole. If absent_too, also reports entries that are
 * neither present nor zero, as WALK_NOT_PRESENT. space is borrowed until the scan ends. The struct
 * has about 20 KiB. */
void scan_start(struct scan *scan, const struct space *space, uint64_t first, uint64_t last,
		bool absent_too);

/* Finds the next entry. At the end, returns false, and scan->end is the reason. */
bool scan_next(struct scan *scan, struct scanned *scanned);

/* Releases a scan that is not continued to its end. */
void scan_release(struct scan *scan);

/* Returns the virtual address of the next entry to scan. */
uint64_t scan_position(const struct scan *scan);

/* --- mappings, merged into as few ranges as possible (range.c) --- */

struct range_scan {
	struct scan scan;
	/* For each cache index of the family, a number that the caller chooses. A range ends if
	 * this number changes. */
	uint8_t cache_class[8];
	/* Called for each mapped page. A range ends if the result changes. May be NULL. */
	bool (*is_apart)(void *arg, uint64_t paddr);
	void *arg;
	struct scanned pending;
	bool has_pending;
	uint64_t nr; /* number of ranges so far */
	uint64_t max_ranges; /* the limit of nr is this number plus the number of entries */
};

/* Starts a scan as scan_start() does. At first, each cache index has a different cache_class. */
void range_start(struct range_scan *ranges, const struct space *space, uint64_t first,
		 uint64_t last);

/* Finds the next range. A range has adjacent pages that are equal in size, rights, cache and apart.
 * It can also have adjacent corrupt entries of one level, or addresses whose entries are not in the
 * dump. entry, paddr and entry_paddr belong to the first page or entry. At the end, returns false,
 * and ranges->scan.end is the reason. */
bool range_next(struct range_scan *ranges, struct scanned *range);

/* --- addresses of a paging mode --- */

/* The number of entries of a table that are read at once, for a level. */
static inline unsigned int scan_window_entries(const struct paging *paging, unsigned int level)
{
	unsigned int all = paging_entries(paging, level);
	unsigned int fit = SCAN_WINDOW / paging->entry_size;

	return all < fit ? all : fit;
}

/* The first address of the upper half. If addresses are sign-extended, this half is the
 * kernel's. */
static inline uint64_t paging_upper_half(const struct paging *paging)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - paging->unused_bits - 1);

	return paging->sign_extends ? -half : half;
}

/* The last virtual address of the paging mode. */
static inline uint64_t paging_last_address(const struct paging *paging)
{
	return paging->sign_extends ? UINT64_MAX : UINT64_MAX >> (64 - paging->address_bits);
}
