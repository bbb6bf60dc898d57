/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Is a frame the first table of an IOMMU (Intel's root table, AMD's device table), and for which
 * functions? The check uses only the form of the entries and of the tables that they lead to. */
#pragma once

#include "devices/tables.h"

enum io_kind { IO_VTD, IO_VTD_SCALABLE, IO_AMD };

/* Request ids, bus << 8 | devfn, of one PCI segment. */
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
	size_t nr_mapping; /* number of these requests whose page table maps at least one page */
	size_t nr_in_memory; /* number of these requests whose first mapped page is memory */
	/* Number of steps in walks, the cost of the check, also if the frame is not such a
	 * table. */
	uint64_t steps;
};

/* Can this page of IO_TABLE bytes be such a table? A fast test for a search: almost all other pages
 * fail it. */
bool io_root_may_be(enum io_kind kind, const uint8_t *page);

/* Begins an access of a function at this table. */
void io_root_enter(struct kernel *kernel, const struct io_root *root, unsigned int request,
		   struct dma_entrance *entrance);

/* The largest number of roots: a machine has about one IOMMU for each PCI host bridge, and some for
 * single devices. */
enum { MOST_ROOTS = 256 };

struct io_root_list {
	struct io_root *root; /* owned; NULL: none */
	size_t nr, room;
};

/* False: there are already MOST_ROOTS, or out of memory. */
bool io_root_add(struct io_root_list *list, const struct io_root *root);

/* A search that tries single frames. */
struct io_root_search {
	struct kernel *kernel;
	const struct request_set *allowed; /* NULL: entries of any request are allowed */
	/* AMD's table has an entry for each request: a part of a table may look like a whole
	 * table. */
	bool whole;
	struct io_root_list *list; /* the frames that are tables */
	uint64_t steps;
	bool full; /* More tables than fit, or too many steps. An undamaged dump has few tables. */
};

void io_root_try(struct io_root_search *search, enum io_kind kind, uint64_t paddr);
void io_root_clear(struct io_root_list *list);
/* Number of roots with an entry for the request. */
size_t io_root_count(const struct io_root_list *list, unsigned int request);
/* Reads the tables once more, so that a recorder notes the data that answers use: reads during a
 * search are not recorded (dump.h, nr_searches). */
void io_root_reread(struct kernel *kernel, const struct io_root_list *list);

/* Does -o vtd_root= or amd_device_table= name a table? */
bool io_root_is_named(const struct kernel *kernel);
/* The table named by the user. False with err: not a table of an IOMMU. */
bool io_root_named(struct kernel *kernel, const struct request_set *allowed, struct io_root *root,
		   struct error *err);
