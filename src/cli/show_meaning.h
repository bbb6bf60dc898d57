/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meaning of a pointer in memory, for several commands: it points to a symbol, or to an object of a
 * slab. */
#pragma once

#include "cli/command.h"
#include "linux/slab/slab.h"
#include "symbols/symbol_lookup.h"

struct meaning {
	bool has_symbol;
	struct kernel_symbol symbol; /* valid if has_symbol */
	struct slab_place slab; /* valid if has_symbol is false */
};

/* Finds the meaning of value. Looks for objects of slabs only if objects is true. Returns false if
 * value points neither to a symbol nor to an object.
 * Only addresses in the kernel's half have a meaning. Other numbers are not looked up, because
 * symbols of per-CPU variables may be small numbers, which would match by chance. */
bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning);

/* Adds the meaning as an object to the open list. address: where the value is stored. */
void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value);
