/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Variables at top level, by name and place. */
#include "types/types_dwarf.h"

#include <string.h>

#include "symbols/elf_file.h"

struct dwarf_variable {
	const char *name;
	uint64_t address;
	/* Types of the definition, of a declaration, and of what has another name at this
	 * place: jiffies is jiffies_64, and declared beside it. */
	uint64_t defined, declared, placed;
};

static uint64_t type_of_variable(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die target;

	/* A definition may refer to its declaration for it. */
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
	bool named = name && !strcmp(name, variable->name);

	if (variable_is_at(die, variable->address))
		*(named ? &variable->defined : &variable->placed) = type_of_variable(die);
	else if (named && dwarf_hasattr(die, DW_AT_declaration))
		variable->declared = type_of_variable(die);
}

static uint64_t find_in_unit(struct dwarf *dwarf, struct dwarf_variable *variable, Dwarf_Die *unit)
{
	Dwarf_Die die;

	variable->defined = variable->declared = variable->placed = 0;
	if (dwarf_child(unit, &die) != 0)
		return 0;
	do {
		if (dwarf_tag(&die) == DW_TAG_variable)
			look_at_variable(variable, &die);
	} while (!variable->defined && !dwarf_stops(dwarf) && die_next_sibling(&die));
	if (variable->defined || !variable->placed)
		return variable->defined;
	return variable->declared ? variable->declared : variable->placed;
}

/* Only a unit that has these bytes can have the variable's definition: DW_OP_addr and the
 * address. */
struct dwarf_place {
	uint8_t bytes[9];
	size_t size;
};

static struct dwarf_place dwarf_place_of(Elf *elf, uint64_t address)
{
	struct dwarf_place place = { .bytes = { DW_OP_addr } };
	size_t word = gelf_getclass(elf) == ELFCLASS64 ? 8 : 4;

	for (place.size = 1; place.size <= word; place.size++, address >>= 8)
		place.bytes[place.size] = (uint8_t)address;
	return place;
}

static bool may_have_place(const Elf_Data *info, Dwarf_Off start, Dwarf_Off end,
			   const struct dwarf_place *place)
{
	return start < end && end <= info->d_size &&
	       memmem((const uint8_t *)info->d_buf + start, end - start, place->bytes, place->size);
}

uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address)
{
	struct dwarf *dwarf = source;
	struct dwarf_variable variable = { .name = name, .address = address };
	Elf *elf = dwarf_getelf(dwarf->debug);
	const Elf_Data *info = elf_section_data(elf, ".debug_info");
	const struct dwarf_place place = dwarf_place_of(elf, address);
	bool all = !info || elf_section(elf, ".debug_addr");
	uint64_t found = 0;
	Dwarf_Off at = 0, next;
	size_t header;
	Dwarf_Die unit;

	for (; !found && !dwarf_stops(dwarf) &&
	       dwarf_nextcu(dwarf->debug, at, &next, &header, NULL, NULL, NULL) == 0 && next > at;
	     at = next)
		if ((all || may_have_place(info, at, next, &place)) &&
		    dwarf_offdie(dwarf->debug, at + header, &unit))
			found = find_in_unit(dwarf, &variable, &unit);
	return found;
}
