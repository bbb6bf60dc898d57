/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The search of memory for kernels: one pass that finds texts, and the page tables near them. */
#pragma once

#include "base/listener.h"
#include "kernel/kernel.h"
#include "kernel/table_search.h"

enum {
	MOST_NOTES = 256, /* notes of the kernel, and old copies of these notes */
	MOST_TEXTS = 1024,
};

struct kernel_search {
	struct dump *dump;
	struct listener *listener;
	uint64_t banners[MOST_BANNERS], notes[MOST_NOTES]; /* physical addresses, ascending */
	size_t nr_banners, nr_notes;
	uint64_t next_note; /* notes begin at this physical address or above */
	/* Room for MOST_TEXTS addresses of all texts that begin like a banner; NULL: only banners
	 * are collected. */
	uint64_t *texts;
	size_t nr_texts;
	bool cut; /* there are more banners, notes or texts than there is room for */
	struct table_search tables;
	struct progress progress;
};

/* Searches all memory for texts. The caller has zeroed *search, except dump, listener and texts. */
void open_search_scan(struct kernel_search *search);

/* Searches for the tables of all kernels, after open_search_scan(). The kernels are in ascending
 * order of the physical addresses of their tables; option --kernel has their numbers from 1 on. */
void open_search_all_tables(struct kernel_search *search);

/* Makes `kernel` the kernel of this table, and uses the note that belongs to the table. */
void open_search_use(struct kernel *kernel, const struct kernel_search *search,
		     const struct found_table *table);

/* Does this CPU use page tables of the table's kernel? */
bool open_search_runs(struct dump *dump, const struct found_table *table, size_t cpu);

/* Is paddr in the image of the table's kernel? */
bool open_search_maps(struct dump *dump, const struct found_table *table, uint64_t paddr);

/* Reads size bytes of physical memory, or fewer if the next page is not in the dump. Returns the
 * number of bytes that were read, which may be 0. */
size_t open_search_read_text(struct dump *dump, uint64_t paddr, char *text, size_t size);
