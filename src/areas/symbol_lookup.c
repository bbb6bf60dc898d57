/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of the kernel and of its modules: each struct module keeps its ELF symbol
 * table (struct mod_kallsyms, since 4.5). */
#include "areas/symbol_lookup.h"

#include <elf.h>
#include <string.h>

#include "areas/modules.h"
#include "areas/region.h"
#include "base/array.h"
#include "image/view.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "vmlinux/symbols.h"

enum {
	MOST_SYMBOLS = 1 << 20, /* of one module */
	MOST_STRINGS = 16 << 20, /* bytes of one module's names */
	/* Bytes of all modules' tables, ten times what a distribution's kernel has.
	 * Page tables that map one page over and over can claim any amount. */
	MOST_BYTES = 128 << 20,
};

struct module {
	char name[64];
	struct view symbols; /* Elf32_Sym or Elf64_Sym, run-time addresses */
	struct view strings;
	uint64_t first, last; /* addresses that its symbols span; inclusive */
	size_t names_end; /* names that start below it are terminated */
};

struct modules {
	bool tried;
	struct module *list; /* owned */
	size_t nr, room;
	uint64_t bytes; /* of their tables */
	struct error excess; /* why modules were left out; code 0: none were */
};

static size_t entry_size(const struct kernel *kernel)
{
	return kernel_pointer_size(kernel) == 8 ? sizeof(Elf64_Sym) :
						  sizeof(Elf32_Sym);
}

/* --- reading --- */

static Elf64_Sym symbol_number(const struct kernel *kernel,
			       const struct module *module, size_t nr)
{
	const uint8_t *at =
		module->symbols.bytes.data + nr * entry_size(kernel);
	Elf64_Sym wide;
	Elf32_Sym narrow;

	if (entry_size(kernel) == sizeof(wide)) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return (Elf64_Sym){
		.st_name = narrow.st_name,
		.st_info = narrow.st_info,
		.st_shndx = narrow.st_shndx,
		.st_value = narrow.st_value,
		.st_size = narrow.st_size,
	};
}

static size_t nr_symbols(const struct kernel *kernel,
			 const struct module *module)
{
	return module->symbols.bytes.size / entry_size(kernel);
}

/* NULL if it has no name or is undefined in the module. */
static const char *symbol_text(const struct module *module,
			       const Elf64_Sym *symbol)
{
	const char *text;

	if (symbol->st_name >= module->names_end ||
	    symbol->st_shndx == SHN_UNDEF)
		return NULL;
	text = (const char *)module->strings.bytes.data + symbol->st_name;
	return *text ? text : NULL;
}

static void find_names_end(struct module *module)
{
	const struct bytes *strings = &module->strings.bytes;
	const uint8_t *end = memrchr(strings->data, '\0', strings->size);

	module->names_end = end ? (size_t)(end - strings->data) : 0;
}

static void find_span(const struct kernel *kernel, struct module *module)
{
	module->first = UINT64_MAX;
	for (size_t nr = 0; nr < nr_symbols(kernel, module); nr++) {
		Elf64_Sym symbol = symbol_number(kernel, module, nr);
		uint64_t last = symbol.st_value +
				(symbol.st_size ? symbol.st_size - 1 : 0);

		if (!symbol_text(module, &symbol) || last < symbol.st_value ||
		    symbol.st_shndx >= SHN_LORESERVE)
			continue;
		if (symbol.st_value < module->first)
			module->first = symbol.st_value;
		if (last > module->last)
			module->last = last;
	}
}

static void close_module(struct module *module)
{
	view_close(&module->symbols);
	view_close(&module->strings);
}

struct tables {
	uint64_t symbols, symbols_size;
	uint64_t strings, strings_size;
};

/* The types of symbols follow their names (layout_symtab(), 5.2). */
static bool find_tables(struct kernel *kernel, uint64_t module,
			struct tables *tables)
{
	uint64_t kallsyms, nr, types;

	if (!kernel_read_member(kernel, module, MODULE_KALLSYMS, &kallsyms,
				NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOLS,
				&tables->symbols, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_NR_SYMBOLS, &nr,
				NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_STRINGS,
				&tables->strings, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOL_TYPES, &types,
				NULL) ||
	    nr > MOST_SYMBOLS || types <= tables->strings ||
	    types - tables->strings > MOST_STRINGS)
		return false;
	tables->symbols_size = nr * entry_size(kernel);
	tables->strings_size = types - tables->strings;
	return true;
}

/* Leaves out a module whose tables are missing. */
static bool add_module(struct kernel *kernel,
		       const struct listed_module *listed, void *arg)
{
	struct modules *modules = arg;
	const struct space *space = kernel_space(kernel, NULL);
	struct module module = { 0 };
	struct tables tables;

	if (!find_tables(kernel, listed->address, &tables))
		return true;
	if (tables.symbols_size + tables.strings_size >
	    MOST_BYTES - modules->bytes)
		return fail(
			&modules->excess, ERROR_FORMAT,
			"only the symbols of %zu modules were searched: with %s they would exceed %d MiB",
			modules->nr, listed->name, MOST_BYTES >> 20);
	if (!view_open(&module.symbols, space, tables.symbols,
		       tables.symbols_size, NULL) ||
	    !view_open(&module.strings, space, tables.strings,
		       tables.strings_size, NULL)) {
		close_module(&module);
		return true;
	}
	memcpy(module.name, listed->name, sizeof(module.name));
	find_names_end(&module);
	find_span(kernel, &module);
	if (!array_add(&modules->list, &modules->nr, &modules->room, &module,
		       sizeof(module))) {
		close_module(&module);
		return false;
	}
	modules->bytes += tables.symbols_size + tables.strings_size;
	return true;
}

static void release(void *state)
{
	struct modules *modules = state;

	for (size_t i = 0; i < modules->nr; i++)
		close_module(&modules->list[i]);
	free(modules->list);
}

const struct state_type state_modules = {
	.size = sizeof(struct modules),
	.release = release,
};

/* An interrupted search is not kept. */
static const struct modules *get_modules(struct kernel *kernel)
{
	struct modules *modules = kernel_state(kernel, STATE_MODULES);

	if (modules->tried)
		return modules;
	kernel_each_module(kernel, add_module, modules);
	modules->tried = true;
	if (kernel_stopped(kernel)) {
		release(modules);
		*modules = (struct modules){ 0 };
	}
	return modules;
}

/* --- asking --- */

static void fill(const struct module *module, const Elf64_Sym *entry,
		 struct kernel_symbol *symbol)
{
	*symbol = (struct kernel_symbol){
		.name = symbol_text(module, entry),
		.address = entry->st_value,
		.size = entry->st_size,
		.source = "kallsyms",
		.module = module->name,
	};
}

/* Prefers the closer symbol, then one with a size, then a global one. */
static bool better(const Elf64_Sym *entry, const Elf64_Sym *than)
{
	if (entry->st_value != than->st_value)
		return entry->st_value > than->st_value;
	if (!entry->st_size != !than->st_size)
		return entry->st_size;
	return ELF64_ST_BIND(entry->st_info) != STB_LOCAL &&
	       ELF64_ST_BIND(than->st_info) == STB_LOCAL;
}

static bool holds(const Elf64_Sym *entry, uint64_t address)
{
	uint64_t size = entry->st_size ? entry->st_size : 1;

	return entry->st_shndx < SHN_LORESERVE &&
	       address - entry->st_value < size;
}

/* The symbol of a part of a module that ends last before address, as
 * symbols_before() has it. */
static bool find_before(struct kernel *kernel, uint64_t address,
			struct kernel_symbol *symbol)
{
	const struct module_range *range = kernel_module_range(kernel, address);
	const struct modules *modules = get_modules(kernel);
	uint64_t gap = SYMBOL_PADDING;

	for (size_t i = 0; range && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];
		size_t nr = nr_symbols(kernel, module);

		if (strcmp(module->name, range->name) != 0)
			continue;
		for (size_t k = 0; k < nr; k++) {
			Elf64_Sym entry = symbol_number(kernel, module, k);
			uint64_t behind =
				address - entry.st_value - entry.st_size;

			if (!symbol_text(module, &entry) || !entry.st_size ||
			    entry.st_shndx >= SHN_LORESERVE ||
			    entry.st_value < range->first ||
			    entry.st_value > address || behind >= gap)
				continue;
			gap = behind;
			fill(module, &entry, symbol);
		}
	}
	return gap < SYMBOL_PADDING;
}

/* The first symbol of a name, or, where that is NULL, the best one at address. */
static bool find_in_modules(struct kernel *kernel, const char *name,
			    uint64_t address, struct kernel_symbol *symbol)
{
	const struct modules *modules = get_modules(kernel);
	Elf64_Sym best = { 0 };
	bool found = false;

	for (size_t i = 0; !found && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];
		size_t nr = nr_symbols(kernel, module);

		if (!name &&
		    (address < module->first || address > module->last))
			nr = 0;
		for (size_t k = 0; k < nr && !(found && name); k++) {
			Elf64_Sym entry = symbol_number(kernel, module, k);
			const char *text = symbol_text(module, &entry);

			if (!text ||
			    (name ? strcmp(text, name) != 0 :
				    !holds(&entry, address)) ||
			    (found && !better(&entry, &best)))
				continue;
			best = entry;
			found = true;
		}
		if (found)
			fill(module, &best, symbol);
	}
	/* The symbol may be in a module that was left out. */
	if (!found && modules->excess.code)
		*kernel->excess = modules->excess;
	return found;
}

bool kernel_symbol_find(struct kernel *kernel, const char *name,
			struct kernel_symbol *symbol, struct error *err)
{
	return kernel_image_symbol(kernel, name, symbol, err) ||
	       find_in_modules(kernel, name, 0, symbol);
}

bool kernel_symbol_at(struct kernel *kernel, uint64_t address,
		      struct kernel_symbol *found, struct error *err)
{
	const struct region *region;

	if (kernel_image_symbol_at(kernel, address, found, err))
		return true;
	region = kernel_region(kernel, address, NULL);
	return region && kernel_region_has_modules(kernel, region) &&
	       (find_in_modules(kernel, NULL, address, found) ||
		find_before(kernel, address, found));
}
