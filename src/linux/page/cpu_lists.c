/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the lists in struct per_cpu_pages (include/linux/mmzone.h, mm/page_alloc.c). In each zone,
 * each CPU has one struct per_cpu_pages. Until 2.6.24 each CPU has two, for hot and for cold pages.
 * The struct contains one list before 2.6.32. Since 2.6.32 (5f8dcc21211a) it contains a list for
 * each migrate type, and since 5.14 (44042b449872) a list for each migrate type and order. */
#include "linux/page/cpu_lists.h"

#include <inttypes.h>

#include "base/ranges.h"
#include "base/address_set.h"
#include "base/array.h"
#include "base/sort.h"
#include "linux/page_members.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/zone.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "paging/walk.h"
#include "types/types.h"

enum {
	MOST_BLOCKS = 1 << 22, /* limit for the blocks that are stored */
	MOST_LISTS = 64, /* limit; NR_PCP_LISTS is 14 with three migrate types */
	MOST_HEADS = 1 << 22, /* limit for the lists of all CPUs in all zones */
	COSTLY_ORDER = 3, /* PAGE_ALLOC_COSTLY_ORDER */
};

/* How a zone refers to the lists of its CPUs. */
enum zone_form {
	FORM_PERCPU, /* a pointer to per-CPU memory, since 2.6.34 (99dcc3e5a94e) */
	/* An array of pointers, one for each CPU: used with NUMA from 2.6.13 (e7c8d5c9955a) to
	 * 2.6.33. The lists of kernels before 2.6.17 are never read, because their page flags are
	 * unknown. */
	FORM_POINTERS,
	FORM_STRUCTS, /* a struct for each CPU */
};

struct lists_layout {
	enum zone_form form;
	uint64_t zone_at; /* offset of the structs, or of pointers to them, in struct zone */
	uint64_t nr_slots; /* number of CPUs for which struct zone has space; 0 with FORM_PERCPU */
	uint64_t set_size; /* bytes of the struct for one CPU */
	/* The struct for one CPU contains one or more struct per_cpu_pages. first_at: offset of the
	 * first one. pages_size: size of each. */
	uint64_t first_at, pages_size;
	unsigned int nr_pages; /* number of struct per_cpu_pages */
	uint64_t lists_at;
	unsigned int nr_lists, nr_types;
	/* Order of the blocks in the lists that come after the lists for orders up to
	 * COSTLY_ORDER. */
	unsigned int large_order;
	uint64_t links; /* offset of the list_head in struct page */
};

struct kept_blocks {
	struct kept_block *block; /* owned, sorted by pfn */
	size_t nr, room;
	struct error gap; /* why blocks are missing; code 0: no block is missing */
};

/* --- layout --- */

static bool is_unknown(struct error *err, const char *what)
{
	return fail(err, ERROR_UNKNOWN, "where CPUs keep lists of free frames is not known: %s",
		    what);
}

/* Finds the struct that a zone has for each CPU, and the struct per_cpu_pages in this struct. Since
 * 5.14 (28f836b6777b) the zone has a struct per_cpu_pages directly for each CPU. */
static bool find_set(struct kernel *kernel, struct lists_layout *layout,
		     const struct member **in_zone)
{
	const struct member *pages;

	if (!kernel_type_size(kernel, "per_cpu_pages", &layout->pages_size) || !layout->pages_size)
		return false;
	layout->nr_pages = 1;
	layout->set_size = layout->pages_size;
	*in_zone = kernel_member(kernel, ZONE_CPU_PAGES, NULL);
	if (*in_zone)
		return true;
	*in_zone = kernel_member(kernel, ZONE_CPU_PAGESET, NULL);
	pages = kernel_member(kernel, PAGESET_PAGES, NULL);
	if (!*in_zone || !pages ||
	    !kernel_type_size(kernel, "per_cpu_pageset", &layout->set_size) || !layout->set_size)
		return false;
	layout->first_at = pages->offset;
	layout->nr_pages = (unsigned int)(pages->size / layout->pages_size);
	return layout->nr_pages == 1 || layout->nr_pages == 2;
}

static bool find_form(struct kernel *kernel, struct lists_layout *layout,
		      const struct member *in_zone)
{
	unsigned int word = kernel_pointer_size(kernel);
	bool numa = kernel_has_symbol(kernel, "contig_page_data") == NO;

	layout->zone_at = in_zone->offset;
	if (in_zone->size == word) {
		layout->form = FORM_PERCPU;
	} else if (numa) {
		layout->form = FORM_POINTERS;
		layout->nr_slots = in_zone->size / word;
	} else {
		layout->form = FORM_STRUCTS;
		layout->nr_slots = in_zone->size / layout->set_size;
	}
	return layout->form == FORM_PERCPU || layout->nr_slots;
}

/* Finds the number of migrate types, and the order of transparent large pages. Each migrate type
 * has a list for each order up to COSTLY_ORDER. The lists after them contain transparent large
 * pages. */
static void find_orders(struct kernel *kernel, struct lists_layout *layout)
{
	const struct paging *paging = kernel_paging(kernel, NULL);
	struct types *types = kernel_types(kernel);
	int64_t nr;

	layout->nr_types = 3;
	if (types && types_enumerator(types, "migratetype", "MIGRATE_PCPTYPES", &nr) && nr > 0 &&
	    nr < MOST_LISTS)
		layout->nr_types = (unsigned int)nr;
	if (paging && paging->nr_levels > 1)
		layout->large_order =
			paging->level[paging->nr_levels - 2].shift - kernel_page_shift(kernel);
}

static bool cpu_lists_find_layout(struct kernel *kernel, struct lists_layout *layout,
				  struct error *err)
{
	const struct page_layout *page = page_layout_of(kernel, err);
	const struct member *lists, *links, *in_zone;
	uint64_t size = 2 * kernel_pointer_size(kernel);

	*layout = (struct lists_layout){ 0 };
	if (!page)
		return false;
	if (!find_set(kernel, layout, &in_zone))
		return is_unknown(err, "the kernel's types do not describe the lists of a zone");
	if (!find_form(kernel, layout, in_zone))
		return is_unknown(err, "the kernel's types describe no lists of any CPU");
	lists = kernel_member(kernel, CPU_PAGES_LISTS, NULL);
	links = kernel_member_as(kernel, PAGE_LRU, MEMBER_LINKS, NULL);
	if (!lists || !links || links->offset + size > page->size ||
	    links->offset + size > PAGE_STRUCT_MAX)
		return is_unknown(err, "the kernel's types do not describe the lists");
	layout->lists_at = lists->offset;
	layout->links = links->offset;
	layout->nr_lists = (unsigned int)(lists->size / size);
	if (!layout->nr_lists || layout->nr_lists > MOST_LISTS ||
	    lists->offset + lists->size > layout->pages_size)
		return is_unknown(err, "the kernel's types describe an impossible number of lists");
	find_orders(kernel, layout);
	return true;
}

/* --- the lists --- */

struct cpu_lists_reading {
	struct kernel *kernel;
	const struct page_layout *pages;
	struct lists_layout layout;
	struct kept_blocks *blocks;
	struct cpu_set cpus;
	const struct zone *zone;
	unsigned int cpu;
	/* Heads of all lists that were read. A list is not read twice. Two lists cannot share
	 * entries, because each entry must point back to the previous entry or to the head. */
	struct address_set heads;
	bool failed; /* not enough memory */
};

static bool cpu_lists_is_damaged(const struct cpu_lists_reading *reading, uint64_t at,
				 const char *why)
{
	if (!reading->blocks->gap.code)
		fail(&reading->blocks->gap, ERROR_FORMAT,
		     "the list of free frames of CPU %u in zone %s is damaged at %" PRIx64
		     ": %s; the rest of the list is not known, and its frames count as unknown",
		     reading->cpu, reading->zone->name, at, why);
	return false;
}

/* Is the frame free by the rules of free_page_is_bad() in the kernel, without references and
 * mappings? A frame in these lists has no page type, so the word that may contain a page type
 * counts the mappings. UINT32_MAX means no mappings. */
static bool is_free(const struct page_words *words)
{
	const struct page_layout *layout = words->layout;

	return (layout->refcount < 0 || !page_half(words, layout->refcount)) &&
	       (layout->type < 0 || page_half(words, layout->type) == UINT32_MAX);
}

static bool add_block(struct cpu_lists_reading *reading, uint64_t pfn, unsigned int order,
		      const struct page_words *words)
{
	struct kept_blocks *blocks = reading->blocks;
	struct kept_block block = { pfn, reading->cpu, (uint8_t)order };

	if (!is_free(words)) {
		if (!blocks->gap.code)
			fail(&blocks->gap, ERROR_FORMAT,
			     "frame %" PRIx64
			     " is in the list of free frames of CPU %u in zone %s, but its struct page at %" PRIx64
			     " does not describe a free frame; to see the struct page: page %" PRIx64,
			     pfn, reading->cpu, reading->zone->name, words->page, words->page);
		return true;
	}
	if (blocks->nr == MOST_BLOCKS)
		return fail(
			&blocks->gap, ERROR_FORMAT,
			"the lists of free frames of CPUs have more than %d blocks; the other blocks do not count as free",
			MOST_BLOCKS);
	reading->failed =
		!array_add(&blocks->block, &blocks->nr, &blocks->room, &block, sizeof(block));
	return !reading->failed;
}

/* Follows a list. A list with a loop is reported as damaged, because each entry must point back to
 * the previous entry. Returns false if the list is damaged or if the search must end. */
static bool cpu_lists_follow(struct cpu_lists_reading *reading, uint64_t head, uint64_t first,
			     uint64_t last, unsigned int order)
{
	struct kernel *kernel = reading->kernel;
	struct page_words words = { .layout = reading->pages };
	int links = (int)reading->layout.links;
	uint64_t entry = first, before = head, pfn;

	for (; entry != head; before = entry, entry = page_word(&words, links)) {
		uint64_t page = (entry - reading->layout.links) & kernel->arch->address_mask;

		if (kernel_stopped(kernel))
			return false;
		if (!page_pfn(kernel, page, &pfn, NULL) || pfn & ((UINT64_C(1) << order) - 1))
			return cpu_lists_is_damaged(reading, before,
						    "the next entry is not a free block");
		if (!page_words_read(kernel, page, &words))
			return cpu_lists_is_damaged(reading, entry, "this entry cannot be read");
		if (page_word(&words, links + (int)words.layout->word) != before)
			return cpu_lists_is_damaged(reading, entry,
						    "this entry does not point back");
		if (!add_block(reading, pfn, order, &words))
			return false;
	}
	return before == last ||
	       cpu_lists_is_damaged(reading, head, "the list does not end at its head");
}

/* Remembers the head of a list. Returns false if the list was already read or if the search must
 * end. */
static bool add_head(struct cpu_lists_reading *reading, uint64_t head)
{
	if (reading->heads.nr == MOST_HEADS) {
		if (!reading->blocks->gap.code)
			fail(&reading->blocks->gap, ERROR_FORMAT,
			     "CPUs have more than %d lists of free frames; the other lists are not read",
			     MOST_HEADS);
		return false;
	}
	switch (address_set_add(&reading->heads, head)) {
	case ADDRESS_NEW: return true;
	case ADDRESS_SEEN:
		return cpu_lists_is_damaged(reading, head,
					    "the list also belongs to another CPU or zone");
	default: reading->failed = true; return false;
	}
}

/* Is a CPU changing the lists? Since 6.0 (4b23a68f9536) a CPU holds a lock while it changes the
 * lists and the count of frames. While the lock is held, the count may differ from the lists, so a
 * difference is no damage. */
static bool is_changing(struct kernel *kernel, uint64_t pages)
{
	const struct member *lock = kernel_member(kernel, CPU_PAGES_LOCK, NULL);
	uint64_t value;

	return lock && lock->size >= 4 &&
	       kernel_read_number(kernel, pages + lock->offset, 4, &value, NULL) && value;
}

/* Compares the number of frames in the lists that were just read with the CPU's count of frames.
 * first: index in reading->blocks of the first block from these lists. */
static void compare_count(const struct cpu_lists_reading *reading, uint64_t pages, size_t first)
{
	struct kept_blocks *blocks = reading->blocks;
	uint64_t nr = 0, count;

	if (blocks->gap.code ||
	    !kernel_member_as(reading->kernel, CPU_PAGES_COUNT, MEMBER_INT, NULL) ||
	    !kernel_read_member(reading->kernel, pages, CPU_PAGES_COUNT, &count, NULL))
		return;
	for (size_t i = first; i < blocks->nr; i++)
		nr += UINT64_C(1) << blocks->block[i].order;
	if (nr != count)
		fail(&blocks->gap,
		     is_changing(reading->kernel, pages) ? ERROR_UNKNOWN : ERROR_FORMAT,
		     "CPU %u counts %" PRIu64
		     " free frames in its lists of zone %s, but the lists have %" PRIu64,
		     reading->cpu, count, reading->zone->name, nr);
}

/* Reads all lists of a struct per_cpu_pages. Returns false if the search must end. */
static bool cpu_lists_read_pages(struct cpu_lists_reading *reading, uint64_t pages)
{
	const struct lists_layout *layout = &reading->layout;
	unsigned int word = kernel_pointer_size(reading->kernel);
	uint8_t heads[MOST_LISTS * 2 * 8];
	uint64_t at = pages + layout->lists_at;
	size_t first_block = reading->blocks->nr;

	if (!kernel_read(reading->kernel, at, heads, (uint64_t)layout->nr_lists * 2 * word, NULL)) {
		cpu_lists_is_damaged(reading, at, "the heads of the lists cannot be read");
		return true;
	}
	for (unsigned int i = 0; i < layout->nr_lists; i++) {
		unsigned int order = i / layout->nr_types;

		if (order > COSTLY_ORDER)
			order = layout->large_order;
		if (add_head(reading, at + i * 2 * word))
			cpu_lists_follow(reading, at + i * 2 * word,
					 load_le(heads + i * 2 * word, word),
					 load_le(heads + (i * 2 + 1) * word, word), order);
		if (reading->failed || reading->blocks->nr == MOST_BLOCKS ||
		    reading->heads.nr == MOST_HEADS || kernel_stopped(reading->kernel))
			return false;
	}
	compare_count(reading, pages, first_block);
	return true;
}

/* Sets *set to the address of the zone's struct for the current CPU, or to 0 if the zone has no
 * such struct. */
static bool find_cpu_set(const struct cpu_lists_reading *reading, uint64_t *set)
{
	struct kernel *kernel = reading->kernel;
	const struct lists_layout *layout = &reading->layout;
	uint64_t at = reading->zone->address + layout->zone_at, offset = 0;

	*set = 0;
	if (layout->form != FORM_PERCPU && reading->cpu >= layout->nr_slots)
		return true;
	if (layout->form == FORM_STRUCTS) {
		*set = at + reading->cpu * layout->set_size;
		return true;
	}
	if (layout->form == FORM_POINTERS)
		return kernel_read_pointer(kernel, at + reading->cpu * kernel_pointer_size(kernel),
					   set, NULL);
	if (!kernel_read_pointer(kernel, at, set, NULL) ||
	    (kernel_has_copies(kernel) != NO &&
	     !kernel_per_cpu_offset(kernel, reading->cpu, &offset, NULL)))
		return false;
	*set = *set ? (*set + offset) & kernel->arch->address_mask : 0;
	return true;
}

static bool cpu_lists_read_zone(const struct zone *zone, void *arg)
{
	struct cpu_lists_reading *reading = arg;
	const struct lists_layout *layout = &reading->layout;
	uint64_t set;

	reading->zone = zone;
	for (unsigned int cpu = 0; cpu_set_next(&reading->cpus, &cpu); cpu++) {
		reading->cpu = cpu;
		if (!find_cpu_set(reading, &set))
			cpu_lists_is_damaged(reading, zone->address + layout->zone_at,
					     "the address of the CPU's list cannot be read");
		for (unsigned int i = 0; set && i < layout->nr_pages; i++)
			if (!cpu_lists_read_pages(reading,
						  set + layout->first_at + i * layout->pages_size))
				return false;
	}
	return true;
}

static bool cpu_lists_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct kept_blocks *blocks = state;
	struct cpu_lists_reading reading = {
		.kernel = kernel,
		.pages = page_layout_of(kernel, err),
		.blocks = blocks,
	};
	bool known = reading.pages && cpu_lists_find_layout(kernel, &reading.layout, err) &&
		     kernel_possible_cpus(kernel, &reading.cpus, err) &&
		     page_each_zone(kernel, cpu_lists_read_zone, &reading, err);

	address_set_release(&reading.heads);
	return known &&
	       ((!reading.failed && sort_items(blocks->block, blocks->nr, sizeof(*blocks->block),
					       ranges_compare, kernel->listener)) ||
		out_of_memory(err));
}

/* --- look-ups --- */

static const struct state_type state_cpu_lists = {
	.size = sizeof(struct kept_blocks),
	.learn = cpu_lists_learn,
	.release = state_free_list,
};

const struct kept_blocks *page_kept_blocks(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_cpu_lists, err);
}

const struct kept_block *page_kept_block_in(const struct kept_blocks *blocks, uint64_t pfn,
					    size_t *hint)
{
	size_t nr = blocks ? blocks->nr : 0, behind = *hint;
	const struct kept_block *block = blocks ? blocks->block : NULL;

	/* behind: the number of blocks that start at or before pfn */
	if (behind > nr || (behind && block[behind - 1].pfn > pfn) ||
	    (behind < nr && block[behind].pfn <= pfn))
		behind = ARRAY_SEARCH(i, 0, nr, block[i].pfn <= pfn);
	*hint = behind;
	if (!behind)
		return NULL;
	block += behind - 1;
	return (pfn - block->pfn) >> block->order ? NULL : block;
}

bool page_kept_blocks_whole(struct kernel *kernel, struct error *err)
{
	const struct kept_blocks *blocks = page_kept_blocks(kernel, err);

	if (blocks && blocks->gap.code && err)
		*err = blocks->gap;
	return blocks && !blocks->gap.code;
}
