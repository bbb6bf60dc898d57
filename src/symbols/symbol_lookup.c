/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/symbol_lookup.h"

const char *const symbol_origin_names[NR_SYMBOL_ORIGINS] = {
	[SYMBOL_OF_VMLINUX] = "vmlinux",   [SYMBOL_OF_SYSTEM_MAP] = "System.map",
	[SYMBOL_OF_KALLSYMS] = "kallsyms", [SYMBOL_OF_NOTE] = "VMCOREINFO",
	[SYMBOL_OF_LISTS] = "lists",
};

bool symbol_lookup_find(const struct symbol_lookup *lookup, const char *name,
			struct kernel_symbol *symbol, struct error *err)
{
	for (size_t i = 0; lookup->providers[i]; i++)
		if (lookup->providers[i]->find(lookup->kernel, name, symbol, err))
			return true;
	return false;
}

bool symbol_lookup_at(const struct symbol_lookup *lookup, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err)
{
	for (size_t i = 0; lookup->providers[i]; i++)
		if (lookup->providers[i]->at(lookup->kernel, address, symbol, err))
			return true;
	return false;
}

void symbol_lookup_all(const struct symbol_lookup *lookup, const char *name, const char *part,
		       const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	for (size_t i = 0; lookup->providers[i]; i++)
		if (!lookup->providers[i]->each(lookup->kernel, name, part, module, visit, arg))
			return;
}

/* The first provider finds symbols of the kernel, and the second one symbols of modules. Lists contain
 * the sizes of their code. */
uint64_t symbol_lookup_room(const struct symbol_lookup *lookup, const struct kernel_symbol *symbol)
{
	if (symbol->origin == SYMBOL_OF_LISTS)
		return symbol->size;
	return lookup->providers[symbol->module != NULL]->room(lookup->kernel, symbol);
}
