/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/ko_file.h"
#include "debuginfo/variables.h"

#include <stdlib.h>

#include "base/machine.h"
#include "base/text.h"
#include "symbols/elf_file.h"

/* Every module has this section, which contains its struct module. In a debug file the section is
 * without content (SHT_NOBITS). */
static const char module_section[] = ".gnu.linkonce.this_module";

bool ko_file_probe(const struct file *file)
{
	struct bytes b = file->bytes;
	bool found;
	Elf *elf;

	if (b.size < sizeof(Elf32_Ehdr) || memcmp(b.data, ELFMAG, SELFMAG) ||
	    b.data[EI_DATA] != ELFDATA2LSB || load_le16(b.data + 16) != ET_REL ||
	    !file_whole(file, NULL))
		return false;
	elf = elf_open(file, NULL);
	found = elf_has_section(elf, module_section);
	elf_end(elf);
	return found;
}

/* Copies the first word of the part "KEY=" of .modinfo. Returns false if there is none. */
static bool modinfo_word(const struct ko_file *module, const char *key, char *word, size_t room)
{
	Elf_Data *data = elf_section_data(module->elf, ".modinfo");
	const char *at = data ? data->d_buf : NULL, *end = data ? at + data->d_size : NULL;
	size_t length = strlen(key);

	while (at && at < end) {
		size_t size = strnlen(at, (size_t)(end - at));

		if (size > length && !memcmp(at, key, length)) {
			size_t word_size = size - length;
			const char *blank = memchr(at + length, ' ', word_size);

			if (blank)
				word_size = (size_t)(blank - at) - length;
			if (word_size >= room)
				return false;
			memcpy(word, at + length, word_size);
			word[word_size] = '\0';
			return true;
		}
		at += size + 1;
	}
	return false;
}

/* Sets the name from the name of the file, as KBUILD_MODNAME does: '-' becomes '_'. */
static void name_from_path(struct ko_file *module)
{
	const char *slash = strrchr(module->file.path, '/');
	const char *name = slash ? slash + 1 : module->file.path, *end = strstr(name, ".ko");
	size_t size = end ? (size_t)(end - name) : strlen(name);

	for (size_t i = 0; i < size && i < sizeof(module->name) - 1; i++)
		module->name[i] = name[i] == '-' ? '_' : name[i];
}

static bool open_parts(struct ko_file *module, const struct listener *listener, struct error *err)
{
	GElf_Ehdr header;

	if (!file_whole(&module->file, err))
		return false;
	module->elf = elf_open(&module->file, err);
	if (!module->elf)
		return false;
	if (!gelf_getehdr(module->elf, &header))
		return fail(err, ERROR_FORMAT, "%s: %s", module->file.path, elf_errmsg(-1));
	module->machine = header.e_machine;
	if (!machine_find(header.e_machine))
		return fail(err, ERROR_FORMAT,
			    "%s: is a module for another machine (e_machine %u) than " MACHINES_READ,
			    module->file.path, header.e_machine);
	if (!elf_section(module->elf, ".debug_line"))
		return fail(err, ERROR_FORMAT,
			    "%s: is a module without debug information; give its debug file",
			    module->file.path);
	/* Modules have the part "name=" since 4.11 (3e2e857f9c3a). */
	if (!modinfo_word(module, "name=", module->name, sizeof(module->name)))
		name_from_path(module);
	modinfo_word(module, "vermagic=", module->release, sizeof(module->release));
	if (!ko_file_link(module, listener, err))
		return false;
	/* ko_file_link() has changed the table, so it is not the table in the file. */
	module->symbols = symbols_open(module->elf, NULL, err);
	if (!module->symbols)
		return false;
	symbols_listen(module->symbols, listener);
	return true;
}

struct ko_file *ko_file_open(struct file *file, const struct listener *listener, struct error *err)
{
	struct ko_file *module = calloc(1, sizeof(*module));

	if (!module) {
		file_close(file);
		out_of_memory(err);
		return NULL;
	}
	module->file = *file;
	*file = (struct file){ .fd = -1 };
	if (open_parts(module, listener, err))
		return module;
	ko_file_close(module);
	return NULL;
}

void ko_file_close(struct ko_file *module)
{
	while (module) {
		struct ko_file *next = module->next;

		lines_close(module->lines);
		inlines_close(module->inlines);
		types_close(module->types);
		symbols_close(module->symbols);
		elf_end(module->elf);
		free(module->table);
		for (size_t i = 0; i < NR_LINKED_SECTIONS; i++)
			free(module->copies[i]);
		file_close(&module->file);
		free(module);
		module = next;
	}
}

static Elf_Scn *section_at(const struct ko_file *module, uint64_t linked, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_next_section(module->elf, section, header)))
		if (header->sh_flags & SHF_ALLOC && linked - header->sh_addr < header->sh_size)
			return section;
	return NULL;
}

bool ko_file_section(const struct ko_file *module, uint64_t linked, GElf_Shdr *header)
{
	return section_at(module, linked, header);
}

bool ko_file_is_code(const struct ko_file *module, const struct kernel_symbol *symbol)
{
	GElf_Shdr header;

	return ko_file_section(module, symbol->address, &header) && header.sh_flags & SHF_EXECINSTR;
}

/* Marks the bytes from `first` on that the relocations in this data change. Relocations of code have 4 bytes, or
 * 8 (movabs of x86-64). */
static void mark_relocated(const struct ko_file *module, Elf_Data *entries, bool with_addend,
			   uint64_t first, size_t size, bool *is_open)
{
	enum { WIDE = 8, USUAL = 4 };
	GElf_Rela rela;
	GElf_Rel rel;

	for (int i = 0; with_addend ? gelf_getrela(entries, i, &rela) != NULL :
				      gelf_getrel(entries, i, &rel) != NULL;
	     i++) {
		uint64_t at = with_addend ? rela.r_offset : rel.r_offset;
		uint64_t type = GELF_R_TYPE(with_addend ? rela.r_info : rel.r_info);
		unsigned int width =
			module->machine == EM_X86_64 && type == R_X86_64_64 ? WIDE : USUAL;

		for (unsigned int j = 0; j < width; j++)
			if (at + j - first < size)
				is_open[at + j - first] = true;
	}
}

bool ko_file_code(const struct ko_file *module, uint64_t linked, size_t size, uint8_t *code,
		  bool *is_open)
{
	Elf_Scn *section, *other = NULL;
	GElf_Shdr header, relocations;
	Elf_Data *data;
	uint64_t first, left = module->file.bytes.size; /* for sections that overlap */

	section = section_at(module, linked, &header);
	if (!section || header.sh_type == SHT_NOBITS || header.sh_flags & SHF_COMPRESSED)
		return false;
	first = linked - header.sh_addr;
	data = elf_rawdata(section, NULL);
	if (!data || !data->d_buf || !range_within(first, size, data->d_size))
		return false;
	memcpy(code, (const uint8_t *)data->d_buf + first, size);
	while ((other = elf_next_section(module->elf, other, &relocations))) {
		bool with_addend = relocations.sh_type == SHT_RELA;

		if ((!with_addend && relocations.sh_type != SHT_REL) ||
		    relocations.sh_info != elf_ndxscn(section) ||
		    relocations.sh_flags & SHF_COMPRESSED)
			continue;
		data = relocations.sh_size <= left ? elf_getdata(other, NULL) : NULL;
		if (!data)
			return false;
		left -= relocations.sh_size;
		mark_relocated(module, data, with_addend, first, size, is_open);
	}
	return true;
}

bool ko_file_line(struct ko_file *module, uint64_t linked, const struct listener *listener,
		  struct code_line *line, struct error *err)
{
	/* Without a descriptor, lines.c reads only the copies. */
	if (!module->lines)
		module->lines = lines_open(module->elf, -1);
	if (!module->lines)
		return out_of_memory(err);
	if (lines_find(module->lines, linked, listener, line))
		return true;
	if (lines_given_up(module->lines))
		fail(err, ERROR_FORMAT,
		     "%s: the debug information is damaged, so the search for a source line was given up",
		     module->file.path);
	return false;
}

size_t ko_file_inlined(struct ko_file *module, uint64_t linked, const struct listener *listener,
		       struct inlined_function *functions)
{
	if (!module->inlines)
		module->inlines = inlines_open(module->elf);
	return module->inlines ? inlines_find(module->inlines, linked, listener, functions) : 0;
}

size_t ko_file_variables(struct ko_file *module, uint64_t linked, unsigned int reg,
			 const struct listener *listener, struct register_variable *found,
			 struct types **types)
{
	*types = ko_file_types(module, listener);
	if (!module->inlines)
		module->inlines = inlines_open(module->elf);
	return *types && module->inlines ?
		       variables_find(module->inlines, linked, reg, listener, found) :
		       0;
}

struct types *ko_file_types(struct ko_file *module, const struct listener *listener)
{
	if (!module->types)
		module->types = types_open_dwarf(module->elf);
	if (module->types)
		types_listen(module->types, listener);
	return module->types;
}

/* The symbols of a file that have the name and the size of a variable. */
struct ko_variable {
	uint64_t size;
	struct kernel_symbol symbol;
	size_t nr;
};

static bool take_variable(const struct kernel_symbol *symbol, void *arg)
{
	struct ko_variable *variable = arg;

	if (symbol->size == variable->size && !variable->nr++)
		variable->symbol = *symbol;
	return variable->nr < 2;
}

bool ko_file_variable(struct ko_file *module, const char *name, uint64_t size,
		      const struct listener *listener, struct ctype *type)
{
	struct ko_variable variable = { .size = size };
	struct types *types = ko_file_types(module, listener);

	symbols_each(module->symbols, name, NULL, take_variable, &variable);
	return types && variable.nr == 1 &&
	       ctype_of_variable(types, name, variable.symbol.address, size, type);
}
