/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/inlines.h"

#include <stdio.h>
#include <stdlib.h>

#include "debuginfo/scopes.h"
#include "symbols/elf_file.h"

/* The most DIEs that are read for one address. */
enum { MOST_DIES = 1 << 20 };

/* Returns NULL if elf names a supplementary file, because libdw would open any path that elf
 * names. */
struct inlines *inlines_open(Elf *elf)
{
	struct inlines *inlines;

	if (elf_section(elf, ".gnu_debugaltlink") || !elf_may_be_unpacked(elf))
		return NULL;
	inlines = calloc(1, sizeof(*inlines));
	if (!inlines)
		return NULL;
	inlines->info = debug_info_of(elf, -1, &inlines->work);
	inlines->debug = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (inlines->debug)
		return inlines;
	inlines_close(inlines);
	return NULL;
}

void inlines_close(struct inlines *inlines)
{
	if (inlines) {
		dwarf_end(inlines->debug);
		unit_index_free(&inlines->units);
	}
	free(inlines);
}

bool scope_next(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

static bool may_hold(int tag, bool in_function)
{
	return in_function ? tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block :
			     tag == DW_TAG_subprogram;
}

bool scope_step(struct inlines *inlines, const struct listener *listener)
{
	return ++inlines->nr_steps <= MOST_DIES && !listener_stops_at(listener, inlines->nr_steps);
}

bool scope_enter(struct inlines *inlines, Dwarf_Die *die, bool in_function, uint64_t address,
		 const struct listener *listener)
{
	Dwarf_Off parent = dwarf_dieoffset(die);
	Dwarf_Die child;

	if (dwarf_child(die, &child) != 0 || dwarf_dieoffset(&child) <= parent)
		return false;
	do {
		if (!scope_step(inlines, listener))
			return false;
		if (may_hold(dwarf_tag(&child), in_function) && dwarf_haspc(&child, address) > 0) {
			*die = child;
			return true;
		}
	} while (scope_next(&child));
	return false;
}

/* Writes the path of the file with this number in the unit at the offset `unit`. Writes nothing if
 * the path is unknown. libdw is not used: until 0.191, it decodes the whole line table for the names
 * of files, and cannot be stopped. */
static void take_path(struct inlines *inlines, uint64_t unit, uint64_t number,
		      char text[CODE_PATH_MAX])
{
	const struct debug_info *info = &inlines->info;
	const struct unit *attributes = &inlines->table.unit;
	struct line_path path;

	if (line_table_read(info, unit, &inlines->table) &&
	    line_table_file(info, &inlines->table, number, &path))
		line_path_text(&path, unit_text(info, attributes, &attributes->of[DW_AT_comp_dir]),
			       text, CODE_PATH_MAX);
}

static void take_call(struct inlines *inlines, uint64_t unit, Dwarf_Die *die,
		      struct inlined_function *function)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;
	const char *name = dwarf_diename(die);

	*function = (struct inlined_function){ .line = 0 };
	snprintf(function->name, sizeof(function->name), "%s", name ? name : "");
	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &value) == 0)
		take_path(inlines, unit, value, function->path);
	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &value) == 0 &&
	    value <= INT32_MAX)
		function->line = (unsigned int)value;
}

/* Finds the unit that contains the address, and its offset. dwarf_addrdie() is not used: it reads the headers of all
 * units, and knows only the units in .debug_aranges, which clang does not write. */
static bool inlines_find_unit(struct inlines *inlines, uint64_t address, uint64_t *at,
			      Dwarf_Die *unit)
{
	Dwarf *debug = inlines->debug;
	Dwarf_Off next;
	size_t size;

	return unit_index_find(&inlines->units, &inlines->info, address, at) &&
	       dwarf_nextcu(debug, *at, &next, &size, NULL, NULL, NULL) == 0 &&
	       dwarf_offdie(debug, *at + size, unit);
}

bool scope_begin(struct inlines *inlines, uint64_t address, const struct listener *listener,
		 uint64_t *unit, Dwarf_Die *die)
{
	if (listener_stops(listener) || inlines->given_up)
		return false;
	inlines->nr_steps = 0;
	inlines->work = (struct line_work){ MOST_STEPS, listener };
	return inlines_find_unit(inlines, address, unit, die) &&
	       scope_enter(inlines, die, false, address, listener);
}

void scope_end(struct inlines *inlines, const struct listener *listener)
{
	inlines->given_up |= !inlines->work.steps && !listener_stops(listener);
}

size_t inlines_find(struct inlines *inlines, uint64_t address, const struct listener *listener,
		    struct inlined_function functions[MOST_INLINED])
{
	struct inlined_function outer[MOST_INLINED];
	Dwarf_Die die;
	uint64_t unit;
	size_t nr = 0;

	if (scope_begin(inlines, address, listener, &unit, &die))
		while (nr < MOST_INLINED && scope_enter(inlines, &die, true, address, listener))
			if (dwarf_tag(&die) == DW_TAG_inlined_subroutine)
				take_call(inlines, unit, &die, &outer[nr++]);
	scope_end(inlines, listener);
	for (size_t i = 0; i < nr; i++)
		functions[i] = outer[nr - 1 - i];
	return nr;
}
