/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* DWARF as a source of types. Only for types_dwarf.c, which describes types, and types_dwarf_find.c
 * and types_dwarf_variable.c, which find types and variables. */
#pragma once

#include <dwarf.h>

#include "base/bytes.h"
#include "types/types_backend.h"

struct dwarf_definition {
	const char *name; /* borrowed from libdw */
	uint64_t id;
	enum type_kind kind;
	uint32_t hash; /* hash of kind and name */
	uint32_t before; /* 1 + index of the previous definition in the bucket; 0: none */
};

/* Each search continues where the previous search stopped, and adds each top-level definition that
 * it reads to a hash table. So each unit is read at most once. */
struct dwarf {
	const struct listener *const *listener; /* determines when to stop */
	Dwarf *debug;
	Dwarf *supplement; /* supplementary file of dwz, read after debug; NULL: none */
	struct bytes strings[2]; /* .debug_str of debug and supplement */
	unsigned int nr_strings;
	bool strings_complete; /* every name read so far was in strings */
	Dwarf *reading; /* the file being read: debug or supplement */
	Dwarf_CU *unit; /* the unit being read */
	Dwarf_Die die; /* the next DIE to read, if in_unit */
	bool in_unit;
	bool exhausted; /* all units were read */
	uint64_t nr_steps;
	struct dwarf_definition *definitions; /* owned */
	size_t nr_definitions, room;
	uint32_t *bucket; /* owned; for each bucket 1 + index of its last definition; 0: empty */
	size_t nr_buckets; /* a power of two >= nr_definitions; 0: no table yet */
};

/* The id of a DIE is its address in memory. An offset would not be unique: in DWARF 4, a DIE in
 * .debug_info and a DIE in .debug_types may have the same offset. */
static inline uint64_t die_id(const Dwarf_Die *die)
{
	return (uintptr_t)die->addr;
}

static inline bool die_of(const struct dwarf *dwarf, uint64_t id, Dwarf_Die *die)
{
	return dwarf_die_addr_die(dwarf->debug, (void *)(uintptr_t)id, die);
}

/* Sets die to its next sibling. Rejects references to earlier DIEs, which could form a cycle. */
static inline bool die_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

/* Should the search stop? Called for each DIE. libdw cannot be stopped: if a DIE lacks a reference
 * to its sibling, libdw reads all descendants of the DIE. */
static inline bool dwarf_stops(struct dwarf *dwarf)
{
	return listener_stops_at(*dwarf->listener, dwarf->nr_steps++);
}

/* Sets *kind to the kind of types with this tag. Returns false for other tags. */
bool types_dwarf_kind(int tag, enum type_kind *kind);

void types_dwarf_next_unit(struct dwarf *dwarf);
uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name);
uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address);
