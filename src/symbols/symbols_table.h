/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Private to symbols.c (by name), symbols_scan.c (the same, without an index),
 * symbols_sorted.c (by address) and system_map.c. The contents of the table are not
 * trusted. */
#pragma once

#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "base/bytes.h"
#include "symbols/strings.h"
#include "symbols/symbol_names.h"
#include "symbols/symbols.h"

/* A symbol that has an address. */
struct placed_symbol {
	uint64_t address;
	uint32_t nr;
	uint32_t rank; /* among several at the address, the last is the best */
};

struct awaited_symbol {
	uint32_t nr; /* 0: none has the name */
	bool several; /* other symbols have it, too */
};

enum { SOON = 24 }; /* symbols ahead whose names are fetched */

struct symbols {
	Elf *elf; /* borrowed; NULL for a System.map or a module */
	Elf64_Sym *own_entries; /* owned; not of an ELF file */
	const uint8_t *entries; /* Elf32_Sym or Elf64_Sym; entry 0 is reserved */
	size_t entry_size;
	uint32_t nr_entries;
	enum symbol_origin origin;
	uint64_t least_size; /* of unsized ones; 0: they reach up to the next */
	struct strings strings;
	char text[MOST_NAME]; /* a name that a search looks at */

	struct symbol_names names; /* zeroed until there is an index */
	/* Owned, made by symbols_scan.c; NULL: not looked for yet. */
	struct awaited_symbol *awaited;
	/* Owned: the symbols from lowest to highest, by address; NULL: not sorted yet. */
	struct placed_symbol *placed;
	uint32_t nr_placed;
	uint64_t lowest, highest;
	unsigned int nr_around; /* how often only some were sorted */
};

/* st_name is the first word in both ELF classes. */
static inline uint32_t symbol_name_offset(const struct symbols *symbols, uint32_t nr)
{
	uint32_t offset;

	memcpy(&offset, symbols->entries + nr * symbols->entry_size, sizeof(offset));
	return offset;
}

static inline const char *symbol_name(const struct symbols *symbols, uint32_t nr)
{
	return strings_at(&symbols->strings, symbol_name_offset(symbols, nr));
}

static inline Elf64_Sym symbol_entry(const struct symbols *symbols, uint32_t nr)
{
	const uint8_t *at = symbols->entries + nr * symbols->entry_size;
	Elf32_Sym narrow;
	Elf64_Sym entry;

	if (symbols->entry_size == sizeof(entry)) {
		memcpy(&entry, at, sizeof(entry));
		return entry;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return (Elf64_Sym){
		.st_name = narrow.st_name,
		.st_info = narrow.st_info,
		.st_other = narrow.st_other,
		.st_shndx = narrow.st_shndx,
		.st_value = narrow.st_value,
		.st_size = narrow.st_size,
	};
}

/* st_value is the second word in ELF-32, and after 8 bytes in ELF-64. */
static inline uint64_t symbol_value(const struct symbols *symbols, uint32_t nr)
{
	const uint8_t *at = symbols->entries + nr * symbols->entry_size;
	uint64_t wide;
	uint32_t narrow;

	if (symbols->entry_size == sizeof(Elf64_Sym)) {
		memcpy(&wide, at + offsetof(Elf64_Sym, st_value), sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at + offsetof(Elf32_Sym, st_value), sizeof(narrow));
	return narrow;
}

/* Sections and source files are listed too, but are not symbols. */
static inline bool symbol_is_defined(const Elf64_Sym *entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);

	return type != STT_SECTION && type != STT_FILE && entry->st_shndx != SHN_UNDEF;
}

static inline bool symbol_is_local(const Elf64_Sym *entry)
{
	return ELF64_ST_BIND(entry->st_info) == STB_LOCAL;
}

/* A label of the compiler (.LC0, .L12): only used if there is no other name. */
static inline bool symbol_is_compilers(const char *name)
{
	return name[0] == '.' && name[1] == 'L';
}

static inline void symbol_fill_as(const struct symbols *symbols, uint32_t nr, const char *name,
				  struct kernel_symbol *symbol)
{
	Elf64_Sym entry = symbol_entry(symbols, nr);

	*symbol = (struct kernel_symbol){
		.name = name,
		.address = entry.st_value,
		.size = entry.st_size,
		.origin = symbols->origin,
		.section = entry.st_shndx,
		.nr = nr,
	};
}

static inline void symbol_fill(const struct symbols *symbols, uint32_t nr,
			       struct kernel_symbol *symbol)
{
	symbol_fill_as(symbols, nr, symbol_name(symbols, nr), symbol);
}

/* A name_getter (symbol_names.h). */
const char *symbols_name_of(void *table, uint32_t nr, enum name_rank *rank);

/* --- symbols_scan.c --- */

/* Is name one of those that are looked for together? Then what was found of it. */
bool symbols_awaited(struct symbols *symbols, const char *name, struct awaited_symbol *found);
