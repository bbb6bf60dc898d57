/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the variables of compilation units, by name and address. */
#include "types/types_dwarf.h"

#include <string.h>

#include "symbols/elf_file.h"

struct dwarf_variable {
	const char *name;
	uint64_t address; /* 0: unknown */
	/* The types in the definition and in a declaration, or 0. Some variables have only a
	 * declaration: for example, jiffies is an alias of jiffies_64. */
	uint64_t defined, declared;
};

static uint64_t type_of_variable(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die target;

	/* A definition may refer to a declaration that contains the name and the type. */
	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &target))
		return 0;
	return die_id(&target);
}

static bool variable_is_at(Dwarf_Die *die, uint64_t address)
{
	Dwarf_Attribute attribute, indexed;
	Dwarf_Op *expression;
	Dwarf_Addr found;
	size_t length;

	if (!dwarf_attr(die, DW_AT_location, &attribute) ||
	    dwarf_getlocation(&attribute, &expression, &length) != 0 || length != 1)
		return false;
	if (expression->atom == DW_OP_addr)
		return expression->number == address;
	return expression->atom == DW_OP_addrx &&
	       dwarf_getlocation_attr(&attribute, expression, &indexed) == 0 &&
	       dwarf_formaddr(&indexed, &found) == 0 && found == address;
}

static void look_at_variable(struct dwarf_variable *variable, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	if (!name || strcmp(name, variable->name) != 0)
		return;
	if (variable_is_at(die, variable->address))
		variable->defined = type_of_variable(die);
	else if (dwarf_hasattr(die, DW_AT_declaration))
		variable->declared = type_of_variable(die);
}

static uint64_t find_in_unit(struct dwarf *dwarf, struct dwarf_variable *variable, Dwarf_Die *unit)
{
	Dwarf_Die die;

	variable->defined = variable->declared = 0;
	if (dwarf_child(unit, &die) != 0)
		return 0;
	do {
		if (dwarf_tag(&die) == DW_TAG_variable)
			look_at_variable(variable, &die);
	} while (!variable->defined && !dwarf_stops(dwarf) && die_next_sibling(&die));
	return variable->defined ? variable->defined : variable->declared;
}

/* Searching for bytes is faster than reading a unit. A unit can contain the variable only if it
 * contains the bytes of one of these patterns. */
enum { MOST_PATTERNS = 8 };

struct dwarf_pattern {
	uint8_t bytes[9];
	size_t size;
};

struct dwarf_patterns {
	struct dwarf_pattern list[MOST_PATTERNS];
	size_t nr;
	bool all; /* any unit may contain the variable, so all units must be read */
};

static void add_pattern(struct dwarf_patterns *patterns, struct dwarf_pattern pattern,
			uint64_t number, size_t size)
{
	for (size += pattern.size; pattern.size < size; number >>= 8)
		pattern.bytes[pattern.size++] = (uint8_t)number;
	patterns->list[patterns->nr++] = pattern;
}

/* Adds the pattern of the definition: DW_OP_addr, followed by the address. If the file has
 * .debug_addr, addresses may be there, so any unit may contain the variable. */
static void patterns_of_place(struct dwarf_patterns *patterns, Elf *elf, uint64_t address)
{
	const struct dwarf_pattern before = { .bytes = { DW_OP_addr }, .size = 1 };

	patterns->all = elf_section(elf, ".debug_addr");
	add_pattern(patterns, before, address, gelf_getclass(elf) == ELFCLASS64 ? 8 : 4);
}

/* Adds the patterns of references to the name: the offsets of the name in .debug_str. A name can
 * have several offsets, because strings with the same end share bytes. A name with more than
 * MOST_PATTERNS offsets is not searched for. If units refer to names by index (DW_FORM_strx), the
 * name is not found. */
static void patterns_of_name(struct dwarf_patterns *patterns, const struct dwarf *dwarf,
			     const char *name)
{
	const uint8_t *start = dwarf->strings[0].data, *at = start;
	const struct dwarf_pattern before = { .size = 0 };
	size_t size = strlen(name) + 1;

	while (at && (at = memmem(at, dwarf->strings[0].size - (size_t)(at - start), name, size))) {
		if (patterns->nr == MOST_PATTERNS) {
			patterns->nr = 0;
			return;
		}
		add_pattern(patterns, before, (uint64_t)(at - start), 4);
		at += size;
	}
}

static bool has_pattern(const Elf_Data *info, Dwarf_Off start, Dwarf_Off end,
			const struct dwarf_patterns *patterns)
{
	if (start >= end || end > info->d_size)
		return false;
	for (size_t i = 0; i < patterns->nr; i++)
		if (memmem((const uint8_t *)info->d_buf + start, end - start,
			   patterns->list[i].bytes, patterns->list[i].size))
			return true;
	return false;
}

uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address)
{
	struct dwarf *dwarf = source;
	struct dwarf_variable variable = { .name = name, .address = address };
	Elf *elf = dwarf_getelf(dwarf->debug);
	const Elf_Data *info = elf_section_data(elf, ".debug_info");
	struct dwarf_patterns patterns = { .nr = 0 };
	uint64_t found = 0;
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die unit;

	if (address)
		patterns_of_place(&patterns, elf, address);
	else
		patterns_of_name(&patterns, dwarf, name);
	for (; !found && info && (patterns.all || patterns.nr) && !dwarf_stops(dwarf) &&
	       dwarf_nextcu(dwarf->debug, at, &next, &header, NULL, NULL, NULL) == 0 && next > at;
	     at = next)
		if ((patterns.all || has_pattern(info, at, next, &patterns)) &&
		    dwarf_offdie(dwarf->debug, at + header, &unit))
			found = find_in_unit(dwarf, &variable, &unit);
	return found;
}
