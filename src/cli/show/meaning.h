/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meaning of a pointer in memory: it points to a symbol, or to an object of a slab. */
#pragma once

#include "symbols/symbol_lookup.h"
#include "linux/slab/slab.h"
#include "output/row.h"

struct meaning {
	bool has_symbol;
	struct kernel_symbol symbol; /* valid if has_symbol */
	struct slab_place slab; /* valid if has_symbol is false */
};

/* Finds the meaning of value. Looks for objects of slabs only if objects is true. Returns false if
 * value points neither to a symbol nor to an object. */
bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning);

/* Writes the meaning: for example "schedule+0x10 [module]", or for an object "[kmalloc-96]
 * ffff888000051080+0x20". */
void meaning_text(struct row *row, const struct meaning *meaning, uint64_t value);
/* Adds the meaning as an object to the open list. address: where the value is stored. */
void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value);
