/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out whether a large page that a process maps is one compound page. */
#include <string.h>

#include "check/check_user.h"
#include "linux/page/page.h"
#include "linux/page/page_use.h"

bool check_has_tails(struct kernel *kernel, const struct scanned *scanned,
		     struct check_tails *tails)
{
	uint64_t pfn = kernel_pfn(kernel, scanned->paddr);
	struct page_use use;

	tails->layout = page_layout_of(kernel, NULL);
	tails->first = UINT64_MAX;
	return tails->layout->size <= PAGE_STRUCT_MAX && page_use_of(kernel, pfn, &use, NULL) &&
	       use.compound && use.head_pfn == pfn && use.has_order &&
	       use.order < 64 - kernel_page_shift(kernel) &&
	       kernel_page_size(kernel) << use.order >= scanned->page_size &&
	       page_of_pfn(kernel, pfn, &tails->head, NULL);
}

bool check_is_tail(struct kernel *kernel, struct check_tails *tails, uint64_t pfn)
{
	struct page_words words = { .layout = tails->layout };
	uint64_t index = pfn % TAILS_AT_ONCE, head;
	size_t size = tails->layout->size;

	if (pfn - index != tails->first) {
		tails->first = pfn - index;
		tails->known =
			page_of_pfn(kernel, tails->first, &tails->page, NULL) &&
			kernel_read(kernel, tails->page, tails->bytes, TAILS_AT_ONCE * size, NULL);
	}
	words.page = tails->page + index * size;
	memcpy(words.bytes, tails->bytes + index * size, size);
	return tails->known && compound_part(&words, &head) == COMPOUND_TAIL && head == tails->head;
}
