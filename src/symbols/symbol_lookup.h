/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of a dumped kernel and its modules at run time, by name and by address, from tables of
 * several rooms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;

/* The symbols of one room. Names are borrowed from the kernel, until its facts are forgotten. */
struct symbol_provider {
	/* Sets err only for the symbols of the kernel itself. */
	bool (*find)(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
		     struct error *err);
	bool (*at)(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
		   struct error *err);
	/* False: visit returned false, or the work was stopped. */
	bool (*each)(struct kernel *kernel, const char *name, const char *part, const char *module,
		     bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
};

struct symbol_lookup {
	struct kernel *kernel; /* borrowed */
	const struct symbol_provider *const *providers; /* in order of trust; ends with NULL */
};

extern const char *const symbol_origin_names[NR_SYMBOL_ORIGINS];

bool symbol_lookup_find(const struct symbol_lookup *lookup, const char *name,
			struct kernel_symbol *symbol, struct error *err);
/* Visits the symbols with this name, or if name is NULL, the symbols whose names contain part
 * (NULL: all): first of the kernel, then of its modules, until visit returns false. module: only
 * this module; "vmlinux": only the kernel itself; NULL: all. */
void symbol_lookup_all(const struct symbol_lookup *lookup, const char *name, const char *part,
		       const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* The symbol that contains a run-time address, or whose padding contains it. */
bool symbol_lookup_at(const struct symbol_lookup *lookup, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
