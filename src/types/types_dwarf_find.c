/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "types/types_dwarf.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scatter.h"

enum {
	/* Shorter names may be in the DIE itself and not in .debug_str: with its NUL, such a name
	 * takes no more space than a reference to .debug_str, which has 4 bytes. */
	MIN_SHARED_NAME = 4,
	/* Longer names are ignored. No type of C or Rust has such a name. Without this limit, all
	 * names of a hostile file could be as long as the file, because names may overlap. */
	LONGEST_NAME = 1024,
};

/* --- the table of definitions --- */

bool types_dwarf_kind(int tag, enum type_kind *kind)
{
	switch (tag) {
	case DW_TAG_structure_type: *kind = TYPE_STRUCT; return true;
	case DW_TAG_union_type: *kind = TYPE_UNION; return true;
	case DW_TAG_enumeration_type: *kind = TYPE_ENUM; return true;
	case DW_TAG_typedef:
	case DW_TAG_base_type: *kind = TYPE_ALIAS; return true;
	default: return false;
	}
}

static uint32_t hash_of(enum type_kind kind, const char *name)
{
	return (uint32_t)scatter(scatter_text(name) ^ kind, scatter_key());
}

static uint64_t find_hashed(const struct dwarf *dwarf, enum type_kind kind, const char *name,
			    uint32_t hash)
{
	const struct dwarf_definition *found;
	uint32_t at = 0;

	if (dwarf->nr_buckets)
		at = dwarf->bucket[hash & (dwarf->nr_buckets - 1)];
	for (; at; at = found->before) {
		found = &dwarf->definitions[at - 1];
		if (found->hash == hash && found->kind == kind &&
		    (found->name == name || !strcmp(found->name, name)))
			return found->id;
	}
	return 0;
}

static void link_definition(struct dwarf *dwarf, size_t nr)
{
	struct dwarf_definition *definition = &dwarf->definitions[nr];
	uint32_t *bucket = &dwarf->bucket[definition->hash & (dwarf->nr_buckets - 1)];

	definition->before = *bucket;
	*bucket = (uint32_t)nr + 1;
}

/* Enlarges the hash table if there is no space for one more definition. Returns false if memory
 * runs out. */
static bool grow_buckets(struct dwarf *dwarf)
{
	enum { FEWEST = 1 << 10 };
	size_t nr = dwarf->nr_buckets ? 2 * dwarf->nr_buckets : FEWEST;
	uint32_t *bucket;

	if (dwarf->nr_definitions < dwarf->nr_buckets)
		return true;
	bucket = calloc(nr, sizeof(*bucket));
	if (!bucket)
		return false;
	free(dwarf->bucket);
	dwarf->bucket = bucket;
	dwarf->nr_buckets = nr;
	for (size_t i = 0; i < dwarf->nr_definitions; i++)
		link_definition(dwarf, i);
	return true;
}

/* Clears strings_complete if a name of at least MIN_SHARED_NAME characters is not in .debug_str,
 * because then the compiler also puts names elsewhere. */
static void check_name_place(struct dwarf *dwarf, const char *name)
{
	const uint8_t *at = (const uint8_t *)name;

	for (unsigned int i = 0; i < dwarf->nr_strings; i++) {
		const uint8_t *start = dwarf->strings[i].data;

		if (start && at >= start && at < start + dwarf->strings[i].size)
			return;
	}
	if (strlen(name) >= MIN_SHARED_NAME)
		dwarf->strings_complete = false;
}

/* Records die if it defines a type. Returns false if memory runs out. */
static bool add_definition(struct dwarf *dwarf, Dwarf_Die *die)
{
	struct dwarf_definition definition;
	enum type_kind kind;
	const char *name;
	uint32_t hash;

	if (!types_dwarf_kind(dwarf_tag(die), &kind))
		return true;
	name = dwarf_diename(die);
	if (!name || strnlen(name, LONGEST_NAME) == LONGEST_NAME ||
	    dwarf_hasattr(die, DW_AT_declaration))
		return true;
	check_name_place(dwarf, name);
	hash = hash_of(kind, name);
	if (find_hashed(dwarf, kind, name, hash))
		return true;
	definition = (struct dwarf_definition){
		.name = name,
		.id = die_id(die),
		.kind = kind,
		.hash = hash,
	};
	if (!grow_buckets(dwarf) || !array_add(&dwarf->definitions, &dwarf->nr_definitions,
					       &dwarf->room, &definition, sizeof(definition)))
		return false;
	link_definition(dwarf, dwarf->nr_definitions - 1);
	return true;
}

/* --- searching --- */

void types_dwarf_next_unit(struct dwarf *dwarf)
{
	Dwarf_CU *next;
	Dwarf_Die top;

	while (dwarf_get_units(dwarf->reading, dwarf->unit, &next, NULL, NULL, &top, NULL) != 0) {
		dwarf->exhausted = !dwarf->supplement || dwarf->reading == dwarf->supplement;
		if (dwarf->exhausted)
			return;
		dwarf->reading = dwarf->supplement;
		dwarf->unit = NULL;
	}
	dwarf->unit = next;
	dwarf->in_unit = dwarf_child(&top, &dwarf->die) == 0;
}

static uint64_t known_definition(const struct dwarf *dwarf, enum type_kind kind, const char *name)
{
	return find_hashed(dwarf, kind, name, hash_of(kind, name));
}

/* Reads the current unit until it finds the requested definition. Returns the id of the definition,
 * or 0 if the rest of the unit does not contain it. */
static uint64_t search_unit(struct dwarf *dwarf, enum type_kind kind, const char *name)
{
	uint64_t found = 0;

	while (dwarf->in_unit && !found && !dwarf_stops(dwarf)) {
		size_t before = dwarf->nr_definitions;

		if (!add_definition(dwarf, &dwarf->die))
			return 0;
		if (dwarf->nr_definitions > before)
			found = known_definition(dwarf, kind, name);
		dwarf->in_unit = die_next_sibling(&dwarf->die);
	}
	return found;
}

/* Can a type have this name? If all names read so far were in .debug_str, other names are probably
 * there, too. So a name that is not in .debug_str does not exist, and the remaining units need not
 * be read. */
static bool may_exist(const struct dwarf *dwarf, const char *name)
{
	size_t size = strlen(name) + 1;

	if (!dwarf->strings_complete || size <= MIN_SHARED_NAME)
		return true;
	for (unsigned int i = 0; i < dwarf->nr_strings; i++)
		if (memmem(dwarf->strings[i].data, dwarf->strings[i].size, name, size))
			return true;
	return false;
}

uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name)
{
	struct dwarf *dwarf = source;
	uint64_t found = known_definition(dwarf, kind, name);
	bool checked = false;

	if (!found)
		found = search_unit(dwarf, kind, name);
	/* The listener is asked at each unit, because libdw may read megabytes before it returns
	 * the first DIE of a unit. */
	while (!found && !dwarf->in_unit && !dwarf->exhausted &&
	       !listener_stops(*dwarf->listener)) {
		if (!checked && dwarf->nr_definitions) {
			if (!may_exist(dwarf, name))
				return 0;
			checked = true;
		}
		types_dwarf_next_unit(dwarf);
		found = search_unit(dwarf, kind, name);
	}
	return found;
}
