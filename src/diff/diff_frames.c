/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "diff/diff.h"

#include <stdlib.h>
#include <string.h>

#include "query/memory_runs.h"

/* Number of frames that are compared in one step. */
enum { PIECE = 1 << 16 };

struct diff_frames_runs {
	struct frame_run run[PIECE]; /* each run has at least one frame */
	size_t nr;
};

struct diff_frames_comparison {
	const struct pair *pair;
	struct frames_diff diff;
	uint64_t nr[NR_DIFF_STATUSES]; /* number of frames, as in struct diff_summary */
	size_t most; /* largest number of changes to store */
	struct frame_change pending;
	bool has_pending;
	struct diff_frames_runs runs[NR_SIDES];
};

/* --- changes --- */

static void diff_frames_end_pending(struct diff_frames_comparison *comparison)
{
	const struct frame_change *change = &comparison->pending;
	struct frames_diff *diff = &comparison->diff;
	size_t at = diff->nr_largest;

	if (!comparison->has_pending)
		return;
	comparison->has_pending = false;
	while (at && diff->largest[at - 1].last - diff->largest[at - 1].first <
			     change->last - change->first)
		at--;
	if (at == comparison->most)
		return;
	if (diff->nr_largest < comparison->most)
		diff->nr_largest++;
	memmove(&diff->largest[at + 1], &diff->largest[at],
		(diff->nr_largest - 1 - at) * sizeof(*diff->largest));
	diff->largest[at] = *change;
}

static void note_change(struct diff_frames_comparison *comparison,
			const enum page_use_kind use[NR_SIDES], uint64_t first, uint64_t last)
{
	struct frame_change *pending = &comparison->pending;

	if (comparison->has_pending && pending->last + 1 == first &&
	    pending->use[THIS] == use[THIS] && pending->use[OTHER] == use[OTHER]) {
		pending->last = last;
		return;
	}
	diff_frames_end_pending(comparison);
	*pending = (struct frame_change){ first, last, { use[THIS], use[OTHER] } };
	comparison->has_pending = true;
}

/* Counts the frames from first to last, both inclusive. use: the use of these frames in each
 * dump. */
static void diff_frames_take(struct diff_frames_comparison *comparison,
			     const enum page_use_kind use[NR_SIDES], uint64_t first, uint64_t last)
{
	struct frames_diff *diff = &comparison->diff;
	uint64_t nr = last - first + 1;

	if (use[THIS] == PAGE_USE_NONE && use[OTHER] == PAGE_USE_NONE)
		return;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (!diff->frames[THIS][use[side]] && !diff->frames[OTHER][use[side]])
			diff->use[diff->nr_uses++] = use[side];
		diff->frames[side][use[side]] += nr;
	}
	if (!diff->has_changes)
		return;
	diff->changed[use[OTHER]][use[THIS]] += nr;
	if (page_use_is_lost(use[THIS]) || page_use_is_lost(use[OTHER])) {
		comparison->nr[DIFF_UNKNOWN] += nr;
	} else if (use[THIS] == use[OTHER]) {
		comparison->nr[DIFF_SAME] += nr;
	} else {
		comparison->nr[DIFF_CHANGED] += nr;
		note_change(comparison, use, first, last);
	}
}

/* Compares only the total of each use. The smaller total counts as equal frames, and the difference
 * to the larger total as changed frames. */
static void diff_frames_compare_totals(struct diff_frames_comparison *comparison)
{
	for (enum page_use_kind use = 0; use < NR_PAGE_USES; use++) {
		uint64_t this = comparison->diff.frames[THIS][use],
			 other = comparison->diff.frames[OTHER][use];

		if (use == PAGE_USE_NONE)
			continue;
		if (page_use_is_lost(use)) {
			comparison->nr[DIFF_UNKNOWN] += this > other ? this : other;
			continue;
		}
		comparison->nr[DIFF_SAME] += this < other ? this : other;
		comparison->nr[DIFF_CHANGED] += this > other ? this - other : 0;
	}
}

/* --- passes --- */

static bool diff_frames_add_run(const struct frame_run *run, void *arg)
{
	struct diff_frames_runs *runs = arg;

	if (runs->nr == PIECE)
		return false;
	runs->run[runs->nr++] = *run;
	return true;
}

/* Returns the use of the frame pfn. Sets *until to the last of the next frames with the same use,
 * but at most to `last`. *at: index of the run at which the search begins. It is increased, so pfn
 * must not decrease from call to call. */
static enum page_use_kind use_at(const struct diff_frames_runs *runs, size_t *at, uint64_t pfn,
				 uint64_t last, uint64_t *until)
{
	const struct frame_run *run;

	while (*at < runs->nr && runs->run[*at].last < pfn)
		++*at;
	*until = last;
	if (*at == runs->nr)
		return PAGE_USE_NONE;
	run = &runs->run[*at];
	if (run->first > pfn) {
		*until = run->first - 1;
		return PAGE_USE_NONE;
	}
	if (run->last < last)
		*until = run->last;
	return run->use;
}

static void compare_piece(struct diff_frames_comparison *comparison, uint64_t first, uint64_t last)
{
	size_t at[NR_SIDES] = { 0 };
	uint64_t until[NR_SIDES], to;

	for (uint64_t pfn = first; pfn <= last; pfn = to + 1) {
		enum page_use_kind use[NR_SIDES];

		for (enum pair_side side = 0; side < NR_SIDES; side++)
			use[side] =
				use_at(&comparison->runs[side], &at[side], pfn, last, &until[side]);
		to = until[THIS] < until[OTHER] ? until[THIS] : until[OTHER];
		diff_frames_take(comparison, use, pfn, to);
	}
}

/* Returns the first frame of the next piece after the frame `last`. Skips holes: frames without
 * struct pages in both dumps. */
static uint64_t next_piece(const struct diff_frames_comparison *comparison, uint64_t last)
{
	uint64_t next = UINT64_MAX, behind;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		behind = comparison->runs[side].nr ?
				 0 :
				 page_behind_hole(comparison->pair->kernel[side], last);
		next = behind < next ? behind : next;
	}
	return next > last ? next : last + 1;
}

static bool diff_frames_compare_all(struct diff_frames_comparison *comparison, uint64_t end,
				    struct error *err)
{
	const struct pair *pair = comparison->pair;

	for (uint64_t pfn = 0, last; pfn < end && !pair_stopped(pair);
	     pfn = next_piece(comparison, last)) {
		last = pfn + (PIECE - 1);

		for (enum pair_side side = 0; side < NR_SIDES; side++) {
			struct memory_question question = {
				.frames = { .first = pfn, .last = last },
				.visit = diff_frames_add_run,
				.arg = &comparison->runs[side],
			};

			comparison->runs[side].nr = 0;
			if (!query_memory_runs(pair->kernel[side], &question, err))
				return pair_blame(side, err);
		}
		compare_piece(comparison, pfn, last);
	}
	diff_frames_end_pending(comparison);
	return true;
}

static bool diff_frames_find_end(const struct pair *pair, uint64_t *end, struct error *err)
{
	uint64_t max_pfn;

	*end = 0;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (!kernel_require(pair->kernel[side], FACT_MAX_PFN, &max_pfn, err))
			return pair_blame(side, err);
		if (max_pfn > *end)
			*end = max_pfn;
	}
	return true;
}

bool diff_frames(const struct diff *diff)
{
	struct error *err = &diff->summary->why;
	struct diff_frames_comparison *comparison = calloc(1, sizeof(*comparison));
	uint64_t end;
	bool done;

	if (!comparison)
		return out_of_memory(err);
	comparison->pair = diff->pair;
	comparison->diff.has_changes = diff->pair->same_boot != NO;
	comparison->most =
		diff->visitor->nr_runs < MOST_FRAME_RUNS ? diff->visitor->nr_runs : MOST_FRAME_RUNS;
	done = diff_frames_find_end(diff->pair, &end, err) &&
	       diff_frames_compare_all(comparison, end, err);
	if (done) {
		const struct diff_row row = { .part = PART_FRAMES, .frames = &comparison->diff };

		if (!comparison->diff.has_changes)
			diff_frames_compare_totals(comparison);
		diff->visitor->visit(&row, diff->visitor->arg);
		memcpy(diff->summary->nr, comparison->nr, sizeof(comparison->nr));
	}
	free(comparison);
	return done;
}
