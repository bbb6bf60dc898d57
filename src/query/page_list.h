/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The pages and gaps of a process or of the kernel, in the order of addresses. */
#pragma once

#include "query/translate.h"
#include "linux/task/mm.h"

struct vma_list;

struct page_list {
	struct kernel *kernel;
	const struct process *process; /* NULL: the kernel's own table */
	const struct vma_list *vmas; /* mappings of the process; NULL: not known */
	uint64_t first, last; /* both inclusive */
	bool gaps_of_vmas; /* visit only gaps within mappings */
};

/* Equal pages at consecutive addresses, or a gap. Borrowed during the visit. */
struct listed_page {
	const struct space *space; /* the address space that maps it */
	struct translation translation; /* translation of the first address */
	uint64_t last; /* last address, inclusive */
	bool gap; /* not mapped, and no entry gives a reason */
	const char *kind; /* "zero-page", "hugetlb", "thp" or NULL */
};

/* False with err: the same errors as query_each_page(); visit returns false to stop. */
bool query_pages_visit(const struct page_list *list,
		       bool (*visit)(void *arg, const struct listed_page *page), void *arg,
		       struct error *err);

/* Do the pages from next on have the same properties as the pages from first on, and consecutive
 * frames or swap slots? */
bool listed_page_continues(const struct listed_page *first, const struct listed_page *next);
