/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the lines of many addresses at once: each line table is decoded once, and by several
 * threads. Only lines.c uses this header. */
#pragma once

#include "debuginfo/line_table.h"
#include "debuginfo/unit_index.h"

/* The line of an address, and the texts of its paths, which are borrowed from the debug
 * sections. */
struct line_found {
	unsigned int line; /* 0: the address has no line */
	struct line_path path;
	/* The folder in which the compiler ran, and the file that was compiled. */
	const char *folder, *unit;
};

/* The lines of many addresses. *many must be zeroed at first. */
struct lines_many {
	struct wanted_line *wanted; /* owned; sorted by address */
	size_t nr;
	struct wanted_unit *units; /* owned */
	size_t nr_units;
	size_t next; /* the element of `wanted` after the element that was found last */
};

/* Finds the lines of nr addresses, which replace the addresses before. The addresses must be
 * sorted; other addresses are left out, and addresses that no unit contains. If the listener
 * stops the work, or if information is damaged, some lines are missing. */
void lines_many_find(struct lines_many *many, const struct debug_info *debug,
		     struct unit_index *index, const uint64_t *addresses, size_t nr);

/* Returns false if lines_many_find() did not search for this address, or did not come to an end. */
bool lines_many_get(struct lines_many *many, uint64_t address, struct line_found *found);
void lines_many_free(struct lines_many *many);
