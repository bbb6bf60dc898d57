/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every entry of a page table that is there, in address order. Each table page
 * is read once for each entry that names it, and gaps cost one entry of the
 * level that they stand on.
 */
#pragma once

#include "base/address_set.h"
#include "paging/walk.h"

/* What one entry says; or several side by side that say the same. */
struct scanned {
	uint64_t first, last;     /* addresses, inclusive */
	enum walk_outcome outcome; /* never WALK_NON_CANONICAL */
	enum page_state reason;   /* WALK_UNREADABLE: why */
	uint64_t paddr;           /* WALK_MAPPED: of the page at first */
	uint64_t page_size;       /* bytes that one entry of this level stands for */
	uint64_t entry;           /* not WALK_UNREADABLE */
	uint64_t entry_paddr;     /* of the first such entry */
	uint8_t level;            /* index of paging->level */
	bool repeated;            /* WALK_MAPPED: every page of it maps to paddr, not only the first */
	bool writable, user, executable; /* WALK_MAPPED: effective over all levels */
};

enum { SCAN_TABLE_SIZE = 4096 };

/* One open table a level. */
struct scan_table {
	uint64_t paddr;
	uint64_t base;        /* address that entry 0 stands for, less the sign's extension */
	uint64_t all, any;    /* rights of the levels above, and-ed and or-ed */
	unsigned int next;    /* entry to look at */
	bool partial;         /* not all of it could be read: entries is not filled */
	uint8_t entries[SCAN_TABLE_SIZE];
};

enum scan_end {
	SCAN_RUNNING,
	SCAN_COMPLETE,
	SCAN_ENDLESS,     /* the same tables over and over: they name each other */
	SCAN_NO_MEMORY,
	SCAN_INTERRUPTED, /* stop() said so */
};

struct scan {
	const struct space *space;
	uint64_t first, last;    /* asked for, less the sign's extension, inclusive */
	bool absent_too;
	enum scan_end end;
	unsigned int level;
	uint64_t nr_tables;   /* visits */
	uint64_t nr_repeats, max_repeats; /* visits of a table that its level had before */
	struct address_set seen; /* tables, each with its level; empty once ended */
	/* Asked before each table; may be NULL. */
	bool (*stop)(void *arg);
	void *stop_arg;
	struct scan_table table[MAX_LEVELS];
};

/*
 * To go over the pages that hold addresses from first to last (inclusive,
 * canonical); a page that begins before first or ends after last is told whole. With
 * absent_too entries that are neither present nor zero are told as
 * WALK_NOT_PRESENT. space is borrowed. The struct is large: some 20K.
 */
void scan_start(struct scan *scan, const struct space *space, uint64_t first,
		uint64_t last, bool absent_too);

/* The next one; false at the end, and scan->end says which. */
bool scan_next(struct scan *scan, struct scanned *scanned);

/* Where a scan is given up before its end. */
void scan_release(struct scan *scan);

/* Where the next one would be looked for: how far an ended scan came. */
uint64_t scan_position(const struct scan *scan);

/* First address of the upper half: the kernel's, where addresses sign-extend. */
static inline uint64_t paging_upper_half(const struct paging *paging)
{
	uint64_t half = UINT64_C(1) << (paging->address_bits - 1);

	return paging->sign_extends ? -half : half;
}

/* Last address of the mode. */
static inline uint64_t paging_last_address(const struct paging *paging)
{
	return paging->sign_extends ? UINT64_MAX :
				      UINT64_MAX >> (64 - paging->address_bits);
}
