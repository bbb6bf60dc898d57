/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* All that devices can reach by the page tables of IOMMUs, by physical addresses; and the
 * pages of these tables. */
#pragma once

#include "devices/io_scans.h"

/* Pages that follow each other in memory and by bus address. */
struct io_run {
	uint64_t first, last; /* physical, inclusive */
	uint64_t bus; /* of first */
	uint32_t table; /* index of struct io_map's */
	bool writable; /* otherwise they can only be read */
};

/* Of a table before the page tables: root, contexts, ... */
enum { IO_HEAD = 0 };

struct io_table_page {
	uint64_t paddr; /* of the page */
	uint8_t shift; /* lowest bit of the addresses that select its entries; IO_HEAD */
	uint32_t device; /* index of a device that it is for */
};

/* Memory, each byte once. */
struct io_range {
	uint64_t first, last; /* physical, inclusive */
};

struct io_ranges {
	struct io_range *range; /* owned; by address, disjoint */
	size_t nr, room;
};

struct io_pages {
	struct io_scans io; /* also shows what is not known */
	struct io_run *run; /* owned; by first; of different tables they may overlap */
	size_t nr, room;
	struct io_table_page *page; /* owned; by paddr, then shift; each once */
	size_t nr_pages, room_pages;
	struct io_ranges writable; /* the memory that runs let devices write... */
	struct io_ranges allocated; /* ...and the part of it outside of identity mappings */
	/* The number of devices whose bus addresses are physical, and the last address that one
	 * of them can use, by its DMA mask. */
	size_t nr_direct;
	uint64_t direct_last;
	/* Entries with a bit set that must be 0. */
	uint64_t nr_corrupt;
	uint32_t corrupt_table;
	struct scanned corrupt; /* the first */
};

/* False with err: there is no answer, and nothing needs to be released. */
bool io_pages_find(struct io_pages *pages, struct kernel *kernel, struct error *err);
void io_pages_release(struct io_pages *pages);

/* How many bytes of [first, last], physical, inclusive, are in the ranges. */
uint64_t io_ranges_within(const struct io_ranges *ranges, uint64_t first, uint64_t last);
/* The same for bytes that devices can write, through tables or without a table. */
uint64_t io_pages_writable(const struct io_pages *pages, uint64_t first, uint64_t last);

/* Does the kernel map it for devices at its own address? The kernel does so for ranges that
 * firmware asks for (RMRRs, unity maps), and for all memory if a device may reach all. */
bool io_run_is_identity(const struct io_run *run);
