/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All memory that devices can reach through page tables of IOMMUs, by physical address; and the
 * pages of these tables. */
#pragma once

#include "devices/io_scans.h"

/* A run of pages that are contiguous both in memory and in bus addresses. */
struct io_run {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t bus; /* bus address of first */
	uint32_t table; /* index of the table in struct io_map */
	bool writable; /* false: the run can only be read */
};

/* Marks tables before the page tables: root, contexts, ... */
enum { IO_HEAD = 0 };

struct io_table_page {
	uint64_t paddr; /* physical address of the page */
	uint8_t shift; /* lowest address bit that selects an entry of the table; or IO_HEAD */
	uint32_t device; /* index of one of its devices */
};

/* A range of memory; no byte is in two ranges. */
struct io_range {
	uint64_t first, last; /* physical addresses, both inclusive */
};

struct io_ranges {
	struct io_range *range; /* owned; in the order of addresses, disjoint */
	size_t nr, room;
};

struct io_pages {
	struct io_scans io; /* also records what is missing */
	struct io_run *run; /* owned; sorted by first; runs of different tables may overlap */
	size_t nr, room;
	struct io_table_page *page; /* owned; sorted by paddr, then shift; without duplicates */
	size_t nr_pages, room_pages;
	struct io_ranges writable; /* memory that devices can write through runs */
	struct io_ranges allocated; /* the part of writable outside of identity mappings */
	/* The number of devices whose bus addresses are physical addresses, and the last address
	 * that one of these devices can use, by its DMA mask. */
	size_t nr_direct;
	uint64_t direct_last;
	/* Number of entries with a set bit that must be 0. */
	uint64_t nr_corrupt;
	uint32_t corrupt_table;
	struct scanned corrupt; /* the first such entry */
};

/* False with err: there is no answer, and nothing needs to be released. */
bool io_pages_find(struct io_pages *pages, struct kernel *kernel, struct error *err);
void io_pages_release(struct io_pages *pages);

/* Number of bytes of [first, last], physical and inclusive, that are in the ranges. */
uint64_t io_ranges_within(const struct io_ranges *ranges, uint64_t first, uint64_t last);
/* Number of bytes of the range that devices can write, through tables or without a table. */
uint64_t io_pages_writable(const struct io_pages *pages, uint64_t first, uint64_t last);

/* Is it an identity mapping, with bus addresses equal to physical addresses? The kernel makes these
 * for ranges that firmware requests (RMRRs, unity maps), and for all memory if a device may access
 * all memory. */
bool io_run_is_identity(const struct io_run *run);
