/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Scans a page table: finds all entries that are not zero, in ascending order of their
 * addresses. */
#pragma once

#include "base/address_set.h"
#include "base/listener.h"
#include "paging/walk.h"

/* A decoded entry, or several adjacent entries. Several entries are reported together if all are
 * unreadable, or if all map the same page. */
struct scanned {
	uint64_t first, last; /* the virtual addresses that the entries map, both inclusive */
	enum walk_outcome outcome; /* never WALK_NON_CANONICAL */
	enum page_state reason; /* with WALK_UNREADABLE: why the entries cannot be read */
	uint64_t paddr; /* with WALK_MAPPED: the physical address that `first` is mapped to */
	/* The number of bytes that one entry of this level maps. In some families, a page may need
	 * several entries. In this case page_size is less than the size of the page. */
	uint64_t page_size;
	uint64_t entry; /* the first entry; not set with WALK_UNREADABLE */
	uint64_t entry_paddr; /* the physical address of the first entry */
	uint8_t level; /* the index of the level in paging->level */
	bool repeated; /* with WALK_MAPPED: each page of the range is mapped to paddr */
	/* With WALK_MAPPED: the rights that the entries of all levels grant. */
	bool readable, writable, user, executable;
	/* Only range_next() sets the following members. */
	bool global;
	uint8_t cache; /* the value in range_scan.cache_class */
	bool apart; /* the result of is_apart() for these pages */
};

/* A window is the part of a table that is read at once. 4 KiB are a whole table in most paging
 * modes. */
enum { SCAN_WINDOW = 4096 };

/* The table that is open at a level. */
struct scan_table {
	uint64_t paddr;
	uint64_t base; /* the virtual address that entry 0 maps, not sign-extended */
	uint64_t rights; /* the rights that the levels above grant, in the family's encoding */
	unsigned int next; /* the index of the next entry */
	unsigned int window; /* the index of the first entry of the window in `entries` */
	bool partial; /* `entries` is not valid, because a part of the window is not in the dump */
	uint8_t entries[SCAN_WINDOW];
};

/* A window of a table of the last level. All its addresses belong to the scan. */
struct scan_window {
	const uint8_t *entries; /* borrowed; nr entries, starting with the entry at paddr */
	unsigned int nr, level;
	uint64_t paddr;
	uint64_t first; /* the virtual address that the first entry maps */
	uint64_t rights; /* the rights that the levels above grant, in the family's encoding */
};

enum scan_end {
	SCAN_RUNNING,
	SCAN_COMPLETE,
	SCAN_ENDLESS, /* too many repeated visits or ranges, because tables point to each other */
	SCAN_NO_MEMORY,
	SCAN_INTERRUPTED, /* the listener stopped the scan */
};

struct scan {
	const struct space *space;
	uint64_t first, last; /* the addresses to scan: both inclusive, not sign-extended */
	bool absent_too;
	enum scan_end end;
	unsigned int level;
	uint64_t nr_tables; /* the number of visits of tables, including repeated visits */
	/* nr_repeats is the number of visits of tables that were already visited at the same level.
	 * Its limit is max_repeats, plus a few repeats for each table. */
	uint64_t nr_repeats, max_repeats;
	struct address_set seen; /* the visited tables with their levels; empty after the scan */
	/* Borrowed. The scan asks the listener before each table whether to stop. If NULL, the scan
	 * never stops. */
	const struct listener *listener;
	/* Called for each visit of a table, except the top-level table that scan_start() opens. May
	 * be NULL. If it is not NULL, a table whose entries are all equal is scanned entry by
	 * entry, and not reported as one range. */
	void (*visit_table)(void *arg, uint64_t paddr, unsigned int level);
	/* Called before a table is opened. `may` contains the MAY_* flags that the entries on the
	 * path to the table grant. If the function returns true, the table is skipped. If NULL, all
	 * tables are opened. */
	bool (*skip_table)(void *arg, uint64_t paddr, unsigned int level, unsigned int may);
	/* Called for each window of a table of the last level, except windows with unreadable
	 * entries, tables whose entries are all equal, and families whose pages may need several
	 * entries of this level. If the function returns true, scan_next() does not report the
	 * entries of the window. May be NULL. */
	bool (*take_window)(void *arg, const struct scan_window *window);
	void *arg;
	struct scan_table table[MAX_LEVELS];
};

/* Starts a scan of all pages that contain an address from first to last. Both are inclusive and
 * canonical. A page is reported as a whole, even if first or last is in its middle. If absent_too
 * is true, entries that are neither present nor zero are also reported, as WALK_NOT_PRESENT. space
 * is borrowed until the scan ends. *scan has about 20 KiB, too much for some stacks. */
void scan_start(struct scan *scan, const struct space *space, uint64_t first, uint64_t last,
		bool absent_too);

/* Finds the next entry. When no entry is left, returns false, and scan->end is the reason. */
bool scan_next(struct scan *scan, struct scanned *scanned);

/* Decodes the entry with index `at` of a window. The outcome is WALK_NOT_PRESENT if the entry is not
 * present, or zero. */
void scan_window_entry(const struct space *space, const struct scan_window *window, unsigned int at,
		       struct scanned *scanned);

/* Returns the bits of an entry of a window that contain the address of a page. If all other bits of
 * two entries are equal, then their outcomes and rights are equal, and the same bits of their paddr
 * differ as in the entries. */
uint64_t scan_address_bits(const struct space *space, unsigned int level);

/* Must be called if the scan is not continued until scan_next() returns false. */
void scan_release(struct scan *scan);

/* Returns the virtual address at which the scan continues. */
uint64_t scan_position(const struct scan *scan);

/* --- scans that merge mappings into as few ranges as possible (range.c) --- */

struct range_scan {
	struct scan scan;
	/* For each cache index of the family, a number that the caller chooses. Pages whose numbers
	 * differ are in different ranges. */
	uint8_t cache_class[8];
	/* Called for each mapped page. Pages for which the results differ are in different ranges.
	 * May be NULL. */
	bool (*is_apart)(void *arg, uint64_t paddr);
	void *arg;
	struct scanned pending;
	bool has_pending;
	uint64_t nr; /* the number of ranges found so far */
	/* The limit of `nr` is max_ranges plus the number of entries in all tables. */
	uint64_t max_ranges;
};

/* Starts a scan, like scan_start(). Initially the cache_class of each cache index is different; the
 * caller may change this. */
void range_start(struct range_scan *ranges, const struct space *space, uint64_t first,
		 uint64_t last);

/* Finds the next range. Most ranges consist of adjacent pages with equal size, rights, cache and
 * apart. Other ranges are adjacent corrupt entries of one level, or addresses whose entries are not
 * in the dump. entry, paddr and entry_paddr belong to the first page or entry of the range. When no
 * range is left, returns false, and ranges->scan.end is the reason. */
bool range_next(struct range_scan *ranges, struct scanned *range);

/* --- addresses of a paging mode --- */

/* Returns the number of entries in a window of a table of this level. */
static inline unsigned int scan_window_entries(const struct paging *paging, unsigned int level)
{
	unsigned int all = paging_entries(paging, level);
	unsigned int fit = SCAN_WINDOW / paging->entry_size;

	return all < fit ? all : fit;
}

/* Returns the first address of the upper half of the address space. If addresses are sign-extended,
 * this half belongs to the kernel. */
static inline uint64_t paging_upper_half(const struct paging *paging)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - paging->unused_bits - 1);

	return paging->sign_extends ? -half : half;
}

/* Returns the last virtual address of the paging mode. */
static inline uint64_t paging_last_address(const struct paging *paging)
{
	return paging->sign_extends ? UINT64_MAX : UINT64_MAX >> (64 - paging->address_bits);
}
