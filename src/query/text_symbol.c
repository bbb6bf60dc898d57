/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/text_symbol.h"

#include "base/text.h"
#include "symbols/symbol_lookup.h"

struct symbol_choice {
	struct kernel *kernel;
	uint64_t extent; /* 0: the text does not contain it */
	struct text_symbol *found;
};

static bool choose_symbol(const struct kernel_symbol *symbol, void *arg)
{
	struct symbol_choice *choice = arg;
	struct text_symbol *found = choice->found;
	uint64_t room = symbol_lookup_room(choice->kernel->symbols, symbol);
	bool fits = !choice->extent || !room || room == choice->extent;

	if (!found->nr || (fits && !found->nr_fitting)) {
		found->symbol = *symbol;
		found->room = room;
	}
	found->nr++;
	found->nr_fitting += fits;
	return true;
}

static bool find_named(struct kernel *kernel, const char *name, const char *module, uint64_t extent,
		       struct text_symbol *found)
{
	struct symbol_choice choice = { kernel, extent, found };

	*found = (struct text_symbol){ 0 };
	symbol_lookup_all(kernel->symbols, name, NULL, module, choose_symbol, &choice);
	return found->nr;
}

/* The bytes before a function have a name of their own in kernels with CONFIG_CALL_PADDING (6.2) or
 * CONFIG_CFI_CLANG. The address after these bytes is the start of the function. */
static bool find_padding(struct kernel *kernel, const struct oops_symbol *symbol,
			 struct text_symbol *found)
{
	const char *name = after_start(symbol->name, "__pfx_");

	if (!name)
		name = after_start(symbol->name, "__cfi_");
	return name && symbol->extent && symbol->offset == symbol->extent &&
	       find_named(kernel, name, *symbol->module ? symbol->module : "vmlinux", 0, found);
}

/* Kernels print the name of a module, but a user may leave it out. */
bool text_symbol_find(struct kernel *kernel, const struct oops_symbol *symbol,
		      struct text_symbol *found)
{
	const char *module = *symbol->module ? symbol->module : "vmlinux";

	if (find_named(kernel, symbol->name, module, symbol->extent, found) ||
	    (!*symbol->module && find_named(kernel, symbol->name, NULL, symbol->extent, found)))
		found->address = found->symbol.address + symbol->offset;
	else if (find_padding(kernel, symbol, found))
		found->address = found->symbol.address;
	else
		return false;
	return true;
}
