/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of a dumped kernel and of its modules at run time, by name and by address, from the
 * tables of all rooms. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;

/* The symbols that a room knows. Names are borrowed from the kernel, until its facts are
 * forgotten. */
struct symbol_provider {
	/* Only the source of the kernel itself sets err. */
	bool (*find)(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
		     struct error *err);
	bool (*at)(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
		   struct error *err);
	/* False: visit returned false, or the work is to end. */
	bool (*each)(struct kernel *kernel, const char *name, const char *module,
		     bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
};

struct symbol_lookup {
	struct kernel *kernel; /* borrowed */
	const struct symbol_provider *const *providers; /* by trust; the last is NULL */
};

extern const char *const symbol_origin_names[NR_SYMBOL_ORIGINS];

bool symbol_lookup_find(const struct symbol_lookup *lookup, const char *name,
			struct kernel_symbol *symbol, struct error *err);
/* Visits all symbols of that name (NULL: of any name): of the kernel, then of its modules, until
 * visit returns false. module: only this module, or "vmlinux" for the kernel itself; NULL: all. */
void symbol_lookup_all(const struct symbol_lookup *lookup, const char *name, const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* The symbol whose extent, or the padding after it, holds a run-time address. */
bool symbol_lookup_at(const struct symbol_lookup *lookup, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
