/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answers/reverse.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/page.h"
#include "base/ranges.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "paging/family.h"

/* Damaged tables can map a frame any number of times: memory is bounded. */
enum { MAX_MAPPINGS = 1 << 20, MAX_HITS = 1 << 21 };

/* One frame of a mapping; a large page has several that were asked for. */
struct hit {
	uint32_t frame;   /* index in frames */
	uint32_t mapping; /* index in mappings */
};

struct reverse {
	uint64_t *frames; /* frame numbers asked for, ascending, each once */
	size_t nr_frames;
	struct mapping *mappings;
	size_t nr_mappings, room_mappings;
	struct hit *hits; /* as found; sorted by frame once finished */
	size_t nr_hits, room_hits;
	struct reverse_gaps gaps;
	size_t *starts; /* once finished: each frame's first hit, and one past the last */
};

static void sort_frames(struct reverse *reverse, const uint64_t *paddrs,
			size_t nr)
{
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 0; i < nr; i++) {
		reverse->frames[i] = paddrs[i] >> PAGE_SHIFT;
		sorted &= !i || reverse->frames[i - 1] <= reverse->frames[i];
	}
	if (!sorted)
		qsort(reverse->frames, nr, sizeof(*reverse->frames),
		      ranges_compare);
	for (size_t i = 0; i < nr; i++)
		if (!kept || reverse->frames[kept - 1] != reverse->frames[i])
			reverse->frames[kept++] = reverse->frames[i];
	reverse->nr_frames = kept;
}

struct reverse *reverse_create(const uint64_t *paddrs, size_t nr,
			       struct error *err)
{
	struct reverse *reverse = calloc(1, sizeof(*reverse));

	if (reverse && nr <= UINT32_MAX)
		reverse->frames = calloc(nr ? nr : 1, sizeof(*reverse->frames));
	if (!reverse || !reverse->frames) {
		reverse_destroy(reverse);
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	sort_frames(reverse, paddrs, nr);
	return reverse;
}

void reverse_destroy(struct reverse *reverse)
{
	if (!reverse)
		return;
	free(reverse->frames);
	free(reverse->mappings);
	free(reverse->hits);
	free(reverse->starts);
	free(reverse);
}

/* Index of the first frame asked for that is not below frame. */
static size_t frame_index(const struct reverse *reverse, uint64_t frame)
{
	return ranges_search(reverse->frames, reverse->nr_frames,
			     sizeof(*reverse->frames), 0, frame);
}

/* Grows an array of mappings or hits. NULL with err: out of memory, or too many. */
static void *make_room(void *array, size_t element, size_t used, size_t *room,
		       size_t most, struct error *err)
{
	void *more = NULL;

	if (used >= most)
		fail(err, ERROR_FORMAT,
		     "more than %zu mappings of these frames: the page tables are damaged, or the result is too large to be useful; what was found so far is shown",
		     most);
	else if (!(more = array_grow(array, used, room, element)))
		fail(err, ERROR_SYSTEM, "out of memory");
	return more;
}

static bool add_mapping(struct reverse *reverse, const struct mapping *mapping,
			struct error *err)
{
	struct mapping *more = make_room(
		reverse->mappings, sizeof(*more), reverse->nr_mappings,
		&reverse->room_mappings, MAX_MAPPINGS, err);

	if (more) {
		reverse->mappings = more;
		more[reverse->nr_mappings++] = *mapping;
	}
	return more;
}

static bool add_hit(struct reverse *reverse, size_t frame, struct error *err)
{
	struct hit *more =
		make_room(reverse->hits, sizeof(*more), reverse->nr_hits,
			  &reverse->room_hits, MAX_HITS, err);

	if (more) {
		reverse->hits = more;
		more[reverse->nr_hits++] = (struct hit){
			.frame = (uint32_t)frame,
			.mapping = (uint32_t)(reverse->nr_mappings - 1),
		};
	}
	return more;
}

/* Adds a page if one of its frames was asked for. */
static bool add_page(struct reverse *reverse, const struct mapping *mapping,
		     struct error *err)
{
	uint64_t first = mapping->paddr >> PAGE_SHIFT;
	uint64_t last =
		(mapping->paddr + (mapping->page_size - 1)) >> PAGE_SHIFT;
	size_t at = frame_index(reverse, first);

	if (at == reverse->nr_frames || reverse->frames[at] > last)
		return true;
	if (!add_mapping(reverse, mapping, err))
		return false;
	for (; at < reverse->nr_frames && reverse->frames[at] <= last; at++)
		if (!add_hit(reverse, at, err))
			return false;
	return true;
}

/* Adds a page, or many pages that are mapped to the same frame. */
static bool add_scanned(struct reverse *reverse, const struct paging *paging,
			const struct scanned *scanned,
			struct reverse_owner owner, struct error *err)
{
	struct mapping mapping = {
		.first = scanned->first, .paddr = scanned->paddr,
		.page_size = scanned->page_size, .owner = owner,
		.cache_index = (uint8_t)paging->family->cache_index(
			paging, scanned->level, scanned->entry),
		.writable = scanned->writable,
		.executable = scanned->executable, .user = scanned->user,
	};

	for (;;) {
		size_t before = reverse->nr_mappings;

		if (!add_page(reverse, &mapping, err))
			return false;
		if (scanned->last - mapping.first < mapping.page_size ||
		    reverse->nr_mappings == before) /* not asked for */
			return true;
		mapping.first += mapping.page_size;
	}
}

static bool add_prot_none(struct reverse *reverse, struct kernel *kernel,
			  const struct space *space,
			  const struct scanned *scanned,
			  struct reverse_owner owner, struct error *err)
{
	struct entry_meaning meaning = kernel_describe_entry(
		kernel, space->paging, scanned->level,
		scanned->entry & ~space->encrypt_mask);
	struct mapping mapping = {
		.first = scanned->first, .paddr = meaning.physical,
		.page_size = scanned->page_size, .owner = owner,
		.no_access = true,
	};

	return meaning.kind != ENTRY_PROT_NONE || !meaning.has_physical ||
	       add_page(reverse, &mapping, err);
}

bool reverse_add(struct reverse *reverse, struct kernel *kernel,
		 struct scan *scan, struct reverse_owner owner,
		 struct error *err)
{
	const struct space *space = scan->space;
	struct scanned scanned;
	bool added = true;

	while (added && scan_next(scan, &scanned)) {
		if (scanned.outcome == WALK_MAPPED)
			added = add_scanned(reverse, space->paging, &scanned,
					    owner, err);
		else if (scanned.outcome == WALK_NOT_PRESENT)
			added = add_prot_none(reverse, kernel, space, &scanned,
					      owner, err);
		else if (!reverse->gaps.nr++)
			reverse->gaps.first = scanned;
	}
	return added;
}

const struct reverse_gaps *reverse_gaps(const struct reverse *reverse)
{
	return &reverse->gaps;
}

/* A counting sort: stable, and linear in the number of hits. */
bool reverse_finish(struct reverse *reverse, struct error *err)
{
	size_t *starts = calloc(reverse->nr_frames + 2, sizeof(*starts));
	struct hit *sorted = calloc(reverse->nr_hits ? reverse->nr_hits : 1,
				    sizeof(*sorted));

	if (!starts || !sorted) {
		free(starts);
		free(sorted);
		return fail(err, ERROR_SYSTEM, "out of memory");
	}
	for (size_t i = 0; i < reverse->nr_hits; i++)
		starts[reverse->hits[i].frame + 2]++;
	for (size_t i = 2; i < reverse->nr_frames + 2; i++)
		starts[i] += starts[i - 1];
	/* starts[frame + 1] runs from the frame's start to the next one's. */
	for (size_t i = 0; i < reverse->nr_hits; i++)
		sorted[starts[reverse->hits[i].frame + 1]++] = reverse->hits[i];
	free(reverse->hits);
	reverse->hits = sorted;
	reverse->starts = starts;
	return true;
}

struct reverse_frame reverse_frame(const struct reverse *reverse,
				   uint64_t paddr, size_t *hint)
{
	uint64_t frame = paddr >> PAGE_SHIFT;
	size_t at = *hint;

	/* Most callers ask in order. */
	if (at >= reverse->nr_frames || reverse->frames[at] != frame)
		at = frame_index(reverse, frame);
	if (at == reverse->nr_frames || reverse->frames[at] != frame)
		return (struct reverse_frame){ 0, 0 };
	*hint = at + 1;
	return (struct reverse_frame){
		reverse->starts[at],
		reverse->starts[at + 1] - reverse->starts[at],
	};
}

const struct mapping *reverse_mapping(const struct reverse *reverse,
				      struct reverse_frame frame, size_t index)
{
	return &reverse->mappings[reverse->hits[frame.start + index].mapping];
}
