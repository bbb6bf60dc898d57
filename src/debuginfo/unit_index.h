/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the compilation unit that contains the code at an address. Only the files in src/debuginfo
 * use this header. */
#pragma once

#include "debuginfo/unit.h"

/* The most steps of one look-up. A look-up in a kernel needs a hundred thousand steps, or a few
 * million if its units are not indexed. */
enum { MOST_STEPS = 1 << 25 };

/* The code of units. *index must be zeroed at first. */
struct unit_index {
	struct unit_code *codes; /* owned; sorted by address, if `sorted` is true */
	size_t nr, room;
	size_t last; /* the index of the code that was found last; valid only if `sorted` is true */
	enum { NO_UNITS, INDEXED_UNITS, ALL_UNITS } has;
	bool sorted;
	unsigned int nr_unsorted; /* how often a unit was looked up before this */
};

/* Finds the unit that contains the address. *unit gets its offset in .debug_info. Returns false if
 * no unit contains the address, or if no steps are left. */
bool unit_index_find(struct unit_index *index, const struct debug_info *debug, uint64_t address,
		     uint64_t *unit);
void unit_index_free(struct unit_index *index);
