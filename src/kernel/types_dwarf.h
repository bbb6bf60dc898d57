/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DWARF as a source of types: shared by types_dwarf.c (what a type is made of)
 * and types_dwarf_find.c (where it is). */
#pragma once

#include <dwarf.h>

#include "base/bytes.h"
#include "kernel/types_backend.h"

struct dwarf_definition {
	const char *name; /* libdw's; NULL for a free slot */
	uint64_t id;
	enum type_kind kind;
};

/*
 * Top-level definitions are entered into a hash table as they are passed, and
 * a search goes on where the last one stopped: all questions together read
 * each unit at most once.
 */
struct dwarf {
	Dwarf *debug;
	Dwarf *supplement;    /* dwz's, whose units are read last; NULL: none */
	struct bytes strings[2]; /* .debug_str of both */
	unsigned int nr_strings;
	bool strings_tell;    /* all names are there */
	Dwarf *reading;       /* of the two */
	Dwarf_CU *unit;       /* being read */
	Dwarf_Die die;        /* the next to look at within it */
	bool in_unit;
	bool exhausted;
	struct dwarf_definition *table; /* open addressing */
	size_t room;                    /* a power of two */
	size_t nr_definitions;
};

/* A DIE is known by where it lies in memory: its offset would not tell
 * .debug_info from the .debug_types of DWARF 4. */
static inline uint64_t die_id(const Dwarf_Die *die)
{
	return (uintptr_t)die->addr;
}

static inline bool die_of(const struct dwarf *dwarf, uint64_t id,
			  Dwarf_Die *die)
{
	return dwarf_die_addr_die(dwarf->debug, (void *)(uintptr_t)id, die);
}

/* Siblings run forward: a reference backwards would never end. */
static inline bool die_next_sibling(Dwarf_Die *die)
{
	Dwarf_Off before = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > before;
}

/* The kind by which types.c asks; false for what has no name of its own. */
bool types_dwarf_asked_kind(int tag, enum type_kind *kind);

void types_dwarf_next_unit(struct dwarf *dwarf);
uint64_t types_dwarf_find(void *source, enum type_kind kind, const char *name);
