/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damaged tables of symbols: no question may cause an invalid access. */
#include "made_symbols.h"

/* Asks all questions. The answers do not matter, but no question may cause an invalid access. */
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
	close_table(symbols, elf);
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
	close_table(symbols, elf);
}

static void strings_without_end(void **state)
{
	struct symbols *symbols;
	struct kernel_symbol symbol;
	struct image image;
	Elf *elf;

	(void)state;
	make_image(&image, false, table, NR_TABLE);
	/* The NUL at the end of the last name is overwritten. It was the last byte of the file. */
	image.bytes[image.size - 1] = 's';
	symbols = open_image(&image, &elf);
	assert_non_null(symbols);
	assert_false(symbols_find(symbols, "wraps", &symbol));
	assert_true(symbols_find(symbols, "tail", &symbol));
	close_table(symbols, elf);

	memset(image.bytes + image.strings, 'x', image.strings_size);
	assert_null(open_image(&image, &elf));
	elf_end(elf);
}

/* A member of 8 bytes of the header of a section. */
static void wild_header(unsigned int section, size_t member, uint64_t value)
{
	struct image image;

	make_image(&image, false, table, NR_TABLE);
	memcpy((uint8_t *)header64(&image, section) + member, &value, sizeof(value));
	ask_everything(&image);
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
		wild_header(SYMTAB, offsetof(Elf64_Shdr, sh_entsize), wild[i]);
		wild_header(SYMTAB, offsetof(Elf64_Shdr, sh_size), wild[i]);
		wild_header(SYMTAB, offsetof(Elf64_Shdr, sh_offset), wild[i]);
		wild_header(STRTAB, offsetof(Elf64_Shdr, sh_size), wild[i]);
		wild_header(STRTAB, offsetof(Elf64_Shdr, sh_flags), wild[i]);
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
	assert_null(symbols_open(elf, NULL, &err));
	assert_int_equal(err.code, ERROR_FORMAT);
	assert_null(symbols_open(elf, NULL, NULL));
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
		cmocka_unit_test(wild_names),	      cmocka_unit_test(strings_without_end),
		cmocka_unit_test(wild_headers),	      cmocka_unit_test(no_table),
		cmocka_unit_test(every_byte_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
