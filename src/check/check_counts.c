/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds frames that have more mappings than their struct page counts. */
#include <inttypes.h>

#include "check/check_pass.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"

enum { MOST_MAPPED = 1 << 22 };

void check_add_mapped(struct mapped_pages *pages, const struct mapped_page *mapped)
{
	if (pages->nr == MOST_MAPPED ||
	    !array_add(&pages->page, &pages->nr, &pages->room, mapped, sizeof(*mapped)))
		pages->too_many = true;
}

static int check_counts_by_frame(const void *left, const void *right)
{
	const struct mapped_page *a = left, *b = right;

	return COMPARE(a->pfn, b->pfn) ?: COMPARE(a->pid, b->pid) ?: COMPARE(a->vaddr, b->vaddr);
}

void check_count_mapped(struct mapped_pages *pages, struct tally *overmapped)
{
	const struct mapped_page *mapped = pages->page;
	uint64_t times;
	size_t next;

	if (!sort_items(pages->page, pages->nr, sizeof(*mapped), check_counts_by_frame,
			overmapped->checker->kernel->listener)) {
		pages->too_many = true;
		return;
	}
	for (size_t i = 0; i < pages->nr; i = next) {
		times = mapped[i].times;
		for (next = i + 1; next < pages->nr && mapped[next].pfn == mapped[i].pfn;)
			times += mapped[next++].times;
		if (times <= mapped[i].mapcount)
			continue;
		check_count(overmapped, kernel_page_size(overmapped->checker->kernel),
			    "the struct page of %" PRIx64
			    " counts %u mappings, but the page has %" PRIu64
			    ", for example at %" PRIx64 " of pid %d and at %" PRIx64 " of pid %d",
			    kernel_frame(overmapped->checker->kernel, mapped[i].pfn),
			    mapped[i].mapcount, times, mapped[i].vaddr, (int)mapped[i].pid,
			    mapped[next - 1].vaddr, (int)mapped[next - 1].pid);
	}
}
