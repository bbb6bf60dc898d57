/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of modules: the list of them, their tables, and which symbol an address has.
 * include/linux/module.h of 6.1; offsets are those written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "linux/area_members.h"
#include "linux/module/modules.h"
#include "linux/module/symbol_lookup.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum { HEAD = 0x5000, FIRST = 0x6000, SECOND = 0x6200, KALLSYMS = 0x100 };
enum { SYMBOLS = 0x7000, STRINGS = 0x8000 };

#define TEXT UINT64_C(0xffffffffc0000000)

static void start(void)
{
	memory_start_64("6.1.0", "SYMBOL(modules)=ffffffff80005000\n");
}

struct layout {
	unsigned int id;
	uint32_t offset, size;
};

enum { NR_MEMBERS_OF_MODULES = 7 };

static struct kernel *open_as(struct vmlinux *vmlinux, const struct layout *layout)
{
	struct kernel *kernel = memory_open(vmlinux, NULL);
	struct member *members = kernel_state(kernel, &state_members);

	for (size_t i = 0; i < NR_MEMBERS_OF_MODULES; i++)
		members[layout[i].id] = (struct member){
			true,
			true,
			layout[i].offset,
			layout[i].size,
		};
	return kernel;
}

static struct kernel *open_with(const struct layout *layout)
{
	return open_as(NULL, layout);
}

static struct kernel *open_vmlinux(struct vmlinux *vmlinux)
{
	static const struct layout layout[NR_MEMBERS_OF_MODULES] = {
		{ MODULE_LIST, 8, 16 },		{ MODULE_NAME, 24, 56 },
		{ MODULE_KALLSYMS, 80, 8 },	{ MODULE_SYMBOLS, 0, 8 },
		{ MODULE_NR_SYMBOLS, 8, 4 },	{ MODULE_STRINGS, 16, 8 },
		{ MODULE_SYMBOL_TYPES, 24, 8 },
	};

	return open_as(vmlinux, layout);
}

static struct kernel *open_kernel(void)
{
	return open_vmlinux(NULL);
}

struct entry {
	const char *name;
	uint64_t value, size;
	unsigned int bind;
	uint16_t section;
};

/* A module whose next one's list_head is at next. */
static void put_module(uint64_t at, uint64_t next, const char *name, uint64_t symbols,
		       uint64_t strings, const struct entry *entries, unsigned int nr)
{
	uint64_t text = strings + 1;

	put(at + 8, next, 8);
	memcpy(image.bytes + MEMORY + at + 24, name, strlen(name));
	put(at + 80, IMAGE + at + KALLSYMS, 8);
	put(at + KALLSYMS, IMAGE + symbols, 8);
	put(at + KALLSYMS + 8, nr, 4);
	put(at + KALLSYMS + 16, IMAGE + strings, 8);
	for (unsigned int i = 0; i < nr; i++) {
		const Elf64_Sym symbol = {
			.st_name = htole32((uint32_t)(text - strings)),
			.st_info = ELF64_ST_INFO(entries[i].bind, STT_FUNC),
			.st_shndx = htole16(entries[i].section),
			.st_value = htole64(entries[i].value),
			.st_size = htole64(entries[i].size),
		};

		memcpy(image.bytes + MEMORY + symbols + i * sizeof(symbol), &symbol,
		       sizeof(symbol));
		memcpy(image.bytes + MEMORY + text, entries[i].name, strlen(entries[i].name) + 1);
		text += strlen(entries[i].name) + 1;
	}
	put(at + KALLSYMS + 24, IMAGE + text, 8);
}

static const struct entry first[] = {
	{ "", 0, 0, STB_LOCAL, 0 },
	{ "start", TEXT, 0x10, STB_GLOBAL, 1 },
	{ "outer", TEXT + 0x100, 0x100, STB_GLOBAL, 1 },
	{ "inner", TEXT + 0x140, 0x10, STB_LOCAL, 1 },
	{ "label", TEXT + 0x200, 0, STB_GLOBAL, 1 },
	{ "sized", TEXT + 0x200, 0x10, STB_LOCAL, 1 },
	{ "sized_too", TEXT + 0x200, 0x10, STB_GLOBAL, 1 },
	{ "undefined", TEXT + 0x300, 0x10, STB_GLOBAL, SHN_UNDEF },
	{ "absolute", TEXT + 0x310, 0x10, STB_GLOBAL, SHN_ABS },
	{ "point", TEXT + 0x320, 0, STB_GLOBAL, 1 },
	{ "last", TEXT + 0x400, 2, STB_GLOBAL, 1 },
};
static const struct entry second[] = {
	{ "", 0, 0, STB_LOCAL, 0 },
	{ "other", TEXT + 0x10000, 1, STB_GLOBAL, 1 },
	{ "start", TEXT + 0x10010, 1, STB_GLOBAL, 1 },
};

static void put_both(void)
{
	start();
	put(HEAD, IMAGE + FIRST + 8, 8);
	put_module(FIRST, IMAGE + SECOND + 8, "one", SYMBOLS, STRINGS, first, 11);
	put_module(SECOND, IMAGE + HEAD, "two", SYMBOLS + 0x400, STRINGS + 0x400, second, 3);
}

static void expect_at(struct kernel *kernel, uint64_t address, const char *name, uint64_t start_at)
{
	struct kernel_symbol symbol;
	bool found = symbol_lookup_at(kernel, address, &symbol, NULL);

	if (found != (name != NULL))
		fail_msg("%llx: %s", (unsigned long long)address, found ? symbol.name : "nothing");
	if (!found)
		return;
	assert_string_equal(symbol.name, name);
	assert_true(symbol.address == start_at);
}

static void symbols_by_address(void **state)
{
	static const struct {
		uint64_t at;
		const char *name;
		uint64_t start;
	} rows[] = {
		{ 0, "start", 0 },
		{ 0xf, "start", 0 },
		{ 0x10, NULL, 0 },
		{ 0x100, "outer", 0x100 },
		{ 0x140, "inner", 0x140 },
		{ 0x14f, "inner", 0x140 },
		{ 0x150, "outer", 0x100 },
		{ 0x1ff, "outer", 0x100 },
		{ 0x200, "sized_too", 0x200 },
		{ 0x20f, "sized_too", 0x200 },
		{ 0x210, NULL, 0 },
		{ 0x300, NULL, 0 },
		{ 0x310, NULL, 0 },
		{ 0x320, "point", 0x320 },
		{ 0x321, NULL, 0 },
		{ 0x401, "last", 0x400 },
		{ 0x402, NULL, 0 },
		{ 0x10000, "other", 0x10000 },
		{ 0x10001, NULL, 0 },
		{ 0x10010, "start", 0x10010 },
		{ 0x10011, NULL, 0 },
	};
	struct kernel *kernel;

	(void)state;
	put_both();
	kernel = open_kernel();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_at(kernel, TEXT + rows[i].at, rows[i].name, TEXT + rows[i].start);
	expect_at(kernel, TEXT - 1, NULL, 0);
	open_close(kernel);
}

static void symbols_by_name(void **state)
{
	struct kernel_symbol symbol;
	struct kernel *kernel;

	(void)state;
	put_both();
	kernel = open_kernel();
	assert_true(symbol_lookup_find(kernel, "other", &symbol, NULL));
	assert_true(symbol.address == TEXT + 0x10000 && symbol.size == 1);
	assert_string_equal(symbol.module, "two");
	assert_true(symbol_lookup_find(kernel, "start", &symbol, NULL));
	assert_true(symbol.address == TEXT);
	assert_string_equal(symbol.module, "one");
	assert_false(symbol_lookup_find(kernel, "undefined", &symbol, NULL));
	assert_false(symbol_lookup_find(kernel, "star", &symbol, NULL));
	assert_false(symbol_lookup_find(kernel, "", &symbol, NULL));
	open_close(kernel);
}

/* The same of 32 bits: struct mod_kallsyms has pointers of 4 bytes, and Elf32_Sym another
 * order of members. */
static void symbols_of_i386(void **state)
{
	static const char note[] = "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
				   "SYMBOL(_stext)=c1000000\nSYMBOL(modules)=c0005000\n";
	static const struct layout layout[NR_MEMBERS_OF_MODULES] = {
		{ MODULE_LIST, 4, 8 },		{ MODULE_NAME, 12, 60 },
		{ MODULE_KALLSYMS, 72, 4 },	{ MODULE_SYMBOLS, 0, 4 },
		{ MODULE_NR_SYMBOLS, 4, 4 },	{ MODULE_STRINGS, 8, 4 },
		{ MODULE_SYMBOL_TYPES, 12, 4 },
	};
	static const char strings[] = "\0begin\0next";
	const uint64_t base = 0xc0000000, text = 0xf8000000;
	struct kernel_symbol symbol;
	struct kernel *kernel;

	(void)state;
	memory_start(true, note);
	put(0x1000 + 4 * (base >> 22), P | RW | PS, 4);
	put(HEAD, base + FIRST + 4, 4);
	put(FIRST + 4, base + HEAD, 4);
	memcpy(image.bytes + MEMORY + FIRST + 12, "one", 3);
	put(FIRST + 72, base + FIRST + KALLSYMS, 4);
	put(FIRST + KALLSYMS, base + SYMBOLS, 4);
	put(FIRST + KALLSYMS + 4, 3, 4);
	put(FIRST + KALLSYMS + 8, base + STRINGS, 4);
	put(FIRST + KALLSYMS + 12, base + STRINGS + sizeof(strings), 4);
	memcpy(image.bytes + MEMORY + STRINGS, strings, sizeof(strings));
	/* name, value, size; info, other and section: Elf32_Sym */
	for (uint64_t i = 1; i < 3; i++) {
		put(SYMBOLS + 16 * i, i == 1 ? 1 : 7, 4);
		put(SYMBOLS + 16 * i + 4, text + 0x100 * i, 4);
		put(SYMBOLS + 16 * i + 8, 0x20 * i, 4);
		put(SYMBOLS + 16 * i + 12, STB_GLOBAL << 4 | STT_FUNC, 1);
		put(SYMBOLS + 16 * i + 14, 1, 2);
	}
	kernel = open_with(layout);
	assert_true(symbol_lookup_find(kernel, "begin", &symbol, NULL));
	assert_true(symbol.address == text + 0x100 && symbol.size == 0x20);
	assert_true(symbol_lookup_find(kernel, "next", &symbol, NULL));
	assert_true(symbol.address == text + 0x200 && symbol.size == 0x40);
	open_close(kernel);
}

/* A list that ends, that comes back before its head, that leads nowhere. */
static void lists_that_are_damaged(void **state)
{
	static const struct {
		uint64_t at, next;
		bool one, two;
	} rows[] = {
		{ SECOND + 8, 0, true, true },
		{ SECOND + 8, IMAGE + FIRST + 8, true, true },
		{ SECOND + 8, 0x1234, true, true },
		{ FIRST + 8, IMAGE + FIRST + 8, true, false },
		{ FIRST + 8, IMAGE + HEAD, true, false },
		{ FIRST + 8, 0x1234, true, false },
		{ HEAD, 0, false, false },
		{ HEAD, IMAGE + HEAD, false, false },
		{ HEAD, IMAGE + SECOND + 8, false, true },
		/* more symbols, or names, than a module can have */
		{ FIRST + KALLSYMS + 8, (1 << 20) + 1, false, true },
		{ FIRST + KALLSYMS + 24, IMAGE + STRINGS, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel_symbol symbol;
		struct kernel *kernel;

		put_both();
		put(rows[i].at, rows[i].next, 8);
		kernel = open_kernel();
		if (symbol_lookup_find(kernel, "outer", &symbol, NULL) != rows[i].one ||
		    symbol_lookup_find(kernel, "other", &symbol, NULL) != rows[i].two)
			fail_msg("row %zu", i);
		open_close(kernel);
	}
}

/* --- where modules lie --- */

/* struct module of before 6.4: where its text and data are, and those of its init. */
enum { BASE = 0x180, SIZE = 0x188, TEXT_SIZE = 0x18c, RO_SIZE = 0x190, STEP = 0x20 };

static const unsigned int ids_of_layouts[][4] = {
	{ MODULE_CORE_BASE, MODULE_CORE_SIZE, MODULE_CORE_TEXT_SIZE, MODULE_CORE_RO_SIZE },
	{ MODULE_INIT_BASE, MODULE_INIT_SIZE, MODULE_INIT_TEXT_SIZE, MODULE_INIT_RO_SIZE },
	{ MODULE_OLD_CORE, MODULE_OLD_CORE_SIZE, MODULE_OLD_CORE_TEXT_SIZE,
	  MODULE_OLD_CORE_RO_SIZE },
	{ MODULE_OLD_INIT, MODULE_OLD_INIT_SIZE, MODULE_OLD_INIT_TEXT_SIZE,
	  MODULE_OLD_INIT_RO_SIZE },
};

/* have: how many of a layout's members there are. */
static void know_layout(struct kernel *kernel, unsigned int layout, unsigned int at, int have)
{
	struct member *members = kernel_state(kernel, &state_members);
	static const uint32_t offsets[] = { BASE, SIZE, TEXT_SIZE, RO_SIZE };

	for (int i = 0; i < have; i++)
		members[ids_of_layouts[layout][i]] = (struct member){
			true,
			true,
			offsets[i] + at * STEP,
			i ? 4 : 8,
		};
}

static void put_layout(uint64_t module, unsigned int at, uint64_t base, uint32_t text, uint32_t ro,
		       uint32_t size)
{
	put(module + at * STEP + BASE, base, 8);
	put(module + at * STEP + SIZE, size, 4);
	put(module + at * STEP + TEXT_SIZE, text, 4);
	put(module + at * STEP + RO_SIZE, ro, 4);
}

struct part {
	const char *name;
	uint64_t first, last; /* from TEXT on */
};

static void expect_parts(struct kernel *kernel, const struct part *parts, size_t nr)
{
	const struct module_range *range;
	size_t found;

	range = module_all_ranges(kernel, 0, UINT64_MAX, &found);
	assert_int_equal(found, nr);
	assert_int_equal(range != NULL, nr != 0);
	for (size_t i = 0; i < nr; i++)
		if (range[i].first != TEXT + parts[i].first ||
		    range[i].last != TEXT + parts[i].last ||
		    strcmp(module_part_names[range[i].part], parts[i].name))
			fail_msg("%zu: %s from %llx to %llx", i, module_part_names[range[i].part],
				 (unsigned long long)range[i].first,
				 (unsigned long long)range[i].last);
}

/* Text, then what is read-only, then data; a part of no bytes is none. Numbers that cannot be:
 * no more than the whole, and nothing read-only. */
static void parts_of_modules(void **state)
{
	static const struct {
		uint32_t text, ro, size;
		int members;
		size_t nr;
		struct part parts[3];
	} rows[] = {
		{ 0x1000,
		  0x1800,
		  0x3000,
		  4,
		  3,
		  { { "text", 0, 0xfff },
		    { "rodata", 0x1000, 0x17ff },
		    { "data", 0x1800, 0x2fff } } },
		{ 0x1000,
		  0x1000,
		  0x3000,
		  4,
		  2,
		  { { "text", 0, 0xfff }, { "data", 0x1000, 0x2fff } } },
		{ 0x1000, 0xfff, 0x3000, 4, 2, { { "text", 0, 0xfff }, { "data", 0x1000, 0x2fff } } },
		{ 0x1000,
		  0x3000,
		  0x3000,
		  4,
		  2,
		  { { "text", 0, 0xfff }, { "rodata", 0x1000, 0x2fff } } },
		{ 0x1000,
		  0x3001,
		  0x3000,
		  4,
		  2,
		  { { "text", 0, 0xfff }, { "data", 0x1000, 0x2fff } } },
		{ 0x1000,
		  0x1800,
		  0x3000,
		  3,
		  2,
		  { { "text", 0, 0xfff }, { "data", 0x1000, 0x2fff } } },
		{ 0x1000, 0x1800, 0x3000, 2, 0, { { "", 0, 0 } } },
		{ 0x1000, 0x1800, 0x3000, 1, 0, { { "", 0, 0 } } },
		{ 0x1000, 0x1800, 0x3000, 0, 0, { { "", 0, 0 } } },
		{ 0x4000, 0x1800, 0x3000, 4, 1, { { "text", 0, 0x2fff } } },
		{ 0x3000, 0x3000, 0x3000, 4, 1, { { "text", 0, 0x2fff } } },
		{ 0, 0, 0x3000, 4, 1, { { "data", 0, 0x2fff } } },
		{ 0, 1, 1, 4, 1, { { "rodata", 0, 0 } } },
		{ 0, 0, 0, 4, 0, { { "", 0, 0 } } },
	};
	static const char *const init[] = { "init-text", "init-rodata", "init-data" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned int layout = 0; layout < 4; layout++) {
			struct part parts[3];
			struct kernel *kernel;

			put_both();
			put(FIRST + 8, IMAGE + HEAD, 8); /* it alone */
			put_layout(FIRST, 0, TEXT, rows[i].text, rows[i].ro, rows[i].size);
			kernel = open_kernel();
			know_layout(kernel, layout, 0, rows[i].members);
			memcpy(parts, rows[i].parts, sizeof(parts));
			for (size_t nr = 0; nr < rows[i].nr && layout % 2; nr++)
				parts[nr].name = init[parts[nr].name[0] == 't' ? 0 :
						      parts[nr].name[0] == 'r' ? 1 :
										 2];
			expect_parts(kernel, parts, rows[i].nr);
			open_close(kernel);
		}
}

/* Of two modules, whose parts of init lie before the others: by address. */
static void parts_by_address(void **state)
{
	static const struct {
		uint64_t at;
		const char *part, *module; /* NULL: none */
	} rows[] = {
		{ 0xfff, NULL, NULL },		{ 0x1000, "init-text", "one" },
		{ 0x10ff, "init-text", "one" }, { 0x1100, NULL, NULL },
		{ 0x4000, "text", "one" },	{ 0x4fff, "text", "one" },
		{ 0x5000, "data", "one" },	{ 0x5fff, "data", "one" },
		{ 0x6000, "text", "two" },	{ 0x6001, NULL, NULL },
	};
	static const struct {
		uint64_t first, last;
		size_t nr;
		uint64_t begin; /* of the first of them */
	} asked[] = {
		{ 0, 0x7000, 4, 0x1000 },
		{ 0x1000, 0x1000, 1, 0x1000 },
		{ 0x1001, 0x3fff, 0, 0 },
		{ 0x1001, 0x4000, 1, 0x4000 },
		{ 0x4001, 0x5000, 1, 0x5000 },
		{ 0x4000, 0x5000, 2, 0x4000 },
		{ 0x4000, 0x4fff, 1, 0x4000 },
		{ 0x5001, 0x6000, 1, 0x6000 },
		{ 0x6000, 0x6000, 1, 0x6000 },
		{ 0x6001, 0x7000, 0, 0 },
		{ 0, 0xfff, 0, 0 },
	};
	struct kernel *kernel;

	(void)state;
	put_both();
	put_layout(FIRST, 0, TEXT + 0x4000, 0x1000, 0x1000, 0x2000);
	put_layout(FIRST, 1, TEXT + 0x1000, 0x100, 0x100, 0x100);
	put_layout(SECOND, 0, TEXT + 0x6000, 1, 1, 1);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	know_layout(kernel, 1, 1, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct module_range *range = module_range_of(kernel, TEXT + rows[i].at);

		if (!range != !rows[i].part)
			fail_msg("%llx", (unsigned long long)rows[i].at);
		if (!range)
			continue;
		assert_string_equal(module_part_names[range->part], rows[i].part);
		assert_string_equal(range->name, rows[i].module);
		assert_true(range->module == IMAGE + (rows[i].module[0] == 'o' ? FIRST : SECOND));
	}
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		size_t nr;
		const struct module_range *range =
			module_all_ranges(kernel, TEXT + asked[i].first, TEXT + asked[i].last, &nr);

		if (nr != asked[i].nr || (range ? range->first - TEXT : 0) != asked[i].begin)
			fail_msg("row %zu: %zu", i, nr);
	}
	open_close(kernel);
}

/* Any bytes may stand there: 20 to 7e are shown, spaces not. A name fills its member, or more. */
static void names_of_modules(void **state)
{
	static const struct {
		const char *name;
		unsigned int size; /* of the member */
		const char *shown;
	} rows[] = {
		{ "a\x1f b\x20\x21", 56, "a??b?!" },
		{ "\x7e\x7f\x80\xff.", 56, "~???." },
		{ "abcdef", 3, "abc" },
		{ "", 56, "" },
		{ "0123456789012345678901234567890123456789012345678901234", 56,
		  "0123456789012345678901234567890123456789012345678901234" },
		{ "012345678901234567890123456789012345678901234567890123456789abcdef", 200,
		  "012345678901234567890123456789012345678901234567890123456789abc" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct module_range *range;
		struct kernel_symbol symbol;
		struct member *members;
		struct kernel *kernel;

		put_both();
		put(FIRST + 8, IMAGE + HEAD, 8);
		memset(image.bytes + MEMORY + 0x6400, 0, 256);
		memcpy(image.bytes + MEMORY + 0x6400, rows[i].name, strlen(rows[i].name));
		put_layout(FIRST, 0, TEXT, 1, 1, 1);
		kernel = open_kernel();
		know_layout(kernel, 0, 0, 4);
		members = kernel_state(kernel, &state_members);
		members[MODULE_NAME].offset = 0x400;
		members[MODULE_NAME].size = rows[i].size;
		range = module_range_of(kernel, TEXT);
		assert_non_null(range);
		assert_string_equal(range->name, rows[i].shown);
		assert_true(symbol_lookup_at(kernel, TEXT, &symbol, NULL));
		assert_int_equal(strlen(symbol.module), strlen(rows[i].shown));
		open_close(kernel);
	}
}

/* --- symbols of modules --- */

/* Without one of the members the symbols of modules are not known; names without an end are
 * none. */
static void tables_that_are_not_known(void **state)
{
	static const unsigned int needed[] = {
		MODULE_LIST,	   MODULE_NAME,	   MODULE_KALLSYMS,	MODULE_SYMBOLS,
		MODULE_NR_SYMBOLS, MODULE_STRINGS, MODULE_SYMBOL_TYPES,
	};
	struct kernel_symbol symbol;
	struct kernel *kernel;

	(void)state;
	for (size_t i = 0; i <= sizeof(needed) / sizeof(needed[0]); i++) {
		struct member *members;
		bool all = i == sizeof(needed) / sizeof(needed[0]);

		put_both();
		kernel = open_kernel();
		members = kernel_state(kernel, &state_members);
		if (!all)
			members[needed[i]].known = false;
		if (symbol_lookup_find(kernel, "outer", &symbol, NULL) != all)
			fail_msg("member %zu", i);
		open_close(kernel);
	}
	put_both();
	put(FIRST + 8, IMAGE + HEAD, 8);
	memset(image.bytes + MEMORY + STRINGS, 'a', 0x200);
	put(SYMBOLS + 24, 0, 4);
	kernel = open_kernel();
	expect_at(kernel, TEXT, NULL, 0);
	open_close(kernel);
}

/* Behind the last symbol before an address, in its part of the module, 64 bytes at most are
 * padding. */
static void padding_behind_symbols(void **state)
{
	static const struct {
		uint64_t at;
		const char *name;
		uint64_t start;
	} rows[] = {
		{ 0x10, "start", 0 },
		{ 0x4f, "start", 0 },
		{ 0x50, NULL, 0 },
		{ 0xff, NULL, 0 },
		{ 0x210, "sized_too", 0x200 },
		{ 0x24f, "sized_too", 0x200 },
		{ 0x250, NULL, 0 },
		{ 0x31f, NULL, 0 },
		{ 0x321, NULL, 0 },
		{ 0x402, "last", 0x400 },
		{ 0x441, "last", 0x400 },
		{ 0x442, NULL, 0 },
		/* another part, or another module, begins there */
		{ 0x10000, "other", 0x10000 },
		{ 0x10002, "other", 0x10000 },
		{ 0x10011, "start", 0x10010 },
		{ 0x1003f, "start", 0x10010 },
		{ 0x10040, NULL, 0 },
	};
	struct kernel *kernel;

	(void)state;
	put_both();
	put_layout(FIRST, 0, TEXT, 0x1000, 0x1000, 0x10000);
	put_layout(SECOND, 0, TEXT + 0x10000, 0x40, 0x40, 0x1000);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_at(kernel, TEXT + rows[i].at, rows[i].name, TEXT + rows[i].start);
	open_close(kernel);
	/* where a part begins between the symbol and the address */
	put_both();
	put_layout(FIRST, 0, TEXT, 0x20, 0x20, 0x420);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	expect_at(kernel, TEXT + 0x1f, "start", TEXT);
	expect_at(kernel, TEXT + 0x20, NULL, 0);
	expect_at(kernel, TEXT + 0x41f, "last", TEXT + 0x400);
	expect_at(kernel, TEXT + 0x420, NULL, 0);
	open_close(kernel);
	/* and at the symbol itself */
	put_both();
	put_layout(FIRST, 0, TEXT, 0x200, 0x200, 0x420);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	expect_at(kernel, TEXT + 0x210, "sized_too", TEXT + 0x200);
	open_close(kernel);
}

/* Which of those at an address: the closest, then one with a size, then a global one; symbols
 * that are in no section of the module are at none. */
static void which_symbol_is_best(void **state)
{
	static const struct {
		struct entry entries[3];
		const char *best; /* at TEXT + 8 */
	} rows[] = {
#define AT(NAME, OFFSET, SIZE, BIND) { NAME, TEXT + OFFSET, SIZE, STB_##BIND, 1 }
		{ { AT("a", 0, 16, LOCAL), AT("b", 8, 8, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 0, 16, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("a", 8, 0, GLOBAL), AT("b", 8, 8, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 8, 0, GLOBAL), AT("c", 8, 0, LOCAL) }, "b" },
		{ { AT("a", 8, 8, LOCAL), AT("b", 8, 8, GLOBAL), AT("c", 8, 8, LOCAL) }, "b" },
		{ { AT("b", 8, 8, GLOBAL), AT("a", 8, 8, GLOBAL), AT("c", 8, 8, GLOBAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 8, 8, LOCAL), AT("c", 8, 8, LOCAL) }, "b" },
		{ { AT("b", 8, 8, WEAK), AT("a", 8, 8, GLOBAL), AT("c", 8, 8, LOCAL) }, "b" },
		{ { AT("b", 8, 0, LOCAL), AT("a", 0, 8, GLOBAL), AT("c", 9, 8, GLOBAL) }, "b" },
		{ { AT("b", 0, 9, LOCAL), AT("a", 0, 8, GLOBAL), AT("c", 9, 8, GLOBAL) }, "b" },
		{ { { "b", TEXT, 9, STB_GLOBAL, SHN_LORESERVE - 1 },
		    { "a", TEXT, 16, STB_GLOBAL, SHN_LORESERVE },
		    { "c", TEXT, 16, STB_GLOBAL, SHN_COMMON } },
		  "b" },
		{ { { "a", TEXT, 16, STB_GLOBAL, SHN_LORESERVE },
		    { "c", TEXT, 16, STB_GLOBAL, SHN_UNDEF },
		    { "d", UINT64_MAX - 7, 16, STB_GLOBAL, 1 } },
		  NULL },
		/* of a symbol that begins and ends in it alone the module is known by */
		{ { AT("b", 8, 1, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
		{ { AT("b", 8, 0, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
		{ { AT("b", 0, 9, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel_symbol symbol;
		struct kernel *kernel;
		bool found;

		start();
		put(HEAD, IMAGE + FIRST + 8, 8);
		put_module(FIRST, IMAGE + HEAD, "one", SYMBOLS, STRINGS, rows[i].entries, 3);
		kernel = open_kernel();
		found = symbol_lookup_at(kernel, TEXT + 8, &symbol, NULL);
		if (found != (rows[i].best != NULL) || (found && strcmp(symbol.name, rows[i].best)))
			fail_msg("row %zu: %s", i, found ? symbol.name : "none");
		open_close(kernel);
	}
}

struct names {
	char text[256];
	size_t nr, most;
};

static bool add_name(const struct kernel_symbol *symbol, void *arg)
{
	struct names *names = arg;

	assert_true(names->nr < names->most);
	snprintf(names->text + strlen(names->text), sizeof(names->text) - strlen(names->text),
		 "%s:%s %llx%c|", symbol->module ? symbol->module : "-", symbol->name,
		 (unsigned long long)symbol->address & 0xfffff, symbol->type ? symbol->type : '-');
	return ++names->nr < names->most;
}

/* Of a name, of a module, or all; by the list's order. Those without a name, undefined ones and
 * those of tools are none; types follow the names. */
static void all_symbols_of_modules(void **state)
{
	static const struct entry of_two[] = {
		{ ".hidden", TEXT + 0x10000, 1, STB_LOCAL, 1 },
		{ "", TEXT + 0x10000, 1, STB_LOCAL, 1 },
		{ "start", TEXT + 0x10010, 1, STB_GLOBAL, 1 },
		{ "undefined", 0, 0, STB_GLOBAL, 0 },
		{ "longer_than_8", TEXT + 0x10020, 1, STB_GLOBAL, 1 },
		{ "a", TEXT + 0x10030, 1, STB_GLOBAL, SHN_ABS },
	};
	static const struct entry of_three[] = {
		{ "start", TEXT + 0x20000, 1, STB_GLOBAL, 1 },
		{ "start", TEXT + 0x20010, 1, STB_LOCAL, 1 },
	};
	static const struct entry of_one[] = {
		{ "begin", TEXT, 1, STB_GLOBAL, 1 },
		{ "start", TEXT + 8, 1, STB_LOCAL, 1 },
	};
	static const struct {
		const char *name, *module;
		size_t most;
		const char *found;
	} rows[] = {
		/* of one module the last one first */
		{ "start", NULL, 9,
		  "one:start 8-|two:start 10010C|three:start 20010-|three:start 20000-|" },
		{ "start", NULL, 3, "one:start 8-|two:start 10010C|three:start 20010-|" },
		{ "start", "two", 9, "two:start 10010C|" },
		{ "start", "three", 9, "three:start 20010-|three:start 20000-|" },
		{ "start", "three", 1, "three:start 20010-|" },
		{ "start", "four", 9, "" },
		{ "start", "vmlinux", 9, "" },
		{ "begin", NULL, 9, "one:begin 0-|" },
		{ "longer_than_8", NULL, 9, "two:longer_than_8 10020E|" },
		{ "longer_than_", NULL, 9, "" },
		{ "a", "two", 9, "two:a 10030F|" },
		{ "undefined", NULL, 9, "" },
		{ ".hidden", NULL, 9, "two:.hidden 10000A|" },
		{ NULL, "two", 9, "two:start 10010C|two:longer_than_8 10020E|two:a 10030F|" },
		{ NULL, "two", 2, "two:start 10010C|two:longer_than_8 10020E|" },
		{ NULL, "one", 9, "one:begin 0-|one:start 8-|" },
		{ NULL, "three", 9, "three:start 20000-|three:start 20010-|" },
		{ NULL, NULL, 9,
		  "one:begin 0-|one:start 8-|two:start 10010C|two:longer_than_8 10020E|"
		  "two:a 10030F|three:start 20000-|three:start 20010-|" },
		{ NULL, NULL, 3, "one:begin 0-|one:start 8-|two:start 10010C|" },
		{ NULL, NULL, 1, "one:begin 0-|" },
		{ NULL, "vmlinux", 9, "" },
	};
	enum { THIRD = 0x6400 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names names = { .most = rows[i].most };
		struct kernel *kernel;

		start();
		put(HEAD, IMAGE + FIRST + 8, 8);
		put_module(FIRST, IMAGE + SECOND + 8, "one", SYMBOLS, STRINGS, of_one, 2);
		put_module(SECOND, IMAGE + THIRD + 8, "two", SYMBOLS + 0x400, STRINGS + 0x400,
			   of_two, 6);
		put_module(THIRD, IMAGE + HEAD, "three", SYMBOLS + 0x800, STRINGS + 0x800, of_three,
			   2);
		/* one letter for each symbol: of the second module alone */
		for (uint64_t nr = 0, at = STRINGS + 0x400; nr < 6; nr++) {
			uint64_t types;

			memcpy(&types, image.bytes + MEMORY + SECOND + KALLSYMS + 24, 8);
			at = le64toh(types) - IMAGE;
			put(at + nr, "ABCDEF"[nr], 1);
		}
		kernel = open_kernel();
		symbol_lookup_all(kernel, rows[i].name, rows[i].module, add_name, &names);
		if (strcmp(names.text, rows[i].found))
			fail_msg("row %zu: %s", i, names.text);
		open_close(kernel);
	}
}

/* Those of the kernel come first, or alone, or not at all. */
static void symbols_of_both(void **state)
{
	static const struct {
		const char *name, *module;
		size_t most;
		const char *found;
	} rows[] = {
		{ "start", NULL, 9, "-:start 234T|one:start 0-|two:start 10010-|" },
		{ "start", "vmlinux", 9, "-:start 234T|" },
		{ "start", "one", 9, "one:start 0-|" },
		{ "start", NULL, 1, "-:start 234T|" },
		{ "other", NULL, 9, "two:other 10000-|" },
		{ NULL, "two", 9, "two:other 10000-|two:start 10010-|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct names names = { .most = rows[i].most };
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;

		put_both();
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		linked_add(&linked, "modules", IMAGE + HEAD, 16);
		linked_add(&linked, "start", LINKED_BASE + 0x234, 4);
		kernel = open_vmlinux(linked_open(&linked));
		symbol_lookup_all(kernel, rows[i].name, rows[i].module, add_name, &names);
		if (strcmp(names.text, rows[i].found))
			fail_msg("row %zu: %s", i, names.text);
		open_close(kernel);
	}
}

/* 16 MiB of names, and 2^20 symbols, are the most of one module; with more than 128 MiB of all
 * the rest is left out, which is told where something was not found. They are one page of zeros
 * over and over, behind the image, which begins with a symbol and has its name. */
static void tables_that_are_too_large(void **state)
{
	static const struct {
		uint64_t strings, symbols;
		unsigned int modules;
		bool excess, found;
	} rows[] = {
		{ 16 << 20, 1, 1, false, true },   { (16 << 20) + 1, 1, 1, false, false },
		{ 4096, 1 << 20, 1, false, true }, { 4096, (1 << 20) + 1, 1, false, false },
		{ 0, 1, 1, false, false },	   { 0x806, 1, 1, false, true },
		{ 0x805, 1, 1, false, false },	   { 0x806, 0, 1, false, false },
		{ 16 << 20, 1, 7, false, true },   { 16 << 20, 1, 8, true, true },
		{ 4096, 1 << 20, 5, false, true }, { 4096, 1 << 20, 6, true, true },
	};
	enum { PMD = 0xa000, PTE = 0xb000, ZEROS = 0xc000 };
	const uint64_t huge = IMAGE + 0x40000000;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error excess = { .code = ERROR_NONE };
		struct kernel_symbol symbol;
		struct kernel *kernel;

		start();
		put(0x2ff8, PMD | P | RW, 8);
		for (uint64_t nr = 0; nr < 512; nr++) {
			put(PMD + 8 * nr, PTE | P | RW, 8);
			put(PTE + 8 * nr, ZEROS | P | RW, 8);
		}
		put(ZEROS, 0x800 | UINT64_C(1) << 48, 8);
		memcpy(image.bytes + MEMORY + ZEROS + 0x800, "there", 6);
		put(HEAD, IMAGE + FIRST + 8, 8);
		for (unsigned int nr = 0; nr < rows[i].modules; nr++) {
			uint64_t at = FIRST + 0x200 * nr;

			put(at + 8, IMAGE + (nr + 1 == rows[i].modules ? HEAD : at + 0x208), 8);
			put(at + 24, 'a' + nr, 8);
			put(at + 80, IMAGE + at + KALLSYMS, 8);
			put(at + KALLSYMS, huge, 8);
			put(at + KALLSYMS + 8, rows[i].symbols, 4);
			put(at + KALLSYMS + 16, huge, 8);
			put(at + KALLSYMS + 24, huge + rows[i].strings, 8);
		}
		kernel = open_kernel();
		kernel->excess = &excess;
		if (symbol_lookup_find(kernel, "there", &symbol, NULL) != rows[i].found)
			fail_msg("row %zu", i);
		assert_false(symbol_lookup_find(kernel, "nowhere", &symbol, NULL));
		if ((excess.code != ERROR_NONE) != rows[i].excess)
			fail_msg("row %zu: %s", i, excess.message);
		if (rows[i].excess)
			assert_non_null(strstr(excess.message, "exceed 128 MiB"));
		open_close(kernel);
	}
}

struct seen {
	unsigned int nr;
	uint64_t sum;
};

static bool count(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct seen *seen = arg;

	(void)kernel;
	seen->nr++;
	seen->sum += module->address - IMAGE;
	assert_string_equal(module->name, module->address == IMAGE + FIRST ? "one" : "two");
	return true;
}

/* Each once, and not the list's head; a list without end is damaged. */
static void each_module(void **state)
{
	struct seen seen = { 0 };
	struct kernel *kernel;
	struct error err;

	(void)state;
	put_both();
	kernel = open_kernel();
	assert_true(module_each(kernel, count, &seen, &err));
	assert_int_equal(seen.nr, 2);
	assert_true(seen.sum == FIRST + SECOND);
	open_close(kernel);
	put(SECOND + 8, IMAGE + FIRST + 8, 8);
	kernel = open_kernel();
	assert_false(module_each(kernel, count, &seen, &err));
	assert_int_equal(err.code, ERROR_FORMAT);
	assert_int_equal(seen.nr, 4);
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_module),
		cmocka_unit_test(symbols_by_address),
		cmocka_unit_test(symbols_by_name),
		cmocka_unit_test(symbols_of_i386),
		cmocka_unit_test(lists_that_are_damaged),
		cmocka_unit_test(parts_of_modules),
		cmocka_unit_test(parts_by_address),
		cmocka_unit_test(names_of_modules),
		cmocka_unit_test(tables_that_are_not_known),
		cmocka_unit_test(padding_behind_symbols),
		cmocka_unit_test(which_symbol_is_best),
		cmocka_unit_test(all_symbols_of_modules),
		cmocka_unit_test(symbols_of_both),
		cmocka_unit_test(tables_that_are_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
