/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds all memory that devices can access through page tables of IOMMUs, in the order of physical
 * addresses. Also finds the pages that contain these page tables, and the tables that point to
 * them. */
#pragma once

#include "devices/io_scans.h"

/* A run of pages that are contiguous in physical memory and in bus addresses. */
struct io_run {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t bus; /* bus address of the byte at first */
	uint32_t table; /* index of the table in struct io_map */
	bool writable; /* false: devices can only read the run */
};

/* The shift of a page that is not a page table, but a table that points to page tables: a root
 * table, a table of contexts, ... */
enum { IO_HEAD = 0 };

struct io_table_page {
	uint64_t paddr; /* physical address of the page */
	uint8_t shift; /* lowest address bit that selects an entry of the table; or IO_HEAD */
	uint32_t device; /* index in struct io_map: a device that uses the table */
};

/* A range of memory. The ranges of a list do not overlap. */
struct io_range {
	uint64_t first, last; /* physical addresses, both inclusive */
};

struct io_ranges {
	struct io_range *range; /* owned; sorted by address, without overlaps */
	size_t nr, room;
};

struct io_pages {
	struct io_scans io; /* the scans; record which tables and devices are missing */
	struct io_run *run; /* owned; sorted by first; runs of different tables may overlap */
	size_t nr, room;
	struct io_table_page *page; /* owned; sorted by paddr, then shift; without duplicates */
	size_t nr_pages, room_pages;
	struct io_ranges writable; /* memory in runs that devices can write */
	struct io_ranges allocated; /* the same without identity mappings */
	/* Number of devices whose bus addresses are physical addresses, and the highest address
	 * that these devices can use according to their DMA masks. */
	size_t nr_direct;
	uint64_t direct_last;
	/* Number of entries in which a bit is set that must be 0. */
	uint64_t nr_corrupt;
	uint32_t corrupt_table;
	struct scanned corrupt; /* the first of these entries */
};

/* Fills *pages. If this fails, returns false and sets err, and the caller need not release
 * *pages. */
bool io_pages_find(struct io_pages *pages, struct kernel *kernel, struct error *err);
void io_pages_release(struct io_pages *pages);

/* Returns the number of bytes from first to last that are in the ranges. first and last are
 * physical addresses, both inclusive. */
uint64_t io_ranges_within(const struct io_ranges *ranges, uint64_t first, uint64_t last);
/* Returns the number of bytes from first to last (inclusive) that devices can write, through page
 * tables or without a page table. */
uint64_t io_pages_writable(const struct io_pages *pages, uint64_t first, uint64_t last);

/* Is the run an identity mapping, with bus addresses equal to physical addresses? The kernel makes
 * identity mappings for ranges that the firmware requests (RMRRs, unity maps), and for devices that
 * may access all memory. */
bool io_run_is_identity(const struct io_run *run);
