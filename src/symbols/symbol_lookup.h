/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Look-up of run-time symbols of a dumped kernel and its modules, by name and by address. The
 * symbols are in several tables, which belong to different parts of the program. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "symbols/symbol.h"

struct kernel;

/* The functions that search one kind of table. The names of symbols are borrowed from the kernel
 * until states_forget(). */
struct symbol_provider {
	/* Both return false if there is no such symbol. Only the provider for the kernel's own
	 * symbols sets *err. */
	bool (*find)(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
		     struct error *err);
	bool (*at)(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
		   struct error *err);
	/* Calls visit for the symbols that fit, as described at symbol_lookup_all(). Returns false
	 * if visit returned false, or if the search was stopped. */
	bool (*each)(struct kernel *kernel, const char *name, const char *part, const char *module,
		     bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
	/* As described at symbol_lookup_room(). The symbol is one of the provider's. NULL: the size of
	 * each symbol is known, and is this number. */
	uint64_t (*room)(struct kernel *kernel, const struct kernel_symbol *symbol);
};

struct symbol_lookup {
	struct kernel *kernel; /* borrowed */
	/* The most reliable provider first; the last element is NULL. */
	const struct symbol_provider *const *providers;
};

extern const char *const symbol_origin_names[NR_SYMBOL_ORIGINS];

bool symbol_lookup_find(const struct symbol_lookup *lookup, const char *name,
			struct kernel_symbol *symbol, struct error *err);
/* Calls visit for each symbol with this name, first in the kernel and then in its modules, until
 * visit returns false. If `name` is NULL, calls visit for the symbols whose names contain `part`.
 * If both are NULL, calls visit for all symbols. `module` restricts the search: it is the name of a
 * module, "vmlinux" for the kernel itself, or NULL for all. */
void symbol_lookup_all(const struct symbol_lookup *lookup, const char *name, const char *part,
		       const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* Finds the symbol that contains a run-time address. If no symbol contains it, finds the symbol in
 * whose padding the address is. */
bool symbol_lookup_at(const struct symbol_lookup *lookup, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
/* Returns the number of bytes from the symbol to the next one. This is what kernels print as the size
 * of a function: get_symbol_pos() in kernel/kallsyms.c, find_kallsyms_symbol() in
 * kernel/module/kallsyms.c. Returns 0 if it is unknown. */
uint64_t symbol_lookup_room(const struct symbol_lookup *lookup, const struct kernel_symbol *symbol);
