/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The table of symbols. Only the files symbols.c (look-up by name), symbols_sorted.c (look-up by
 * address) and system_map.c use this header. The contents of the table may be damaged or hostile. */
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
	/* Among the symbols at one address, the symbol with the highest rank is found. */
	uint32_t rank;
};

enum { SOON = 24 }; /* a scan prefetches the name that is this many symbols ahead */

struct symbols {
	Elf *elf; /* borrowed; NULL if the table is of System.map or of a module */
	Elf64_Sym *own_entries; /* owned; NULL if the table is of an ELF file */
	const uint8_t *entries; /* an array of Elf32_Sym or Elf64_Sym; entry 0 is reserved */
	size_t entry_size;
	uint32_t nr_entries;
	/* Borrowed; entries and strings.file are parts of this file's mapping. NULL: they are not. */
	const struct file *file;
	enum symbol_origin origin;
	/* The size assumed for symbols whose size in the table is 0. If this is 0, too, they extend
	 * to the next symbol. */
	uint64_t least_size;
	struct strings strings;
	char text[MOST_NAME]; /* the name that a search is reading */

	struct symbol_names names; /* zeroed until the index is created */
	/* Owned. For each FILE_BLOCK symbols, the number of the STT_FILE symbol before them, plus 1;
	 * 0: not searched yet. NULL: no file was searched yet. */
	uint32_t *file_before;
	/* Owned. The symbols with addresses from lowest to highest (inclusive), sorted by address.
	 * NULL: no symbols were sorted yet. */
	struct placed_symbol *placed;
	uint32_t nr_placed;
	uint64_t lowest, highest;
	unsigned int nr_around; /* how often only the symbols near an address were sorted */
};

/* Returns st_name of the entry at `at`, which is the first word of an entry in both ELF classes. */
static inline uint32_t name_offset_at(const uint8_t *at)
{
	uint32_t offset;

	memcpy(&offset, at, sizeof(offset));
	return offset;
}

static inline uint32_t symbol_name_offset(const struct symbols *symbols, uint32_t nr)
{
	return name_offset_at(symbols->entries + nr * symbols->entry_size);
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

static inline unsigned char symbol_info(const struct symbols *symbols, uint32_t nr)
{
	bool wide = symbols->entry_size == sizeof(Elf64_Sym);

	return symbols->entries[nr * symbols->entry_size + (wide ? offsetof(Elf64_Sym, st_info) :
								   offsetof(Elf32_Sym, st_info))];
}

/* Returns st_value of the entry at `at`. It is at offset 4 in Elf32_Sym, and at offset 8 in
 * Elf64_Sym. */
static inline uint64_t symbol_value_at(const uint8_t *at, size_t entry_size)
{
	uint64_t wide;
	uint32_t narrow;

	if (entry_size == sizeof(Elf64_Sym)) {
		memcpy(&wide, at + offsetof(Elf64_Sym, st_value), sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at + offsetof(Elf32_Sym, st_value), sizeof(narrow));
	return narrow;
}

/* Does the entry define a symbol with a value? Entries for sections and source files do not. */
static inline bool symbol_is_defined(const Elf64_Sym *entry)
{
	unsigned int type = ELF64_ST_TYPE(entry->st_info);

	return type != STT_SECTION && type != STT_FILE && entry->st_shndx != SHN_UNDEF;
}

static inline bool symbol_is_local(const Elf64_Sym *entry)
{
	return ELF64_ST_BIND(entry->st_info) == STB_LOCAL;
}

/* Is the name a mapping symbol of arm64 or riscv64 ($x before code, $d before data, and riscv64's
 * $xrv64i2p1_... before code of extensions)? Mapping symbols ("ELF for the Arm 64-bit Architecture",
 * "RISC-V ELF Specification") are not names of functions or objects, so they are ignored, as in
 * kernel/module/kallsyms.c. Parts of the kernel that are linked apart have prefixes (__kvm_nvhe_$x,
 * __pi_$d, __efistub_$x), as in scripts/mksysmap. */
static inline bool symbol_is_mark(const char *name)
{
	if (name[0] == '_' && name[1] == '_') {
		name = strchr(name, '$');
		if (!name || name[-1] != '_')
			return false;
	}
	return name[0] == '$' && (name[1] == 'x' || name[1] == 'd') &&
	       (name[2] == '\0' || name[2] == '.' || (name[2] == 'r' && name[3] == 'v'));
}

/* Is the name a label made by the compiler (.LC0, .L12)? Such a label is used only if no other
 * symbol is found. */
static inline bool symbol_is_compilers(const char *name)
{
	return name[0] == '.' && name[1] == 'L';
}

static inline void symbol_fill_entry(const struct symbols *symbols, uint32_t nr, Elf64_Sym entry,
				     struct kernel_symbol *symbol)
{
	*symbol = (struct kernel_symbol){
		.name = strings_at(&symbols->strings, entry.st_name),
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
	symbol_fill_entry(symbols, nr, symbol_entry(symbols, nr), symbol);
}
