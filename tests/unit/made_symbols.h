/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images made in memory that have a table of symbols, and one table with symbols of all kinds. */
#pragma once

#include <elf.h>
#include <endian.h>
#include <libelf.h>
#include <stdint.h>
#include <string.h>

#include "symbols/symbols.h"
#include "put_elf.h"

#include "unit.h"

enum {
	TEXT = 1, /* at 0x1000, with 0x1000 bytes */
	PERCPU, /* at 0 */
	SYMTAB,
	STRTAB,
	NR_SECTIONS,
	MAX_IMAGE = 1 << 18,
};

struct image {
	_Alignas(16) uint8_t bytes[MAX_IMAGE];
	size_t size;
	bool narrow;
	size_t headers; /* offset of the section headers */
	size_t entries; /* offset of the symbols */
	size_t strings;
	size_t strings_size;
};

struct entry {
	const char *name;
	uint64_t value;
	uint64_t size;
	unsigned char info;
	uint16_t section;
};

#define INFO(bind, type) ELF64_ST_INFO(STB_##bind, STT_##type)

static inline Elf64_Shdr *header64(struct image *image, unsigned int nr)
{
	return (Elf64_Shdr *)(void *)(image->bytes + image->headers) + nr;
}

static inline void put_header(struct image *image, unsigned int nr, Elf64_Shdr wide)
{
	Elf32_Shdr narrow = {
		.sh_type = wide.sh_type,
		.sh_flags = wide.sh_flags,
		.sh_addr = wide.sh_addr,
		.sh_offset = wide.sh_offset,
		.sh_size = wide.sh_size,
		.sh_link = wide.sh_link,
		.sh_entsize = wide.sh_entsize,
		.sh_addralign = 1,
	};
	uint8_t *at = image->bytes + image->headers;

	wide.sh_addralign = 1;
	if (image->narrow)
		put_elf(at + nr * sizeof(narrow), &narrow, sizeof(narrow), ELF_T_SHDR, true);
	else
		put_elf(at + nr * sizeof(wide), &wide, sizeof(wide), ELF_T_SHDR, false);
}

static inline void put_symbol(struct image *image, const struct entry *entry, uint32_t name)
{
	Elf64_Sym wide = {
		.st_name = name,
		.st_info = entry->info,
		.st_shndx = entry->section,
		.st_value = entry->value,
		.st_size = entry->size,
	};
	Elf32_Sym narrow = {
		.st_name = name,
		.st_info = entry->info,
		.st_shndx = entry->section,
		.st_value = entry->value,
		.st_size = entry->size,
	};

	if (image->narrow)
		put_elf(image->bytes + image->size, &narrow, sizeof(narrow), ELF_T_SYM, true);
	else
		put_elf(image->bytes + image->size, &wide, sizeof(wide), ELF_T_SYM, false);
	image->size += image->narrow ? sizeof(narrow) : sizeof(wide);
}

static inline void put_ehdr(struct image *image)
{
	Elf64_Ehdr wide = {
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_shoff = image->headers,
		.e_ehsize = sizeof(wide),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = NR_SECTIONS,
	};
	Elf32_Ehdr narrow = {
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_shoff = image->headers,
		.e_ehsize = sizeof(narrow),
		.e_shentsize = sizeof(Elf32_Shdr),
		.e_shnum = NR_SECTIONS,
	};
	uint8_t ident[EI_NIDENT] = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3 };

	ident[EI_CLASS] = image->narrow ? ELFCLASS32 : ELFCLASS64;
	ident[EI_DATA] = ELFDATA2LSB;
	ident[EI_VERSION] = EV_CURRENT;
	if (image->narrow)
		put_elf(image->bytes, &narrow, sizeof(narrow), ELF_T_EHDR, true);
	else
		put_elf(image->bytes, &wide, sizeof(wide), ELF_T_EHDR, false);
	memcpy(image->bytes, ident, sizeof(ident));
}

static inline void make_image(struct image *image, bool narrow, const struct entry *entries,
			      size_t count)
{
	static const struct entry null = { "", 0, 0, 0, 0 };
	size_t entry_size = narrow ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
	uint32_t name = 1;

	memset(image, 0, sizeof(*image));
	image->narrow = narrow;
	image->headers = 64;
	image->entries = 64 + NR_SECTIONS * sizeof(Elf64_Shdr);
	image->size = image->entries;
	put_ehdr(image);
	put_symbol(image, &null, 0);
	for (size_t i = 0; i < count; i++) {
		put_symbol(image, &entries[i], name);
		name += strlen(entries[i].name) + 1;
	}
	image->strings = image->size++;
	for (size_t i = 0; i < count; i++) {
		strcpy((char *)image->bytes + image->size, entries[i].name);
		image->size += strlen(entries[i].name) + 1;
	}
	image->strings_size = image->size - image->strings;
	put_header(image, TEXT,
		   (Elf64_Shdr){ .sh_type = SHT_NOBITS,
				 .sh_flags = SHF_ALLOC,
				 .sh_addr = 0x1000,
				 .sh_size = 0x1000 });
	put_header(image, PERCPU,
		   (Elf64_Shdr){ .sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC, .sh_size = 0x1670 });
	put_header(image, SYMTAB,
		   (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
				 .sh_offset = image->entries,
				 .sh_size = (count + 1) * entry_size,
				 .sh_link = STRTAB,
				 .sh_entsize = entry_size });
	put_header(image, STRTAB,
		   (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				 .sh_offset = image->strings,
				 .sh_size = image->strings_size });
}

static inline struct symbols *open_image(struct image *image, Elf **elf)
{
	struct error err;

	elf_version(EV_CURRENT);
	*elf = elf_memory((char *)image->bytes, image->size);
	assert_non_null(*elf);
	return symbols_open(*elf, NULL, &err);
}

/* Makes an image, and opens its table. */
static inline struct symbols *open_table(struct image *image, bool narrow,
					 const struct entry *entries, unsigned int nr, Elf **elf)
{
	struct symbols *symbols;

	make_image(image, narrow, entries, nr);
	symbols = open_image(image, elf);
	assert_non_null(symbols);
	return symbols;
}

static inline void close_table(struct symbols *symbols, Elf *elf)
{
	symbols_close(symbols);
	elf_end(elf);
}

static const struct entry table[] = {
	{ "file.c", 0, 0, INFO(LOCAL, FILE), SHN_ABS },
	{ "", 0x1000, 0, INFO(LOCAL, SECTION), TEXT },
	{ "twin", 0x1100, 4, INFO(LOCAL, OBJECT), TEXT },
	{ "twin", 0x1200, 4, INFO(GLOBAL, OBJECT), TEXT },
	{ "twin", 0x1300, 4, INFO(GLOBAL, OBJECT), TEXT },
	{ "pair", 0x1400, 4, INFO(LOCAL, OBJECT), TEXT },
	{ "pair", 0x1500, 4, INFO(LOCAL, OBJECT), TEXT },
	{ "undefined", 0, 0, INFO(GLOBAL, NOTYPE), SHN_UNDEF },
	{ "label", 0x1600, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "unsized", 0x1600, 0, INFO(GLOBAL, FUNC), TEXT },
	{ "outer", 0x1600, 0x100, INFO(LOCAL, FUNC), TEXT },
	{ "inner", 0x1640, 0x10, INFO(LOCAL, OBJECT), TEXT },
	{ ".LC0", 0x1660, 0, INFO(LOCAL, NOTYPE), TEXT },
	{ "percpu", 0x1650, 8, INFO(GLOBAL, OBJECT), PERCPU },
	{ "percpu_end", 0x1670, 0, INFO(GLOBAL, NOTYPE), PERCPU },
	{ "beside_percpu", 0x1704, 0, INFO(GLOBAL, NOTYPE), PERCPU },
	{ ".L7", 0x1710, 0, INFO(LOCAL, NOTYPE), TEXT },
	{ "__end_of_it", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "__of_it_start", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "__it", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "_it", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "it", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "other", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "local", 0x1720, 0, INFO(LOCAL, NOTYPE), TEXT },
	{ ".L8", 0x1720, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "absolute", 0x1651, 8, INFO(GLOBAL, OBJECT), SHN_ABS },
	{ "tail", 0x1800, 0, INFO(GLOBAL, NOTYPE), TEXT },
	{ "wraps", UINT64_MAX - 1, UINT64_MAX, INFO(GLOBAL, OBJECT), TEXT },
};

enum { NR_TABLE = sizeof(table) / sizeof(table[0]) };

struct visited {
	char names[256];
	unsigned int left;
};

static inline bool note_name(const char *name, void *arg)
{
	struct visited *visited = arg;

	strcat(visited->names, name);
	strcat(visited->names, " ");
	return --visited->left > 0;
}
