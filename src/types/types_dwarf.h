/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* DWARF as a source of types. Only types_dwarf.c, which describes types, and types_dwarf_find.c and
 * types_dwarf_variable.c, which find types and variables, use this header. */
#pragma once

#include <dwarf.h>

#include "base/bytes.h"
#include "types/types_backend.h"

struct dwarf_definition {
	const char *name; /* borrowed from libdw */
	uint64_t id;
	enum type_kind kind;
	uint32_t hash; /* the hash of kind and name */
	uint32_t before; /* the index of the previous definition in the bucket, plus 1; 0: none */
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

/* Sets *kind to the kind of type that this tag defines. Returns false if the tag defines no
 * type. */
bool types_dwarf_kind(int tag, enum type_kind *kind);

void types_dwarf_next_unit(struct dwarf *dwarf);
uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name);
uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address);
