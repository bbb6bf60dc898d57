/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/sort.h"
#include "diff/diff.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "linux/module/modules.h"
#include "linux/task/mm.h"
#include "paging/scan.h"
#include "query/nowhere.h"

/* --- windows --- */

static bool diff_windows_add(struct windows *windows, const struct window *window,
			     struct error *err)
{
	return array_add(&windows->window, &windows->nr, &windows->room, window, sizeof(*window)) ||
	       out_of_memory(err);
}

/* --- one boot --- */

static bool add_half(struct windows *windows, const struct pair *pair, struct error *err)
{
	const struct paging *paging = kernel_paging(pair->kernel[THIS], err);
	struct window window = { 0 };

	if (!paging)
		return false;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (!task_kernel_half(pair->kernel[side], &window.first[side], err))
			return false;
		window.last[side] = paging_last_address(paging);
	}
	/* On i386, PAGE_OFFSET is chosen when the kernel is built, so it can differ. */
	if (window.first[THIS] != window.first[OTHER])
		return fail(err, ERROR_NO_ANSWER,
			    "the kernel's half begins at another address in the other dump");
	return diff_windows_add(windows, &window, err);
}

/* --- two boots: regions --- */

/* Returns true if the content of a region of this kind is at the same distances from the region's
 * start in each boot. All other regions differ in each boot: in vmalloc and similar regions,
 * addresses depend on earlier allocations, and in the direct map, access rights depend on the use
 * of frames. KASLR shuffles the CPU entry areas. */
static bool is_laid_out(enum region_kind kind)
{
	return kind == REGION_VMEMMAP || kind == REGION_KERNEL_IMAGE || kind == REGION_FIXMAP ||
	       kind == REGION_VSYSCALL;
}

/* Cuts the window to the kernel's image, which begins at the first linked address. On some
 * architectures, KASLR moves the image within its region, by FACT_KASLR_OFFSET. On others
 * (image_is_apart), it moves the whole region, so nothing is cut. */
static bool diff_windows_find_image(const struct pair *pair, struct window *window)
{
	uint64_t offset;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		if (pair->kernel[side]->arch->image_is_apart)
			continue;
		if (!kernel_fact(pair->kernel[side], FACT_KASLR_OFFSET, &offset) ||
		    offset >= window->last[side] - window->first[side])
			return false;
		window->first[side] += offset;
	}
	return true;
}

static bool add_regions(struct windows *windows, const struct pair *pair, struct error *err)
{
	const struct region_list *list[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		list[side] = region_all(pair->kernel[side], err);
		if (!list[side])
			return false;
	}
	for (size_t i = 0; i < list[THIS]->nr; i++) {
		const struct region *this = &list[THIS]->region[i];
		const struct region *other = diff_region_counterpart(list[THIS], i, list[OTHER]);
		struct window window = { .region = region_names[this->kind] };

		if (!is_laid_out(this->kind) || !other)
			continue;
		window.first[THIS] = this->first;
		window.last[THIS] = this->last;
		window.first[OTHER] = other->first;
		window.last[OTHER] = other->last;
		if (this->kind == REGION_KERNEL_IMAGE && !diff_windows_find_image(pair, &window))
			continue;
		if (!diff_windows_add(windows, &window, err))
			return false;
	}
	return true;
}

/* --- two boots: modules --- */

static int compare_parts(const void *one, const void *two)
{
	const struct module_range *a = one, *b = two;

	return strcmp(a->name, b->name) ?:
		       strcmp(module_part_names[a->part], module_part_names[b->part]);
}

/* Returns the parts of all modules, sorted by name. The caller frees the array. Returns NULL and
 * sets *nr to 0 if there are no parts, or after an error, which is in err. */
static struct module_range *sorted_parts(struct kernel *kernel, size_t *nr, struct error *err)
{
	const struct module_range *all = module_all_ranges(kernel, 0, UINT64_MAX, nr);
	struct module_range *parts = *nr ? calloc(*nr, sizeof(*parts)) : NULL;

	if (!*nr)
		return NULL;
	if (parts)
		memcpy(parts, all, *nr * sizeof(*parts));
	if (parts && sort_items(parts, *nr, sizeof(*parts), compare_parts, kernel->listener))
		return parts;
	free(parts);
	*nr = 0;
	fail(err, ERROR_SYSTEM, "the modules could not be sorted");
	return NULL;
}

static bool diff_windows_add_part(struct windows *windows, const struct pair *pair,
				  const void *const parts[NR_SIDES], struct error *err)
{
	const struct module_range *const part[NR_SIDES] = { parts[THIS], parts[OTHER] };
	struct window window = {
		.region = region_names[REGION_MODULES],
		.part = module_part_names[part[THIS]->part],
	};

	memcpy(window.module, part[THIS]->name, sizeof(window.module));
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		window.first[side] = kernel_page_first(pair->kernel[side], part[side]->first);
		window.last[side] = kernel_page_last(pair->kernel[side], part[side]->last);
	}
	return diff_windows_add(windows, &window, err);
}

/* Adds the kernel's image on i386, where the image has no separate region, but is in the direct
 * map. */
static bool add_low_image(struct windows *windows, const struct pair *pair, struct error *err)
{
	struct window window = { .region = region_names[REGION_DIRECT_MAP], .part = "image" };
	uint64_t start, end;

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		const struct region *region;

		if (!kernel_symbol(pair->kernel[side], "_text", &start, NULL) ||
		    !kernel_symbol(pair->kernel[side], "_end", &end, NULL) || end <= start)
			return true;
		region = region_of(pair->kernel[side], start, NULL);
		if (!region || region->kind != REGION_DIRECT_MAP)
			return true;
		window.first[side] = kernel_page_first(pair->kernel[side], start);
		window.last[side] = kernel_page_last(pair->kernel[side], end - 1);
	}
	return diff_windows_add(windows, &window, err);
}

static bool add_modules(struct windows *windows, const struct pair *pair, struct error *err)
{
	struct module_range *parts[NR_SIDES] = { NULL };
	struct error why = { .code = ERROR_NONE };
	struct pair_merge merge = { .size = sizeof(**parts), .compare = compare_parts };
	const void *part[NR_SIDES];

	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		parts[side] = sorted_parts(pair->kernel[side], &merge.nr[side], &why);
		merge.items[side] = parts[side];
	}
	while (!why.code && pair_next(&merge, part))
		if (part[THIS] && part[OTHER])
			diff_windows_add_part(windows, pair, part, &why);
	free(parts[THIS]);
	free(parts[OTHER]);
	return !why.code || fail(err, why.code, "%s", why.message);
}

/* --- all windows --- */

/* Finds the parts of the kernels' halves that correspond to each other. If the dumps are of one
 * boot, or may be, the result is the whole half. For dumps of different boots, the result consists
 * of the regions that are laid out in the same way in each boot, and of the parts of modules that
 * are in both dumps. Returns false and sets err if no parts correspond. */
static bool windows_find(struct windows *windows, const struct pair *pair, struct error *err)
{
	*windows = (struct windows){ 0 };
	if (!pair_require_paging(pair, err))
		return false;
	if (pair->build == BUILD_DIFFERENT)
		return fail(
			err, ERROR_NO_ANSWER,
			"these are dumps of different kernels (%s), which have no corresponding addresses",
			pair->build_proof);
	if (pair->same_boot != NO)
		return add_half(windows, pair, err);
	return add_regions(windows, pair, err) && add_low_image(windows, pair, err) &&
	       add_modules(windows, pair, err);
}

static void windows_release(struct windows *windows)
{
	free(windows->window);
	*windows = (struct windows){ 0 };
}

/* --- mappings --- */

/* The mapped ranges of one dump in a window. Positions are given as distances from the start of the
 * window. */
struct stream {
	struct range_scan ranges;
	/* base: first address of the window; span: largest distance in the window */
	uint64_t base, span;
	bool has_cache;
	bool has_range;
	uint64_t first, last; /* distances, both inclusive */
	struct compared_mapping mapping;
};

struct diff_mappings_comparison {
	const struct diff *diff;
	const struct space *space[NR_SIDES];
	bool has_cache; /* in both dumps, the cache bits in entries have a known meaning */
	struct stream stream[NR_SIDES];
	const struct window *window;
	/* the last row, which was not visited yet; it is extended until a mapping changes */
	struct diff_row pending;
	bool has_pending, done;
};

/* --- a stream --- */

static struct compared_mapping mapping_of(const struct scanned *range, bool has_cache)
{
	struct compared_mapping mapping = { .kind = MAPPING_CORRUPT };

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

/* Reads the next range, and cuts it to the window, because a page at an end of the window may
 * extend beyond the window. */
static void stream_next(struct stream *stream)
{
	struct scanned range;

	stream->has_range = range_next(&stream->ranges, &range);
	if (!stream->has_range)
		return;
	stream->first = range.first > stream->base ? range.first - stream->base : 0;
	stream->last = range.last - stream->base;
	if (stream->last > stream->span)
		stream->last = stream->span;
	stream->mapping = mapping_of(&range, stream->has_cache);
}

static bool is_nowhere(void *kernel, uint64_t paddr)
{
	return query_is_nowhere(kernel, paddr);
}

/* Starts to scan the page table of one dump, in the current window. */
static void stream_start(struct diff_mappings_comparison *comparison, enum pair_side side)
{
	struct kernel *kernel = comparison->diff->pair->kernel[side];
	const struct space *space = comparison->space[side];
	uint64_t first = comparison->window->first[side], last = comparison->window->last[side];
	struct stream *stream = &comparison->stream[side];

	stream->base = first;
	stream->span = last - first;
	stream->has_cache = comparison->has_cache;
	kernel_range_start(kernel, &stream->ranges, space, first, last);
	/* Look for pages without memory or device only in processes, because the kernel may map
	 * devices that are missing from its lists. */
	if (space != kernel_space(kernel, NULL))
		stream->ranges.is_apart = is_nowhere;
	stream->ranges.arg = kernel;
	stream_next(stream);
}

/* Returns the mapping at the distance `at`, and sets *until to the last distance with the same
 * mapping. `at` must not decrease from call to call. */
static struct compared_mapping stream_at(struct stream *stream, uint64_t at, uint64_t *until)
{
	static const struct compared_mapping nothing = { .kind = MAPPING_NONE };

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
		return fail(
			err, ERROR_FORMAT,
			"stopped at %" PRIx64
			", because page tables of one dump point to each other in a loop; all lower addresses were compared",
			scan_position(scan));
	case SCAN_NO_MEMORY: return out_of_memory(err);
	/* includes the case that the user stopped the scan: the command reports that */
	default: return true;
	}
}

/* --- comparing --- */

static bool diff_mappings_is_same(const struct compared_mapping *one,
				  const struct compared_mapping *other)
{
	return one->kind == other->kind && one->reason == other->reason &&
	       one->writable == other->writable && one->executable == other->executable &&
	       one->user == other->user && one->nowhere == other->nowhere &&
	       one->cache == other->cache;
}

static enum diff_status diff_mappings_compare(const struct compared_mapping *this,
					      const struct compared_mapping *other)
{
	if (this->kind == MAPPING_UNREADABLE || other->kind == MAPPING_UNREADABLE)
		return DIFF_UNKNOWN;
	if (diff_mappings_is_same(this, other))
		return DIFF_SAME;
	if (this->kind == MAPPING_NONE)
		return DIFF_VANISHED;
	return other->kind == MAPPING_NONE ? DIFF_APPEARED : DIFF_CHANGED;
}

static void diff_mappings_end_pending(struct diff_mappings_comparison *comparison)
{
	const struct diff_row *row = &comparison->pending;
	struct diff_summary *summary = comparison->diff->summary;

	if (!comparison->has_pending)
		return;
	comparison->has_pending = false;
	summary->bytes[row->status] += row->mapping.last[THIS] - row->mapping.first[THIS] + 1;
	if (row->status == DIFF_SAME)
		summary->nr[DIFF_SAME]++;
	else
		comparison->done = !diff_tell(comparison->diff, row);
}

/* Compares the addresses from the distance `from` to the distance `to`, both inclusive. mapping:
 * how each dump maps all these addresses. */
static void diff_mappings_take(struct diff_mappings_comparison *comparison,
			       const struct compared_mapping mapping[NR_SIDES], uint64_t from,
			       uint64_t to)
{
	struct mapping_diff *pending = &comparison->pending.mapping;
	bool nothing = mapping[THIS].kind == MAPPING_NONE && mapping[OTHER].kind == MAPPING_NONE;

	if (nothing || !comparison->has_pending ||
	    !diff_mappings_is_same(&pending->mapping[THIS], &mapping[THIS]) ||
	    !diff_mappings_is_same(&pending->mapping[OTHER], &mapping[OTHER]))
		diff_mappings_end_pending(comparison);
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
	comparison->pending.status = diff_mappings_compare(&mapping[THIS], &mapping[OTHER]);
	comparison->has_pending = true;
}

static void compare_window(struct diff_mappings_comparison *comparison)
{
	struct stream *stream = comparison->stream;
	uint64_t span =
		stream[THIS].span > stream[OTHER].span ? stream[THIS].span : stream[OTHER].span;
	uint64_t at = 0, until[NR_SIDES], to;

	for (;;) {
		struct compared_mapping mapping[NR_SIDES];

		for (enum pair_side side = 0; side < NR_SIDES; side++)
			mapping[side] = stream_at(&stream[side], at, &until[side]);
		to = until[THIS] < until[OTHER] ? until[THIS] : until[OTHER];
		if (to > span)
			to = span;
		if (comparison->done || pair_stopped(comparison->diff->pair))
			return;
		diff_mappings_take(comparison, mapping, at, to);
		if (to == span)
			break;
		at = to + 1;
	}
	diff_mappings_end_pending(comparison);
}

static bool run_window(struct diff_mappings_comparison *comparison, const struct window *window)
{
	struct stream *stream = comparison->stream;
	struct error *err = &comparison->diff->summary->why;
	bool complete;

	comparison->window = window;
	comparison->has_pending = false;
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		stream_start(comparison, side);
	compare_window(comparison);
	complete = stream_ended(&stream[THIS], err) && stream_ended(&stream[OTHER], err);
	for (enum pair_side side = 0; side < NR_SIDES; side++)
		scan_release(&stream[side].ranges.scan);
	return complete;
}

static bool diff_mappings_run(const struct diff *diff, const struct space *const space[NR_SIDES],
			      const struct window *window, size_t nr)
{
	struct diff_mappings_comparison *comparison = calloc(1, sizeof(*comparison));
	const struct pair *pair = diff->pair;
	bool complete = true;

	if (!comparison)
		return out_of_memory(&diff->summary->why);
	comparison->diff = diff;
	comparison->pending.part = PART_MAPPINGS;
	comparison->has_cache = true;
	for (enum pair_side side = 0; side < NR_SIDES; side++) {
		comparison->space[side] = space[side];
		comparison->has_cache &= kernel_entry_rules(pair->kernel[side])->cache_known;
	}
	diff->summary->cache_unknown = !comparison->has_cache;
	for (size_t i = 0; i < nr && complete && !comparison->done && !pair_stopped(pair); i++)
		complete = run_window(comparison, &window[i]);
	free(comparison);
	return complete;
}

bool diff_mappings(const struct diff *diff)
{
	struct error *err = &diff->summary->why;
	const struct space *space[NR_SIDES];
	struct windows windows;
	bool done = windows_find(&windows, diff->pair, err);

	diff->summary->has_bytes = true;
	for (enum pair_side side = 0; side < NR_SIDES && done; side++) {
		space[side] = kernel_space(diff->pair->kernel[side], err);
		done = space[side];
	}
	done = done && diff_mappings_run(diff, space, windows.window, windows.nr);
	windows_release(&windows);
	return done;
}

bool diff_process_mappings(const struct diff *diff, const struct process *const process[NR_SIDES])
{
	const struct space *const space[NR_SIDES] = { &process[THIS]->user, &process[OTHER]->user };
	const struct window window = {
		.last = { process[THIS]->user_last, process[OTHER]->user_last },
		.region = "user",
	};

	diff->summary->has_bytes = true;
	return pair_require_paging(diff->pair, &diff->summary->why) &&
	       diff_mappings_run(diff, space, &window, 1);
}
