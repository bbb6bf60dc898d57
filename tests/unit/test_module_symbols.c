/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of symbols in modules, and the choice of the best symbol. */
#include "linux/area_members.h"
#include "symbols/symbol_lookup.h"
#include "kernel/kernel.h"
#include "linked.h"
#include "made_modules.h"
#include "memory.h"

#include "unit.h"

/* If one of these members is missing, the symbols of modules are unknown. Names without an end are
 * ignored. */
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
		if (symbol_lookup_find(kernel->symbols, "outer", &symbol, NULL) != all)
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

/* Up to 64 bytes after the last symbol before an address, in the same part of the module, are
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
		{ 0x210, "sized", 0x200 },
		{ 0x24f, "sized", 0x200 },
		{ 0x250, NULL, 0 },
		{ 0x31f, NULL, 0 },
		{ 0x321, NULL, 0 },
		{ 0x402, "last", 0x400 },
		{ 0x441, "last", 0x400 },
		{ 0x442, NULL, 0 },
		/* another part, or another module, begins at this address */
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
	/* a part begins between the symbol and the address */
	put_both();
	put_layout(FIRST, 0, TEXT, 0x20, 0x20, 0x420);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	expect_at(kernel, TEXT + 0x1f, "start", TEXT);
	expect_at(kernel, TEXT + 0x20, NULL, 0);
	expect_at(kernel, TEXT + 0x41f, "last", TEXT + 0x400);
	expect_at(kernel, TEXT + 0x420, NULL, 0);
	open_close(kernel);
	/* a part begins at the symbol */
	put_both();
	put_layout(FIRST, 0, TEXT, 0x200, 0x200, 0x420);
	kernel = open_kernel();
	know_layout(kernel, 0, 0, 4);
	expect_at(kernel, TEXT + 0x210, "sized", TEXT + 0x200);
	open_close(kernel);
}

/* Of several symbols at an address, the closest is chosen, then one that has a size, then the first.
 * Symbols that are not in a section of the module are ignored. */
static void which_symbol_is_best(void **state)
{
	static const struct {
		struct entry entries[3];
		const char *best; /* the best symbol at TEXT + 8 */
	} rows[] = {
#define AT(NAME, OFFSET, SIZE, BIND) { NAME, TEXT + OFFSET, SIZE, STB_##BIND, 1 }
		{ { AT("a", 0, 16, LOCAL), AT("b", 8, 8, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 0, 16, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("a", 8, 0, GLOBAL), AT("b", 8, 8, LOCAL), AT("c", 4, 16, GLOBAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 8, 0, GLOBAL), AT("c", 8, 0, LOCAL) }, "b" },
		{ { AT("b", 8, 8, LOCAL), AT("a", 8, 8, GLOBAL), AT("c", 8, 8, LOCAL) }, "b" },
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
		/* a module is recognised only by symbols that begin and end in it */
		{ { AT("b", 8, 1, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
		{ { AT("b", 8, 0, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
		{ { AT("b", 0, 9, LOCAL), { "x", 0, 0, 0, 0 }, { "y", 0, 0, 0, 0 } }, "b" },
		/* marks and labels of riscv64's assembler */
		{ { AT("b", 0, 16, LOCAL), AT("$xrv64i2p1", 8, 0, LOCAL), AT("$d", 8, 0, LOCAL) },
		  "b" },
		{ { AT("b", 0, 16, LOCAL), AT(".L12", 8, 8, LOCAL), AT(".L0 ", 8, 0, LOCAL) },
		  "b" },
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
		found = symbol_lookup_at(kernel->symbols, TEXT + 8, &symbol, NULL);
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

/* All symbols with a name, of a module, or all, in the order of the list. Symbols without a name,
 * undefined symbols and symbols of tools are left out. The types come after the names. */
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
		/* of symbols in one module, the last comes first */
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
		/* one letter for each symbol, in the second module only */
		for (uint64_t nr = 0, at = STRINGS + 0x400; nr < 6; nr++) {
			uint64_t types;

			memcpy(&types, image.bytes + MEMORY + SECOND + KALLSYMS + 24, 8);
			at = le64toh(types) - IMAGE;
			put(at + nr, "ABCDEF"[nr], 1);
		}
		kernel = open_kernel();
		symbol_lookup_all(kernel->symbols, rows[i].name, NULL, rows[i].module, add_name,
				  &names);
		if (strcmp(names.text, rows[i].found))
			fail_msg("row %zu: %s", i, names.text);
		open_close(kernel);
	}
}

/* The kernel's symbols come first, or are the only ones, or are left out. */
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
		symbol_lookup_all(kernel->symbols, rows[i].name, NULL, rows[i].module, add_name,
				  &names);
		if (strcmp(names.text, rows[i].found))
			fail_msg("row %zu: %s", i, names.text);
		open_close(kernel);
	}
}

/* A module may have at most 16 MiB of names and 2^20 symbols. All modules together may have 128
 * MiB. The rest is left out, and this is reported if something is not found. The tables consist of
 * one page of zeros that is mapped many times, after the image. The image begins with a symbol and
 * its name. */
static void tables_that_are_too_large(void **state)
{
	static const struct {
		uint64_t strings, symbols;
		unsigned int modules;
		const char *excess; /* a part of the report; NULL: none */
		bool found;
	} rows[] = {
		{ 16 << 20, 1, 1, NULL, true },
		{ (16 << 20) + 1, 1, 1, "module a were not searched", false },
		{ 4096, 1 << 20, 1, NULL, true },
		{ 4096, (1 << 20) + 1, 1, "module a were not searched", false },
		{ 0, 1, 1, "module a were not searched", false },
		{ 0x806, 1, 1, NULL, true },
		{ 0x805, 1, 1, NULL, false },
		{ 0x806, 0, 1, NULL, false },
		{ 16 << 20, 1, 7, NULL, true },
		{ 16 << 20, 1, 8, "exceed 128 MiB", true },
		{ 4096, 1 << 20, 5, NULL, true },
		{ 4096, 1 << 20, 6, "exceed 128 MiB", true },
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
		if (symbol_lookup_find(kernel->symbols, "there", &symbol, NULL) != rows[i].found)
			fail_msg("row %zu", i);
		assert_false(symbol_lookup_find(kernel->symbols, "nowhere", &symbol, NULL));
		if ((excess.code != ERROR_NONE) != (rows[i].excess != NULL) ||
		    (rows[i].excess && !strstr(excess.message, rows[i].excess)))
			fail_msg("row %zu: %s", i, excess.message);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_that_are_not_known),
		cmocka_unit_test(padding_behind_symbols),
		cmocka_unit_test(which_symbol_is_best),
		cmocka_unit_test(all_symbols_of_modules),
		cmocka_unit_test(symbols_of_both),
		cmocka_unit_test(tables_that_are_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
