/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/page_list.h"

#include "linux/vma/vma.h"

struct visitor {
	const struct page_list *list;
	struct listed_page page;
	bool (*visit)(void *arg, const struct listed_page *page);
	void *arg;
};

static const char *page_list_kind_of(const struct page_list *list,
				     const struct translation *translation)
{
	uint64_t vaddr = translation->walk.vaddr;
	const struct vma *vma;

	if (!translation->has_physical)
		return NULL;
	if (query_is_zero_page(list->kernel, translation->physical))
		return "zero-page";
	vma = list->vmas ? vma_list_at(list->vmas, vaddr) : NULL;
	if (!vma || vaddr < vma->first)
		return NULL;
	if (vma->flags & VMA_HUGETLB)
		return "hugetlb";
	return translation->walk.page_size > kernel_page_size(list->kernel) ? "thp" : NULL;
}

/* Visits the parts of a gap that are in mappings of the process. */
static bool visit_gap(struct visitor *visitor)
{
	const struct vma_list *vmas = visitor->list->vmas;
	struct listed_page part = visitor->page;
	const struct vma *vma = vmas ? vma_list_at(vmas, part.translation.walk.vaddr) : NULL;

	for (; vma && vma < vmas->vma + vmas->nr && vma->first <= visitor->page.last; vma++) {
		if (vma->first > part.translation.walk.vaddr)
			part.translation.walk.vaddr = vma->first;
		part.last = vma->last < visitor->page.last ? vma->last : visitor->page.last;
		if (!visitor->visit(visitor->arg, &part))
			return false;
	}
	return true;
}

static bool visit_page(const struct translation *translation, uint64_t last, void *arg)
{
	struct visitor *visitor = arg;
	struct listed_page *page = &visitor->page;

	page->translation = *translation;
	page->last = last;
	page->gap = translation->status == TRANSLATION_NOT_MAPPED ||
		    translation->status == TRANSLATION_NON_CANONICAL;
	page->kind = page_list_kind_of(visitor->list, translation);
	return page->gap && visitor->list->gaps_of_vmas ? visit_gap(visitor) :
							  visitor->visit(visitor->arg, page);
}

bool query_pages_visit(const struct page_list *list,
		       bool (*visit)(void *arg, const struct listed_page *page), void *arg,
		       struct error *err)
{
	const struct process *process = list->process;
	struct visitor visitor = { .list = list, .visit = visit, .arg = arg };
	struct page_range range = { .first = list->first, .last = list->last };

	if (process && range.first <= process->user_last && range.last > process->user_last) {
		range.last = process->user_last;
		visitor.page.space = range.space = &process->user;
		if (!query_each_page(list->kernel, &range, visit_page, &visitor, err))
			return false;
		range.first = process->user_last + 1;
		range.last = list->last;
	}
	range.space =
		process ? process_space(process, range.first) : kernel_space(list->kernel, err);
	visitor.page.space = range.space;
	return range.space && query_each_page(list->kernel, &range, visit_page, &visitor, err);
}

bool listed_page_continues(const struct listed_page *first, const struct listed_page *next)
{
	const struct translation *a = &first->translation, *b = &next->translation;
	uint64_t distance = b->walk.vaddr - a->walk.vaddr;

	if (b->status != a->status || next->kind != first->kind || next->space != first->space ||
	    b->has_physical != a->has_physical || b->meaning.has_swap != a->meaning.has_swap)
		return false;
	if (b->meaning.has_swap &&
	    (b->meaning.swap_type != a->meaning.swap_type ||
	     b->meaning.swap_offset !=
		     a->meaning.swap_offset + distance / paging_page_size(first->space->paging)))
		return false;
	if (!b->has_physical)
		return true;
	return b->physical == a->physical + distance && b->page_state == a->page_state &&
	       b->walk.page_size == a->walk.page_size && b->walk.writable == a->walk.writable &&
	       b->walk.executable == a->walk.executable && b->walk.user == a->walk.user &&
	       b->meaning.has_cache == a->meaning.has_cache && b->meaning.cache == a->meaning.cache;
}
