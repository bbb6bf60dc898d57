/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The balance of memory: how many page frames have each use. Each frame is counted once. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

struct balance_file {
	/* Address of the struct address_space. Must be the first member, because the array is
	 * sorted by it. */
	uint64_t mapping;
	uint64_t pages;
	bool shmem;
};

enum { BALANCE_ORDERS = 20 };

struct balance {
	/* Number of pages for each use. If a use has parts, its pages are counted in the parts. */
	uint64_t pages[NR_PAGE_USES];
	uint64_t first_lost; /* pfn of the first frame whose struct page cannot be read, if any */
	bool cut; /* the kernel's lists are too long, so some pages are counted as other */
	/* Owned; sorted by number of pages, the largest first. Of very many, the smallest are missing. */
	struct balance_file *file;
	size_t nr_files;
	/* Counts of frames whose use is unknown. blocks: number of blocks of each order. A single
	 * frame with a reference is a block of order 0. loose: number of frames that are in no
	 * block. */
	uint64_t blocks[BALANCE_ORDERS];
	uint64_t loose;
};

/* Makes the balance. Returns false and sets err if page_runs() fails, if there is not enough
 * memory, or if the user stopped the work. */
bool query_balance(struct kernel *kernel, struct balance *balance, struct error *err);
void query_balance_release(struct balance *balance); /* *balance may be zeroed */

/* A line of the balance in the output of commands. */
struct balance_line {
	const char *what, *part; /* static; part: the line of which this line is a part, or NULL */
	uint64_t pages;
};
/* Calls visit for each line that has pages. The parts of a line come after the line. */
void query_balance_lines(const struct balance *balance,
			 void (*visit)(const struct balance_line *line, void *arg), void *arg);
