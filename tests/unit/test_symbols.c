/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of this program, for which the compiler knows the answers, and symbols of the file in
 * TEST_VMLINUX. */
#include <libelf.h>
#include <stdint.h>
#include <stdlib.h>

#include "symbols/symbols.h"
#include "symbols/symbol_names.h"

#include "unit.h"

/* --- this program --- */

extern const char marker_text[24];
extern uint64_t marker_one, marker_two[3], marker_three, marker_four;
extern uint64_t marker_five, marker_six;
unsigned int marker_function(unsigned int value) __attribute__((noinline, used));

const char marker_text[24] = "seen from outside";
uint64_t marker_one = 1, marker_two[3] = { 2 }, marker_three = 3;
uint64_t marker_four = 4, marker_five = 5, marker_six = 6;

unsigned int marker_function(unsigned int value)
{
	return value * 3 + 1;
}

struct opened {
	struct file file;
	Elf *elf;
	struct symbols *symbols;
};

/* The tables are read from the file. The tests of damage read them from libelf. */
static bool open_path(struct opened *opened, const char *path)
{
	struct error err;

	elf_version(EV_CURRENT);
	if (!file_open(&opened->file, path, &err))
		return false;
	opened->elf = elf_begin(opened->file.fd, ELF_C_READ_MMAP, NULL);
	opened->symbols = symbols_open(opened->elf, &opened->file, &err);
	return opened->symbols != NULL;
}

static void close_opened(struct opened *opened)
{
	symbols_close(opened->symbols);
	elf_end(opened->elf);
	file_close(&opened->file);
}

static void find_in_this_program(void **state)
{
	const struct {
		const char *name;
		const void *at;
		size_t size;
	} known[] = {
		{ "marker_one", &marker_one, sizeof(marker_one) },
		{ "marker_two", marker_two, sizeof(marker_two) },
		{ "marker_three", &marker_three, sizeof(marker_three) },
		{ "marker_four", &marker_four, sizeof(marker_four) },
		{ "marker_five", &marker_five, sizeof(marker_five) },
		{ "marker_six", &marker_six, sizeof(marker_six) },
		{ "marker_text", marker_text, sizeof(marker_text) },
	};
	struct kernel_symbol first, symbol;
	struct opened self;

	(void)state;
	assert_true(open_path(&self, "/proc/self/exe"));
	assert_true(symbols_count(self.symbols) > 10);
	assert_true(symbols_find(self.symbols, "marker_one", &first));
	/* More names than are found by scanning, so the last ones are found in the index. */
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_true(symbols_find(self.symbols, known[i].name, &symbol));
		assert_string_equal(symbol.name, known[i].name);
		/* Sanitizers add padding to variables. */
		assert_true(symbol.size >= known[i].size);
		assert_int_equal(symbol.address - first.address,
				 (uint64_t)(uintptr_t)known[i].at -
					 (uint64_t)(uintptr_t)&marker_one);
	}
	close_opened(&self);
}

static void absent_names(void **state)
{
	static const char *const absent[] = {
		"marker",
		"marker_on",
		"marker_ones",
		"x",
		"",
		"linux_banner",
		"no_such_name",
		"marker_two_and_more",
		"linux_banner",
		"marker_",
	};
	enum { NR_ABSENT = sizeof(absent) / sizeof(absent[0]) };
	struct kernel_symbol symbol;
	struct opened self;

	(void)state;
	assert_true(open_path(&self, "/proc/self/exe"));
	/* After many searches, names are looked up in a table of whole names. */
	for (size_t i = 0; i < 4 * MOST_UNHASHED; i++)
		assert_false(symbols_find(self.symbols, absent[i % NR_ABSENT], &symbol));
	assert_true(symbols_find(self.symbols, "marker_one", &symbol));
	close_opened(&self);
}

static void at_in_this_program(void **state)
{
	struct kernel_symbol function, symbol;
	struct opened self;

	(void)state;
	assert_true(open_path(&self, "/proc/self/exe"));
	assert_true(symbols_find(self.symbols, "marker_function", &function));
	assert_int_equal(symbols_type(self.symbols, &function) | 0x20, 't');
	assert_true(symbols_at(self.symbols, function.address, &symbol));
	assert_string_equal(symbol.name, "marker_function");
	assert_true(symbols_at(self.symbols, function.address + function.size - 1, &symbol));
	assert_string_equal(symbol.name, "marker_function");
	assert_false(symbols_at(self.symbols, 0, &symbol));
	close_opened(&self);
}

/* Symbols at one address that differ only in their names. */
__asm__(".pushsection .rodata\n"
	"tied_d: tied_b: TIED_a: tied_c:\n"
	".byte 0\n"
	".irp name, tied_d, tied_b, TIED_a, tied_c\n"
	".type \\name, %object\n"
	".size \\name, 1\n"
	".endr\n"
	".popsection\n");

/* As in the kernel's table, in which SyS_swapon comes before sys_swapon. */
static void name_of_several(void **state)
{
	struct kernel_symbol tied, symbol;
	struct opened self;

	(void)state;
	assert_true(open_path(&self, "/proc/self/exe"));
	assert_true(symbols_find(self.symbols, "tied_d", &tied));
	assert_true(symbols_at(self.symbols, tied.address, &symbol));
	assert_string_equal(symbol.name, "TIED_a");
	close_opened(&self);
}

/* Each pair of symbols has one address. kallsyms prefers a name that the linker script cannot
 * provide, and then the first name in the alphabet. */
__asm__(".pushsection .rodata\n"
	".macro pair one other\n"
	"\\one:\n"
	"\\other: .byte 0\n"
	".endm\n"
	"pair __start_pair __zz_0\n"
	"pair __stop_pair __zz_1\n"
	"pair __end_pair __zz_2\n"
	"pair __pair_start __zz_3\n"
	"pair __pa_end __zz_4\n"
	"pair __p_end __zz_5\n"
	"pair __pair_ends __zz_6\n"
	"pair __begin_pair __zz_7\n"
	"pair _end_pairs _zz_8\n"
	"pair a_pair_end zz_9\n"
	".popsection\n");

static void names_of_the_linker(void **state)
{
	static const struct {
		const char *name, *found;
	} rows[] = {
		{ "__start_pair", "__zz_0" }, { "__stop_pair", "__zz_1" },
		{ "__end_pair", "__zz_2" },   { "__pair_start", "__zz_3" },
		{ "__pa_end", "__zz_4" },     { "__zz_5", "__p_end" }, /* too short */
		{ "__zz_6", "__pair_ends" },  { "__zz_7", "__begin_pair" },
		{ "_zz_8", "_end_pairs" },    { "zz_9", "a_pair_end" },
	};
	struct kernel_symbol named, found;
	struct opened self;

	(void)state;
	assert_true(open_path(&self, "/proc/self/exe"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(symbols_find(self.symbols, rows[i].name, &named));
		assert_true(symbols_at(self.symbols, named.address, &found));
		assert_string_equal(found.name, rows[i].found);
	}
	close_opened(&self);
}

/* More symbols than are read around an address. Some have two bytes, with a label in the middle. */
__asm__(".pushsection .rodata\n"
	".macro one_of_many\n"
	"many_\\@: .byte 0\n"
	"label_\\@: .byte 0\n"
	".size many_\\@, 2\n"
	"open_\\@: .byte 0\n"
	".endm\n"
	".rept 1000\n"
	"one_of_many\n"
	".endr\n"
	".popsection\n");

/* The answer for an address must not depend on earlier questions. */
static void same_around(struct symbols *all, const char *path, uint64_t address)
{
	struct kernel_symbol alone = { 0 }, symbol = { 0 };
	struct opened fresh;
	bool found;

	assert_true(open_path(&fresh, path));
	found = symbols_at(fresh.symbols, address, &alone);
	assert_int_equal(found, symbols_at(all, address, &symbol));
	assert_true(!found || alone.nr == symbol.nr);
	close_opened(&fresh);
	assert_true(open_path(&fresh, path));
	found = symbols_before(fresh.symbols, address, &alone);
	assert_int_equal(found, symbols_before(all, address, &symbol));
	assert_true(!found || alone.nr == symbol.nr);
	close_opened(&fresh);
	assert_true(open_path(&fresh, path));
	assert_int_equal(symbols_room(fresh.symbols, address), symbols_room(all, address));
	close_opened(&fresh);
}

static void sorted_around_an_address(void **state)
{
	static const char path[] = "/proc/self/exe";
	struct kernel_symbol symbol, first = { .address = UINT64_MAX }, last = { 0 };
	struct opened self;

	(void)state;
	assert_true(open_path(&self, path));
	for (uint64_t address = 0; address < 1 << 24; address += 64)
		if (symbols_at(self.symbols, address, &symbol)) {
			first = address < first.address ? symbol : first;
			last = symbol;
		}
	assert_true(first.address < last.address);
	for (unsigned int i = 0; i <= 200; i++)
		same_around(self.symbols, path,
			    first.address - 64 + i * (last.address + 128 - first.address) / 200);
	same_around(self.symbols, path, 0);
	same_around(self.symbols, path, UINT64_MAX);
	same_around(self.symbols, path, UINT64_MAX / 2);
	close_opened(&self);
}

/* --- a kernel --- */

static void find_in_vmlinux(void **state)
{
	const char *path = getenv("TEST_VMLINUX");
	struct kernel_symbol banner, symbol;
	struct opened vmlinux;

	(void)state;
	if (!path)
		skip();
	assert_true(open_path(&vmlinux, path));
	assert_true(symbols_find(vmlinux.symbols, "linux_banner", &banner));
	assert_string_equal(banner.name, "linux_banner");
	assert_true(symbols_at(vmlinux.symbols, banner.address, &symbol));
	assert_int_equal(symbol.address, banner.address);
	close_opened(&vmlinux);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find_in_this_program), cmocka_unit_test(absent_names),
		cmocka_unit_test(at_in_this_program),	cmocka_unit_test(name_of_several),
		cmocka_unit_test(names_of_the_linker),	cmocka_unit_test(sorted_around_an_address),
		cmocka_unit_test(find_in_vmlinux),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
