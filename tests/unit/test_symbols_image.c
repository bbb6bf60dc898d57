/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of small ELF images made in memory: which of several is taken, and
 * damage of every kind. */
#include <elf.h>
#include <endian.h>
#include <libelf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "symbols/symbols.h"
#include "put_elf.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

/* --- images made in memory --- */

enum {
	TEXT = 1, /* 0x1000, 0x1000 bytes */
	PERCPU, /* at 0 */
	SYMTAB,
	STRTAB,
	NR_SECTIONS,
	MAX_IMAGE = 8192,
};

struct image {
	_Alignas(16) uint8_t bytes[MAX_IMAGE];
	size_t size;
	bool narrow;
	size_t headers; /* of sections */
	size_t entries; /* of symbols */
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

static Elf64_Shdr *header64(struct image *image, unsigned int nr)
{
	return (Elf64_Shdr *)(void *)(image->bytes + image->headers) + nr;
}

static void put_header(struct image *image, unsigned int nr, Elf64_Shdr wide)
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

static void put_symbol(struct image *image, const struct entry *entry, uint32_t name)
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

static void put_ehdr(struct image *image)
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

static void make_image(struct image *image, bool narrow, const struct entry *entries, size_t count)
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

static struct symbols *open_image(struct image *image, Elf **elf)
{
	struct error err;

	elf_version(EV_CURRENT);
	*elf = elf_memory((char *)image->bytes, image->size);
	assert_non_null(*elf);
	return symbols_open(*elf, &err);
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

static void names_of_images(void **state)
{
	static const struct {
		const char *name;
		uint64_t address; /* 0: absent */
	} asked[] = {
		{ "twin", 0x1200 },   { "pair", 0x1400 },     { "file.c", 0 },
		{ "undefined", 0 },   { "label", 0x1600 },    { "twin", 0x1200 },
		{ "pair", 0x1400 },   { "file.c", 0 },	      { "undefined", 0 },
		{ "percpu", 0x1650 }, { "absolute", 0x1651 }, { "_text", 0 },
	};
	struct kernel_symbol symbol;

	(void)state;
	/* The second round of names in each comes from the index. */
	for (unsigned int narrow = 0; narrow < 2; narrow++) {
		struct symbols *symbols;
		struct image image;
		Elf *elf;

		make_image(&image, narrow, table, NR_TABLE);
		symbols = open_image(&image, &elf);
		assert_non_null(symbols);
		assert_int_equal(symbols_count(symbols), NR_TABLE + 1);
		for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
			assert_int_equal(symbols_find(symbols, asked[i].name, &symbol),
					 asked[i].address != 0);
			if (asked[i].address)
				assert_int_equal(symbol.address, asked[i].address);
		}
		symbols_close(symbols);
		elf_end(elf);
	}
}

static bool add_address(const struct kernel_symbol *symbol, void *arg)
{
	uint64_t *sum = arg;

	*sum += symbol->address;
	return true;
}

static bool ignore_name(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	return true;
}

/* Names that first answers ask for are found in one pass, one more in a pass of its own;
 * the index, which completion makes, must tell the same. */
static void names_before_and_after_the_index(void **state)
{
	static const struct entry entries[] = {
		{ "modules", 0x1010, 4, INFO(LOCAL, OBJECT), TEXT },
		{ "mem_sections", 0x1020, 4, INFO(GLOBAL, OBJECT), TEXT },
		{ "mem_section", 0x1030, 4, INFO(LOCAL, OBJECT), TEXT },
		{ "modules", 0x1040, 4, INFO(GLOBAL, OBJECT), TEXT },
		{ "init_task", 0x1050, 4, INFO(GLOBAL, OBJECT), TEXT },
		{ "modules", 0x1060, 4, INFO(GLOBAL, OBJECT), TEXT },
		{ "swap_info", 0, 0, INFO(LOCAL, FILE), SHN_ABS },
		{ "phys_base", 0, 0, INFO(GLOBAL, NOTYPE), SHN_UNDEF },
		{ "twin", 0x1070, 4, INFO(LOCAL, OBJECT), TEXT },
		{ "twin", 0x1080, 4, INFO(LOCAL, OBJECT), TEXT },
	};
	static const struct {
		const char *name;
		uint64_t best, sum; /* 0: absent */
	} asked[] = {
		{ "twin", 0x1070, 0x1070 + 0x1080 },
		{ "modules", 0x1040, 0x1010 + 0x1040 + 0x1060 },
		{ "mem_section", 0x1030, 0x1030 },
		{ "init_task", 0x1050, 0x1050 },
		{ "swap_info", 0, 0 },
		{ "phys_base", 0, 0 },
		{ "mem_map", 0, 0 },
	};
	enum { NR = sizeof(entries) / sizeof(entries[0]) };

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		for (unsigned int way = 0; way < 4; way++) {
			bool narrow = way & 1, indexed = way & 2;
			struct symbols *symbols;
			struct kernel_symbol symbol;
			struct image image;
			uint64_t sum = 0;
			Elf *elf;

			make_image(&image, narrow, entries, NR);
			symbols = open_image(&image, &elf);
			assert_non_null(symbols);
			if (indexed)
				symbols_complete(symbols, "x", ignore_name, NULL);
			symbols_each(symbols, asked[i].name, add_address, &sum);
			assert_int_equal(sum, asked[i].sum);
			symbols_close(symbols);
			elf_end(elf);
			symbols = open_image(&image, &elf);
			if (indexed)
				symbols_complete(symbols, "x", ignore_name, NULL);
			assert_int_equal(symbols_find(symbols, asked[i].name, &symbol),
					 asked[i].best != 0);
			if (asked[i].best)
				assert_int_equal(symbol.address, asked[i].best);
			symbols_close(symbols);
			elf_end(elf);
		}
	}
}

static void addresses_of_images(void **state)
{
	static const struct {
		uint64_t address;
		const char *name; /* NULL: nothing */
	} asked[] = {
		{ 0xfff, NULL },
		{ 0x1100, "twin" },
		{ 0x1103, "twin" },
		{ 0x1104, NULL },
		{ 0x1600, "outer" },
		{ 0x163f, "outer" },
		{ 0x1640, "inner" },
		{ 0x164f, "inner" },
		{ 0x1650, "outer" },
		{ 0x1661, "outer" },
		{ 0x16ff, "outer" },
		{ 0x1700, NULL },
		/* the linker counts it to a section that has no place */
		{ 0x1704, "beside_percpu" },
		{ 0x170f, "beside_percpu" },
		/* the compiler's label ends another one */
		{ 0x1710, ".L7" },
		{ 0x171f, ".L7" },
		{ 0x1720, "it" },
		{ 0x17ff, "it" },
		{ 0x1800, "tail" },
		{ 0x1fff, "tail" },
		{ UINT64_MAX - 1, "wraps" },
		{ UINT64_MAX, "wraps" },
	};
	struct symbols *symbols;
	struct kernel_symbol symbol;
	struct image image;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		assert_int_equal(symbols_at(symbols, asked[i].address, &symbol),
				 asked[i].name != NULL);
		if (asked[i].name)
			assert_string_equal(symbol.name, asked[i].name);
	}
	symbols_close(symbols);
	elf_end(elf);
}

static void addresses_behind_symbols(void **state)
{
	static const struct {
		uint64_t address;
		const char *name; /* NULL: nothing */
	} asked[] = {
		{ 0x10ff, NULL },    { 0x1104, "twin" },  { 0x1143, "twin" }, { 0x1144, NULL },
		{ 0x15ff, NULL },    { 0x1700, "outer" }, /* not inner, which ends before */
		{ 0x1703, "outer" }, { 0, NULL },
	};
	struct symbols *symbols;
	struct kernel_symbol symbol;
	struct image image;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		assert_int_equal(symbols_before(symbols, asked[i].address, &symbol),
				 asked[i].name != NULL);
		if (asked[i].name)
			assert_string_equal(symbol.name, asked[i].name);
	}
	symbols_close(symbols);
	elf_end(elf);
}

struct visited {
	char names[256];
	unsigned int left;
};

static bool note_name(const char *name, void *arg)
{
	struct visited *visited = arg;

	strcat(visited->names, name);
	strcat(visited->names, " ");
	return --visited->left > 0;
}

static void completion(void **state)
{
	struct visited all = { .left = 100 }, two = { .left = 2 };
	struct symbols *symbols;
	struct image image;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	symbols_complete(symbols, "t", note_name, &all);
	assert_string_equal(all.names, "tail twin ");
	symbols_complete(symbols, "", note_name, &two);
	assert_string_equal(two.names, ".L7 .L8 ");
	symbols_complete(symbols, "nothing", note_name, &two);
	assert_string_equal(two.names, ".L7 .L8 ");
	symbols_close(symbols);
	elf_end(elf);
}

/* --- damage --- */

/* Every question, whatever the answers: nothing may go wrong on the way. */
static void ask_everything(struct image *image)
{
	struct visited visited = { .left = 3 };
	struct symbols *symbols;
	struct kernel_symbol symbol;
	Elf *elf;

	symbols = open_image(image, &elf);
	for (unsigned int i = 0; symbols && i < NR_TABLE; i++)
		symbols_find(symbols, table[i].name, &symbol);
	for (uint64_t at = 0; symbols && at < 0x2000; at += 0x10)
		symbols_at(symbols, at, &symbol);
	if (symbols)
		symbols_complete(symbols, "t", note_name, &visited);
	symbols_close(symbols);
	elf_end(elf);
}

static void wild_names(void **state)
{
	struct symbols *symbols;
	struct kernel_symbol symbol;
	struct image image;
	Elf64_Sym *entries;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	entries = (Elf64_Sym *)(void *)(image.bytes + image.entries);
	for (unsigned int i = 1; i <= NR_TABLE; i++)
		entries[i].st_name =
			htole32(i % 2 ? UINT32_MAX - i : (uint32_t)image.strings_size - i);
	ask_everything(&image);
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	assert_false(symbols_find(symbols, "twin", &symbol));
	symbols_close(symbols);
	elf_end(elf);
}

static void strings_without_end(void **state)
{
	struct symbols *symbols;
	struct kernel_symbol symbol;
	struct image image;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	/* The last name loses its end, which is the end of the file too. */
	image.bytes[image.size - 1] = 's';
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	assert_false(symbols_find(symbols, "wraps", &symbol));
	assert_true(symbols_find(symbols, "tail", &symbol));
	symbols_close(symbols);
	elf_end(elf);

	memset(image.bytes + image.strings, 'x', image.strings_size);
	assert_null(open_image(&image, &elf));
	elf_end(elf);
}

static void wild_headers(void **state)
{
	static const uint64_t wild[] = { 0,	    1, 3, 7, 0x7fffffff, 0xffffffff, UINT64_MAX / 2,
					 UINT64_MAX };
	struct image image;

	(void)state;
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		make_image(&image, false, table, NR_TABLE);
		header64(&image, SYMTAB)->sh_link = wild[i];
		ask_everything(&image);
		make_image(&image, false, table, NR_TABLE);
		header64(&image, SYMTAB)->sh_entsize = wild[i];
		ask_everything(&image);
		make_image(&image, false, table, NR_TABLE);
		header64(&image, SYMTAB)->sh_size = wild[i];
		ask_everything(&image);
		make_image(&image, false, table, NR_TABLE);
		header64(&image, SYMTAB)->sh_offset = wild[i];
		ask_everything(&image);
		make_image(&image, false, table, NR_TABLE);
		header64(&image, STRTAB)->sh_size = wild[i];
		ask_everything(&image);
		make_image(&image, false, table, NR_TABLE);
		header64(&image, STRTAB)->sh_flags = wild[i];
		ask_everything(&image);
	}
}

static void no_table(void **state)
{
	struct image image;
	struct error err;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	header64(&image, SYMTAB)->sh_type = SHT_PROGBITS;
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)image.bytes, image.size);
	assert_null(symbols_open(elf, &err));
	assert_int_equal(err.code, ERROR_FORMAT);
	assert_null(symbols_open(elf, NULL));
	elf_end(elf);
	symbols_close(NULL);
}

static void every_byte_damaged(void **state)
{
	struct image image;
	size_t size;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	size = image.size;
	for (size_t i = EI_NIDENT; i < size; i++) {
		make_image(&image, i % 2, table, NR_TABLE);
		image.bytes[i] ^= 0xff;
		ask_everything(&image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_images),
		cmocka_unit_test(names_before_and_after_the_index),
		cmocka_unit_test(addresses_of_images),
		cmocka_unit_test(addresses_behind_symbols),
		cmocka_unit_test(completion),
		cmocka_unit_test(wild_names),
		cmocka_unit_test(strings_without_end),
		cmocka_unit_test(wild_headers),
		cmocka_unit_test(no_table),
		cmocka_unit_test(every_byte_damaged),
	};

	return cmocka_run_group_tests_name("symbols_image", tests, NULL, NULL);
}
