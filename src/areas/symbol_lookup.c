/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of the kernel and of its modules: each struct module keeps its ELF symbol
 * table (struct mod_kallsyms, since 4.5). */
#include "areas/symbol_lookup.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "areas/members.h"
#include "areas/modules.h"
#include "areas/region.h"
#include "base/array.h"
#include "base/bytes.h"
#include "image/view.h"
#include "kernel/kernel.h"
#include "kernel/noted.h"
#include "vmlinux/symbol_names.h"
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
	struct view types; /* a letter for each symbol; may be empty */
	uint64_t first, last; /* addresses that its symbols span; inclusive */
	size_t names_end; /* names that start below it are terminated */
	uint32_t
		start; /* number of its first symbol among those of all modules */
};

struct modules {
	struct module *list; /* owned */
	size_t nr, room;
	uint64_t bytes; /* of their tables */
	struct error excess; /* why modules were left out; code 0: none were */
	struct kernel *kernel; /* borrowed; set once names are */
	struct symbol_names names; /* of all modules; made on first use */
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

	if (entry_size(kernel) == sizeof(Elf64_Sym))
		return (Elf64_Sym){
			.st_name = load_le32(at + offsetof(Elf64_Sym, st_name)),
			.st_info = at[offsetof(Elf64_Sym, st_info)],
			.st_shndx = load_le16(at + offsetof(Elf64_Sym, st_shndx)),
			.st_value = load_le64(at + offsetof(Elf64_Sym, st_value)),
			.st_size = load_le64(at + offsetof(Elf64_Sym, st_size)),
		};
	return (Elf64_Sym){
		.st_name = load_le32(at + offsetof(Elf32_Sym, st_name)),
		.st_info = at[offsetof(Elf32_Sym, st_info)],
		.st_shndx = load_le16(at + offsetof(Elf32_Sym, st_shndx)),
		.st_value = load_le32(at + offsetof(Elf32_Sym, st_value)),
		.st_size = load_le32(at + offsetof(Elf32_Sym, st_size)),
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
	for (size_t nr = 0; nr < nr_symbols(kernel, module) &&
			    !listener_stops_at(kernel->listener, nr + 1);
	     nr++) {
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
	view_close(&module->types);
}

struct tables {
	uint64_t symbols, symbols_size;
	uint64_t strings, strings_size;
	uint64_t types, nr;
};

/* The types of symbols follow their names (layout_symtab(), 5.2). */
static bool find_tables(struct kernel *kernel, uint64_t module,
			struct tables *tables)
{
	uint64_t kallsyms;

	if (!kernel_read_member(kernel, module, MODULE_KALLSYMS, &kallsyms,
				NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOLS,
				&tables->symbols, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_NR_SYMBOLS,
				&tables->nr, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_STRINGS,
				&tables->strings, NULL) ||
	    !kernel_read_member(kernel, kallsyms, MODULE_SYMBOL_TYPES,
				&tables->types, NULL) ||
	    tables->nr > MOST_SYMBOLS || tables->types <= tables->strings ||
	    tables->types - tables->strings > MOST_STRINGS)
		return false;
	tables->symbols_size = tables->nr * entry_size(kernel);
	tables->strings_size = tables->types - tables->strings;
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
		return fail(&modules->excess, ERROR_FORMAT,
			    "only the symbols of %zu modules were searched: with %s they would exceed %d MiB",
			    modules->nr, listed->name, MOST_BYTES >> 20);
	if (!view_open(&module.symbols, space, tables.symbols,
		       tables.symbols_size, NULL) ||
	    !view_open(&module.strings, space, tables.strings,
		       tables.strings_size, NULL)) {
		close_module(&module);
		return true;
	}
	kernel_note(kernel, &(struct noted){ .kind = NOTED_SYMBOLS,
					     .vaddr = tables.strings,
					     .size = tables.strings_size,
					     .module = listed->address });
	kernel_note_bytes(kernel, NOTED_NUMBERS, tables.types, NULL, tables.nr);
	view_open(&module.types, space, tables.types, tables.nr, NULL);
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

static bool learn(struct kernel *kernel, void *state, struct error *err)
{
	struct modules *modules = state;

	kernel_each_module(kernel, add_module, modules, err);
	return modules->nr;
}

static void release(void *state)
{
	struct modules *modules = state;

	for (size_t i = 0; i < modules->nr; i++)
		close_module(&modules->list[i]);
	free(modules->list);
	symbol_names_free(&modules->names);
}

static const struct state_type state_modules = {
	.size = sizeof(struct modules),
	.learn = learn,
	.release = release,
};

/* NULL: none has symbols. */
static struct modules *get_modules(struct kernel *kernel)
{
	return kernel_learnt(kernel, &state_modules, NULL);
}

/* --- asking --- */

static void fill(const struct module *module, const Elf64_Sym *entry, size_t nr,
		 struct kernel_symbol *symbol)
{
	const struct bytes *types = &module->types.bytes;

	*symbol = (struct kernel_symbol){
		.name = symbol_text(module, entry),
		.address = entry->st_value,
		.size = entry->st_size,
		.origin = SYMBOL_OF_KALLSYMS,
		.module = module->name,
		.section = entry->st_shndx,
		.type = nr < types->size ? (char)types->data[nr] : '\0',
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

	for (size_t i = 0; range && modules && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];
		size_t nr = nr_symbols(kernel, module);

		if (strcmp(module->name, range->name) != 0)
			continue;
		for (size_t k = 0;
		     k < nr && !listener_stops_at(kernel->listener, k + 1);
		     k++) {
			Elf64_Sym entry = symbol_number(kernel, module, k);
			uint64_t behind =
				address - entry.st_value - entry.st_size;

			if (!symbol_text(module, &entry) || !entry.st_size ||
			    entry.st_shndx >= SHN_LORESERVE ||
			    entry.st_value < range->first ||
			    entry.st_value > address || behind >= gap)
				continue;
			gap = behind;
			fill(module, &entry, k, symbol);
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
	size_t best_nr = 0;

	for (size_t i = 0; !found && modules && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];
		size_t nr = nr_symbols(kernel, module);

		if (!name &&
		    (address < module->first || address > module->last))
			nr = 0;
		for (size_t k = 0; k < nr && !(found && name) &&
				   !listener_stops_at(kernel->listener, k + 1);
		     k++) {
			Elf64_Sym entry = symbol_number(kernel, module, k);
			const char *text = symbol_text(module, &entry);

			if (!text ||
			    (name ? strcmp(text, name) != 0 :
				    !holds(&entry, address)) ||
			    (found && !better(&entry, &best)))
				continue;
			best = entry;
			best_nr = k;
			found = true;
		}
		if (found)
			fill(module, &best, best_nr, symbol);
	}
	/* The symbol may be in a module that was left out. */
	if (!found && modules && modules->excess.code)
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

/* --- all of a name --- */

static const struct module *module_of_number(const struct modules *modules,
					     uint32_t nr)
{
	size_t behind = ARRAY_SEARCH(i, 1, modules->nr,
				     modules->list[i].start <= nr);

	return &modules->list[behind - 1];
}

static const char *name_of_number(void *table, uint32_t nr,
				  enum name_rank *rank)
{
	const struct modules *modules = table;
	const struct module *module = module_of_number(modules, nr);
	Elf64_Sym entry =
		symbol_number(modules->kernel, module, nr - module->start);

	*rank = NAME_LOCAL;
	return symbol_text(module, &entry);
}

/* False: out of memory. */
static bool make_names(struct kernel *kernel, struct modules *modules)
{
	char head[NAME_HEAD];
	uint32_t count = 0;

	if (modules->kernel)
		return true;
	for (size_t i = 0; i < modules->nr; i++) {
		modules->list[i].start = count;
		count += (uint32_t)nr_symbols(kernel, &modules->list[i]);
	}
	if (!modules->nr || !symbol_names_init(&modules->names, name_of_number,
					       modules, count, NULL))
		return false;
	modules->kernel = kernel;
	for (uint32_t nr = 0; nr < count; nr++) {
		enum name_rank rank;
		const char *name = name_of_number(modules, nr, &rank);

		if (!name)
			continue;
		memset(head, 0, sizeof(head));
		memcpy(head, name, strnlen(name, sizeof(head)));
		symbol_names_add(&modules->names, nr, load_le64(head));
	}
	return true;
}

struct visit {
	const struct modules *modules;
	const char *module; /* NULL: any */
	bool (*visit)(const struct kernel_symbol *symbol, void *arg);
	void *arg;
};

static bool visit_number(uint32_t nr, enum name_rank rank, void *arg)
{
	const struct visit *each = arg;
	const struct modules *modules = each->modules;
	const struct module *module = module_of_number(modules, nr);
	struct kernel_symbol symbol;
	Elf64_Sym entry;

	(void)rank;
	if (each->module && strcmp(module->name, each->module) != 0)
		return true;
	entry = symbol_number(modules->kernel, module, nr - module->start);
	fill(module, &entry, nr - module->start, &symbol);
	return each->visit(&symbol, each->arg);
}

static bool
visit_module(const struct kernel *kernel, const struct module *module,
	     bool (*visit)(const struct kernel_symbol *symbol, void *arg),
	     void *arg)
{
	struct kernel_symbol symbol;

	for (size_t nr = 0; nr < nr_symbols(kernel, module); nr++) {
		Elf64_Sym entry = symbol_number(kernel, module, nr);
		const char *text = symbol_text(module, &entry);

		if (!text || text[0] == '.')
			continue;
		fill(module, &entry, nr, &symbol);
		if (!visit(&symbol, arg))
			return false;
	}
	return true;
}

void kernel_symbols(struct kernel *kernel, const char *name, const char *module,
		    bool (*visit)(const struct kernel_symbol *symbol,
				  void *arg),
		    void *arg)
{
	struct visit each = { NULL, module, visit, arg };
	struct modules *modules;

	if ((!module || !strcmp(module, "vmlinux")) &&
	    !kernel_image_symbols(kernel, name, visit, arg))
		return;
	modules = get_modules(kernel);
	if (!modules)
		return;
	each.modules = modules;
	if (name && make_names(kernel, modules))
		symbol_names_each(&modules->names, name, visit_number, &each);
	for (size_t i = 0; !name && i < modules->nr && !kernel_stopped(kernel);
	     i++)
		if ((!module || !strcmp(module, modules->list[i].name)) &&
		    !visit_module(kernel, &modules->list[i], visit, arg))
			return;
	if (modules->excess.code)
		*kernel->excess = modules->excess;
}
