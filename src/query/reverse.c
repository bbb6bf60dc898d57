/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/reverse.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/page.h"
#include "base/ranges.h"
#include "base/sort.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "paging/family.h"

/* Limits for the use of memory. Damaged tables can map the same frame many times. */
enum { MAX_MAPPINGS = 1 << 20, MAX_HITS = 1 << 21 };

enum { FILTER_BITS = 1 << 16 };

/* A requested frame, and one of its mappings. If a large page contains several requested frames,
 * there are several hits with the same mapping. */
struct reverse_hit {
	uint64_t frame;
	uint32_t mapping; /* index in the array mappings */
};

struct reverse {
	uint64_t *frames; /* owned; the requested frames, in ascending order */
	size_t nr_frames;
	/* A bit is set if a requested frame is in a page of filter_size bytes whose number, modulo
	 * FILTER_BITS, is the number of the bit. filter_size is 0 or a power of two. */
	uint64_t filter[FILTER_BITS / 64], filter_size;
	struct mapping *mappings;
	size_t nr_mappings, room_mappings;
	/* In the order in which they were found. After reverse_finish(): sorted by frame. */
	struct reverse_hit *hits;
	size_t nr_hits, room_hits;
	struct reverse_gaps gaps;
};

struct reverse *reverse_create(const uint64_t *paddrs, size_t nr, struct error *err)
{
	struct reverse *reverse = calloc(1, sizeof(*reverse));
	bool ascending = true;

	if (reverse)
		reverse->frames = calloc(nr + 1, sizeof(*reverse->frames));
	if (!reverse || !reverse->frames) {
		reverse_destroy(reverse);
		out_of_memory(err);
		return NULL;
	}
	reverse->nr_frames = nr;
	for (size_t i = 0; i < nr; i++) {
		reverse->frames[i] = paddrs[i] / LEAST_PAGE;
		ascending &= !i || paddrs[i - 1] <= paddrs[i];
	}
	if (!ascending)
		qsort(reverse->frames, nr, sizeof(*reverse->frames), ranges_compare);
	return reverse;
}

void reverse_destroy(struct reverse *reverse)
{
	if (!reverse)
		return;
	free(reverse->frames);
	free(reverse->mappings);
	free(reverse->hits);
	free(reverse);
}

static bool too_many(size_t most, struct error *err)
{
	return fail(
		err, ERROR_FORMAT,
		"more than %zu mappings of these frames: the page tables are damaged, or the result is too large to be useful; the results so far are shown",
		most);
}

static bool append_mapping(struct reverse *reverse, const struct mapping *mapping,
			   struct error *err)
{
	if (reverse->nr_mappings == MAX_MAPPINGS)
		return too_many(MAX_MAPPINGS, err);
	return array_add(&reverse->mappings, &reverse->nr_mappings, &reverse->room_mappings,
			 mapping, sizeof(*mapping)) ||
	       out_of_memory(err);
}

static bool reverse_add_hit(struct reverse *reverse, uint64_t frame, struct error *err)
{
	struct reverse_hit hit = { frame, (uint32_t)(reverse->nr_mappings - 1) };

	if (reverse->nr_hits == MAX_HITS)
		return too_many(MAX_HITS, err);
	return array_add(&reverse->hits, &reverse->nr_hits, &reverse->room_hits, &hit,
			 sizeof(hit)) ||
	       out_of_memory(err);
}

bool reverse_add_mapping(struct reverse *reverse, const struct mapping *mapping, struct error *err)
{
	uint64_t first = mapping->paddr / LEAST_PAGE;
	uint64_t last = (mapping->paddr + (mapping->page_size - 1)) / LEAST_PAGE;
	const uint64_t *frames = reverse->frames;
	size_t at = ranges_search(frames, reverse->nr_frames, sizeof(*frames), 0, first);

	if (at == reverse->nr_frames || frames[at] > last)
		return true;
	if (!append_mapping(reverse, mapping, err))
		return false;
	for (; at < reverse->nr_frames && frames[at] <= last; at++) {
		if (at && frames[at] == frames[at - 1])
			continue; /* skip a duplicate */
		if (!reverse_add_hit(reverse, frames[at], err))
			return false;
	}
	return true;
}

/* Adds the mappings in `scanned`: a mapped page, or many pages at consecutive addresses that are
 * all mapped to the same frame. */
static bool reverse_add_scanned(struct reverse *reverse, const struct paging *paging,
				const struct scanned *scanned, struct reverse_owner owner,
				struct error *err)
{
	struct mapping mapping = {
		.first = scanned->first,
		.paddr = scanned->paddr,
		.page_size = scanned->page_size,
		.owner = owner,
		.cache_index = (uint8_t)entry_cache_index(paging, scanned->level, scanned->entry),
		.writable = scanned->writable,
		.executable = scanned->executable,
		.user = scanned->user,
	};

	for (;;) {
		size_t before = reverse->nr_mappings;

		if (!reverse_add_mapping(reverse, &mapping, err))
			return false;
		if (scanned->last - mapping.first < mapping.page_size ||
		    reverse->nr_mappings == before) /* page has no requested frame */
			return true;
		mapping.first += mapping.page_size;
	}
}

/* Fills *mapping for an entry that is not present. Returns true if the entry refers to a page in
 * memory without access rights (PROT_NONE). */
static bool find_prot_none(struct kernel *kernel, const struct space *space,
			   const struct scanned *scanned, struct reverse_owner owner,
			   struct mapping *mapping)
{
	struct entry_meaning meaning = kernel_describe_entry(kernel, space->paging, scanned->level,
							     scanned->entry & ~space->encrypt_mask);

	*mapping = (struct mapping){
		.first = scanned->first,
		.paddr = meaning.physical,
		.page_size = scanned->page_size,
		.owner = owner,
		.no_access = true,
	};
	return meaning.kind == ENTRY_PROT_NONE && meaning.has_physical;
}

/* --- windows without requested frames --- */

/* What most entries of a window have in common. */
struct window_search {
	const struct reverse *reverse;
	const struct space *space;
	bool known; /* an entry that maps a page was decoded */
	uint64_t bits; /* the bits of this entry apart from the address */
	uint64_t high; /* bits of the address that are not in the bits of the address */
};

static void fill_filter(struct reverse *reverse, uint64_t size)
{
	if (reverse->filter_size == size)
		return;
	memset(reverse->filter, 0, sizeof(reverse->filter));
	reverse->filter_size = size;
	for (size_t i = 0; i < reverse->nr_frames; i++) {
		uint64_t bit = reverse->frames[i] * LEAST_PAGE / size % FILTER_BITS;

		reverse->filter[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

/* Decodes an entry whose bits apart from the address differ from the bits of the entry before. */
static bool decode_bits(struct window_search *search, const struct scan_window *window,
			unsigned int at, uint64_t address)
{
	struct scanned scanned;

	scan_window_entry(search->space, window, at, &scanned);
	search->known =
		scanned.outcome == WALK_MAPPED && scanned.page_size == search->reverse->filter_size;
	search->bits = scanned.entry & ~address;
	search->high = scanned.paddr ^ (scanned.entry & address);
	return search->known;
}

/* Does the window contain only entries that map pages without a requested frame? Most windows do.
 * The scan decodes the entries of all other windows. */
static inline bool has_no_frame(struct window_search *search, const struct scan_window *window,
				size_t size)
{
	const uint64_t address = scan_address_bits(search->space, window->level);
	const uint64_t *filter = search->reverse->filter;
	const unsigned int shift = (unsigned int)__builtin_ctzll(search->reverse->filter_size);

	for (unsigned int i = 0; i < window->nr; i++) {
		uint64_t entry = load_le(window->entries + i * size, size), bit;

		if (!entry)
			continue;
		if ((!search->known || (entry & ~address) != search->bits) &&
		    !decode_bits(search, window, i, address))
			return false;
		bit = (((entry & address) ^ search->high) >> shift) % FILTER_BITS;
		if (filter[bit / 64] >> bit % 64 & 1)
			return false;
	}
	return true;
}

static bool skip_window(void *arg, const struct scan_window *window)
{
	struct window_search *search = arg;

	return search->space->paging->entry_size == 8 ? has_no_frame(search, window, 8) :
							has_no_frame(search, window, 4);
}

bool reverse_add(struct reverse *reverse, struct kernel *kernel, struct scan *scan,
		 struct reverse_owner owner, struct error *err)
{
	const struct space *space = scan->space;
	struct window_search search = { .reverse = reverse, .space = space };
	struct mapping mapping;
	struct scanned scanned;
	bool added = true;

	fill_filter(reverse, UINT64_C(1)
				     << space->paging->level[space->paging->nr_levels - 1].shift);
	scan->take_window = skip_window;
	scan->arg = &search;
	while (added && scan_next(scan, &scanned)) {
		if (scanned.outcome == WALK_MAPPED)
			added = reverse_add_scanned(reverse, space->paging, &scanned, owner, err);
		else if (scanned.outcome == WALK_NOT_PRESENT)
			added = !find_prot_none(kernel, space, &scanned, owner, &mapping) ||
				reverse_add_mapping(reverse, &mapping, err);
		else if (!reverse->gaps.nr++)
			reverse->gaps.first = scanned;
	}
	scan->take_window = NULL;
	scan->arg = NULL;
	return added;
}

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse)
{
	return &reverse->gaps;
}

static int compare_hits(const void *left, const void *right)
{
	const struct reverse_hit *a = left, *b = right;

	return COMPARE(a->frame, b->frame) ?: COMPARE(a->mapping, b->mapping);
}

bool reverse_finish(struct reverse *reverse, const struct listener *listener)
{
	return sort_items(reverse->hits, reverse->nr_hits, sizeof(*reverse->hits), compare_hits,
			  listener);
}

struct reverse_frame reverse_frame(const struct reverse *reverse, uint64_t paddr)
{
	const struct reverse_hit *hits = reverse->hits;
	uint64_t frame = paddr / LEAST_PAGE;
	struct reverse_frame found = {
		.start = ranges_search(hits, reverse->nr_hits, sizeof(*hits),
				       offsetof(struct reverse_hit, frame), frame),
	};

	while (found.start + found.nr < reverse->nr_hits &&
	       hits[found.start + found.nr].frame == frame)
		found.nr++;
	return found;
}

const struct mapping *reverse_mapping(const struct reverse *reverse, struct reverse_frame frame,
				      size_t index)
{
	return &reverse->mappings[reverse->hits[frame.start + index].mapping];
}

/* Compares two indexes of cache types. If the kernel's PAT is unknown, the types can be compared
 * only if the indexes are the same. */
static void compare_caches(const struct entry_rules *rules, unsigned int a, unsigned int b,
			   struct frame_aliases *aliases)
{
	if (a != b && !rules->cache_known)
		aliases->cache_compared = false;
	else if (rules->cache[a] != rules->cache[b])
		aliases->cache_conflict = true;
}

struct frame_aliases reverse_aliases(const struct reverse *reverse, struct reverse_frame frame,
				     const struct entry_rules *rules, bool has_no_execute)
{
	struct frame_aliases aliases = { .cache_compared = true };
	size_t nr_kernel = 0, nr_writable = 0, nr_executable = 0;
	const struct mapping *first = NULL;

	for (size_t i = 0; i < frame.nr; i++) {
		const struct mapping *mapping = reverse_mapping(reverse, frame, i);

		if (!mapping->no_access) {
			first = first ? first : mapping;
			compare_caches(rules, first->cache_index, mapping->cache_index, &aliases);
		}
		/* The mappings of processes do not count, because the kernel may always write to
		 * memory of processes. */
		if (mapping->owner.has_pid) {
			aliases.in_process = true;
			continue;
		}
		nr_kernel++;
		nr_writable += mapping->writable;
		/* If entries have no no-execute bit, all memory is executable. Then executable
		 * mappings do not count. */
		nr_executable += mapping->executable && has_no_execute;
	}
	aliases.writable_alias =
		nr_writable && nr_kernel > 1 && (nr_writable < nr_kernel || nr_executable);
	return aliases;
}
