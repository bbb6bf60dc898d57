/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Determines whether a page frame contains the first table of an IOMMU (Intel's root table or AMD's
 * device table), and which functions have an entry in this table. The decision depends only on the
 * format of the entries and of the tables to which they point. */
#pragma once

#include "devices/entrance.h"

enum io_kind { IO_VTD, IO_VTD_SCALABLE, IO_AMD };

/* Number of request ids of one PCI segment. A request id is bus << 8 | devfn. */
enum { NR_REQUESTS = 1 << 16 };

struct request_set {
	uint64_t word[NR_REQUESTS / 64];
	size_t nr;
};

void request_add(struct request_set *set, unsigned int id);
bool request_has(const struct request_set *set, unsigned int id);

struct io_root {
	enum io_kind kind;
	uint64_t paddr;
	struct request_set requests; /* requests that have an entry in the table */
	size_t nr_mapping; /* number of these requests whose page table maps any page */
	size_t nr_in_memory; /* number of these requests whose first mapped page is in memory */
	/* Number of steps in page tables that the check needed. Valid even if the frame is not such
	 * a table. */
	uint64_t steps;
};

/* Can the page of IO_TABLE bytes be a table of this kind? This test is fast, and excludes almost
 * all pages in a search of memory. */
bool io_root_may_be(enum io_kind kind, const uint8_t *page);

/* Fills *entrance (tables.h) for the function with this request id, according to this table. */
void io_root_enter(struct kernel *kernel, const struct io_root *root, unsigned int request,
		   struct dma_entrance *entrance);

/* The largest number of tables in a list. A machine has about one IOMMU for each PCI host bridge,
 * and a few IOMMUs for single devices. */
enum { MOST_ROOTS = 256 };

struct io_root_list {
	struct io_root *root; /* owned; NULL if nr is 0 */
	size_t nr, room;
};

/* Adds a table. Returns false if the list already has MOST_ROOTS tables, or if there is not enough
 * memory. */
bool io_root_add(struct io_root_list *list, const struct io_root *root);

/* A search that tries one page frame after another. */
struct io_root_search {
	struct kernel *kernel;
	const struct request_set *allowed; /* NULL: entries of any request are allowed */
	/* True: accept only the start of a table. AMD's device table has several pages, and its
	 * later pages also look like a table. */
	bool whole;
	struct io_root_list *list; /* the tables found so far */
	uint64_t steps;
	bool full; /* too many tables or steps, so the dump is damaged */
};

void io_root_try(struct io_root_search *search, enum io_kind kind, uint64_t paddr);
void io_root_clear(struct io_root_list *list);
/* Returns how many tables in the list have an entry for the request. */
size_t io_root_count(const struct io_root_list *list, unsigned int request);
/* Reads the tables again. Reads during a search are not recorded (dump.h, nr_searches), but
 * `extract` must record which bytes these tables have. */
void io_root_reread(struct kernel *kernel, const struct io_root_list *list);

/* Did the user give a table with -o vtd_root= or -o amd_device_table=? */
bool io_root_is_named(const struct kernel *kernel);
/* Reads the table that the user gave. Returns false and sets err if it is not a table of an
 * IOMMU. */
bool io_root_named(struct kernel *kernel, const struct request_set *allowed, struct io_root *root,
		   struct error *err);

/* Finds tables without types. The kernel's list of IOMMUs is found by its symbol, and
 * all pointers from the list are tried. Such a table is more certain than a frame that only has the
 * format of a table, because structs of the kernel point to it. Adds the tables to the list, which
 * must be empty. Returns false and sets err if no table is found, or if two tables have an entry
 * for the same device. */
bool io_chain_find(struct kernel *kernel, struct io_root_list *list, struct error *err);
