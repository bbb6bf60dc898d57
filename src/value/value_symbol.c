/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The first of the five steps: a variable and its type. */
#include <inttypes.h>
#include <string.h>

#include "kernel/kernel.h"
#include "linux/module/module_lines.h"
#include "linux/region.h"
#include "symbols/symbol_lookup.h"
#include "types/types.h"
#include "value/known_types.h"
#include "value/symbol_word.h"
#include "value/value.h"

/* Returns the most bytes that the variable can have. 0: unknown. */
static uint64_t room_of(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	return symbol->size ? symbol->size : symbol_lookup_room(kernel->symbols, symbol);
}

static bool find_known(struct kernel *kernel, const struct kernel_symbol *symbol, uint64_t room,
		       struct ctype *type)
{
	static const struct {
		const char *name, *type;
	} known[] = {
#define KNOWN_VARIABLE(NAME, TYPE) { NAME, TYPE },
		FOR_EACH_KNOWN_VARIABLE(KNOWN_VARIABLE)
#undef KNOWN_VARIABLE
	};
	struct types *types = kernel_types(kernel);

	for (size_t i = 0; types && !symbol->module && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].name, symbol->name) && ctype_find(types, known[i].type, type))
			return !room || ctype_describe(type).size <= room;
	return false;
}

bool value_is_code(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	const struct region *region = region_of(kernel, symbol->address, NULL);
	struct image_place place;

	/* Symbols of all other types are variables. Even with one of these types, a symbol may be a
	 * variable, because an executable section may contain variables. */
	if (!symbol->type || !strchr("tTwW", symbol->type))
		return false;
	return symbol->module || !region ||
	       !region_image_at(kernel, region, symbol->address, &place) ||
	       place.section == IMAGE_TEXT || place.section == IMAGE_INIT ||
	       place.section == IMAGE_NO_SECTION;
}

bool value_is_function(struct kernel *kernel, uint64_t address, struct error *err)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct kernel_symbol symbol;
	struct walk walk;

	if (symbol_lookup_at(kernel->symbols, address, &symbol, NULL)) {
		/* VMCOREINFO has only few symbols. */
		return symbol.origin == SYMBOL_OF_NOTE ||
		       (address == symbol.address &&
			(!symbol.type || value_is_code(kernel, &symbol))) ||
		       fail(err, ERROR_FORMAT, "no function begins at %" PRIx64, address);
	}
	if (!space)
		return true;
	walk = walk_page_table(space, address);
	return (walk.outcome == WALK_MAPPED ?
			walk.executable :
			walk.outcome != WALK_NOT_PRESENT && walk.outcome != WALK_NON_CANONICAL) ||
	       fail(err, ERROR_FORMAT, "no code is at %" PRIx64, address);
}

bool value_symbol(struct kernel *kernel, const char *name, struct value *value, struct error *err)
{
	struct kernel_symbol symbol;
	uint64_t address, room;
	struct ctype type;

	if (!symbol_word_find(kernel, name, &symbol, &address, err))
		return false;
	room = room_of(kernel, &symbol);
	if (value_is_code(kernel, &symbol)) {
		*value = value_at((struct ctype){ .word = (uint8_t)kernel_pointer_size(kernel) },
				  address);
	} else if (module_variable_type(kernel, &symbol, &type)) {
		*value = value_at(type, address);
	} else if (find_known(kernel, &symbol, room, &type)) {
		*value = value_at(type, address);
		value->type_source = "kwalk";
	} else {
		type = (struct ctype){ .word = (uint8_t)kernel_pointer_size(kernel) };
		if (room == 1 || room == 2 || room == 4 || room == 8)
			type = ctype_integer((unsigned int)room, false, type.word);
		*value = value_at(type, address);
		value->untyped = room ? room : type.word;
	}
	value->type.signed_char = value_char_is_signed(kernel);
	if (ctype_describe(&value->type).kind >= CTYPE_POINTER)
		kernel->facts->used_members = true; /* as in value_type() */
	return true;
}
