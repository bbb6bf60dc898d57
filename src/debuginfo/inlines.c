/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/inlines.h"

#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "debuginfo/line_table.h"
#include "debuginfo/unit.h"
#include "symbols/elf_file.h"

struct inlines {
	Dwarf *debug; /* owned */
	uint64_t nr_steps;
	struct debug_info info;
	struct line_work work;
	struct unit_index units;
	struct line_table table; /* the line table that was used last */
	bool given_up; /* true if a search needed too many steps */
};

/* --- the functions, inlined functions and blocks that contain an address, as DIEs of libdw --- */

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

/* Moves *die to its next sibling. Returns false if there is no sibling, or if the reference leads
 * to an earlier DIE, because such references could form a cycle. */
static bool scope_next(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

static bool may_hold(int tag, bool in_function)
{
	return in_function ? tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block :
			     tag == DW_TAG_subprogram;
}

/* Counts a DIE that is read. Returns false if the search must end. */
static bool scope_step(struct inlines *inlines, const struct listener *listener)
{
	return ++inlines->nr_steps <= MOST_DIES && !listener_stops_at(listener, inlines->nr_steps);
}

/* Moves *die to the child that contains the address. in_function is true if *die is a function or a
 * part of a function. Returns false if there is no such child. */
static bool scope_enter(struct inlines *inlines, Dwarf_Die *die, bool in_function, uint64_t address,
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

/* Begins a search: sets *die to the function that contains a link-time address, and *unit to the offset of its
 * unit. Returns false if there is none. scope_end() must be called in any case. */
static bool scope_begin(struct inlines *inlines, uint64_t address, const struct listener *listener,
			uint64_t *unit, Dwarf_Die *die)
{
	if (listener_stops(listener) || inlines->given_up)
		return false;
	inlines->nr_steps = 0;
	inlines->work = (struct line_work){ MOST_STEPS, listener };
	return inlines_find_unit(inlines, address, unit, die) &&
	       scope_enter(inlines, die, false, address, listener);
}

static void scope_end(struct inlines *inlines, const struct listener *listener)
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

/* --- variables in registers --- */

enum {
	MOST_SCOPES = 64, /* functions and blocks that contain each other */
	MOST_LOCATIONS = 1 << 14, /* lists of locations that are read for one address */
	LOCATIONS_AT_ONCE = 4, /* of one variable at one address */
	MOST_ALIASES = 16, /* typedefs and qualifiers before a type */
};

int variables_register(unsigned int machine, const char *name)
{
	/* The psABIs: x86-64, figure 3.36; i386, table 2.14; AArch64 DWARF (aadwarf64), 4.1. */
	static const char *const x86_64[] = { "rax", "rdx", "rcx", "rbx", "rsi", "rdi",
					      "rbp", "rsp", "r8",  "r9",  "r10", "r11",
					      "r12", "r13", "r14", "r15" };
	static const char *const of_i386[] = { "eax", "ecx", "edx", "ebx",
					       "esp", "ebp", "esi", "edi" };
	static const char *const riscv64[] = {
		"zero", "ra", "sp", "gp", "tp",	 "t0",	"t1", "t2", "s0", "s1", "a0",
		"a1",	"a2", "a3", "a4", "a5",	 "a6",	"a7", "s2", "s3", "s4", "s5",
		"s6",	"s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};
	unsigned int number;
	size_t place;
	char rest;

	switch (machine) {
	case EM_X86_64: return text_place(name, x86_64, 16, &place) ? (int)place : -1;
	case EM_386: return text_place(name, of_i386, 8, &place) ? (int)place : -1;
	case EM_RISCV: return text_place(name, riscv64, 32, &place) ? (int)place : -1;
	case EM_AARCH64:
		if (!strcmp(name, "sp"))
			return 31;
		return sscanf(name, "x%2u%c", &number, &rest) == 1 && number < 31 ? (int)number :
										    -1;
	default: return -1;
	}
}

/* The work for one register at one address. */
struct variable_search {
	struct inlines *inlines;
	uint64_t address;
	unsigned int reg;
	const struct listener *listener;
	struct register_variable *found;
	size_t nr;
	unsigned int nr_locations;
};

/* Is the whole variable in the register at the address? Its location is one operation then: others compute a
 * value, or say where a part is. */
static bool is_in_register(struct variable_search *search, Dwarf_Die *die)
{
	Dwarf_Op *expression[LOCATIONS_AT_ONCE];
	size_t length[LOCATIONS_AT_ONCE];
	Dwarf_Attribute attribute;
	int nr;

	if (!dwarf_attr(die, DW_AT_location, &attribute) || ++search->nr_locations > MOST_LOCATIONS)
		return false;
	nr = dwarf_getlocation_addr(&attribute, search->address, expression, length,
				    LOCATIONS_AT_ONCE);
	for (int i = 0; i < nr; i++) {
		const Dwarf_Op *op = expression[i];

		if (length[i] == 1 &&
		    (op->atom == DW_OP_regx ?
			     op->number == search->reg :
			     search->reg < 32 && op->atom == DW_OP_reg0 + search->reg))
			return true;
	}
	return false;
}

static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) &&
	       dwarf_formref_die(&attribute, type);
}

/* Moves *type beyond typedefs and qualifiers. */
static bool peel(Dwarf_Die *type)
{
	for (unsigned int i = 0; i < MOST_ALIASES; i++) {
		switch (dwarf_tag(type)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type: break;
		default: return true;
		}
		if (!type_of(type, type))
			return false;
	}
	return false;
}

static bool points_to_definition(Dwarf_Die type)
{
	return peel(&type) && dwarf_tag(&type) == DW_TAG_pointer_type && type_of(&type, &type) &&
	       peel(&type) && !dwarf_hasattr(&type, DW_AT_declaration);
}

static void take_variable(struct variable_search *search, Dwarf_Die *function, Dwarf_Die *die)
{
	struct register_variable *found = &search->found[search->nr];
	const char *name = dwarf_diename(die), *owner = dwarf_diename(function);
	Dwarf_Die type;

	if (!name || !owner || search->nr == MOST_REGISTER_VARIABLES)
		return;
	*found = (struct register_variable){
		.is_parameter = dwarf_tag(die) == DW_TAG_formal_parameter,
		.is_inlined = dwarf_tag(function) == DW_TAG_inlined_subroutine,
	};
	snprintf(found->name, sizeof(found->name), "%s", name);
	snprintf(found->function, sizeof(found->function), "%s", owner);
	if (type_of(die, &type)) {
		found->type = dwarf_dieoffset(&type);
		found->is_defined = points_to_definition(type);
	}
	search->nr++;
}

/* Visits the variables of a function or block. function: the one to which they belong. */
static void search_scope(struct variable_search *search, Dwarf_Die *function, Dwarf_Die *scope)
{
	Dwarf_Die die;

	if (dwarf_child(scope, &die) != 0 || dwarf_dieoffset(&die) <= dwarf_dieoffset(scope))
		return;
	do {
		int tag = dwarf_tag(&die);

		if (!scope_step(search->inlines, search->listener))
			return;
		if ((tag == DW_TAG_formal_parameter || tag == DW_TAG_variable) &&
		    is_in_register(search, &die))
			take_variable(search, function, &die);
	} while (scope_next(&die));
}

size_t variables_find(struct inlines *inlines, uint64_t address, unsigned int reg,
		      const struct listener *listener,
		      struct register_variable found[MOST_REGISTER_VARIABLES])
{
	struct variable_search search = { inlines, address, reg, listener, found, 0, 0 };
	Dwarf_Die scope[MOST_SCOPES];
	size_t function[MOST_SCOPES], nr = 0;
	uint64_t unit;

	if (scope_begin(inlines, address, listener, &unit, &scope[0])) {
		function[0] = 0;
		for (nr = 1; nr < MOST_SCOPES; nr++) {
			scope[nr] = scope[nr - 1];
			if (!scope_enter(inlines, &scope[nr], true, address, listener))
				break;
			function[nr] = dwarf_tag(&scope[nr]) == DW_TAG_inlined_subroutine ?
					       nr :
					       function[nr - 1];
		}
	}
	while (nr-- > 0)
		search_scope(&search, &scope[function[nr]], &scope[nr]);
	scope_end(inlines, listener);
	return search.nr;
}
