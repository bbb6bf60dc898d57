/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the lists of free frames. The buddy allocator has a list for each zone, order and migrate
 * type (include/linux/mmzone.h, mm/page_alloc.c). Each CPU also has lists (cpu_lists.h). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/check_pass.h"
#include "base/array.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "kernel/links.h"
#include "linux/page_members.h"
#include "linux/page/cpu_lists.h"
#include "linux/page/frame_runs.h"
#include "linux/page/zone.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_reader.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab_count.h"

/* Limit: 256 MB. */
enum { MOST_LISTED = 1 << 24 };

/* A block in a list. */
struct listed_block {
	uint64_t pfn;
	uint64_t nr; /* the number of its frames */
};

struct free_pass {
	struct kernel *kernel;
	const struct page_layout *pages;
	struct free_list_layout layout;
	/* damaged: places with damage. locked: places with damage in zones that a CPU was
	 * changing. unlisted: frames that are in no list, but free as their struct pages show. */
	struct tally damaged, locked, unlisted;
	const struct zone *zone;
	uint64_t nr_lists, nr_blocks, nr_frames, nr_unread;
	struct listed_block *listed; /* owned */
	size_t nr_listed, room_listed;
	size_t next; /* the first of these blocks that is not before the frames compared so far */
	bool unsure; /* blocks may be missing in `listed` */
};

static bool check_free_find_layout(struct free_pass *pass, struct error *err)
{
	if (!page_free_list_layout(pass->kernel, &pass->layout, err))
		return false;
	pass->pages = page_layout_of(pass->kernel, err);
	return pass->pages;
}

/* A list of a zone, for one order and one migrate type. */
struct free_list {
	struct free_pass *pass;
	struct tally *tally;
	unsigned int order, type;
	uint64_t head;
};

static void check_free_is_damaged(const struct free_list *list, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void check_free_is_damaged(const struct free_list *list, const char *fmt, ...)
{
	const struct zone *zone = list->pass->zone;
	char text[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	check_count(list->tally, 0, "zone %s, order %u, type %u: %s", zone->name, list->order,
		    list->type, text);
}

/* Checks that a block in the list is free and has the order of the list. page: virtual address of
 * the block's struct page. */
static void check_block(const struct free_list *list, uint64_t page)
{
	const struct zone *zone = list->pass->zone;
	struct page_words words = { .layout = list->pass->pages };
	struct listed_block block = { .nr = UINT64_C(1) << list->order };
	uint64_t pfn, order;

	if (!page_pfn(list->pass->kernel, page, &pfn, NULL)) {
		check_free_is_damaged(list, "%" PRIx64 " is in the list, but is not a struct page",
				      page);
		return;
	}
	block.pfn = pfn;
	if (list->pass->nr_listed == MOST_LISTED ||
	    !array_add(&list->pass->listed, &list->pass->nr_listed, &list->pass->room_listed,
		       &block, sizeof(block)))
		list->pass->unsure = true;
	if (!page_words_read(list->pass->kernel, page, &words)) {
		list->pass->nr_unread++;
		return;
	}
	order = page_word(&words, words.layout->private_word);
	if (pfn < zone->start_pfn || pfn - zone->start_pfn >= zone->spanned)
		check_free_is_damaged(list, "frame %" PRIx64 " belongs to another zone", pfn);
	else if (page_words_type(&words) != PAGE_USE_FREE)
		check_free_is_damaged(list,
				      "frame %" PRIx64 " is not marked as free by its struct page",
				      pfn);
	else if (words.layout->private_word >= 0 && order != list->order)
		check_free_is_damaged(list,
				      "frame %" PRIx64 " begins a block of order %" PRIu64
				      " according to its struct page",
				      pfn, order);
	else if (pfn & ((UINT64_C(1) << list->order) - 1))
		check_free_is_damaged(list,
				      "frame %" PRIx64 " is not aligned to a block of this order",
				      pfn);
}

static void check_end(const struct free_list *list, const struct links *links)
{
	struct kernel *kernel = list->pass->kernel;
	uint64_t last;

	if (links_lead_nowhere(links))
		check_free_is_damaged(list,
				      "%" PRIx64 " points to %" PRIx64 ", which is not mapped",
				      links->before, links->at);
	else if (links->end == LINKS_MISSING)
		list->pass->nr_unread++;
	else if (links->end == LINKS_BAD)
		check_free_is_damaged(list,
				      "%" PRIx64 " points to %" PRIx64
				      ", which points back to %" PRIx64,
				      links->before, links->at, links->back);
	else if (links->end == LINKS_WHOLE &&
		 kernel_read_pointer(kernel, list->head + kernel_pointer_size(kernel), &last,
				     NULL) &&
		 last != links->at)
		check_free_is_damaged(list,
				      "the list ends with %" PRIx64
				      ", but the head of the list points back to %" PRIx64,
				      links->at, last);
	else if (links_damaged(links))
		check_free_is_damaged(
			list, "the list does not end: %zu blocks were read, the last at %" PRIx64,
			links->nr, links->at);
}

/* Checks a list, and returns the number of its blocks. Sets *whole to false if the list could not
 * be read to its end. */
static uint64_t check_list(const struct free_list *list, bool *whole)
{
	struct free_pass *pass = list->pass;
	struct links links = links_from(pass->kernel, list->head, pass->layout.links, NULL,
					(pass->zone->spanned >> list->order) + 1);
	uint64_t page;

	while (links_next(&links, &page))
		check_block(list, page);
	check_end(list, &links);
	pass->nr_lists++;
	pass->nr_blocks += links.nr;
	pass->nr_frames += (uint64_t)links.nr << list->order;
	*whole = *whole && links.end == LINKS_WHOLE;
	return links.nr;
}

static void check_order(struct free_pass *pass, struct tally *tally, unsigned int order)
{
	struct kernel *kernel = pass->kernel;
	uint64_t area = pass->zone->address + pass->layout.areas + order * pass->layout.area_size;
	uint64_t nr = 0, counted;
	bool whole = true;

	for (unsigned int type = 0; type < pass->layout.nr_types; type++) {
		const struct free_list list = {
			.pass = pass,
			.tally = tally,
			.order = order,
			.type = type,
			.head = page_free_list_head(kernel, &pass->layout, pass->zone, order, type)
		};

		nr += check_list(&list, &whole);
		if (kernel_stopped(kernel))
			return;
	}
	pass->unsure |= !whole;
	if (whole && kernel_read_member(kernel, area, FREE_AREA_NR, &counted, NULL) &&
	    counted != nr)
		check_count(tally, 0,
			    "zone %s, order %u: the zone counts %" PRIu64
			    " blocks, but its lists have %" PRIu64,
			    pass->zone->name, order, counted, nr);
}

/* Is the zone locked, because a CPU was changing the zone? With PREEMPT_RT, the lock is a struct
 * rt_mutex_base, whose waiters and owner follow its first word. In other kernels, only
 * CONFIG_DEBUG_SPINLOCK has more words, of which the first is SPINLOCK_MAGIC. */
static enum certainty is_locked(struct kernel *kernel, const struct zone *zone)
{
	enum { SPINLOCK_MAGIC = 0xdead4ead, RT_WORDS = 4 };
	const struct member *lock = kernel_member(kernel, ZONE_LOCK, NULL);
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t at, value;

	if (!lock || lock->size < 4) /* without SMP */
		return UNSURE;
	at = zone->address + lock->offset;
	if (links_locked(kernel, at))
		return YES;
	if (lock->size < RT_WORDS * word ||
	    (kernel_read_number(kernel, at + 4, 4, &value, NULL) && value == SPINLOCK_MAGIC))
		return NO;
	for (unsigned int i = 1; i < RT_WORDS; i++)
		if (!kernel_read_number(kernel, at + i * word, word, &value, NULL) || value)
			return YES;
	return NO;
}

static bool check_zone(const struct zone *zone, void *arg)
{
	struct free_pass *pass = arg;
	enum certainty locked = is_locked(pass->kernel, zone);
	struct tally *tally = locked == YES ? &pass->locked : &pass->damaged;

	pass->zone = zone;
	pass->unsure |= locked != NO;
	for (unsigned int order = 0;
	     order < pass->layout.nr_orders && !kernel_stopped(pass->kernel); order++)
		check_order(pass, tally, order);
	return !kernel_stopped(pass->kernel);
}

/* Counts frames, both pfns inclusive, that are in no list. In some kernels the struct pages of holes
 * are uninitialized. */
static void count_unlisted(struct free_pass *pass, uint64_t first, uint64_t last)
{
	if (dump_range_state(pass->kernel->dump, kernel_frame(pass->kernel, first),
			     kernel_page_size(pass->kernel)) != PAGE_ABSENT)
		check_count(&pass->unlisted, 0, "frames %" PRIx64 " to %" PRIx64, first, last);
}

/* Does the kernel start? Then struct pages may be uninitialized (DEFERRED_STRUCT_PAGE_INIT, 4.2).
 * SYSTEM_SCHEDULING, 1, is before SYSTEM_RUNNING since 4.13 (69a78ff226fe). */
static bool is_starting(struct kernel *kernel)
{
	uint64_t address, state;

	return kernel_symbol(kernel, "system_state", &address, NULL) &&
	       kernel_read_number(kernel, address, 4, &state, NULL) &&
	       state < (kernel_version(kernel) >= KERNEL_VERSION(4, 13, 0) ? 2 : 1);
}

/* Returns the last frame of the block in a list that contains pfn, or pfn - 1 if there is none. The
 * frames must be asked for in ascending order. */
static uint64_t last_listed(struct free_pass *pass, uint64_t pfn)
{
	const struct listed_block *end = pass->listed + pass->nr_listed, *block;

	for (block = pass->listed + pass->next; block < end && block->pfn + block->nr <= pfn;)
		block++;
	pass->next = (size_t)(block - pass->listed);
	return block < end && block->pfn <= pfn ? block->pfn + (block->nr - 1) : pfn - 1;
}

/* Compares a frame that is in no list with its struct page. Returns the last of the frames that need
 * not be looked at any more. */
static uint64_t compare_unlisted(struct free_pass *pass, struct page_reader *reader, uint64_t pfn)
{
	const struct page_layout *layout = pass->pages;
	uint64_t page, last, type;
	struct page_words words;
	struct page_use use;

	if (!page_reader_address(reader, pfn, &page, NULL))
		return page_behind_hole(pass->kernel, pfn) - 1;
	/* Most pages have no type, and this word is all that is needed to see it. */
	if (layout->type >= 0 && !layout->buddy_mask &&
	    page_reader_number(reader, page + (unsigned int)layout->type, 4, &type) &&
	    type == UINT32_MAX)
		return pfn;
	if (!page_reader_words(reader, page, &words, NULL))
		return page_reader_unreadable_to(reader, pfn);
	/* The type alone is much faster than the use, but a tail may look so, too. */
	if (page_words_type(&words) != PAGE_USE_FREE || !page_reader_use(reader, pfn, &use, NULL) ||
	    use.kind != PAGE_USE_FREE)
		return pfn;
	last = pfn;
	if (use.has_order && use.head_pfn == pfn && use.order < pass->layout.nr_orders)
		last += (UINT64_C(1) << use.order) - 1;
	if (pass->next < pass->nr_listed && pass->listed[pass->next].pfn <= last)
		last = pass->listed[pass->next].pfn - 1;
	count_unlisted(pass, pfn, last);
	return last;
}

/* Looks for frames that are in no list, although their struct pages show free blocks. The kernel
 * changes both while it has locked the zone. */
static void look_for_unlisted(struct free_pass *pass)
{
	struct kernel *kernel = pass->kernel;
	struct page_reader *reader = page_reader_of(kernel);
	uint64_t max_pfn, last;

	if (pass->unsure || is_starting(kernel) || !reader ||
	    !kernel_fact(kernel, FACT_MAX_PFN, &max_pfn) ||
	    !sort_items(pass->listed, pass->nr_listed, sizeof(*pass->listed), ranges_compare,
			kernel->listener))
		return;
	for (uint64_t pfn = 0; pfn < max_pfn && !listener_stops_at(kernel->listener, pfn);
	     pfn = last + 1) {
		last = last_listed(pass, pfn);
		if (last + 1 == pfn)
			last = compare_unlisted(pass, reader, pfn);
	}
}

static void check_free_tell(const struct free_pass *pass, const struct checker *checker)
{
	enum check check = CHECK_OF_FREE_LISTS;
	struct error cpus = { .code = ERROR_NONE };

	check_tell_tally(&pass->damaged, CHECK_ERROR, "place of the lists is damaged",
			 "places of the lists are damaged");
	check_tell_tally(&pass->locked, CHECK_NOT_CHECKED,
			 "place of the lists seems damaged, but its zone was being changed",
			 "places of the lists seem damaged, but their zone was being changed");
	check_tell_tally(&pass->unlisted, CHECK_ERROR,
			 "range of frames is free as struct pages show, but is in no list",
			 "ranges of frames are free as struct pages show, but are in no list");
	if (kernel_stopped(pass->kernel)) {
		check_tell(checker, check, CHECK_NOT_CHECKED, "interrupted");
		return;
	}
	if (!page_kept_blocks_whole(pass->kernel, &cpus))
		check_tell(checker, check,
			   cpus.code == ERROR_FORMAT ? CHECK_ERROR : CHECK_NOT_CHECKED, "%s",
			   cpus.message);
	if (pass->nr_unread)
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "%" PRIu64 " struct pages or parts of lists are not in the dump",
			   pass->nr_unread);
	else if (!cpus.code && !pass->damaged.nr && !pass->locked.nr && !pass->unlisted.nr)
		check_tell(checker, check, CHECK_OK,
			   "%" PRIu64 " lists of zones have %" PRIu64 " free blocks of %" PRIu64
			   " frames, which agrees with struct pages and counts",
			   pass->nr_lists, pass->nr_blocks, pass->nr_frames);
}

void check_free_lists(const struct checker *checker)
{
	enum check check = CHECK_OF_FREE_LISTS;
	struct free_pass pass = {
		.kernel = checker->kernel,
		.damaged = { .checker = checker, .check = check },
		.locked = { .checker = checker, .check = check },
		.unlisted = { .checker = checker, .check = check },
	};
	struct error err;

	if (check_tell_running(checker, check))
		return;
	if (!check_free_find_layout(&pass, &err))
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", err.message);
	else if (!slab_has_free_objects(checker->kernel))
		check_tell(checker, check, CHECK_NOT_CHECKED,
			   "this extract does not contain the lists of free frames");
	else if (!page_each_zone(checker->kernel, check_zone, &pass, &err))
		check_tell(checker, check, CHECK_NOT_CHECKED, "%s", err.message);
	else {
		look_for_unlisted(&pass);
		check_free_tell(&pass, checker);
	}
	free(pass.listed);
	if (pass.nr_lists)
		check_looked(checker, "%" PRIu64 " free blocks", pass.nr_blocks);
}
