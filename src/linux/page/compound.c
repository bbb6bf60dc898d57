/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads compound pages, in the forms of all releases. */
#include "linux/page/page_layout.h"

#include <inttypes.h>

#include "linux/page/page_reader.h"

enum { MOST_ORDERS = 30 /* limit; a page of 1 GiB has order 18 */ };

/* Returns the address of the head. word: compound_info of the tail at address page. Bit 0 of
 * compound_info marks a tail. The other bits are the address of the head, or a mask. In the second
 * case the address of the head is page & mask. A mask is used if hugetlb may free struct pages
 * (CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP, only on 64 bits), and if the size of a struct page is a
 * power of two. In a mask, all bits are set from a certain bit up, so a mask is higher than the
 * address of any struct page. See set_compound_head() in include/linux/page-flags.h (8c846c879e22,
 * 7.1). */
static uint64_t head_by_info(const struct page_layout *layout, uint64_t page, uint64_t word)
{
	uint64_t rest = word - 1, block = -rest;
	bool power = !(layout->size & (layout->size - 1));

	if (layout->word == 8 && power && block >= 2 * layout->size && !(block & (block - 1)) &&
	    block >> MOST_ORDERS < layout->size)
		return page & rest;
	return rest;
}

static bool compound_is_tail(const struct page_words *words, uint64_t flags, uint64_t word)
{
	const struct page_layout *layout = words->layout;
	bool marked = (flags & layout->tail_mask) == layout->tail_mask;

	switch (layout->tails) {
	case TAILS_UNKNOWN: return false;
	case TAILS_PRIVATE: return marked && word != words->page;
	case TAILS_FIRST_PAGE: return marked;
	case TAILS_COMPOUND_HEAD:
	case TAILS_COMPOUND_INFO: break;
	}
	return word & 1;
}

enum compound_part compound_part(const struct page_words *words, uint64_t *head)
{
	const struct page_layout *layout = words->layout;
	uint64_t flags = page_word(words, layout->flags);
	uint64_t word = page_word(words, layout->head);
	bool tail = compound_is_tail(words, flags, word);

	if (tail && layout->tails == TAILS_COMPOUND_HEAD)
		word--;
	else if (tail && layout->tails == TAILS_COMPOUND_INFO)
		word = head_by_info(layout, words->page, word);
	*head = tail ? word : words->page;
	if (tail)
		return COMPOUND_TAIL;
	/* On 32 bits a tail may also have all flags of head_mask (see find_enumerators() in
	 * page_layout.c), so these flags do not prove that the page is a head. */
	if (layout->tails == TAILS_UNKNOWN && layout->word == 4)
		return COMPOUND_NONE;
	return flags & layout->head_mask ? COMPOUND_HEAD : COMPOUND_NONE;
}

/* words: a struct page that looks like a head, but may be a copy of a head. Returns the address of
 * the real head. If hugetlb freed the pages that contain the struct pages of tails, a copy of the
 * head is at the start of each such page. The struct page after the copy is a tail, which points to
 * the real head (page_fixed_fake_head(), 5.18 to 7.0, 622026e87c40). */
static uint64_t head_of_copy(struct page_reader *reader, const struct page_words *words)
{
	const struct page_layout *layout = words->layout;
	uint64_t next = words->page + layout->size, word;

	if (layout->tails != TAILS_COMPOUND_HEAD || words->page % reader->page_size ||
	    !page_reader_number(reader, next + (unsigned int)layout->head, layout->word, &word) ||
	    !(word & 1))
		return words->page;
	return word - 1;
}

/* Reads the order and the destructor from the first tail. index: number of the frame in the
 * compound page. Returns false if the order is impossible, or if a compound page of this order does
 * not contain the frame. */
static bool read_first_tail(struct page_reader *reader, uint64_t head, uint64_t index,
			    struct compound *compound)
{
	const struct page_layout *layout = reader->layout;
	uint64_t order, word;

	if (layout->order >= 0 &&
	    page_reader_number(reader, head + (unsigned int)layout->order, 1, &order)) {
		compound->has_order = order < MOST_ORDERS;
		compound->order = (unsigned int)order;
		if (!compound->has_order || index >> order)
			return false;
	}
	if (layout->dtor >= 0 &&
	    page_reader_number(reader, head + (unsigned int)layout->dtor, layout->dtor_size, &word))
		compound->hugetlb = word == layout->hugetlb_dtor;
	if (layout->hugetlb_mask &&
	    page_reader_number(reader, head + layout->size + (unsigned int)layout->flags,
			       layout->word, &word))
		compound->hugetlb |= (word & layout->hugetlb_mask) != 0;
	return true;
}

bool page_reader_compound(struct page_reader *reader, uint64_t pfn, struct page_words *words,
			  struct compound *compound, struct error *err)
{
	enum compound_part part;
	uint64_t page, head;

	if (!page_reader_address(reader, pfn, &page, err) ||
	    !page_reader_words(reader, page, words, err))
		return false;
	part = compound_part(words, &head);
	*compound = (struct compound){ .compound = part != COMPOUND_NONE,
				       .head_pfn = pfn,
				       .flags = page_word(words, reader->layout->flags) };
	if (part == COMPOUND_NONE)
		return true;
	if (part == COMPOUND_HEAD)
		head = head_of_copy(reader, words);
	if ((part == COMPOUND_TAIL || head != page) &&
	    (!page_reader_pfn(reader, head, &compound->head_pfn) || compound->head_pfn >= pfn ||
	     !page_reader_words(reader, head, words, NULL)))
		return fail(err, ERROR_FORMAT,
			    "the struct page at %" PRIx64 " says that its head is at %" PRIx64
			    ", which is impossible",
			    page, head);
	return read_first_tail(reader, head, pfn - compound->head_pfn, compound) ||
	       fail(err, ERROR_FORMAT,
		    "the struct page at %" PRIx64 " says that its head is at %" PRIx64
		    ", whose order %u is impossible or too small",
		    page, head, compound->order);
}

bool page_compound(struct kernel *kernel, uint64_t pfn, struct page_words *words,
		   struct compound *compound)
{
	struct page_reader *reader = page_reader_of(kernel);

	return reader && page_reader_compound(reader, pfn, words, compound, NULL);
}
