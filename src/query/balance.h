/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The balance of memory: each frame counted once, by its use. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

struct balance_file {
	uint64_t mapping; /* the first member, for sorting: address of the address_space */
	uint64_t pages;
	bool shmem;
};

enum { BALANCE_ORDERS = 20 };

struct balance {
	uint64_t pages[NR_PAGE_USES]; /* pages of each part, and of uses without parts */
	uint64_t first_lost; /* pfn of the first struct page that cannot be read, if any */
	bool cut; /* the kernel's lists exceeded their limits: some uses count as other */
	struct balance_file *file; /* owned; the largest first */
	size_t nr_files;
	bool files_cut; /* some smaller files are missing */
	/* Number of blocks of each order, of unknown use; order 0 includes single frames without a
	 * reference. */
	uint64_t blocks[BALANCE_ORDERS];
	uint64_t loose;
};

/* False with err: the same errors as page_runs(). */
bool query_balance(struct kernel *kernel, struct balance *balance, struct error *err);
void query_balance_release(struct balance *balance); /* balance may be zeroed */

/* The lines of a balance, the first line first. */
struct balance_line {
	const char *what, *part; /* static; part: the line that this line is part of, or NULL */
	uint64_t pages;
};
/* Calls visit for each line that has pages; a line comes before its parts. */
void query_balance_lines(const struct balance *balance,
			 void (*visit)(const struct balance_line *line, void *arg), void *arg);
