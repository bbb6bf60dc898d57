/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* DWARF as a source of types. Private to types_dwarf.c (describes a type) and
 * types_dwarf_find.c (finds its definition). */
#pragma once

#include <dwarf.h>

#include "base/bytes.h"
#include "types/types_backend.h"

struct dwarf_definition {
	const char *name; /* borrowed from libdw */
	uint64_t id;
	enum type_kind kind;
	uint32_t hash; /* of both */
	uint32_t before; /* 1 + index of the one before it in its bucket, or 0 */
};

/* A search continues where the last one stopped, and adds each top-level definition on
 * its way to a hash table: each unit is read at most once. */
struct dwarf {
	const struct listener *const *listener; /* asked whether to stop */
	Dwarf *debug;
	Dwarf *supplement; /* of dwz, read last; NULL: none */
	struct bytes strings[2]; /* .debug_str of both */
	unsigned int nr_strings;
	bool strings_complete; /* no name was seen outside of strings */
	Dwarf *reading; /* debug or supplement */
	Dwarf_CU *unit; /* being read */
	Dwarf_Die die; /* the next one to read, if in_unit */
	bool in_unit;
	bool exhausted; /* all units were read */
	uint64_t nr_steps;
	struct dwarf_definition *definitions; /* owned */
	size_t nr_definitions, room;
	uint32_t *bucket; /* owned: 1 + index of the last, or 0 */
	size_t nr_buckets; /* a power of two, no fewer than definitions; or 0 */
};

/* The id of a DIE is its address in memory: offsets are ambiguous between
 * .debug_info and the .debug_types of DWARF 4. */
static inline uint64_t die_id(const Dwarf_Die *die)
{
	return (uintptr_t)die->addr;
}

static inline bool die_of(const struct dwarf *dwarf, uint64_t id, Dwarf_Die *die)
{
	return dwarf_die_addr_die(dwarf->debug, (void *)(uintptr_t)id, die);
}

/* Rejects references backwards, which would form a cycle. */
static inline bool die_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

/* To be called for each DIE. libdw itself asks nobody: where a DIE does not say where
 * its sibling is, it looks at all DIEs below. */
static inline bool dwarf_stops(struct dwarf *dwarf)
{
	return listener_stops_at(*dwarf->listener, dwarf->nr_steps++);
}

/* The kind under which types.c looks up types of this tag; false for other tags. */
bool types_dwarf_kind(int tag, enum type_kind *kind);

void types_dwarf_next_unit(struct dwarf *dwarf);
uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name);
uint64_t types_dwarf_find_variable(void *source, const char *name, uint64_t address);
