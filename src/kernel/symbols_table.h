/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A symbol table as it lies in the file, for symbols.c (by name) and
 * symbols_sorted.c (by address, in order) only. Nothing in it is trusted.
 */
#pragma once

#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/symbols.h"

enum {
	MAX_COMMON_SYMBOLS = 96,
	MAX_SYMBOL_SCANS = 4, /* other names, before an index is worth its price */
};

/* Names that nearly every session asks; see symbols.c. */
extern const char *const common_symbols[];
extern const unsigned int nr_common_symbols;
bool symbol_is_common(const char *name, unsigned int *nr);

/* Calls visit for each of count names, sorted, every one once, until it returns
 * false. Sorts names in place. */
void symbol_names_visit(const char **names, size_t count,
			bool (*visit)(const char *name, void *arg), void *arg);

struct asked_symbol {
	char *name; /* owned */
	uint32_t nr;
};

struct symbols {
	Elf *elf; /* NULL: a System.map's, and these are owned: */
	Elf64_Sym *own_entries;
	char *own_strings;
	const uint8_t *entries; /* Elf32_Sym or Elf64_Sym; number 0 is no symbol */
	size_t entry_size;
	uint32_t nr_entries;
	struct bytes strings; /* ends in a NUL: every offset within is a string */

	bool common_known;
	uint32_t common[MAX_COMMON_SYMBOLS];
	struct asked_symbol asked[MAX_SYMBOL_SCANS];
	unsigned int nr_asked;
	/* Hash index: first symbol of a bucket, next symbol of the same one.
	 * Chains, so that thousands of equal names cost no probing. */
	uint32_t *bucket;
	uint32_t *next;
	unsigned int bucket_bits;

	uint32_t *by_address;
	uint32_t nr_by_address;
	bool sorted;
};

/* st_name is the first word of an entry in both classes. */
static inline uint32_t symbol_name_offset(const struct symbols *symbols,
					  uint32_t nr)
{
	uint32_t offset;

	memcpy(&offset, symbols->entries + nr * symbols->entry_size,
	       sizeof(offset));
	return offset;
}

/* The empty string where the offset is wild. */
static inline const char *symbol_name(const struct symbols *symbols,
				      uint32_t nr)
{
	uint32_t offset = symbol_name_offset(symbols, nr);

	if (offset >= symbols->strings.size)
		return "";
	return (const char *)symbols->strings.data + offset;
}

static inline Elf64_Sym symbol_entry(const struct symbols *symbols,
				     uint32_t nr)
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

static inline bool symbol_is_thing(const Elf64_Sym *entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);

	return type != STT_SECTION && type != STT_FILE &&
	       entry->st_shndx != SHN_UNDEF;
}

static inline bool symbol_is_local(const Elf64_Sym *entry)
{
	return ELF64_ST_BIND(entry->st_info) == STB_LOCAL;
}

static inline void symbol_fill(const struct symbols *symbols, uint32_t nr,
			       struct symbol *symbol)
{
	Elf64_Sym entry = symbol_entry(symbols, nr);

	*symbol = (struct symbol){
		.name = symbol_name(symbols, nr),
		.address = entry.st_value,
		.size = entry.st_size,
		.section = entry.st_shndx,
		.function = ELF64_ST_TYPE(entry.st_info) == STT_FUNC,
	};
}
