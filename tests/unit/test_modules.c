/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of modules, and the symbols at addresses in modules. */
#include "linux/area_members.h"
#include "linux/module/modules.h"
#include "symbols/symbol_lookup.h"
#include "kernel/kernel.h"
#include "made_modules.h"
#include "memory.h"

#include "unit.h"

static struct kernel *open_with(const struct placed *layout)
{
	return open_as(NULL, layout);
}

static bool agrees(struct kernel *kernel, const struct listed_module *module, void *arg)
{
	struct error err;

	*(unsigned int *)arg = *(unsigned int *)arg << 1 | module_agrees(kernel, module, &err);
	return true;
}

/* The name of a module is the one of its directory in /sys, once it has one. */
static void names_of_modules(void **state)
{
	static const struct {
		const char *name;
		bool agrees;
	} rows[] = { { NULL, true }, { "one", true }, { "onf", false }, { "on", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		unsigned int bits = 0;

		put_both();
		if (rows[i].name) {
			put(FIRST + 88, IMAGE + 0x9000, 8);
			memcpy(image.bytes + MEMORY + 0x9000, rows[i].name,
			       strlen(rows[i].name) + 1);
		}
		kernel = open_kernel();
		placed_set(kernel, MODULE_OBJECT_NAME, 88, 8);
		assert_true(module_each(kernel, agrees, &bits, NULL));
		assert_int_equal(bits, rows[i].agrees << 1 | 1);
		open_close(kernel);
	}
}

static void symbols_by_address(void **state)
{
	static const struct {
		uint64_t at;
		const char *name;
		uint64_t start;
	} rows[] = {
		{ 0, "start", 0 },	   { 0xf, "start", 0 },
		{ 0x10, NULL, 0 },	   { 0x100, "outer", 0x100 },
		{ 0x140, "inner", 0x140 }, { 0x14f, "inner", 0x140 },
		{ 0x150, "outer", 0x100 }, { 0x1ff, "outer", 0x100 },
		{ 0x200, "sized", 0x200 }, { 0x20f, "sized", 0x200 },
		{ 0x210, NULL, 0 },	   { 0x300, NULL, 0 },
		{ 0x310, NULL, 0 },	   { 0x320, "point", 0x320 },
		{ 0x321, NULL, 0 },	   { 0x401, "last", 0x400 },
		{ 0x402, NULL, 0 },	   { 0x10000, "other", 0x10000 },
		{ 0x10001, NULL, 0 },	   { 0x10010, "start", 0x10010 },
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
	assert_true(symbol_lookup_find(kernel->symbols, "other", &symbol, NULL));
	assert_true(symbol.address == TEXT + 0x10000 && symbol.size == 1);
	assert_string_equal(symbol.module, "two");
	assert_true(symbol_lookup_find(kernel->symbols, "start", &symbol, NULL));
	assert_true(symbol.address == TEXT);
	assert_string_equal(symbol.module, "one");
	assert_false(symbol_lookup_find(kernel->symbols, "undefined", &symbol, NULL));
	assert_false(symbol_lookup_find(kernel->symbols, "star", &symbol, NULL));
	assert_false(symbol_lookup_find(kernel->symbols, "", &symbol, NULL));
	open_close(kernel);
}

/* The same with 32 bits: struct mod_kallsyms has pointers of 4 bytes, and Elf32_Sym has another
 * order of members. */
static void symbols_of_i386(void **state)
{
	static const char note[] = "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=c0001000\n"
				   "SYMBOL(_stext)=c1000000\nSYMBOL(modules)=c0005000\n";
	static const struct placed layout[NR_MEMBERS_OF_MODULES] = {
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
	/* name, value and size; info, other and section: Elf32_Sym */
	for (uint64_t i = 1; i < 3; i++) {
		put(SYMBOLS + 16 * i, i == 1 ? 1 : 7, 4);
		put(SYMBOLS + 16 * i + 4, text + 0x100 * i, 4);
		put(SYMBOLS + 16 * i + 8, 0x20 * i, 4);
		put(SYMBOLS + 16 * i + 12, STB_GLOBAL << 4 | STT_FUNC, 1);
		put(SYMBOLS + 16 * i + 14, 1, 2);
	}
	kernel = open_with(layout);
	assert_true(symbol_lookup_find(kernel->symbols, "begin", &symbol, NULL));
	assert_true(symbol.address == text + 0x100 && symbol.size == 0x20);
	assert_true(symbol_lookup_find(kernel->symbols, "next", &symbol, NULL));
	assert_true(symbol.address == text + 0x200 && symbol.size == 0x40);
	open_close(kernel);
}

/* Lists that end, that return to an entry instead of the head, or that have an invalid pointer. */
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
		/* more symbols, or longer names, than a module can have */
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
		if (symbol_lookup_find(kernel->symbols, "outer", &symbol, NULL) != rows[i].one ||
		    symbol_lookup_find(kernel->symbols, "other", &symbol, NULL) != rows[i].two)
			fail_msg("row %zu", i);
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

/* Each module is visited once, and the head of the list is not. A list without an end is
 * damaged. */
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
		cmocka_unit_test(each_module),	      cmocka_unit_test(names_of_modules),
		cmocka_unit_test(symbols_by_address), cmocka_unit_test(symbols_by_name),
		cmocka_unit_test(symbols_of_i386),    cmocka_unit_test(lists_that_are_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
