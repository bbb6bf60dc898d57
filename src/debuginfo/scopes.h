/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The functions, inlined functions and blocks that contain an address, as DIEs of libdw. Only the files in
 * src/debuginfo use this header. */
#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include "debuginfo/inlines.h"
#include "debuginfo/line_table.h"
#include "debuginfo/unit_index.h"

struct inlines {
	Dwarf *debug; /* owned */
	uint64_t nr_steps;
	struct debug_info info;
	struct line_work work;
	struct unit_index units;
	struct line_table table; /* the line table that was used last */
	bool given_up; /* true if a search needed too many steps */
};

/* Begins a search: sets *die to the function that contains a link-time address, and *unit to the offset of its
 * unit. Returns false if there is none. scope_end() must be called in any case. */
bool scope_begin(struct inlines *inlines, uint64_t address, const struct listener *listener,
		 uint64_t *unit, Dwarf_Die *die);
void scope_end(struct inlines *inlines, const struct listener *listener);

/* Moves *die to the child that contains the address. in_function is true if *die is a function or a
 * part of a function. Returns false if there is no such child. */
bool scope_enter(struct inlines *inlines, Dwarf_Die *die, bool in_function, uint64_t address,
		 const struct listener *listener);

/* Moves *die to its next sibling. Returns false if there is no sibling, or if the reference leads
 * to an earlier DIE, because such references could form a cycle. */
bool scope_next(Dwarf_Die *die);

/* Counts a DIE that is read. Returns false if the search must end. */
bool scope_step(struct inlines *inlines, const struct listener *listener);
