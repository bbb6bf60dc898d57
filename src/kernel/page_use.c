/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/page_use.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "kernel/kernel.h"

/* mapping's low bits: PAGE_MAPPING_ANON, _MOVABLE (4.8, bda807d44454), _KSM (2.6.32) */
enum { MAPPING_ANON = 1, MAPPING_MOVABLE = 2, MAPPING_KSM = 3, MAPPING_BITS = 3 };

enum { MOST_FREE_ORDERS = 16 /* MAX_ORDER is 10 on x86 */, MOST_ORDERS = 30 };

const char *const page_use_names[NR_PAGE_USES] = {
	[PAGE_USE_UNKNOWN] = "unknown",
	[PAGE_USE_FILE] = "file",
	[PAGE_USE_ANON] = "anon",
	[PAGE_USE_KSM] = "ksm",
	[PAGE_USE_MOVABLE] = "movable",
	[PAGE_USE_RESERVED] = "reserved",
	[PAGE_USE_FREE] = "free",
	[PAGE_USE_OFFLINE] = "offline",
	[PAGE_USE_TABLE] = "page-table",
	[PAGE_USE_GUARD] = "guard",
	[PAGE_USE_SLAB] = "slab",
	[PAGE_USE_HUGETLB] = "hugetlb",
	[PAGE_USE_ZSMALLOC] = "zsmalloc",
	[PAGE_USE_UNACCEPTED] = "unaccepted",
	[PAGE_USE_KMALLOC] = "large-kmalloc",
};

/* The words of one struct page. */
struct words {
	const struct page_layout *layout;
	uint64_t page;
	uint8_t bytes[PAGE_STRUCT_MAX];
};

static bool read_words(struct kernel *kernel, uint64_t page,
		       struct words *words, struct error *err)
{
	uint64_t size = words->layout->size;

	words->page = page;
	return kernel_read(kernel, page, words->bytes,
			   size < PAGE_STRUCT_MAX ? size : PAGE_STRUCT_MAX, err);
}

/* A word, 0 where this kernel has no such member. */
static uint64_t word_at(const struct words *words, int offset)
{
	return offset < 0 ? 0 : load_le(words->bytes + offset,
					words->layout->word);
}

static uint32_t half_at(const struct words *words, int offset)
{
	return load_le32(words->bytes + offset);
}

/*
 * A tail's word leads to its head: its address and 1 (4.4, 1d798ca3f164), or,
 * where hugetlb may free struct pages, what to mask the tail's address with
 * (7.1). No address looks like such a mask, which has low bits cleared only.
 */
static uint64_t head_of_tail(uint64_t page, uint64_t word)
{
	uint64_t mask = word & ~UINT64_C(1), low = -mask;

	return low && !(low & (low - 1)) && low <= UINT64_C(1) << 32 ?
		       page & mask : mask;
}

/* Where hugetlb freed struct pages, the first one shows at the start of each of
 * their pages; the word behind it tells (page_fixed_fake_head(), 5.18). */
static uint64_t head_behind(struct kernel *kernel, const struct words *words)
{
	const struct page_layout *layout = words->layout;
	uint64_t next = words->page + layout->size, word;

	if ((words->page & 0xfff) || layout->head < 0 ||
	    !kernel_read_pointer(kernel, next + layout->head, &word, NULL) ||
	    !(word & 1))
		return words->page;
	return head_of_tail(next, word);
}

static uint64_t find_head(struct kernel *kernel, const struct words *words,
			  bool *compound)
{
	const struct page_layout *layout = words->layout;
	uint64_t flags = word_at(words, layout->flags);
	uint64_t head = word_at(words, layout->head);

	*compound = true;
	if (layout->tail_mask && (flags & layout->tail_mask))
		return word_at(words, layout->first_page);
	if (head & 1)
		return head_of_tail(words->page, head);
	if (flags & layout->head_mask)
		return head_behind(kernel, words);
	*compound = false;
	return words->page;
}

static bool read_byte(struct kernel *kernel, uint64_t at, uint64_t *value)
{
	return kernel_read_number(kernel, at, 1, value, NULL);
}

/* The frame's place in its compound page, whose head is now in words. */
static bool go_to_head(struct kernel *kernel, uint64_t pfn, struct words *words,
		       struct page_use *use, struct error *err)
{
	const struct page_layout *layout = words->layout;
	uint64_t head = find_head(kernel, words, &use->compound), order, dtor;
	uint64_t page = words->page;

	use->head_pfn = pfn;
	if (!use->compound)
		return true;
	if (head != page &&
	    (!kernel_page_to_pfn(kernel, head, &use->head_pfn, NULL) ||
	     use->head_pfn >= pfn || !read_words(kernel, head, words, NULL)))
		return fail(err, ERROR_FORMAT,
			    "the struct page at %" PRIx64 " says that it is part of the one at %" PRIx64
			    ", which cannot be", page, head);
	if (layout->order >= 0 && read_byte(kernel, head + layout->order, &order)) {
		use->has_order = order < MOST_ORDERS;
		use->order = (unsigned int)order;
		if (!use->has_order || (pfn - use->head_pfn) >> order)
			return fail(err, ERROR_FORMAT,
				    "the struct page at %" PRIx64 " says that it is part of the one at %" PRIx64
				    ", which has order %" PRIu64, page, head, order);
	}
	use->hugetlb = layout->dtor >= 0 &&
		       read_byte(kernel, head + layout->dtor, &dtor) &&
		       dtor == layout->hugetlb_dtor;
	return true;
}

static enum page_use_kind type_of(const struct words *words)
{
	const struct page_layout *layout = words->layout;
	uint32_t word;

	if (layout->buddy_mask &&
	    (word_at(words, layout->flags) & layout->buddy_mask))
		return PAGE_USE_FREE;
	if (layout->type < 0)
		return PAGE_USE_UNKNOWN;
	word = half_at(words, layout->type);
	for (unsigned int i = 0; i < layout->nr_types; i++)
		if ((word & layout->types[i].mask) == layout->types[i].value)
			return layout->types[i].kind;
	return PAGE_USE_UNKNOWN;
}

static void split_swap(const struct words *words, struct page_use *use)
{
	const struct page_layout *layout = words->layout;
	uint64_t entry = word_at(words, layout->private_word);
	unsigned int shift = layout->swap_type_shift;

	if (layout->private_word < 0 || !shift || !layout->swapcache_mask ||
	    (word_at(words, layout->flags) & layout->swapcache_mask) !=
		    layout->swapcache_mask)
		return;
	use->has_swap = true;
	use->swap_type = entry >> shift & 31;
	use->swap_offset = entry & ((UINT64_C(1) << shift) - 1);
}

static void set_index(const struct words *words, uint64_t pfn,
		      struct page_use *use)
{
	const struct page_layout *layout = words->layout;

	/* In which unit hugetlb counts has changed (a08c7193e4f1, 6.7). */
	if (layout->index < 0 || use->hugetlb)
		return;
	use->has_index = true;
	use->index = word_at(words, layout->index) + (pfn - use->head_pfn);
}

/* A page that somebody's memory is in: mapping says whose. */
static void set_owner(const struct words *words, uint64_t pfn,
		      struct page_use *use)
{
	uint64_t mapping = word_at(words, words->layout->mapping);

	use->object = mapping & ~(uint64_t)MAPPING_BITS;
	if (!use->object) /* bits alone: PAGE_MAPPING_DAX_SHARED (6.2) */
		return;
	switch (mapping & MAPPING_BITS) {
	case MAPPING_ANON:
		use->kind = PAGE_USE_ANON;
		break;
	case MAPPING_KSM:
		use->kind = PAGE_USE_KSM;
		break;
	case MAPPING_MOVABLE:
		use->kind = PAGE_USE_MOVABLE;
		return;
	default:
		use->kind = PAGE_USE_FILE;
		set_index(words, pfn, use);
		return;
	}
	set_index(words, pfn, use);
	split_swap(words, use);
}

static bool is_free_block(const struct words *words, uint64_t pfn,
			  unsigned int *order)
{
	uint64_t private = word_at(words, words->layout->private_word);

	*order = (unsigned int)private;
	return type_of(words) == PAGE_USE_FREE &&
	       words->layout->private_word >= 0 && private < MOST_FREE_ORDERS &&
	       !(pfn & ((UINT64_C(1) << private) - 1));
}

/* Only the first frame of a free block says so. */
static bool find_free_block(struct kernel *kernel, uint64_t pfn,
			    const struct words *words)
{
	struct page_layout *layout = &kernel->page_layout;
	struct words first = { .layout = layout };
	unsigned int found;

	for (unsigned int order = 0; order < MOST_FREE_ORDERS; order++) {
		uint64_t at = pfn & -(UINT64_C(1) << order);
		uint64_t page;

		if (at == pfn)
			first = *words;
		else if (!kernel_pfn_to_page(kernel, at, &page, NULL) ||
			 !read_words(kernel, page, &first, NULL))
			return false;
		if (!is_free_block(&first, at, &found) || (pfn - at) >> found)
			continue;
		layout->free_first = at;
		layout->free_last = at + (UINT64_C(1) << found) - 1;
		layout->free_order = found;
		layout->has_free = true;
		return true;
	}
	return false;
}

static bool in_free_block(const struct page_layout *layout, uint64_t pfn,
			  struct page_use *use)
{
	if (!layout->has_free || pfn < layout->free_first ||
	    pfn > layout->free_last)
		return false;
	use->kind = PAGE_USE_FREE;
	use->has_order = true;
	use->order = layout->free_order;
	use->head_pfn = layout->free_first;
	return true;
}

bool kernel_page_use(struct kernel *kernel, uint64_t pfn, struct page_use *use,
		     struct error *err)
{
	const struct page_layout *layout = kernel_page_layout(kernel, err);
	struct words words;
	uint64_t flags, page;

	*use = (struct page_use){ 0 };
	if (!layout)
		return false;
	if (in_free_block(layout, pfn, use))
		return true;
	words.layout = layout;
	if (!kernel_pfn_to_page(kernel, pfn, &page, err) ||
	    !read_words(kernel, page, &words, err) ||
	    !go_to_head(kernel, pfn, &words, use, err))
		return false;
	flags = word_at(&words, layout->flags);
	use->kind = type_of(&words);
	if (use->kind == PAGE_USE_HUGETLB)
		use->hugetlb = true;
	if (flags & layout->reserved_mask)
		use->kind = PAGE_USE_RESERVED;
	else if (flags & layout->slab_mask)
		use->kind = PAGE_USE_SLAB;
	else if (use->hugetlb)
		use->kind = PAGE_USE_HUGETLB;
	if (use->kind == PAGE_USE_UNKNOWN || use->kind == PAGE_USE_HUGETLB) {
		if (word_at(&words, layout->mapping))
			set_owner(&words, pfn, use);
	}
	if ((use->kind == PAGE_USE_UNKNOWN && !use->compound &&
	     layout->refcount >= 0 && !half_at(&words, layout->refcount)) ||
	    use->kind == PAGE_USE_FREE) {
		if (find_free_block(kernel, pfn, &words))
			in_free_block(layout, pfn, use);
	}
	return true;
}
