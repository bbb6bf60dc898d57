/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of small ELF images made in memory: which of several symbols is returned. */
#include "made_symbols.h"

static void names_of_images(void **state)
{
	static const struct {
		const char *name;
		uint64_t address; /* 0: no such symbol */
	} asked[] = {
		{ "twin", 0x1200 },   { "pair", 0x1400 },     { "file.c", 0 },
		{ "undefined", 0 },   { "label", 0x1600 },    { "twin", 0x1200 },
		{ "pair", 0x1400 },   { "file.c", 0 },	      { "undefined", 0 },
		{ "percpu", 0x1650 }, { "absolute", 0x1651 }, { "_text", 0 },
	};
	struct kernel_symbol symbol;

	(void)state;
	/* In the second round, names are found in the index. */
	for (unsigned int narrow = 0; narrow < 2; narrow++) {
		struct symbols *symbols;
		struct image image;
		Elf *elf;

		symbols = open_table(&image, narrow, table, NR_TABLE, &elf);
		assert_int_equal(symbols_count(symbols), NR_TABLE + 1);
		for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
			assert_int_equal(symbols_find(symbols, asked[i].name, &symbol),
					 asked[i].address != 0);
			if (asked[i].address)
				assert_int_equal(symbol.address, asked[i].address);
		}
		close_table(symbols, elf);
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

/* The first names are found in one pass over the table, and one more name in a separate pass. The
 * index, which completion makes, must give the same results. */
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
		uint64_t best, sum; /* 0: no such symbol */
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

			symbols = open_table(&image, narrow, entries, NR, &elf);
			if (indexed)
				symbols_complete(symbols, "x", ignore_name, NULL);
			symbols_each(symbols, asked[i].name, NULL, add_address, &sum);
			assert_int_equal(sum, asked[i].sum);
			close_table(symbols, elf);
			symbols = open_image(&image, &elf);
			if (indexed)
				symbols_complete(symbols, "x", ignore_name, NULL);
			assert_int_equal(symbols_find(symbols, asked[i].name, &symbol),
					 asked[i].best != 0);
			if (asked[i].best)
				assert_int_equal(symbol.address, asked[i].best);
			close_table(symbols, elf);
		}
	}
}

/* Names that are shorter than the part of a name that its mark is a hash of. */
static void short_names(void **state)
{
	static const char *const names[] = { "it", "_it", "__it" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct kernel_symbol symbol;
		struct symbols *symbols;
		struct image image;
		Elf *elf;

		symbols = open_table(&image, i % 2, table, NR_TABLE, &elf);
		assert_true(symbols_find(symbols, names[i], &symbol));
		assert_int_equal(symbol.address, 0x1720);
		close_table(symbols, elf);
	}
}

/* The table is read in parts, and each address must be in one of them. */
static void addresses_everywhere(void **state)
{
	enum { COUNT = 6000 };
	static struct entry entries[COUNT];
	static struct image image;
	struct kernel_symbol symbol;
	struct symbols *symbols;
	Elf *elf;

	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		entries[i] = (struct entry){ "x", 0x1000 + i, 1, INFO(GLOBAL, OBJECT), TEXT };
	for (unsigned int narrow = 0; narrow < 2; narrow++) {
		symbols = open_table(&image, narrow, entries, COUNT, &elf);
		for (size_t i = 0; i < COUNT; i++) {
			assert_true(symbols_at(symbols, 0x1000 + i, &symbol));
			assert_int_equal(symbol.address, 0x1000 + i);
		}
		close_table(symbols, elf);
	}
}

/* The source files of symbols, asked for in an order that visits all parts of the table. */
static void files_of_symbols(void **state)
{
	enum { COUNT = 6000, STRIDE = 4099 };
	static const char *const names[] = { "one.c", "two.c", "", "three.c" };
	static struct entry entries[COUNT];
	static const char *files[COUNT];
	static struct image image;
	const char *file = NULL;
	struct symbols *symbols;
	Elf *elf;

	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		/* the files end before 1000 and begin again at 4000, so that one is long */
		bool is_file = (i < 1000 || i >= 4000) &&
			       (i % 701 == 70 || i % 128 == 5 || i % 1024 == 63);

		entries[i] = (struct entry){ "x", 0x1000, 1, INFO(LOCAL, OBJECT), TEXT };
		if (is_file)
			entries[i] =
				(struct entry){ names[i % 4], 0, 0, INFO(LOCAL, FILE), SHN_ABS };
		if (is_file)
			file = names[i % 4];
		files[i] = file && *file ? file : NULL;
	}
	make_image(&image, false, entries, COUNT);
	symbols = open_image(&image, &elf);
	for (size_t i = 0, at = 0; i < COUNT; i++, at = (at + STRIDE) % COUNT) {
		struct kernel_symbol symbol = { .nr = (uint32_t)at + 1 };
		const char *found = symbols_file(symbols, &symbol);

		if (ELF64_ST_TYPE(entries[at].info) == STT_FILE)
			continue;
		assert_int_equal(!found, !files[at]);
		if (found)
			assert_string_equal(found, files[at]);
	}
	close_table(symbols, elf);
}

struct asked {
	uint64_t address;
	const char *name; /* NULL: no symbol */
};

static void ask(bool find(struct symbols *, uint64_t, struct kernel_symbol *),
		const struct asked *asked, size_t nr)
{
	struct kernel_symbol symbol;
	struct symbols *symbols;
	struct image image;
	Elf *elf;

	symbols = open_table(&image, false, table, NR_TABLE, &elf);
	for (size_t i = 0; i < nr; i++) {
		bool found = find(symbols, asked[i].address, &symbol);

		if (found != (asked[i].name != NULL) ||
		    (found && strcmp(symbol.name, asked[i].name) != 0))
			fail_msg("%llx: %s", (unsigned long long)asked[i].address,
				 found ? symbol.name : "nothing");
	}
	close_table(symbols, elf);
}

static void addresses_of_images(void **state)
{
	static const struct asked asked[] = {
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
		/* the linker puts it into a section without an address */
		{ 0x1704, "beside_percpu" },
		{ 0x170f, "beside_percpu" },
		/* a label of the compiler ends another symbol */
		{ 0x1710, ".L7" },
		{ 0x171f, ".L7" },
		{ 0x1720, "it" },
		{ 0x17ff, "it" },
		{ 0x1800, "tail" },
		{ 0x1fff, "tail" },
		{ UINT64_MAX - 1, "wraps" },
		{ UINT64_MAX, "wraps" },
	};

	(void)state;
	ask(symbols_at, asked, sizeof(asked) / sizeof(asked[0]));
}

static void addresses_behind_symbols(void **state)
{
	static const struct asked asked[] = {
		{ 0x10ff, NULL },    { 0x1104, "twin" },  { 0x1143, "twin" }, { 0x1144, NULL },
		{ 0x15ff, NULL },    { 0x1700, "outer" }, /* not inner, which ends before */
		{ 0x1703, "outer" }, { 0, NULL },
	};

	(void)state;
	ask(symbols_before, asked, sizeof(asked) / sizeof(asked[0]));
}

static void completion(void **state)
{
	struct visited all = { .left = 100 }, two = { .left = 2 };
	struct symbols *symbols;
	struct image image;
	Elf *elf;

	(void)state;
	symbols = open_table(&image, false, table, NR_TABLE, &elf);
	symbols_complete(symbols, "t", note_name, &all);
	assert_string_equal(all.names, "tail twin ");
	symbols_complete(symbols, "", note_name, &two);
	assert_string_equal(two.names, ".L7 .L8 ");
	symbols_complete(symbols, "nothing", note_name, &two);
	assert_string_equal(two.names, ".L7 .L8 ");
	close_table(symbols, elf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_images),
		cmocka_unit_test(names_before_and_after_the_index),
		cmocka_unit_test(short_names),
		cmocka_unit_test(addresses_everywhere),
		cmocka_unit_test(files_of_symbols),
		cmocka_unit_test(addresses_of_images),
		cmocka_unit_test(addresses_behind_symbols),
		cmocka_unit_test(completion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
