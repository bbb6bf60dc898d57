/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/variables.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "debuginfo/scopes.h"

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
