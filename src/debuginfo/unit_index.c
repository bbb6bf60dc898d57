/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/unit_index.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/sort.h"

/* The most ranges in the index. A kernel has a hundred thousand ranges if each function has its own
 * section. */
enum { MOST_CODES = 1 << 22 };

/* After this number of look-ups, the codes are sorted. Most sessions need one or two, and for them
 * all codes are compared, which takes a tenth of the time. */
enum { MOST_UNSORTED = 4 };

struct unit_code {
	uint64_t start, size, unit;
};

static bool add_code(struct unit_index *index, uint64_t start, uint64_t size, uint64_t unit)
{
	struct unit_code code = { start, size, unit };

	return !size || (index->nr < MOST_CODES &&
			 array_add(&index->codes, &index->nr, &index->room, &code, sizeof(code)));
}

/* --- units in .debug_aranges, which has either all code of a unit or none of it --- */

/* Reads the header of a set of ranges: the unit to which the set belongs, and the number of bytes
 * of an address. Returns false if the header is damaged or unknown. */
static bool set_begin(struct cursor *set, uint64_t *unit, size_t *width)
{
	const uint8_t *begin = set->at - 4;
	uint64_t version = cursor_number(set, 2);

	*unit = cursor_number(set, 4);
	*width = cursor_number(set, 1);
	if (version != 2 || cursor_number(set, 1) != 0 || (*width != 4 && *width != 8))
		return false;
	cursor_skip(set, -(uint64_t)(set->at - begin) % (2 * *width));
	return true;
}

static bool add_indexed(struct unit_index *index, const struct debug_info *debug)
{
	struct cursor all = cursor_at(debug->work, debug->aranges, 0), set;
	uint64_t unit;
	size_t width, nr;

	while (cursor_left(&all) && cursor_unit(&all, &set)) {
		if (!set_begin(&set, &unit, &width))
			continue;
		nr = cursor_left(&set) / (2 * width);
		cursor_work(&set, 2 * nr);
		for (; nr && !set.bad; nr--, set.at += 2 * width)
			if (!add_code(index, load_le(set.at, width), load_le(set.at + width, width),
				      unit))
				return false;
	}
	return true;
}

/* Returns the unit of the next set, or UINT64_MAX if no set is left. */
static uint64_t next_indexed(struct cursor *all)
{
	struct cursor set;
	uint64_t unit;
	size_t width;

	while (cursor_left(all) && cursor_unit(all, &set))
		if (set_begin(&set, &unit, &width))
			return unit;
	return UINT64_MAX;
}

/* --- units that are missing in .debug_aranges: for C, only gcc writes this section --- */

struct adding {
	struct unit_index *index;
	uint64_t unit;
};

static bool add_range(uint64_t start, uint64_t end, void *arg)
{
	const struct adding *adding = arg;

	return add_code(adding->index, start, end - start, adding->unit);
}

/* Adds the units that are missing in .debug_aranges. The function expects that the sets are in the
 * order of the units, because linkers write them in this order. If the order is different, the
 * result is the same, but more units are read. */
static bool add_lacking(struct unit_index *index, const struct debug_info *debug)
{
	struct cursor all = cursor_at(debug->work, debug->aranges, 0);
	uint64_t indexed = next_indexed(&all), next = 0;
	struct adding adding = { index, 0 };
	struct unit unit;

	for (; unit_skip(debug, &next); adding.unit = next) {
		while (indexed < adding.unit)
			indexed = next_indexed(&all);
		if (indexed != adding.unit && unit_read(debug, adding.unit, &unit) &&
		    unit.of[DW_AT_stmt_list].form &&
		    !unit_each_range(debug, &unit, add_range, &adding))
			return false;
	}
	return true;
}

/* --- all units --- */

static int compare_codes(const void *one, const void *two)
{
	const struct unit_code *left = one, *right = two;

	return (left->start > right->start) - (left->start < right->start);
}

/* The index cannot be completed, so it is emptied. Returns false. */
static bool unit_index_fail(struct unit_index *index, const struct debug_info *debug)
{
	index->nr = 0;
	index->has = NO_UNITS;
	/* Later look-ups fail at once, because they would fail here again. */
	debug->work->steps = 0;
	return false;
}

/* Extends the index: the first call adds the units in .debug_aranges, and the second call all other
 * units. If the index cannot be completed, empties it and returns false. */
static bool index_units(struct unit_index *index, const struct debug_info *debug)
{
	bool (*add)(struct unit_index *, const struct debug_info *) =
		index->has == NO_UNITS ? add_indexed : add_lacking;
	size_t before = index->nr;

	if (!add(index, debug) || !debug->work->steps)
		return unit_index_fail(index, debug);
	index->sorted = index->sorted && index->nr == before;
	index->has++;
	return true;
}

static const struct unit_code *code_in_list(const struct unit_index *index, uint64_t address)
{
	const struct unit_code *best = NULL;

	for (size_t i = 0; i < index->nr; i++) {
		const struct unit_code *code = &index->codes[i];

		if (code->start <= address && (!best || code->start >= best->start))
			best = code;
	}
	return best;
}

/* Is the code at index `at` the last code that starts at or below the address? */
static bool is_last_below(const struct unit_index *index, size_t at, uint64_t address)
{
	return at < index->nr && index->codes[at].start <= address &&
	       (at + 1 == index->nr || index->codes[at + 1].start > address);
}

static const struct unit_code *code_in_sorted(struct unit_index *index, uint64_t address)
{
	if (!is_last_below(index, index->last, address))
		index->last = ARRAY_SEARCH(i, 0, index->nr, index->codes[i].start <= address) - 1;
	return index->last < index->nr ? &index->codes[index->last] : NULL;
}

static bool sort_codes(struct unit_index *index, const struct debug_info *debug)
{
	index->sorted = sort_items(index->codes, index->nr, sizeof(*index->codes), compare_codes,
				   debug->work->listener);
	return index->sorted || unit_index_fail(index, debug);
}

static bool find_code(struct unit_index *index, uint64_t address, uint64_t *unit)
{
	const struct unit_code *code =
		index->sorted ? code_in_sorted(index, address) : code_in_list(index, address);

	if (!code || address - code->start >= code->size)
		return false;
	*unit = code->unit;
	return true;
}

bool unit_index_find(struct unit_index *index, const struct debug_info *debug, uint64_t address,
		     uint64_t *unit)
{
	if (!index->sorted && index->nr_unsorted++ >= MOST_UNSORTED && !sort_codes(index, debug))
		return false;
	while (!find_code(index, address, unit))
		if (index->has == ALL_UNITS || !index_units(index, debug))
			return false;
	return true;
}

void unit_index_free(struct unit_index *index)
{
	free(index->codes);
}
