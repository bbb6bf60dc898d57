/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The balance of memory: each page frame is counted once, by its use. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

struct balance_file {
	uint64_t mapping; /* address of the struct address_space. The first member, for sorting. */
	uint64_t pages;
	bool shmem;
};

enum { BALANCE_ORDERS = 20 };

struct balance {
	/* Number of pages of each use; uses with parts are counted by part. */
	uint64_t pages[NR_PAGE_USES];
	uint64_t first_lost; /* pfn of the first struct page that cannot be read, if any */
	bool cut; /* the kernel's lists exceeded their limits, so some pages are counted as other */
	struct balance_file *file; /* owned; sorted by size, largest first */
	size_t nr_files;
	bool files_cut; /* some small files are missing */
	/* Number of blocks of frames of unknown use, by order. Order 0 includes single frames
	 * without a reference. */
	uint64_t blocks[BALANCE_ORDERS];
	uint64_t loose;
};

/* Returns false and sets err if page_runs() fails. */
bool query_balance(struct kernel *kernel, struct balance *balance, struct error *err);
void query_balance_release(struct balance *balance); /* balance may be zeroed */

/* A line of a balance, as the commands show it. */
struct balance_line {
	const char *what, *part; /* static texts; part: the line that contains this line, or NULL */
	uint64_t pages;
};
/* Calls visit for each line that has pages. A line comes before the lines that are parts of it. */
void query_balance_lines(const struct balance *balance,
			 void (*visit)(const struct balance_line *line, void *arg), void *arg);
