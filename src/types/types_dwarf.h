/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* DWARF as a source of types. Only for types_dwarf.c (describes types) and types_dwarf_find.c
 * (finds definitions). */
#pragma once

#include <dwarf.h>

#include "base/bytes.h"
#include "types/types_backend.h"

struct dwarf_definition {
	const char *name; /* borrowed from libdw */
	uint64_t id;
	enum type_kind kind;
	uint32_t hash; /* hash of kind and name */
	uint32_t before; /* 1 + index of the previous definition in the bucket, or 0 */
};

/* A search continues at the place where the last one stopped, and adds each top-level definition
 * that it passes to a hash table: each unit is read at most once. */
struct dwarf {
	const struct listener *const *listener; /* decides whether to stop */
	Dwarf *debug;
	Dwarf *supplement; /* supplement of dwz, read last; NULL: none */
	struct bytes strings[2]; /* .debug_str of debug and supplement */
	unsigned int nr_strings;
	bool strings_complete; /* every name seen so far was in strings */
	Dwarf *reading; /* debug or supplement, the one being read */
	Dwarf_CU *unit; /* unit that is being read */
	Dwarf_Die die; /* the next DIE to read, if in_unit */
	bool in_unit;
	bool exhausted; /* all units were read */
	uint64_t nr_steps;
	struct dwarf_definition *definitions; /* owned */
	size_t nr_definitions, room;
	uint32_t *bucket; /* owned; 1 + index of the last definition of each bucket, or 0 */
	size_t nr_buckets; /* a power of two, at least the number of definitions; or 0 */
};

/* The id of a DIE is its address in memory: offsets in .debug_info and in the .debug_types of DWARF
 * 4 may be equal. */
static inline uint64_t die_id(const Dwarf_Die *die)
{
	return (uintptr_t)die->addr;
}

static inline bool die_of(const struct dwarf *dwarf, uint64_t id, Dwarf_Die *die)
{
	return dwarf_die_addr_die(dwarf->debug, (void *)(uintptr_t)id, die);
}

/* Moves to the next sibling. Rejects references to earlier places, which could form a cycle. */
static inline bool die_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

/* Called for each DIE. libdw itself cannot be stopped: if a DIE lacks a reference to its sibling,
 * libdw reads all DIEs below. */
static inline bool dwarf_stops(struct dwarf *dwarf)
{
	return listener_stops_at(*dwarf->listener, dwarf->nr_steps++);
}

/* The kind that types.c uses for this tag. False: another tag. */
bool types_dwarf_kind(int tag, enum type_kind *kind);

void types_dwarf_next_unit(struct dwarf *dwarf);
uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name);
uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address);
