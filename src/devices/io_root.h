/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Is a frame the first table of an IOMMU (Intel's root table, AMD's device table), and for which
 * functions? The answer rests only on the form of its entries and of the tables that they lead
 * to. */
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
	struct request_set requests; /* requests with an entry in the table */
	size_t nr_mapping; /* of these, requests whose page table maps anything */
	size_t nr_in_memory; /* and requests whose first mapped page is memory */
	uint64_t steps; /* of walks: the cost of the check, also if it is no table */
};

/* May this page, of IO_TABLE, be one? For a search: nearly all others are not. */
bool io_root_may_be(enum io_kind kind, const uint8_t *page);

/* How accesses of a function begin by it. */
void io_root_enter(struct kernel *kernel, const struct io_root *root, unsigned int request,
		   struct dma_entrance *entrance);

/* Bound of the roots of a machine: it has about one IOMMU for each PCI host bridge, and some for
 * single devices. */
enum { MOST_ROOTS = 256 };

struct io_root_list {
	struct io_root *root; /* owned; NULL: none */
	size_t nr, room;
};

/* False: there are MOST_ROOTS, or memory ran out. */
bool io_root_add(struct io_root_list *list, const struct io_root *root);

/* A search that tries frames one by one. */
struct io_root_search {
	struct kernel *kernel;
	const struct request_set *allowed; /* NULL: a table may have entries of any request */
	bool whole; /* AMD's table has an entry for each request: a part of a table may look like
		     * a table */
	struct io_root_list *list; /* frames that are tables */
	uint64_t steps;
	bool full; /* there are more than fit, or the search took too many steps; a sound dump
		    * has few */
};

void io_root_try(struct io_root_search *search, enum io_kind kind, uint64_t paddr);
void io_root_clear(struct io_root_list *list);
/* How many have an entry of the request. */
size_t io_root_count(const struct io_root_list *list, unsigned int request);
/* Reads the tables once more, so that a recorder notes what answers rest on: reads of a search
 * are not noted (dump.h, nr_searches). */
void io_root_reread(struct kernel *kernel, const struct io_root_list *list);

/* Does -o vtd_root= or amd_device_table= name one? */
bool io_root_is_named(const struct kernel *kernel);
/* The named table. False with err: it is not a table of an IOMMU. */
bool io_root_named(struct kernel *kernel, const struct request_set *allowed, struct io_root *root,
		   struct error *err);
