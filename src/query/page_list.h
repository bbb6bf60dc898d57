/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Lists the pages of a process or of the kernel, and the gaps between them, in the order of
 * addresses. */
#pragma once

#include "query/translate.h"
#include "linux/task/mm.h"

struct vma_list;

struct page_list {
	struct kernel *kernel;
	const struct process *process; /* NULL: the kernel's own page table */
	const struct vma_list *vmas; /* mappings of the process; NULL: unknown */
	uint64_t first, last; /* both inclusive */
	bool gaps_of_vmas; /* visit only the parts of gaps that are in mappings */
};

/* A page, a sequence of equal pages at consecutive addresses, or a gap. Borrowed during the
 * visit. */
struct listed_page {
	const struct space *space; /* the address space that contains the page */
	struct translation translation; /* translation of the first address */
	uint64_t last; /* last address of the page or gap, inclusive */
	bool gap; /* nothing is mapped, and the entry does not show why */
	const char *kind; /* a static text: "zero-page", "hugetlb" or "thp"; NULL: none of these */
};

/* Visits all pages and gaps of the list, until visit returns false. Returns false and sets err if
 * query_each_page() fails. */
bool query_pages_visit(const struct page_list *list,
		       bool (*visit)(void *arg, const struct listed_page *page), void *arg,
		       struct error *err);

/* Do the pages of `next` continue the pages of `first`? They do if they have the same properties,
 * and if their frames or swap slots are consecutive. */
bool listed_page_continues(const struct listed_page *first, const struct listed_page *next);
