/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of modules: the list of them, their tables, and which symbol an address has.
 * include/linux/module.h of 6.1; offsets are those written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "areas/modules.h"
#include "areas/symbol_lookup.h"
#include "kernel/kernel.h"
#include "kernel/members.h"
#include "memory.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum { HEAD = 0x5000, FIRST = 0x6000, SECOND = 0x6200, KALLSYMS = 0x100 };
enum { SYMBOLS = 0x7000, STRINGS = 0x8000 };

#define IMAGE UINT64_C(0xffffffff80000000)
#define TEXT UINT64_C(0xffffffffc0000000)

static void start(void)
{
	static const char note[] =
		"OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=ffffffff80001000\n"
		"NUMBER(phys_base)=0\nNUMBER(pgtable_l5_enabled)=0\n"
		"KERNELOFFSET=0\nSYMBOL(modules)=ffffffff80005000\n";

	memory_start(false, note);
	put(0x1ff8, 0x2000 | P | RW, 8);
	put(0x2ff0, 0x3000 | P | RW, 8);
	put(0x3000, P | RW | PS, 8);
}

struct layout {
	enum member_id id;
	uint32_t offset, size;
};

enum { NR_MEMBERS_OF_MODULES = 7 };

static struct kernel *open_with(const struct layout *layout)
{
	struct kernel *kernel = memory_open(NULL, NULL);
	struct member *members = kernel_state(kernel, STATE_MEMBERS);

	for (size_t i = 0; i < NR_MEMBERS_OF_MODULES; i++)
		members[layout[i].id] = (struct member){
			true,
			true,
			layout[i].offset,
			layout[i].size,
		};
	return kernel;
}

static struct kernel *open_kernel(void)
{
	static const struct layout layout[NR_MEMBERS_OF_MODULES] = {
		{ MODULE_LIST, 8, 16 },		{ MODULE_NAME, 24, 56 },
		{ MODULE_KALLSYMS, 80, 8 },	{ MODULE_SYMBOLS, 0, 8 },
		{ MODULE_NR_SYMBOLS, 8, 4 },	{ MODULE_STRINGS, 16, 8 },
		{ MODULE_SYMBOL_TYPES, 24, 8 },
	};

	return open_with(layout);
}

struct entry {
	const char *name;
	uint64_t value, size;
	unsigned int bind;
	uint16_t section;
};

/* A module whose next one's list_head is at next. */
static void put_module(uint64_t at, uint64_t next, const char *name,
		       uint64_t symbols, uint64_t strings,
		       const struct entry *entries, unsigned int nr)
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

		memcpy(image.bytes + MEMORY + symbols + i * sizeof(symbol),
		       &symbol, sizeof(symbol));
		memcpy(image.bytes + MEMORY + text, entries[i].name,
		       strlen(entries[i].name) + 1);
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
	put_module(FIRST, IMAGE + SECOND + 8, "one", SYMBOLS, STRINGS, first,
		   11);
	put_module(SECOND, IMAGE + HEAD, "two", SYMBOLS + 0x400,
		   STRINGS + 0x400, second, 3);
}

static void expect_at(struct kernel *kernel, uint64_t address, const char *name,
		      uint64_t start_at)
{
	struct kernel_symbol symbol;
	bool found = kernel_symbol_at(kernel, address, &symbol, NULL);

	if (found != (name != NULL))
		fail_msg("%llx: %s", (unsigned long long)address,
			 found ? symbol.name : "nothing");
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
		expect_at(kernel, TEXT + rows[i].at, rows[i].name,
			  TEXT + rows[i].start);
	expect_at(kernel, TEXT - 1, NULL, 0);
	kernel_close(kernel);
}

static void symbols_by_name(void **state)
{
	struct kernel_symbol symbol;
	struct kernel *kernel;

	(void)state;
	put_both();
	kernel = open_kernel();
	assert_true(kernel_symbol_find(kernel, "other", &symbol, NULL));
	assert_true(symbol.address == TEXT + 0x10000 && symbol.size == 1);
	assert_string_equal(symbol.module, "two");
	assert_true(kernel_symbol_find(kernel, "start", &symbol, NULL));
	assert_true(symbol.address == TEXT);
	assert_string_equal(symbol.module, "one");
	assert_false(kernel_symbol_find(kernel, "undefined", &symbol, NULL));
	assert_false(kernel_symbol_find(kernel, "star", &symbol, NULL));
	assert_false(kernel_symbol_find(kernel, "", &symbol, NULL));
	kernel_close(kernel);
}

/* The same of 32 bits: struct mod_kallsyms has pointers of 4 bytes, and Elf32_Sym another
 * order of members. */
static void symbols_of_i386(void **state)
{
	static const char note[] =
		"OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
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
	assert_true(kernel_symbol_find(kernel, "begin", &symbol, NULL));
	assert_true(symbol.address == text + 0x100 && symbol.size == 0x20);
	assert_true(kernel_symbol_find(kernel, "next", &symbol, NULL));
	assert_true(symbol.address == text + 0x200 && symbol.size == 0x40);
	kernel_close(kernel);
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
		if (kernel_symbol_find(kernel, "outer", &symbol, NULL) !=
			    rows[i].one ||
		    kernel_symbol_find(kernel, "other", &symbol, NULL) !=
			    rows[i].two)
			fail_msg("row %zu", i);
		kernel_close(kernel);
	}
}

struct seen {
	unsigned int nr;
	uint64_t sum;
};

static bool count(struct kernel *kernel, const struct listed_module *module,
		  void *arg)
{
	struct seen *seen = arg;

	(void)kernel;
	seen->nr++;
	seen->sum += module->address - IMAGE;
	assert_string_equal(module->name,
			    module->address == IMAGE + FIRST ? "one" : "two");
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
	assert_true(kernel_each_module(kernel, count, &seen, &err));
	assert_int_equal(seen.nr, 2);
	assert_true(seen.sum == FIRST + SECOND);
	kernel_close(kernel);
	put(SECOND + 8, IMAGE + FIRST + 8, 8);
	kernel = open_kernel();
	assert_false(kernel_each_module(kernel, count, &seen, &err));
	assert_int_equal(err.code, ERROR_FORMAT);
	assert_int_equal(seen.nr, 4);
	kernel_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_module),
		cmocka_unit_test(symbols_by_address),
		cmocka_unit_test(symbols_by_name),
		cmocka_unit_test(symbols_of_i386),
		cmocka_unit_test(lists_that_are_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
