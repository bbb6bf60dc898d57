/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "diff/diff_frames.h"

#include <stdlib.h>
#include <string.h>

#include "frames/frame_runs.h"

/* Frames that are looked at together. */
enum { PIECE = 1 << 16 };

struct runs {
	struct frame_run run[PIECE]; /* each has one frame at least */
	size_t nr;
};

struct comparison {
	const struct pair *pair;
	struct frames_diff *diff;
	size_t most; /* changes that are kept */
	struct frame_change pending;
	bool has_pending;
	struct runs runs[NR_SIDES];
};

/* --- totals --- */

static bool is_use(const char *one, const char *other)
{
	return one == other || (one && other && !strcmp(one, other));
}

/* The number of a use; of more than there can be the last stands for the rest. */
static size_t use_number(struct frames_diff *diff, const char *use)
{
	for (size_t i = 0; i < diff->nr_uses; i++)
		if (is_use(diff->use[i], use))
			return i;
	if (diff->nr_uses == MOST_FRAME_USES)
		return MOST_FRAME_USES - 1;
	diff->use[diff->nr_uses] = use;
	return diff->nr_uses++;
}

/* Does the dump not tell what the frame is used for? */
static bool is_unknown(const char *use)
{
	return is_use(use, "unreadable") || is_use(use, "damaged");
}

/* --- changes --- */

static void end_pending(struct comparison *comparison)
{
	const struct frame_change *change = &comparison->pending;
	struct frames_diff *diff = comparison->diff;
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

static void note_change(struct comparison *comparison,
			const char *const use[NR_SIDES], uint64_t first,
			uint64_t last)
{
	struct frame_change *pending = &comparison->pending;

	if (comparison->has_pending && pending->last + 1 == first &&
	    is_use(pending->use[THIS], use[THIS]) &&
	    is_use(pending->use[OTHER], use[OTHER])) {
		pending->last = last;
		return;
	}
	end_pending(comparison);
	*pending = (struct frame_change){ first, last,
					  { use[THIS], use[OTHER] } };
	comparison->has_pending = true;
}

/* Frames of one use in each dump. */
static void take(struct comparison *comparison, const char *const use[NR_SIDES],
		 uint64_t first, uint64_t last)
{
	struct frames_diff *diff = comparison->diff;
	uint64_t nr = last - first + 1;
	size_t number[NR_SIDES];

	if (!use[THIS] && !use[OTHER])
		return;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		number[side] = use_number(diff, use[side]);
		diff->frames[side][number[side]] += nr;
	}
	if (!diff->has_changes)
		return;
	diff->changed[number[OTHER]][number[THIS]] += nr;
	if (is_unknown(use[THIS]) || is_unknown(use[OTHER])) {
		diff->unknown += nr;
	} else if (is_use(use[THIS], use[OTHER])) {
		diff->same += nr;
	} else {
		diff->differ += nr;
		note_change(comparison, use, first, last);
	}
}

/* What of each use both have is the same; the rest of the larger total is not. */
static void compare_totals(struct frames_diff *diff)
{
	for (size_t i = 0; i < diff->nr_uses; i++) {
		uint64_t this = diff->frames[THIS][i],
			 other = diff->frames[OTHER][i];

		if (!diff->use[i])
			continue;
		if (is_unknown(diff->use[i])) {
			diff->unknown += this > other ? this : other;
			continue;
		}
		diff->same += this < other ? this : other;
		diff->differ += this > other ? this - other : 0;
	}
}

/* --- passes --- */

static bool add_run(const struct frame_run *run, void *arg)
{
	struct runs *runs = arg;

	if (runs->nr == PIECE)
		return false;
	runs->run[runs->nr++] = *run;
	return true;
}

/* The use of pfn, and the last frame up to last that has it. */
static const char *use_at(const struct runs *runs, size_t *at, uint64_t pfn,
			  uint64_t last, uint64_t *until)
{
	const struct frame_run *run;

	while (*at < runs->nr && runs->run[*at].last < pfn)
		++*at;
	*until = last;
	if (*at == runs->nr)
		return NULL;
	run = &runs->run[*at];
	if (run->first > pfn) {
		*until = run->first - 1;
		return NULL;
	}
	if (run->last < last)
		*until = run->last;
	return run->use;
}

static void compare_piece(struct comparison *comparison, uint64_t first,
			  uint64_t last)
{
	size_t at[NR_SIDES] = { 0 };
	uint64_t until[NR_SIDES], to;

	for (uint64_t pfn = first; pfn <= last; pfn = to + 1) {
		const char *use[NR_SIDES];

		for (enum pair_side side = 0; side < NR_SIDES; side++)
			use[side] = use_at(&comparison->runs[side], &at[side],
					   pfn, last, &until[side]);
		to = until[THIS] < until[OTHER] ? until[THIS] : until[OTHER];
		take(comparison, use, pfn, to);
	}
}

/* Where the next piece begins: behind a hole that both dumps have there. */
static uint64_t next_piece(const struct comparison *comparison, uint64_t last)
{
	uint64_t next = UINT64_MAX, behind;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		behind = comparison->runs[side].nr ?
				 0 :
				 kernel_frame_behind_hole(
					 comparison->pair->kernel[side], last);
		next = behind < next ? behind : next;
	}
	return next > last ? next : last + 1;
}

static bool compare_all(struct comparison *comparison, uint64_t end,
			struct error *err)
{
	const struct pair *pair = comparison->pair;

	for (uint64_t pfn = 0, last; pfn < end && !pair_stopped(pair);
	     pfn = next_piece(comparison, last)) {
		last = pfn + (PIECE - 1);

		for (enum pair_side side = 0; side < NR_SIDES; side++) {
			comparison->runs[side].nr = 0;
			if (!kernel_frame_runs(pair->kernel[side], pfn, last,
					       add_run, &comparison->runs[side],
					       err))
				return pair_blame(side, err);
		}
		compare_piece(comparison, pfn, last);
	}
	end_pending(comparison);
	return true;
}

bool diff_frames(const struct pair *pair, size_t nr_largest,
		 struct frames_diff *diff, struct error *err)
{
	struct comparison *comparison = calloc(1, sizeof(*comparison));
	uint64_t max_pfn, end = 0;
	bool done = comparison || fail(err, ERROR_SYSTEM, "out of memory");

	*diff = (struct frames_diff){ .has_changes = pair->same_boot != NO };
	for (enum pair_side side = 0; side < NR_SIDES && done; side++) {
		done = kernel_require(pair->kernel[side], FACT_MAX_PFN,
				      &max_pfn, err) ||
		       pair_blame(side, err);
		if (done && max_pfn > end)
			end = max_pfn;
	}
	if (done) {
		comparison->pair = pair;
		comparison->diff = diff;
		comparison->most = nr_largest < MOST_FRAME_RUNS ?
					   nr_largest :
					   MOST_FRAME_RUNS;
		done = compare_all(comparison, end, err);
		if (!diff->has_changes)
			compare_totals(diff);
	}
	free(comparison);
	return done;
}
