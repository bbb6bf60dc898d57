/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Run-time symbols of a dumped kernel and its modules, by name and by address. The tables of
 * symbols are in several rooms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;

/* The symbols of one room. The names are borrowed from the kernel until its facts are forgotten. */
struct symbol_provider {
	/* Returns false if there is no such symbol. Only the provider of the kernel's own symbols
	 * sets err. */
	bool (*find)(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
		     struct error *err);
	bool (*at)(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
		   struct error *err);
	/* Returns false if visit returned false, or if the search was stopped. */
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
/* Calls visit for the symbols with this name, first those in the kernel, then those in its modules,
 * until visit returns false. If name is NULL, calls visit for the symbols whose names contain part,
 * or for all symbols if part is NULL as well. module is the name of a module, or "vmlinux" for the
 * kernel itself, or NULL for all. */
void symbol_lookup_all(const struct symbol_lookup *lookup, const char *name, const char *part,
		       const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* Finds the symbol that contains a run-time address, or whose padding contains the address. */
bool symbol_lookup_at(const struct symbol_lookup *lookup, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
