/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "diff/diff_mappings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "kernel/entry.h"
#include "paging/scan.h"
#include "tasks/mm.h"
#include "whatis/nowhere.h"

/* One dump's ranges of a window, as distances from its beginning. */
struct stream {
	struct range_scan ranges;
	uint64_t base, span; /* of the window: first address; last distance */
	bool has_cache;
	bool has_range;
	uint64_t first, last; /* distances, inclusive */
	struct mapping mapping;
};

struct comparison {
	struct stream stream[NR_SIDES];
	const struct window *window;
	struct mapping_diff pending; /* grows until a mapping changes */
	bool has_pending, done;
	bool (*visit)(const struct mapping_diff *diff, void *arg);
	void *arg;
	struct mapping_counts *counts;
};

/* --- a stream --- */

static struct mapping mapping_of(const struct scanned *range, bool has_cache)
{
	struct mapping mapping = { .kind = MAPPING_CORRUPT };

	if (range->outcome == WALK_UNREADABLE) {
		mapping.kind = MAPPING_UNREADABLE;
		mapping.reason = range->reason;
	} else if (range->outcome == WALK_MAPPED) {
		mapping.kind = MAPPING_PAGES;
		mapping.writable = range->writable;
		mapping.executable = range->executable;
		mapping.user = range->user;
		mapping.nowhere = range->apart;
		mapping.has_cache = has_cache;
		mapping.cache = has_cache ? range->cache : 0;
	}
	return mapping;
}

/* A page at either end of the window is scanned whole. */
static void stream_next(struct stream *stream)
{
	struct scanned range;

	stream->has_range = range_next(&stream->ranges, &range);
	if (!stream->has_range)
		return;
	stream->first = range.first > stream->base ? range.first - stream->base :
						     0;
	stream->last = range.last - stream->base;
	if (stream->last > stream->span)
		stream->last = stream->span;
	stream->mapping = mapping_of(&range, stream->has_cache);
}

static bool is_nowhere(void *kernel, uint64_t paddr)
{
	return kernel_is_nowhere(kernel, paddr);
}

static void stream_start(struct stream *stream, struct kernel *kernel,
			 const struct space *space, uint64_t first,
			 uint64_t last, bool has_cache)
{
	stream->base = first;
	stream->span = last - first;
	stream->has_cache = has_cache;
	kernel_range_start(kernel, &stream->ranges, space, first, last);
	/* The kernel may map devices that it does not list. */
	if (space != kernel_space(kernel, NULL))
		stream->ranges.is_apart = is_nowhere;
	stream->ranges.arg = kernel;
	stream_next(stream);
}

/* What is at a distance, which never goes back, and up to which one that is so. */
static struct mapping stream_at(struct stream *stream, uint64_t at,
				uint64_t *until)
{
	static const struct mapping nothing = { .kind = MAPPING_NONE };

	while (stream->has_range && stream->last < at)
		stream_next(stream);
	*until = UINT64_MAX;
	if (!stream->has_range)
		return nothing;
	if (stream->first > at) {
		*until = stream->first - 1;
		return nothing;
	}
	*until = stream->last;
	return stream->mapping;
}

static bool stream_ended(const struct stream *stream, struct error *err)
{
	const struct scan *scan = &stream->ranges.scan;

	switch (scan->end) {
	case SCAN_ENDLESS:
		return fail(err, ERROR_FORMAT,
			    "stopped at %" PRIx64 " of a dump: its tables name each other; what lies before it was compared",
			    scan_position(scan));
	case SCAN_NO_MEMORY:
		return out_of_memory(err);
	default:
		return true; /* of a stop the command tells */
	}
}

/* --- comparing --- */

static bool is_same(const struct mapping *one, const struct mapping *other)
{
	return one->kind == other->kind && one->reason == other->reason &&
	       one->writable == other->writable &&
	       one->executable == other->executable &&
	       one->user == other->user && one->nowhere == other->nowhere &&
	       one->cache == other->cache;
}

static enum diff_status compare(const struct mapping *this,
				const struct mapping *other)
{
	if (this->kind == MAPPING_UNREADABLE ||
	    other->kind == MAPPING_UNREADABLE)
		return DIFF_UNKNOWN;
	if (is_same(this, other))
		return DIFF_SAME;
	if (this->kind == MAPPING_NONE)
		return DIFF_VANISHED;
	return other->kind == MAPPING_NONE ? DIFF_APPEARED : DIFF_CHANGED;
}

static void end_pending(struct comparison *comparison)
{
	const struct mapping_diff *diff = &comparison->pending;
	struct mapping_counts *counts = comparison->counts;

	if (!comparison->has_pending)
		return;
	comparison->has_pending = false;
	counts->ranges.nr[diff->status]++;
	counts->bytes[diff->status] += diff->last[THIS] - diff->first[THIS] + 1;
	if (diff->status != DIFF_SAME)
		comparison->done = !comparison->visit(diff, comparison->arg);
}

/* The addresses from one distance to another, where both mappings are the same all over. */
static void take(struct comparison *comparison,
		 const struct mapping mapping[NR_SIDES], uint64_t from,
		 uint64_t to)
{
	struct mapping_diff *pending = &comparison->pending;
	bool nothing = mapping[THIS].kind == MAPPING_NONE &&
		       mapping[OTHER].kind == MAPPING_NONE;

	if (nothing || !comparison->has_pending ||
	    !is_same(&pending->mapping[THIS], &mapping[THIS]) ||
	    !is_same(&pending->mapping[OTHER], &mapping[OTHER]))
		end_pending(comparison);
	if (nothing)
		return;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		uint64_t base = comparison->window->first[side];

		if (!comparison->has_pending)
			pending->first[side] = base + from;
		pending->last[side] = base + to;
		pending->mapping[side] = mapping[side];
	}
	pending->window = comparison->window;
	pending->status = compare(&mapping[THIS], &mapping[OTHER]);
	comparison->has_pending = true;
}

static void compare_window(struct comparison *comparison,
			   const struct pair *pair)
{
	struct stream *stream = comparison->stream;
	uint64_t span = stream[THIS].span > stream[OTHER].span ?
				stream[THIS].span :
				stream[OTHER].span;
	uint64_t at = 0, until[NR_SIDES], to;

	for (;;) {
		struct mapping mapping[NR_SIDES];

		for (enum pair_side side = 0; side < NR_SIDES; side++)
			mapping[side] =
				stream_at(&stream[side], at, &until[side]);
		to = until[THIS] < until[OTHER] ? until[THIS] : until[OTHER];
		if (to > span)
			to = span;
		if (comparison->done || pair_stopped(pair))
			return;
		take(comparison, mapping, at, to);
		if (to == span)
			break;
		at = to + 1;
	}
	end_pending(comparison);
}

static bool run_window(struct comparison *comparison, const struct pair *pair,
		       const struct space *const space[NR_SIDES],
		       const struct window *window, struct error *err)
{
	struct stream *stream = comparison->stream;
	bool complete;

	comparison->window = window;
	comparison->has_pending = false;
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		stream_start(&stream[side], pair->kernel[side], space[side],
			     window->first[side], window->last[side],
			     comparison->counts->cache_compared);
	compare_window(comparison, pair);
	complete = stream_ended(&stream[THIS], err) &&
		   stream_ended(&stream[OTHER], err);
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		scan_release(&stream[side].ranges.scan);
	return complete;
}

static bool run(const struct pair *pair, const struct space *const space[],
		const struct window *window, size_t nr,
		bool (*visit)(const struct mapping_diff *diff, void *arg),
		void *arg, struct mapping_counts *counts, struct error *err)
{
	struct comparison *comparison = malloc(sizeof(*comparison));
	bool complete = true;

	if (!comparison)
		return out_of_memory(err);
	comparison->visit = visit;
	comparison->arg = arg;
	comparison->counts = counts;
	comparison->done = false;
	counts->cache_compared =
		kernel_entry_rules(pair->kernel[THIS])->cache_known &&
		kernel_entry_rules(pair->kernel[OTHER])->cache_known;
	for (size_t i = 0; i < nr && complete && !comparison->done &&
			   !pair_stopped(pair);
	     i++)
		complete = run_window(comparison, pair, space, &window[i], err);
	free(comparison);
	return complete;
}

bool diff_mappings(const struct pair *pair, const struct windows *windows,
		   bool (*visit)(const struct mapping_diff *diff, void *arg),
		   void *arg, struct mapping_counts *counts, struct error *err)
{
	const struct space *space[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		space[side] = kernel_space(pair->kernel[side], err);
		if (!space[side])
			return false;
	}
	return run(pair, space, windows->window, windows->nr, visit, arg,
		   counts, err);
}

bool diff_process_mappings(
	const struct pair *pair, const struct process *const process[NR_SIDES],
	bool (*visit)(const struct mapping_diff *diff, void *arg), void *arg,
	struct mapping_counts *counts, struct error *err)
{
	const struct space *const space[NR_SIDES] = { &process[THIS]->user,
						      &process[OTHER]->user };
	const struct window window = {
		.last = { process[THIS]->user_last, process[OTHER]->user_last },
		.region = "user",
	};

	return pair_require_paging(pair, err) &&
	       run(pair, space, &window, 1, visit, arg, counts, err);
}
