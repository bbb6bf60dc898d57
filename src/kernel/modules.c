/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/modules.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/view.h"

enum {
	MOST_MODULES = 4096, /* a list in a damaged dump may have no end */
	MOST_SYMBOLS = 1 << 20,
	LONGEST_STRINGS = 64 << 20,
};

struct module {
	char name[64];       /* MODULE_NAME_LEN: 56 or 60 */
	struct view symbols; /* Elf32_Sym or Elf64_Sym, run-time addresses */
	struct view strings;
	uint64_t first, last; /* addresses that its symbols span; inclusive */
};

struct modules {
	struct module *list;
	size_t nr;
};

/* Offsets in struct module and struct mod_kallsyms. */
struct layout {
	uint64_t list, name, kallsyms;
	uint64_t symtab, num_symtab, strtab, typetab;
};

static size_t entry_size(const struct kernel *kernel)
{
	return kernel_pointer_size(kernel) == 8 ? sizeof(Elf64_Sym) :
						  sizeof(Elf32_Sym);
}

/* --- reading --- */

static bool find_layout(struct kernel *kernel, struct layout *layout)
{
	const struct {
		const char *type, *member;
		uint64_t *offset;
	} members[] = {
		{ "module", "list", &layout->list },
		{ "module", "name", &layout->name },
		{ "module", "kallsyms", &layout->kallsyms },
		{ "mod_kallsyms", "symtab", &layout->symtab },
		{ "mod_kallsyms", "num_symtab", &layout->num_symtab },
		{ "mod_kallsyms", "strtab", &layout->strtab },
		{ "mod_kallsyms", "typetab", &layout->typetab },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!kernel_member_offset(kernel, members[i].type,
					  members[i].member, members[i].offset))
			return false;
	return true;
}

static Elf64_Sym symbol_number(const struct kernel *kernel,
			       const struct module *module, size_t nr)
{
	const uint8_t *at = module->symbols.bytes.data + nr * entry_size(kernel);
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

/* NULL where it has none, or is no thing in the module. */
static const char *symbol_text(const struct module *module,
			       const Elf64_Sym *symbol)
{
	const struct bytes *strings = &module->strings.bytes;
	const char *text;

	if (symbol->st_name >= strings->size || symbol->st_shndx == SHN_UNDEF)
		return NULL;
	text = (const char *)strings->data + symbol->st_name;
	if (!*text || !memchr(text, '\0', strings->size - symbol->st_name))
		return NULL;
	return text;
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

/* The types of symbols follow their names (layout_symtab(), 5.2). */
static bool read_module(struct kernel *kernel, const struct space *space,
			const struct layout *layout, uint64_t address,
			struct module *module)
{
	uint64_t kallsyms, symtab, nr, strtab, typetab;

	return kernel_read(kernel, address + layout->name, module->name,
			   sizeof(module->name) - 1, NULL) &&
	       kernel_read_pointer(kernel, address + layout->kallsyms, &kallsyms,
				   NULL) &&
	       kernel_read_pointer(kernel, kallsyms + layout->symtab, &symtab,
				   NULL) &&
	       kernel_read_number(kernel, kallsyms + layout->num_symtab, 4, &nr,
				  NULL) &&
	       kernel_read_pointer(kernel, kallsyms + layout->strtab, &strtab,
				   NULL) &&
	       kernel_read_pointer(kernel, kallsyms + layout->typetab, &typetab,
				   NULL) &&
	       nr <= MOST_SYMBOLS && typetab > strtab &&
	       typetab - strtab <= LONGEST_STRINGS &&
	       view_open(&module->symbols, space, symtab,
			 nr * entry_size(kernel), NULL) &&
	       view_open(&module->strings, space, strtab, typetab - strtab,
			 NULL);
}

static void close_module(struct module *module)
{
	view_close(&module->symbols);
	view_close(&module->strings);
}

static bool add_module(struct modules *modules, const struct module *module)
{
	struct module *more = modules->list;

	if ((modules->nr & (modules->nr - 1)) == 0)
		more = reallocarray(modules->list,
				    modules->nr ? 2 * modules->nr : 1,
				    sizeof(*more));
	if (!more)
		return false;
	modules->list = more;
	more[modules->nr++] = *module;
	return true;
}

static void read_modules(struct kernel *kernel, struct modules *modules)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct layout layout;
	uint64_t head, at, mark = 0;

	if (!space || !kernel_symbol(kernel, "modules", &head, NULL) ||
	    !find_layout(kernel, &layout) ||
	    !kernel_read_pointer(kernel, head, &at, NULL))
		return;
	/* A list that never comes back to its head meets one of its marks. */
	for (int i = 0; i < MOST_MODULES && at != head && at != mark; i++) {
		struct module module = { 0 };

		if ((i & (i - 1)) == 0)
			mark = at;
		/* One whose tables are missing hides no other. */
		if (!read_module(kernel, space, &layout, at - layout.list,
				 &module)) {
			close_module(&module);
		} else {
			find_span(kernel, &module);
			if (!add_module(modules, &module)) {
				close_module(&module);
				return;
			}
		}
		if (!kernel_read_pointer(kernel, at, &at, NULL))
			return;
	}
}

static const struct modules *get_modules(struct kernel *kernel)
{
	if (!kernel->modules) {
		kernel->modules = calloc(1, sizeof(*kernel->modules));
		if (kernel->modules)
			read_modules(kernel, kernel->modules);
	}
	return kernel->modules;
}

void modules_destroy(struct modules *modules)
{
	if (!modules)
		return;
	for (size_t i = 0; i < modules->nr; i++)
		close_module(&modules->list[i]);
	free(modules->list);
	free(modules);
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

bool kernel_module_symbol_find(struct kernel *kernel, const char *name,
			       struct kernel_symbol *symbol)
{
	const struct modules *modules = get_modules(kernel);

	for (size_t i = 0; modules && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];

		for (size_t nr = 0; nr < nr_symbols(kernel, module); nr++) {
			Elf64_Sym entry = symbol_number(kernel, module, nr);
			const char *text = symbol_text(module, &entry);

			if (text && !strcmp(text, name)) {
				fill(module, &entry, symbol);
				return true;
			}
		}
	}
	return false;
}

/* Of symbols at one address the one with a size, then the global one. */
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

bool kernel_module_symbol_at(struct kernel *kernel, uint64_t address,
			     struct kernel_symbol *symbol)
{
	const struct modules *modules = get_modules(kernel);
	Elf64_Sym best = { 0 };
	bool found = false;

	for (size_t i = 0; modules && !found && i < modules->nr; i++) {
		const struct module *module = &modules->list[i];

		if (address < module->first || address > module->last)
			continue;
		for (size_t nr = 0; nr < nr_symbols(kernel, module); nr++) {
			Elf64_Sym entry = symbol_number(kernel, module, nr);

			if (!holds(&entry, address) ||
			    !symbol_text(module, &entry) ||
			    (found && !better(&entry, &best)))
				continue;
			best = entry;
			found = true;
		}
		if (found)
			fill(module, &best, symbol);
	}
	return found;
}
