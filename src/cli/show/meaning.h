/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a pointer in memory points to: a symbol, or an object of a slab. */
#pragma once

#include "symbols/symbol_lookup.h"
#include "linux/slab/slab.h"
#include "output/row.h"

struct meaning {
	bool has_symbol;
	struct kernel_symbol symbol; /* valid if has_symbol */
	struct slab_place slab; /* valid if has_symbol is false */
};

/* Returns false if value points to neither. Looks for objects of slabs only if objects is true. */
bool meaning_find(struct kernel *kernel, uint64_t value, bool objects, struct meaning *meaning);

/* Writes "schedule+0x10 [module]" or "[kmalloc-96] ffff888000051080+0x20". */
void meaning_text(struct row *row, const struct meaning *meaning, uint64_t value);
/* Adds an object to the open list. address: the place where the value is stored. */
void meaning_json(struct output *output, const struct meaning *meaning, uint64_t address,
		  uint64_t value);
