/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* DWARF as a source of types. Only types_dwarf.c, which describes types, and types_dwarf_find.c and
 * types_dwarf_variable.c, which find types and variables, use this header. */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "types/types_backend.h"
#include "base/array.h"
#include "base/scatter.h"
#include "symbols/elf_file.h"

struct dwarf_definition {
	const char *name; /* borrowed from libdw */
	uint64_t id;
	enum type_kind kind;
	uint32_t hash; /* the hash of kind and name */
	uint32_t before; /* the index of the previous definition in the bucket, plus 1; 0: none */
};

enum {
	/* Units that are read for the definitions of one name; a common header is in thousands. */
	MOST_UNITS = 64,
	MOST_SAME = 64, /* definitions of one name */
	NR_SAME = 8, /* names whose definitions are remembered */
};

/* The definitions of one name, also those that are equal. */
struct dwarf_same {
	enum type_kind kind;
	char *name; /* owned; NULL: not used */
	uint64_t id[MOST_SAME];
	size_t nr;
};

/* Each search continues where the previous search stopped. All top-level definitions that searches
 * read are added to a hash table, so each unit is read at most once. */
struct dwarf {
	const struct listener *const *listener; /* asked whether to stop */
	Dwarf *debug;
	/* The supplementary file of dwz, which is read after `debug`; NULL: none. */
	Dwarf *supplement;
	struct bytes strings[2]; /* .debug_str of `debug` and of `supplement` */
	unsigned int nr_strings;
	bool strings_complete; /* all names that were read so far were in `strings` */
	Dwarf *reading; /* the file that is being read: `debug` or `supplement` */
	Dwarf_CU *unit; /* the unit that is being read */
	Dwarf_Die die; /* the next DIE to read; valid if in_unit is true */
	bool in_unit;
	bool exhausted; /* all units were read */
	uint64_t nr_steps;
	struct dwarf_definition *definitions; /* owned */
	size_t nr_definitions, room;
	/* Owned; for each bucket the index of its last definition, plus 1; 0: empty. */
	uint32_t *bucket;
	size_t nr_buckets; /* a power of two, at least nr_definitions; 0: no table yet */
	struct dwarf_same same[NR_SAME];
	size_t next_same; /* counts the searches; the next one replaces the oldest */
};

/* Returns the id of a DIE, which is its address in memory. An offset in a section cannot be the id:
 * in DWARF 4, a DIE in .debug_info and a DIE in .debug_types may have the same offset. */
static inline uint64_t die_id(const Dwarf_Die *die)
{
	return (uintptr_t)die->addr;
}

static inline bool die_of(const struct dwarf *dwarf, uint64_t id, Dwarf_Die *die)
{
	return dwarf_die_addr_die(dwarf->debug, (void *)(uintptr_t)id, die);
}

/* Sets *die to its next sibling. Returns false if there is no sibling, or if the reference points
 * to an earlier DIE, because such references could form a cycle. */
static inline bool die_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

/* Must the search stop? This is called for each DIE. A call of libdw itself cannot be stopped: if a
 * DIE lacks a reference to its sibling, libdw reads all descendants of the DIE. */
static inline bool dwarf_stops(struct dwarf *dwarf)
{
	return listener_stops_at(*dwarf->listener, dwarf->nr_steps++);
}

/* --- types by name --- */

enum {
	MOST_UNSPLIT = 1 << 12, /* units that types_dwarf_lack() reads */
	/* Shorter names may be in the DIE itself and not in .debug_str: with its NUL, such a name
	 * takes no more space than a reference to .debug_str, which has 4 bytes. */
	MIN_SHARED_NAME = 4,
	/* Longer names are ignored. No type of C or Rust has such a name. Without this limit, all
	 * names of a hostile file could be as long as the file, because names may overlap. */
	LONGEST_NAME = 1024,
};

/* --- the table of definitions --- */

/* Sets *kind to the kind of type that this tag defines. Returns false if the tag defines no
 * type. */
static bool types_dwarf_kind(int tag, enum type_kind *kind)
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

/* Returns the name of the type that the DIE defines, or NULL. */
static const char *types_dwarf_defined(Dwarf_Die *die, enum type_kind *kind)
{
	const char *name = types_dwarf_kind(dwarf_tag(die), kind) ? dwarf_diename(die) : NULL;

	return name && strnlen(name, LONGEST_NAME) < LONGEST_NAME &&
			       !dwarf_hasattr(die, DW_AT_declaration) ?
		       name :
		       NULL;
}

/* Records die if it defines a type. Returns false if memory runs out. */
static bool add_definition(struct dwarf *dwarf, Dwarf_Die *die)
{
	struct dwarf_definition definition;
	enum type_kind kind;
	const char *name;
	uint32_t hash;

	name = types_dwarf_defined(die, &kind);
	if (!name)
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

static void types_dwarf_next_unit(struct dwarf *dwarf)
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
	uint64_t id = 0;

	if (kind == TYPE_ANY) {
		id = known_definition(dwarf, TYPE_ALIAS, name);
		for (kind = TYPE_STRUCT; kind <= TYPE_ENUM && !id; kind++)
			id = known_definition(dwarf, kind, name);
		return id;
	}
	return find_hashed(dwarf, kind, name, hash_of(kind, name));
}

static bool is_wanted(const struct dwarf_definition *definition, enum type_kind kind,
		      const char *name)
{
	return (kind == TYPE_ANY || definition->kind == kind) && !strcmp(definition->name, name);
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
		if (dwarf->nr_definitions > before &&
		    is_wanted(&dwarf->definitions[before], kind, name))
			found = dwarf->definitions[before].id;
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

static uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name)
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

static void types_dwarf_each_type(void *source, type_visitor visit, void *arg)
{
	static const char *const keywords[] = {
		[TYPE_STRUCT] = "struct ",
		[TYPE_UNION] = "union ",
		[TYPE_ENUM] = "enum ",
		[TYPE_ALIAS] = "",
	};
	struct dwarf *dwarf = source;

	search_unit(dwarf, TYPE_ANY, "");
	while (!dwarf->in_unit && !dwarf->exhausted && !listener_stops(*dwarf->listener)) {
		types_dwarf_next_unit(dwarf);
		search_unit(dwarf, TYPE_ANY, "");
	}
	for (size_t i = 0; i < dwarf->nr_definitions; i++)
		if (!visit(keywords[dwarf->definitions[i].kind], dwarf->definitions[i].name, arg))
			return;
}

/* --- variables --- */

/* Finds the variables of compilation units, by name and address. */

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

/* Moves *at, an offset in .debug_info, after the next unit that may contain a pattern. *unit: its
 * DIE. */
static bool next_unit_with(struct dwarf *dwarf, const struct dwarf_patterns *patterns,
			   Dwarf_Off *at, Dwarf_Die *unit)
{
	const Elf_Data *info = elf_section_data(dwarf_getelf(dwarf->debug), ".debug_info");
	Dwarf_Off start, next;
	size_t header;

	while (info && (patterns->all || patterns->nr) && !dwarf_stops(dwarf)) {
		start = *at;
		if (dwarf_nextcu(dwarf->debug, start, &next, &header, NULL, NULL, NULL) != 0 ||
		    next <= start)
			return false;
		*at = next;
		if ((patterns->all || has_pattern(info, start, next, patterns)) &&
		    dwarf_offdie(dwarf->debug, start + header, unit))
			return true;
	}
	return false;
}

static uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address)
{
	struct dwarf *dwarf = source;
	struct dwarf_variable variable = { .name = name, .address = address };
	struct dwarf_patterns patterns = { .nr = 0 };
	uint64_t found = 0;
	Dwarf_Off at = 0;
	Dwarf_Die unit;

	if (address)
		patterns_of_place(&patterns, dwarf_getelf(dwarf->debug), address);
	else
		patterns_of_name(&patterns, dwarf, name);
	while (!found && next_unit_with(dwarf, &patterns, &at, &unit))
		found = find_in_unit(dwarf, &variable, &unit);
	return found;
}

/* --- all definitions of a name --- */

static void keep_definitions(struct dwarf *dwarf, struct dwarf_same *same, Dwarf_Die *unit)
{
	enum type_kind kind;
	const char *name;
	Dwarf_Die die;

	if (dwarf_child(unit, &die) != 0)
		return;
	do {
		name = types_dwarf_defined(&die, &kind);
		if (name && kind == same->kind && !strcmp(name, same->name))
			same->id[same->nr++] = die_id(&die);
	} while (same->nr < MOST_SAME && !dwarf_stops(dwarf) && die_next_sibling(&die));
}

/* Finds the definitions in the units that refer to the name. The results for the last names are
 * remembered, because a search takes tenths of a second. Returns NULL if memory runs out, or if the
 * search was stopped. */
static const struct dwarf_same *find_same(struct dwarf *dwarf, enum type_kind kind,
					  const char *name)
{
	struct dwarf_patterns patterns = { .nr = 0 };
	struct dwarf_same *same;
	Dwarf_Off at = 0;
	Dwarf_Die unit;

	for (same = dwarf->same; same < dwarf->same + NR_SAME; same++)
		if (same->name && same->kind == kind && !strcmp(same->name, name))
			return same;
	same = &dwarf->same[dwarf->next_same++ % NR_SAME];
	free(same->name);
	*same = (struct dwarf_same){ .kind = kind, .name = strdup(name) };
	if (!same->name)
		return NULL;
	patterns_of_name(&patterns, dwarf, name);
	for (unsigned int nr = 0; nr < MOST_UNITS && same->nr < MOST_SAME &&
				  next_unit_with(dwarf, &patterns, &at, &unit);
	     nr++)
		keep_definitions(dwarf, same, &unit);
	if (!listener_stops(*dwarf->listener))
		return same;
	free(same->name);
	same->name = NULL;
	return NULL;
}

static void types_dwarf_each_definition(void *source, enum type_kind kind, const char *name,
					id_visitor visit, void *arg)
{
	const struct dwarf_same *same = find_same(source, kind, name);

	for (size_t i = 0; same && i < same->nr && visit(same->id[i], arg); i++)
		;
}

/* --- attributes --- */

static bool unsigned_attribute(Dwarf_Die *die, unsigned int name, uint64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Word word;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &word) != 0)
		return false;
	*value = word;
	return true;
}

/* Returns the id of the DIE that an attribute refers to, or 0 if there is no such attribute. */
static uint64_t reference(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Die target;

	if (!dwarf_attr(die, name, &attribute) || !dwarf_formref_die(&attribute, &target))
		return 0;
	return die_id(&target);
}

/* --- describing --- */

static uint64_t dimension(Dwarf_Die *range)
{
	uint64_t value;

	if (unsigned_attribute(range, DW_AT_count, &value))
		return value;
	/* Some compilers write -1 as the upper bound of an array [0]. */
	if (unsigned_attribute(range, DW_AT_upper_bound, &value) && value != UINT32_MAX)
		return value + 1;
	return 0;
}

static bool describe_array(struct dwarf *dwarf, Dwarf_Die *die, struct type *type)
{
	uint64_t count, *last;
	Dwarf_Die range;

	type->kind = TYPE_ARRAY;
	type->target = reference(die, DW_AT_type);
	type->count = 1;
	if (dwarf_child(die, &range) != 0)
		return false;
	do {
		if (dwarf_tag(&range) != DW_TAG_subrange_type)
			continue;
		count = dimension(&range);
		if (__builtin_mul_overflow(type->count, count, &type->count))
			return false;
		if (type->nr_dims < MOST_DIMENSIONS) {
			type->dim[type->nr_dims++] = count;
			continue;
		}
		last = &type->dim[MOST_DIMENSIONS - 1];
		if (__builtin_mul_overflow(*last, count, last))
			return false;
	} while (!dwarf_stops(dwarf) && die_next_sibling(&range));
	return type->nr_dims;
}

static unsigned int address_size_of(Dwarf_CU *unit)
{
	uint8_t size;
	Dwarf_Die top;

	return dwarf_cu_die(unit, &top, NULL, NULL, &size, NULL, NULL, NULL) ? size : 0;
}

static bool describe_sized(Dwarf_Die *die, struct type *type)
{
	if (!types_dwarf_kind(dwarf_tag(die), &type->kind) || type->kind == TYPE_ALIAS)
		type->kind = TYPE_OTHER;
	if (type->kind != TYPE_OTHER && dwarf_hasattr(die, DW_AT_declaration)) {
		type->declared = type->kind;
		type->kind = TYPE_DECLARED;
		return true;
	}
	if (dwarf_tag(die) == DW_TAG_pointer_type) {
		type->kind = TYPE_POINTER;
		type->target = reference(die, DW_AT_type);
	}
	if (unsigned_attribute(die, DW_AT_byte_size, &type->size))
		return true;
	type->size = address_size_of(die->cu);
	return type->kind == TYPE_POINTER && type->size;
}

static bool types_dwarf_describe(void *source, uint64_t id, struct type *type)
{
	Dwarf_Die die;

	*type = (struct type){ 0 };
	if (!die_of(source, id, &die))
		return false;
	switch (dwarf_tag(&die)) {
	case DW_TAG_typedef:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		type->kind = TYPE_ALIAS;
		type->target = reference(&die, DW_AT_type);
		return true;
	case DW_TAG_subroutine_type:
		type->kind = TYPE_FUNCTION;
		type->target = reference(&die, DW_AT_type);
		return true;
	case DW_TAG_array_type: return describe_array(source, &die, type);
	default: return describe_sized(&die, type);
	}
}

uint64_t types_dwarf_at(void *source, uint64_t offset)
{
	const struct dwarf *dwarf = source;
	Dwarf_Die die;

	return dwarf_offdie(dwarf->debug, offset, &die) ? die_id(&die) : 0;
}

/* --- members and enumerators --- */

/* Finds the offset of a member in bytes. In DWARF 2 and 3, the offset may be an expression, which
 * adds the offset to an address. Returns false if the offset is not a constant, or is not
 * plausible. */
static bool byte_offset(Dwarf_Die *die, uint64_t *offset)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *expression;
	Dwarf_Word word;
	size_t length;

	*offset = 0;
	if (!dwarf_attr(die, DW_AT_data_member_location, &attribute))
		return true;
	if (dwarf_formudata(&attribute, &word) == 0) {
		*offset = word;
		return *offset <= UINT32_MAX;
	}
	if (dwarf_getlocation(&attribute, &expression, &length) != 0 || length != 1 ||
	    expression->atom != DW_OP_plus_uconst)
		return false;
	*offset = expression->number;
	return *offset <= UINT32_MAX;
}

/* Adds the bit offset of a bit field to *bits, if the member has DW_AT_bit_offset, which was used
 * until DWARF 4. This attribute counts the bits from the most significant bit of a storage unit to
 * the most significant bit of the field. */
static bool old_bit_offset(Dwarf_Die *die, uint64_t bit_size, uint64_t *bits)
{
	uint64_t from_top, unit;
	Dwarf_Attribute attribute;
	Dwarf_Die type;

	if (!unsigned_attribute(die, DW_AT_bit_offset, &from_top))
		return true;
	if (!unsigned_attribute(die, DW_AT_byte_size, &unit)) {
		if (!dwarf_attr(die, DW_AT_type, &attribute) ||
		    !dwarf_formref_die(&attribute, &type) ||
		    dwarf_aggregate_size(&type, &unit) != 0)
			return false;
	}
	if (unit > sizeof(uint64_t) || !range_within(from_top, bit_size, 8 * unit))
		return false;
	*bits += 8 * unit - from_top - bit_size;
	return true;
}

static bool types_dwarf_read_member(Dwarf_Die *die, struct raw_member *member)
{
	uint64_t bytes;

	*member = (struct raw_member){
		.name = dwarf_diename(die),
		.type = reference(die, DW_AT_type),
	};
	if (!unsigned_attribute(die, DW_AT_bit_size, &member->bit_size))
		member->bit_size = 0;
	if (member->bit_size > 8 * sizeof(uint64_t) || !byte_offset(die, &bytes))
		return false;
	member->bit_offset = 8 * bytes;
	if (unsigned_attribute(die, DW_AT_data_bit_offset, &bytes)) {
		member->bit_offset += bytes;
		return bytes <= UINT32_MAX;
	}
	return old_bit_offset(die, member->bit_size, &member->bit_offset);
}

/* Reads a member of a struct or union, or a parameter of a function. */
static bool read_item(Dwarf_Die *die, struct raw_member *member)
{
	*member = (struct raw_member){ 0 };
	switch (dwarf_tag(die)) {
	case DW_TAG_member: return types_dwarf_read_member(die, member);
	case DW_TAG_formal_parameter:
		member->name = dwarf_diename(die);
		member->type = reference(die, DW_AT_type);
		return true;
	case DW_TAG_unspecified_parameters: member->name = "..."; return true;
	default: return false;
	}
}

static bool first_child(void *source, uint64_t id, Dwarf_Die *child)
{
	Dwarf_Die die;

	return die_of(source, id, &die) && dwarf_child(&die, child) == 0;
}

static void types_dwarf_each_member(void *source, uint64_t id, member_visitor visit, void *arg)
{
	struct raw_member member;
	Dwarf_Die die;

	if (!first_child(source, id, &die))
		return;
	do {
		if (read_item(&die, &member) && !visit(&member, arg))
			return;
	} while (!dwarf_stops(source) && die_next_sibling(&die));
}

/* Reads the value of an enumerator. Only DW_FORM_sdata and DW_FORM_implicit_const are signed.
 * Values in other forms, such as DW_FORM_data1, are read as unsigned numbers. */
static bool enumerator_value(Dwarf_Die *die, int64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword number;
	Dwarf_Word word;
	unsigned int form;

	if (!dwarf_attr(die, DW_AT_const_value, &attribute))
		return false;
	form = dwarf_whatform(&attribute);
	if (form == DW_FORM_sdata || form == DW_FORM_implicit_const) {
		if (dwarf_formsdata(&attribute, &number) != 0)
			return false;
		*value = number;
		return true;
	}
	if (dwarf_formudata(&attribute, &word) != 0)
		return false;
	*value = (int64_t)word;
	return true;
}

static void types_dwarf_each_enumerator(void *source, uint64_t id, enumerator_visitor visit,
					void *arg)
{
	const char *name;
	int64_t value;
	Dwarf_Die die;

	if (!first_child(source, id, &die))
		return;
	do {
		if (dwarf_tag(&die) != DW_TAG_enumerator)
			continue;
		name = dwarf_diename(&die);
		if (name && enumerator_value(&die, &value) && !visit(name, value, arg))
			return;
	} while (!dwarf_stops(source) && die_next_sibling(&die));
}

/* --- how types are written --- */

static enum type_coding types_dwarf_coding(Dwarf_Die *die)
{
	uint64_t encoding;

	if (!unsigned_attribute(die, DW_AT_encoding, &encoding))
		return CODED_OTHER;
	switch (encoding) {
	case DW_ATE_boolean: return CODED_BOOL;
	case DW_ATE_signed:
	case DW_ATE_signed_char: return CODED_SIGNED;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF: return CODED_UNSIGNED;
	case DW_ATE_float: return CODED_FLOAT;
	default: return CODED_OTHER;
	}
}

static bool see_negative(const char *name, int64_t value, void *arg)
{
	(void)name;
	*(bool *)arg = value < 0;
	return value >= 0;
}

/* GCC writes DW_AT_encoding for an enum since release 8, and clang DW_AT_type. Older compilers write
 * neither: then the values are signed if one of them is negative. */
static enum type_coding enum_coding(void *source, Dwarf_Die *die)
{
	enum type_coding coding = types_dwarf_coding(die);
	Dwarf_Attribute attribute;
	bool negative = false;
	Dwarf_Die type;

	if (coding == CODED_OTHER && dwarf_attr(die, DW_AT_type, &attribute) &&
	    dwarf_formref_die(&attribute, &type))
		coding = types_dwarf_coding(&type);
	if (coding != CODED_OTHER)
		return coding;
	types_dwarf_each_enumerator(source, die_id(die), see_negative, &negative);
	return negative ? CODED_SIGNED : CODED_UNSIGNED;
}

static bool types_dwarf_label(void *source, uint64_t id, struct type_label *label)
{
	Dwarf_Die die;

	if (!die_of(source, id, &die))
		return false;
	*label = (struct type_label){ .kind = LABEL_NAME, .coding = CODED_OTHER, .keyword = "" };
	label->name = dwarf_diename(&die);
	switch (dwarf_tag(&die)) {
	case DW_TAG_base_type: label->coding = types_dwarf_coding(&die); break;
	case DW_TAG_structure_type: label->keyword = "struct "; break;
	case DW_TAG_union_type: label->keyword = "union "; break;
	case DW_TAG_enumeration_type:
		label->keyword = "enum ";
		label->coding = enum_coding(source, &die);
		break;
	case DW_TAG_const_type: label->kind = LABEL_CONST; break;
	case DW_TAG_volatile_type: label->kind = LABEL_VOLATILE; break;
	case DW_TAG_atomic_type: label->kind = LABEL_ATOMIC; break;
	case DW_TAG_typedef: break;
	default: label->kind = LABEL_NONE;
	}
	return true;
}

/* Enums without a name are not among the definitions, so all units are read. */
static void types_dwarf_each_enum(void *source, const char *enumerator, id_visitor visit, void *arg)
{
	struct dwarf *dwarf = source;
	Dwarf *files[] = { dwarf->debug, dwarf->supplement };
	Dwarf_Die top, die;
	Dwarf_CU *unit;

	for (unsigned int i = 0; i < 2 && files[i] && may_exist(dwarf, enumerator); i++) {
		for (unit = NULL;
		     !listener_stops(*dwarf->listener) &&
		     dwarf_get_units(files[i], unit, &unit, NULL, NULL, &top, NULL) == 0;) {
			if (dwarf_child(&top, &die) != 0)
				continue;
			do {
				if (dwarf_tag(&die) == DW_TAG_enumeration_type &&
				    !visit(die_id(&die), arg))
					return;
			} while (!dwarf_stops(dwarf) && die_next_sibling(&die));
		}
	}
}

/* --- open and close --- */

static void close_dwarf(void *source)
{
	struct dwarf *dwarf = source;

	free(dwarf->definitions);
	free(dwarf->bucket);
	for (size_t i = 0; i < NR_SAME; i++)
		free(dwarf->same[i].name);
	dwarf_end(dwarf->debug);
	dwarf_end(dwarf->supplement);
	free(dwarf);
}

/* Records the section .debug_str of elf, which libdw has already decompressed. */
static void add_strings(struct dwarf *dwarf, Elf *elf)
{
	Elf_Data *data = elf_section_data(elf, ".debug_str");

	dwarf->strings[dwarf->nr_strings].data = data ? data->d_buf : NULL;
	dwarf->strings[dwarf->nr_strings++].size = data ? data->d_size : 0;
	dwarf->strings_complete &= data != NULL;
}

/* Opens the DWARF of elf and of its supplementary file. Returns false if elf names a supplementary
 * file but `supplement` is NULL, because libdw would then open any path that elf names. */
static bool open_both(struct dwarf *dwarf, Elf *elf, Elf *supplement)
{
	if (!supplement && elf_section(elf, ".gnu_debugaltlink"))
		return false;
	if (!elf_may_be_unpacked(elf) || (supplement && !elf_may_be_unpacked(supplement)))
		return false;
	dwarf->debug = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (!dwarf->debug)
		return false;
	dwarf->strings_complete = true;
	add_strings(dwarf, elf);
	if (!supplement)
		return true;
	dwarf->supplement = dwarf_begin_elf(supplement, DWARF_C_READ, NULL);
	if (!dwarf->supplement)
		return false;
	dwarf_setalt(dwarf->debug, dwarf->supplement);
	add_strings(dwarf, supplement);
	return true;
}

/* Finds a first definition of a type. A file with line numbers only (-g1), or with all its types in
 * .dwo files, has none. If the listener stops the search, there may be one. */
static bool has_definition(struct dwarf *dwarf)
{
	while (!dwarf->nr_definitions && !dwarf->exhausted && !listener_stops(*dwarf->listener)) {
		while (dwarf->in_unit && !dwarf->nr_definitions && !dwarf_stops(dwarf)) {
			if (!add_definition(dwarf, &dwarf->die))
				return false;
			dwarf->in_unit = die_next_sibling(&dwarf->die);
		}
		if (!dwarf->nr_definitions && !dwarf->in_unit)
			types_dwarf_next_unit(dwarf);
	}
	return !dwarf->exhausted;
}

enum dwarf_lack types_dwarf_lack(Elf *elf, char name[TYPES_SPLIT_NAME])
{
	Dwarf *debug = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	Dwarf_CU *unit = NULL;
	Dwarf_Attribute attribute;
	const char *text = NULL;
	unsigned int nr = 0;
	Dwarf_Die top;

	/* The first units may be of assembler, which is not split. */
	for (; debug && !text && nr < MOST_UNSPLIT &&
	       dwarf_get_units(debug, unit, &unit, NULL, NULL, &top, NULL) == 0;
	     nr++)
		if (dwarf_attr(&top, DW_AT_dwo_name, &attribute) ||
		    dwarf_attr(&top, DW_AT_GNU_dwo_name, &attribute))
			text = dwarf_formstring(&attribute);
	snprintf(name, TYPES_SPLIT_NAME, "%s", text ? text : "");
	dwarf_end(debug);
	return *name ? DWARF_SPLIT : nr ? DWARF_WITHOUT_TYPES : DWARF_UNREADABLE;
}

void *types_dwarf_open(Elf *elf, Elf *supplement, const struct listener *const *listener)
{
	struct dwarf *dwarf = calloc(1, sizeof(*dwarf));

	if (!dwarf)
		return NULL;
	dwarf->listener = listener;
	if (open_both(dwarf, elf, supplement)) {
		dwarf->reading = dwarf->debug;
		types_dwarf_next_unit(dwarf);
		if (!dwarf->exhausted && has_definition(dwarf))
			return dwarf;
	}
	close_dwarf(dwarf);
	return NULL;
}

static unsigned int types_dwarf_pointer_size(void *source)
{
	const struct dwarf *dwarf = source;

	return address_size_of(dwarf->unit);
}

const struct types_backend types_dwarf = {
	.name = "DWARF",
	.close = close_dwarf,
	.find = types_dwarf_find,
	.each_definition = types_dwarf_each_definition,
	.each_type = types_dwarf_each_type,
	.describe = types_dwarf_describe,
	.find_variable = types_dwarf_find_variable,
	.label = types_dwarf_label,
	.each_member = types_dwarf_each_member,
	.each_enumerator = types_dwarf_each_enumerator,
	.each_enum = types_dwarf_each_enum,
	.pointer_size = types_dwarf_pointer_size,
};
