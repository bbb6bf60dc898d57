/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vmlinux/symbols.h"

#include <stdlib.h>

#include "vmlinux/elf_file.h"
#include "vmlinux/symbols_table.h"

/* --- by name --- */

static const char *name_of(void *table, uint32_t nr, enum name_rank *rank)
{
	Elf64_Sym entry = symbol_entry(table, nr);
	const char *name = symbol_name(table, nr);

	*rank = symbol_is_local(&entry) ? NAME_LOCAL : NAME_GLOBAL;
	return nr && *name && symbol_is_defined(&entry) ? name : NULL;
}

bool symbols_init_names(struct symbols *symbols, struct error *err)
{
	if (!symbol_names_init(&symbols->names, name_of, symbols,
			       symbols->nr_entries, err))
		return false;
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++)
		if (symbol_name_offset(symbols, nr) < symbols->strings.size)
			symbol_names_add(&symbols->names, nr,
					 symbol_name(symbols, nr));
	return true;
}

bool symbols_find(struct symbols *symbols, const char *name,
		  struct symbol *symbol)
{
	uint32_t nr;

	if (!symbol_names_find(&symbols->names, name, &nr))
		return false;
	symbol_fill(symbols, nr, symbol);
	return true;
}

void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg)
{
	symbol_names_complete(&symbols->names, prefix, visit, arg);
}

/* --- open and close --- */

static bool find_table(Elf *elf, GElf_Shdr *header, Elf_Scn **section)
{
	*section = NULL;
	while ((*section = elf_next_section(elf, *section, header)))
		if (header->sh_type == SHT_SYMTAB &&
		    !(header->sh_flags & SHF_COMPRESSED))
			return true;
	return false;
}

/* Copies the strings up to the last NUL: the file may change while it is mapped,
 * and every string must stay terminated. */
static bool load_strings(struct symbols *symbols, size_t section)
{
	struct bytes *strings = &symbols->strings;
	Elf *elf = symbols->elf;
	Elf_Scn *scn = elf_getscn(elf, section);
	GElf_Shdr header;
	Elf_Data *data;

	if (!scn || !gelf_getshdr(scn, &header) ||
	    header.sh_type != SHT_STRTAB || header.sh_flags & SHF_COMPRESSED)
		return false;
	data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf)
		return false;
	symbols->own_strings = calloc(1, data->d_size + NAME_HEAD);
	if (!symbols->own_strings)
		return false;
	memcpy(symbols->own_strings, data->d_buf, data->d_size);
	*strings = (struct bytes){ (const uint8_t *)symbols->own_strings,
				   data->d_size };
	while (strings->size && strings->data[strings->size - 1])
		strings->size--;
	return strings->size > 0;
}

static bool load_table(struct symbols *symbols, struct error *err)
{
	GElf_Shdr header;
	Elf_Scn *section;
	Elf_Data *data;
	size_t count;

	if (!find_table(symbols->elf, &header, &section))
		return fail(err, ERROR_FORMAT, "no symbol table");
	symbols->entry_size =
		gelf_fsize(symbols->elf, ELF_T_SYM, 1, EV_CURRENT);
	data = elf_getdata(section, NULL);
	if (!symbols->entry_size || !data || !data->d_buf ||
	    data->d_type != ELF_T_SYM)
		return fail(err, ERROR_FORMAT, "symbol table is damaged");
	count = data->d_size / symbols->entry_size;
	symbols->entries = data->d_buf;
	symbols->nr_entries = count < UINT32_MAX ? count : UINT32_MAX;
	if (!load_strings(symbols, header.sh_link))
		return fail(err, ERROR_FORMAT,
			    "names of the symbol table are damaged");
	return symbols_init_names(symbols, err);
}

struct symbols *symbols_open(Elf *elf, struct error *err)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols) {
		fail(err, ERROR_SYSTEM, "out of memory");
		return NULL;
	}
	symbols->elf = elf;
	if (!load_table(symbols, err)) {
		symbols_close(symbols);
		return NULL;
	}
	return symbols;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	symbol_names_free(&symbols->names);
	free(symbols->placed);
	free(symbols->own_entries);
	free(symbols->own_strings);
	free(symbols);
}

size_t symbols_count(const struct symbols *symbols)
{
	return symbols->nr_entries;
}
