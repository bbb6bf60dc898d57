/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "symbols/symbols.h"

#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/symbols_table.h"
#include "symbols/elf_file.h"

/* The name_getter of this table (symbol_names.h). */
static const char *symbols_name_of(void *table, uint32_t nr, enum name_rank *rank)
{
	struct symbols *symbols = table;
	Elf64_Sym entry = symbol_entry(symbols, nr);
	const char *name =
		strings_peek(&symbols->strings, symbol_name_offset(symbols, nr), symbols->text);

	*rank = symbol_is_local(&entry) ? NAME_LOCAL : NAME_GLOBAL;
	return nr && *name && symbol_is_defined(&entry) && !symbol_is_mark(name) ? name : NULL;
}

enum {
	/* The most local symbols that one source file is assumed to have. */
	MOST_OF_A_FILE = 1 << 14,
	FILE_BLOCK = 64,
};

/* --- by name --- */

static bool index_names(struct symbols *symbols)
{
	const struct listener *listener = symbols->names.listener;

	if (symbols->names.mark)
		return true;
	if (!symbol_names_init(&symbols->names, symbols_name_of, symbols, symbols->nr_entries))
		return false;
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		if (listener_stops_at(listener, nr)) {
			symbol_names_free(&symbols->names);
			symbols->names = (struct symbol_names){
				.listener = listener,
			};
			return false;
		}
		if (symbols->nr_entries - nr > SOON)
			strings_soon(&symbols->strings, symbol_name_offset(symbols, nr + SOON));
		symbol_names_add(&symbols->names, nr,
				 strings_head(&symbols->strings, symbol_name_offset(symbols, nr)));
	}
	return true;
}

/* Returns the type letter that nm prints for a local symbol in this section. See decode_sec_type()
 * and bfd_decode_symclass() in bfd/syms.c of binutils. */
static char type_by_section(const struct symbols *symbols, uint16_t section)
{
	Elf_Scn *scn = elf_getscn(symbols->elf, section);
	GElf_Shdr header;

	if (!scn || !gelf_getshdr(scn, &header))
		return '?';
	if (!(header.sh_flags & SHF_ALLOC))
		return 'N';
	if (header.sh_flags & SHF_EXECINSTR)
		return 'T';
	if (header.sh_type == SHT_NOBITS)
		return 'B';
	return header.sh_flags & SHF_WRITE ? 'D' : 'R';
}

static char type_of(const struct symbols *symbols, Elf64_Sym entry)
{
	char type;

	if (!symbols->elf)
		return (char)entry.st_other;
	if (ELF64_ST_BIND(entry.st_info) == STB_WEAK)
		return ELF64_ST_TYPE(entry.st_info) == STT_OBJECT ? 'V' : 'W';
	type = entry.st_shndx == SHN_ABS ? 'A' : type_by_section(symbols, entry.st_shndx);
	return symbol_is_local(&entry) ? (char)tolower(type) : type;
}

char symbols_type(const struct symbols *symbols, const struct kernel_symbol *symbol)
{
	return symbol->type ? symbol->type : type_of(symbols, symbol_entry(symbols, symbol->nr));
}

bool symbols_find(struct symbols *symbols, const char *name, struct kernel_symbol *symbol)
{
	uint32_t nr;

	if (!index_names(symbols) || !symbol_names_find(&symbols->names, name, &nr))
		return false;
	symbol_fill(symbols, nr, symbol);
	symbol->type = type_of(symbols, symbol_entry(symbols, nr));
	return true;
}

struct symbols_visit {
	struct symbols *symbols;
	bool (*visit)(const struct kernel_symbol *symbol, void *arg);
	void *arg;
};

static bool symbols_visit_number(uint32_t nr, enum name_rank rank, void *arg)
{
	const struct symbols_visit *visit = arg;
	struct kernel_symbol symbol;

	if (rank == NAME_OF_NOTHING)
		return true;
	symbol_fill(visit->symbols, nr, &symbol);
	return visit->visit(&symbol, visit->arg);
}

void symbols_each(struct symbols *symbols, const char *name, const char *part,
		  bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg)
{
	struct symbols_visit each = { symbols, visit, arg };
	enum name_rank rank;

	if (name && index_names(symbols))
		symbol_names_each(&symbols->names, name, symbols_visit_number, &each);
	for (uint32_t nr = 1; !name && nr < symbols->nr_entries; nr++) {
		const char *text;

		if (symbols->nr_entries - nr > SOON)
			strings_soon(&symbols->strings, symbol_name_offset(symbols, nr + SOON));
		text = symbols_name_of(symbols, nr, &rank);
		if (listener_stops_at(symbols->names.listener, nr) ||
		    (text && !symbol_is_compilers(text) && (!part || strstr(text, part)) &&
		     !symbols_visit_number(nr, rank, &each)))
			return;
	}
}

bool symbols_mention(const struct symbols *symbols, const char *text)
{
	return memmem(strings_source(&symbols->strings), symbols->strings.size, text, strlen(text));
}

/* Returns the number of the last STT_FILE symbol in [first, nr), or 0 if there is none. */
static uint32_t last_file(const struct symbols *symbols, uint32_t first, uint32_t nr)
{
	while (nr-- > first)
		if (ELF64_ST_TYPE(symbol_info(symbols, nr)) == STT_FILE)
			return nr;
	return 0;
}

/* Returns the number of the last STT_FILE symbol before symbol nr, or 0 if there is none. Keeps it
 * for the blocks in between, because a list of many symbols asks for each of them. */
static uint32_t file_of(struct symbols *symbols, uint32_t nr)
{
	uint32_t block = nr / FILE_BLOCK, known, file;

	if (!symbols->file_before)
		symbols->file_before =
			calloc(symbols->nr_entries / FILE_BLOCK + 1, sizeof(*symbols->file_before));
	file = last_file(symbols, block * FILE_BLOCK, nr);
	if (file || !symbols->file_before)
		return file ? file : last_file(symbols, 1, nr);
	for (known = block; known && !symbols->file_before[known] && !file; known--)
		file = last_file(symbols, (known - 1) * FILE_BLOCK, known * FILE_BLOCK);
	if (!file && known)
		file = symbols->file_before[known] - 1;
	for (; block > known; block--)
		symbols->file_before[block] = file + 1;
	return file;
}

const char *symbols_file(struct symbols *symbols, const struct kernel_symbol *symbol)
{
	uint32_t file;

	if (!symbols->elf || ELF64_ST_BIND(symbol_info(symbols, symbol->nr)) != STB_LOCAL)
		return NULL;
	/* The symbol table has an STT_FILE symbol with the name of each source file, before the
	 * local symbols of this file (System V ABI, Symbol Table). */
	file = file_of(symbols, symbol->nr);
	return file && symbol->nr - file < MOST_OF_A_FILE && *symbol_name(symbols, file) ?
		       symbol_name(symbols, file) :
		       NULL;
}

void symbols_complete(struct symbols *symbols, const char *prefix,
		      bool (*visit)(const char *name, void *arg), void *arg)
{
	if (index_names(symbols))
		symbol_names_complete(&symbols->names, prefix, visit, arg);
}

/* --- open and close --- */

static bool symbols_find_table(Elf *elf, GElf_Shdr *header, Elf_Scn **section)
{
	*section = NULL;
	while ((*section = elf_next_section(elf, *section, header)))
		if (header->sh_type == SHT_SYMTAB && !(header->sh_flags & SHF_COMPRESSED))
			return true;
	return false;
}

/* Returns the content of a section: a part of symbols->file if possible, and if not, of libelf's
 * mapping or copy. */
static const uint8_t *content(const struct symbols *symbols, const GElf_Shdr *header,
			      const Elf_Data *data)
{
	const struct file *file = symbols->file;

	return file && range_within(header->sh_offset, data->d_size, file->bytes.size) ?
		       file->bytes.data + header->sh_offset :
		       data->d_buf;
}

/* Cuts off the bytes after the last NUL, so that each string ends with a NUL. Returns false if
 * there is no NUL. */
static bool terminated(const struct bytes *bytes, struct bytes *strings)
{
	const uint8_t *last = memrchr(bytes->data, '\0', bytes->size);

	*strings = (struct bytes){ bytes->data, last ? (size_t)(last - bytes->data) + 1 : 0 };
	return last;
}

static bool symbols_open_strings(struct symbols *symbols, size_t section, struct error *err)
{
	static const char damaged[] = "names of the symbol table are damaged";
	Elf_Scn *scn = elf_getscn(symbols->elf, section);
	GElf_Shdr header;
	Elf_Data *data;
	struct bytes names;

	if (!scn || !gelf_getshdr(scn, &header) || header.sh_type != SHT_STRTAB ||
	    header.sh_flags & SHF_COMPRESSED)
		return fail(err, ERROR_FORMAT, damaged);
	data = elf_rawdata(scn, NULL);
	return (data && data->d_buf &&
		terminated(&(struct bytes){ content(symbols, &header, data), data->d_size },
			   &names)) ?
		       strings_open(&symbols->strings, names, err) :
		       fail(err, ERROR_FORMAT, damaged);
}

static bool load_table(struct symbols *symbols, struct error *err)
{
	GElf_Shdr header;
	Elf_Scn *section;
	Elf_Data *data;
	size_t count;

	if (!symbols_find_table(symbols->elf, &header, &section))
		return fail(err, ERROR_FORMAT, "no symbol table");
	symbols->entry_size = gelf_fsize(symbols->elf, ELF_T_SYM, 1, EV_CURRENT);
	data = elf_getdata(section, NULL);
	if (!symbols->entry_size || !data || !data->d_buf || data->d_type != ELF_T_SYM)
		return fail(err, ERROR_FORMAT, "symbol table is damaged");
	count = data->d_size / symbols->entry_size;
	symbols->entries = content(symbols, &header, data);
	symbols->nr_entries = count < UINT32_MAX ? count : UINT32_MAX;
	return symbols_open_strings(symbols, header.sh_link, err);
}

struct symbols *symbols_open(Elf *elf, const struct file *file, struct error *err)
{
	struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return out_of_memory(err), NULL;
	symbols->elf = elf;
	/* The file is little-endian. On a big-endian machine the table is a copy that libelf made. */
	symbols->file = BYTE_ORDER == LITTLE_ENDIAN ? file : NULL;
	if (!load_table(symbols, err)) {
		symbols_close(symbols);
		return NULL;
	}
	return symbols;
}

static Elf64_Sym load_entry(const uint8_t *at, bool wide)
{
	if (wide)
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

struct symbols *symbols_of_module(struct bytes entries, bool wide, struct bytes types,
				  struct bytes strings)
{
	size_t size = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	size_t nr = entries.size / size;
	struct symbols *symbols = calloc(1, sizeof(*symbols));
	struct bytes names;

	if (!symbols)
		return NULL;
	/* One entry more than nr, because entry 0 is reserved. */
	symbols->own_entries = calloc(nr + 1, sizeof(Elf64_Sym));
	if (!symbols->own_entries || !terminated(&strings, &names) ||
	    !strings_open(&symbols->strings, names, NULL)) {
		symbols_close(symbols);
		return NULL;
	}
	for (size_t i = 0; i < nr; i++) {
		Elf64_Sym *entry = &symbols->own_entries[i + 1];

		*entry = load_entry(entries.data + i * size, wide);
		entry->st_other = i < types.size ? types.data[i] : '\0';
	}
	symbols->entries = (const uint8_t *)symbols->own_entries;
	symbols->entry_size = sizeof(Elf64_Sym);
	symbols->nr_entries = (uint32_t)nr + 1;
	symbols->origin = SYMBOL_OF_KALLSYMS;
	symbols->least_size = 1;
	return symbols;
}

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	symbol_names_free(&symbols->names);
	free(symbols->placed);
	free(symbols->file_before);
	free(symbols->own_entries);
	strings_close(&symbols->strings);
	free(symbols);
}

void symbols_listen(struct symbols *symbols, const struct listener *listener)
{
	symbols->names.listener = listener;
}

size_t symbols_count(const struct symbols *symbols)
{
	return symbols->nr_entries;
}

void symbols_span(const struct symbols *symbols, uint64_t *first, uint64_t *last)
{
	*first = UINT64_MAX;
	*last = 0;
	for (uint32_t nr = 1; nr < symbols->nr_entries; nr++) {
		Elf64_Sym entry = symbol_entry(symbols, nr);
		uint64_t end = entry.st_value + (entry.st_size ? entry.st_size - 1 : 0);

		if (!symbol_is_defined(&entry) || end < entry.st_value ||
		    entry.st_shndx >= SHN_LORESERVE)
			continue;
		*first = entry.st_value < *first ? entry.st_value : *first;
		*last = end > *last ? end : *last;
	}
}
