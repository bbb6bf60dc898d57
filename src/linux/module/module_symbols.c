/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Symbols of modules. Since 4.5 each struct module refers to a copy of the module's ELF symbol
 * table (struct mod_kallsyms). */
#include <elf.h>
#include <string.h>

#include "base/array.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/kernel_symbols.h"
#include "kernel/module_types.h"
#include "kernel/noted.h"
#include "kernel/view.h"
#include "linux/area_members.h"
#include "linux/module/module_lines.h"
#include "linux/module/modules.h"
#include "linux/region.h"
#include "symbols/symbol_lookup.h"
#include "symbols/symbols.h"
#include "types/types.h"

/* The types of the kernel's variables. */

/* Finds the type of a variable in vmlinux or in the BTF of the dump, which contains few variables.
 * Returns false if the type is unknown. */
static bool kernel_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
				 struct ctype *type)
{
	struct types *types = kernel->vmlinux ? kernel->vmlinux->types : NULL;

	if (symbol->module)
		return false;
	/* The types of another kernel's vmlinux are used only for a symbol of this vmlinux. */
	if (types && (symbol->origin == SYMBOL_OF_VMLINUX || kernel_types(kernel) == types) &&
	    ctype_of_variable(types, symbol->name, kernel_linked_address(kernel, symbol),
			      symbol->size, type)) {
		if (kernel->identity->match == VMLINUX_DIFFERS)
			kernel_note_foreign(kernel, RESTS_ON_TYPES);
		return true;
	}
	types = kernel_dump_types(kernel);
	return types && ctype_of_variable(types, symbol->name, 0, symbol->size, type);
}

/* --- variables --- */

/* Types from the files of modules. */

struct types *module_file_types(struct kernel *kernel, const char *module)
{
	struct ko_file *file = module_file_of(kernel, module);

	return file ? ko_file_types(file, kernel->listener) : NULL;
}

bool module_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct ctype *type)
{
	struct types *types;
	struct ko_file *file;

	if (!symbol->module)
		return kernel_variable_type(kernel, symbol, type);
	file = module_file_of(kernel, symbol->module);
	if (file && ko_file_variable(file, symbol->name, symbol->size, kernel->listener, type))
		return true;
	types = kernel_module_types(kernel, symbol->module, NULL);
	return types && ctype_of_variable(types, symbol->name, 0, symbol->size, type);
}

enum {
	MOST_SYMBOLS = 1 << 20, /* for one module */
	MOST_STRINGS = 16 << 20, /* bytes of the names of one module */
	/* Limit for the symbol tables of all modules, in bytes. The modules of a distribution's
	 * kernel need a tenth of this. If page tables are damaged, one page may be mapped many
	 * times, so a symbol table may seem to have any size. */
	MOST_BYTES = 128 << 20,
};

struct module {
	char name[64];
	struct symbols *symbols; /* owned */
	struct view strings; /* the names of symbols */
	uint64_t first, last; /* lowest and highest address of a symbol */
};

struct modules {
	struct module *list; /* owned */
	size_t nr, room;
	uint64_t bytes; /* total size of the tables read, also of those that could not be used */
	struct error excess; /* why some modules are missing; code 0: no module is missing */
};

/* --- reading --- */

struct tables {
	uint64_t symbols, symbols_size;
	uint64_t strings, strings_size;
	uint64_t types, nr;
};

/* Finds the tables of a module. The array with the types of symbols comes directly after the names
 * of symbols (layout_symtab(), 5.2). Returns false if there are none. */
static bool lookup_find_tables(struct kernel *kernel, uint64_t module, struct tables *tables)
{
	uint64_t kallsyms;

	if (!kernel_read_member(kernel, module, MODULE_KALLSYMS, &kallsyms, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOLS, &tables->symbols, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_NR_SYMBOLS, &tables->nr, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_STRINGS, &tables->strings, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOL_TYPES, &tables->types, NULL))
		return false;
	tables->symbols_size = tables->nr * (kernel_pointer_size(kernel) == 8 ? sizeof(Elf64_Sym) :
										sizeof(Elf32_Sym));
	tables->strings_size = tables->types - tables->strings;
	return true;
}

static bool tables_are_plausible(const struct tables *tables)
{
	return tables->nr <= MOST_SYMBOLS && tables->types > tables->strings &&
	       tables->types - tables->strings <= MOST_STRINGS;
}

static void close_module(struct module *module)
{
	symbols_close(module->symbols);
	view_close(&module->strings);
}

static bool open_module(struct kernel *kernel, const struct tables *tables, struct module *module)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct view symbols = { 0 }, types = { 0 };

	if (view_open(&symbols, space, tables->symbols, tables->symbols_size, NULL) &&
	    view_open(&module->strings, space, tables->strings, tables->strings_size, NULL)) {
		view_open(&types, space, tables->types, tables->nr, NULL);
		module->symbols = symbols_of_module(symbols.bytes, kernel_pointer_size(kernel) == 8,
						    types.bytes, module->strings.bytes);
	}
	view_close(&symbols);
	view_close(&types);
	if (!module->symbols)
		return false;
	symbols_listen(module->symbols, kernel->listener);
	symbols_span(module->symbols, &module->first, &module->last);
	return true;
}

/* Skips a module whose tables are damaged, and notes that its symbols were not searched. */
static bool lookup_skip(struct modules *modules, const struct listed_module *listed)
{
	if (!modules->excess.code)
		fail(&modules->excess, ERROR_FORMAT,
		     "the symbols of the module %s were not searched, because its table of symbols is damaged or not in the dump",
		     listed->name);
	return true;
}

/* Adds a module to the list. Skips a module without tables. Returns false if the limit is reached
 * or if there is not enough memory. */
static bool lookup_add_module(struct kernel *kernel, const struct listed_module *listed, void *arg)
{
	struct modules *modules = arg;
	struct module module = { 0 };
	struct tables tables;

	if (!lookup_find_tables(kernel, listed->address, &tables) || !tables.nr)
		return true;
	if (!tables_are_plausible(&tables))
		return lookup_skip(modules, listed);
	if (tables.symbols_size + tables.strings_size > MOST_BYTES - modules->bytes)
		return fail(
			&modules->excess, ERROR_FORMAT,
			"only the symbols of %zu modules were searched, because the symbols of %s and later modules would exceed %d MiB",
			modules->nr, listed->name, MOST_BYTES >> 20);
	modules->bytes += tables.symbols_size + tables.strings_size;
	memcpy(module.name, listed->name, sizeof(module.name));
	if (!open_module(kernel, &tables, &module)) {
		close_module(&module);
		return lookup_skip(modules, listed);
	}
	kernel_note(kernel, &(struct noted){ .kind = NOTED_SYMBOLS,
					     .vaddr = tables.strings,
					     .size = tables.strings_size,
					     .module = listed->address });
	kernel_note_bytes(kernel, NOTED_NUMBERS, tables.types, NULL, tables.nr);
	if (!array_add(&modules->list, &modules->nr, &modules->room, &module, sizeof(module))) {
		close_module(&module);
		return false;
	}
	return true;
}

static bool lookup_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct modules *modules = state;

	module_each(kernel, lookup_add_module, modules, err);
	return true;
}

static void lookup_release(void *state)
{
	struct modules *modules = state;

	for (size_t i = 0; i < modules->nr; i++)
		close_module(&modules->list[i]);
	free(modules->list);
}

static const struct state_type state_modules = {
	.size = sizeof(struct modules),
	.learn = lookup_learn,
	.release = lookup_release,
};

/* --- look-ups --- */

/* Calls visit for each module, until visit returns true. Returns false if visit returned true for
 * no module. Then, if modules are missing in the list, sets kernel->excess, because the symbol may
 * be in a missing module. */
static bool any_module(struct kernel *kernel, bool (*visit)(const struct module *module, void *arg),
		       void *arg)
{
	const struct modules *modules = kernel_learnt(kernel, &state_modules, NULL);

	for (size_t i = 0; modules && i < modules->nr && !kernel_stopped(kernel); i++)
		if (visit(&modules->list[i], arg))
			return true;
	if (modules && modules->excess.code)
		*kernel->excess = modules->excess;
	return false;
}

/* A search for a symbol by name or by address. */
struct lookup {
	const char *name;
	uint64_t address;
	const struct module_range *range; /* the part of a module that contains the address */
	struct kernel_symbol *symbol;
};

static bool lookup_give(const struct module *module, struct kernel_symbol *symbol)
{
	symbol->module = module->name;
	symbol->type = symbols_type(module->symbols, symbol);
	return true;
}

static bool lookup_find_name(const struct module *module, void *arg)
{
	const struct lookup *lookup = arg;

	return symbols_find(module->symbols, lookup->name, lookup->symbol) &&
	       lookup_give(module, lookup->symbol);
}

static bool lookup_find_at(const struct module *module, void *arg)
{
	const struct lookup *lookup = arg;

	return lookup->address >= module->first && lookup->address <= module->last &&
	       symbols_at(module->symbols, lookup->address, lookup->symbol) &&
	       lookup_give(module, lookup->symbol);
}

/* Finds the last symbol that ends before the address, within the part of the module that contains
 * the address. */
static bool find_before(const struct module *module, void *arg)
{
	const struct lookup *lookup = arg;

	return !strcmp(module->name, lookup->range->name) &&
	       symbols_before(module->symbols, lookup->address, lookup->symbol) &&
	       lookup->symbol->address >= lookup->range->first &&
	       lookup_give(module, lookup->symbol);
}

static bool find_module_symbol(struct kernel *kernel, const char *name,
			       struct kernel_symbol *symbol, struct error *err)
{
	struct lookup lookup = { .name = name, .symbol = symbol };

	(void)err;
	return any_module(kernel, lookup_find_name, &lookup);
}

static bool symbol_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *found,
		      struct error *err)
{
	struct lookup lookup = { .address = address, .symbol = found };
	const struct region *region = region_of(kernel, address, NULL);

	(void)err;
	if (!region || !region_has_modules(kernel, region))
		return false;
	if (any_module(kernel, lookup_find_at, &lookup))
		return true;
	lookup.range = module_range_of(kernel, address);
	return lookup.range && any_module(kernel, find_before, &lookup);
}

struct lookup_room {
	const struct kernel_symbol *symbol;
	uint64_t room;
};

static bool lookup_find_room(const struct module *module, void *arg)
{
	struct lookup_room *look = arg;

	if (strcmp(module->name, look->symbol->module) != 0)
		return false;
	look->room = symbols_room(module->symbols, look->symbol->address);
	return true;
}

/* --- all symbols with a name --- */

struct lookup_visit {
	/* The name of a symbol, a part of the name, and the name of a module. NULL: any. */
	const char *name, *part, *wanted;
	const struct module *module; /* the module whose symbols are being visited */
	bool (*visit)(const struct kernel_symbol *symbol, void *arg);
	void *arg;
	bool ended; /* visit() has returned false */
};

static bool visit_symbol(const struct kernel_symbol *symbol, void *arg)
{
	struct lookup_visit *each = arg;
	struct kernel_symbol found = *symbol;

	if (!each->name && found.name[0] == '.')
		return true;
	lookup_give(each->module, &found);
	each->ended = !each->visit(&found, each->arg);
	return !each->ended;
}

static bool lookup_visit_module(const struct module *module, void *arg)
{
	struct lookup_visit *each = arg;

	each->module = module;
	if (!each->wanted || !strcmp(each->wanted, module->name))
		symbols_each(module->symbols, each->name, each->part, visit_symbol, each);
	return each->ended;
}

static bool each_symbol(struct kernel *kernel, const char *name, const char *part,
			const char *module,
			bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	struct lookup_visit each = { name, part, module, NULL, visit, arg, false };

	return !any_module(kernel, lookup_visit_module, &each);
}

/* For the last symbol of a part, kernels print the size up to the end of the part. */
static uint64_t module_symbol_room(struct kernel *kernel, const struct kernel_symbol *symbol)
{
	const struct module_range *range = module_range_of(kernel, symbol->address);
	struct lookup_room look = { .symbol = symbol };
	uint64_t rest = range ? range->last - symbol->address + 1 : 0;

	any_module(kernel, lookup_find_room, &look);
	return !rest || (look.room && look.room < rest) ? look.room : rest;
}

const struct symbol_provider module_symbols = {
	.find = find_module_symbol,
	.at = symbol_at,
	.each = each_symbol,
	.room = module_symbol_room,
};
