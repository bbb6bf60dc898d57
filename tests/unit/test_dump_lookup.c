/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about symbols in the dump's table, with and without a vmlinux. */
#include "made_kallsyms.h"
#include "symbols/symbol_lookup.h"
#include "placed.h"
#include "stop.h"

#include "unit.h"

/* --- questions about symbols --- */

struct seen {
	char names[200];
	unsigned int nr, most;
};

static bool see(const struct kernel_symbol *symbol, void *arg)
{
	struct seen *seen = arg;

	assert_int_equal(symbol->origin, SYMBOL_OF_KALLSYMS);
	sprintf(seen->names + strlen(seen->names), "%s ", symbol->name);
	return ++seen->nr != seen->most;
}

static bool see_name(const char *name, void *arg)
{
	struct seen *seen = arg;

	sprintf(seen->names + strlen(seen->names), "%s ", name);
	return ++seen->nr != seen->most;
}

static void symbols_of_a_dump(void **state)
{
	static const struct {
		uint32_t at;
		const char *name;
	} rows[] = {
		{ 0x3fff, NULL },    { 0x4000, "_stext" }, { 0x47ff, "_stext" },
		{ 0x4800, "local" }, { MARK, "mark" },	   { BANNER, "linux_banner" },
	};
	struct kernel_symbol symbol;
	struct seen seen = { .nr = 0 };
	struct kernel *kernel;
	struct error err;
	uint64_t value;

	(void)state;
	start(&plain);
	put(MARK, 0x123456789abcdef0, 8);
	kernel = memory_open(NULL, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(kernel_image_symbol_at(kernel, IMAGE + rows[i].at, &symbol, &err),
				 rows[i].name != NULL);
		if (rows[i].name)
			assert_string_equal(symbol.name, rows[i].name);
		else
			assert_non_null(strstr(err.message, "kallsyms covers"));
	}
	assert_true(kernel_image_symbol(kernel, "local", &symbol, NULL));
	assert_int_equal(symbol.type, 't');
	assert_false(kernel_image_symbol(kernel, "absent", &symbol, &err));
	assert_non_null(strstr(err.message, "in the dump's kallsyms"));
	assert_int_equal(kernel_has_symbol(kernel, "local"), YES);
	assert_int_equal(kernel_has_symbol(kernel, "absent"), NO);
	assert_true(kernel_has_symbols(kernel, NULL));
	assert_true(kernel_read_variable(kernel, "mark", &value));
	assert_true(value == 0x123456789abcdef0);
	assert_false(kernel_read_variable(kernel, "absent", &value));
	assert_false(kernel_linked_symbol(kernel, "mark", &(struct kernel_symbol){ 0 }));
	assert_false(kernel_vmlinux_symbol(kernel, "mark", &value));
	assert_null(kernel_symbol_file(kernel, &symbol));
	assert_true(kernel_image_symbols(kernel, "local", NULL, NULL, see, &seen));
	assert_string_equal(seen.names, "local ");
	seen = (struct seen){ .most = 2 };
	assert_false(kernel_image_symbols(kernel, NULL, NULL, NULL, see, &seen));
	assert_string_equal(seen.names, "_stext local ");
	for (unsigned int answers = 1; answers < NR + 2; answers++) {
		unsigned int left = answers;
		struct listener listener = { .stop = stop_after, .arg = &left };

		seen = (struct seen){ .most = 0 };
		kernel->listener = &listener;
		assert_int_equal(kernel_image_symbols(kernel, NULL, NULL, NULL, see, &seen),
				 answers > NR);
		assert_int_equal(seen.nr, answers > NR ? NR : answers - 1);
		kernel->listener = NULL;
	}
	seen = (struct seen){ .most = 0 };
	kernel_symbols_complete(kernel, "l", see_name, &seen);
	assert_string_equal(seen.names, "linux_banner local ");
	open_close(kernel);
}

/* If the table has only functions, it does not show whether a variable exists. */
static void symbols_that_may_be_left_out(void **state)
{
	struct table table = plain;
	struct kernel *kernel;

	(void)state;
	table.skipped = 1 << 3;
	start(&table);
	kernel = memory_open(NULL, NULL);
	assert_int_equal(kernel_has_symbol(kernel, "absent"), UNSURE);
	assert_int_equal(kernel_has_symbol(kernel, "local"), YES);
	open_close(kernel);
	table.left_out = "kallsyms_names";
	start(&table);
	kernel = memory_open(NULL, NULL);
	assert_int_equal(kernel_has_symbol(kernel, "local"), UNSURE);
	{
		struct kernel_symbol symbol;
		struct error err;

		assert_false(kernel_has_symbols(kernel, &err));
		assert_non_null(
			strstr(err.message, "no vmlinux was given, and kallsyms cannot be read"));
		assert_false(kernel_image_symbol(kernel, "local", &symbol, &err));
		assert_non_null(strstr(err.message, "VMCOREINFO does not name it"));
		assert_false(kernel_image_symbol_at(kernel, IMAGE, &symbol, &err));
	}
	open_close(kernel);
}

/* --- beside a vmlinux --- */

/* Opens a dump with a vmlinux. The address of mark differs in vmlinux, and vmlinux has symbols that
 * the dump does not have. The note has one more symbol, and the value of a pointer under the name
 * of its variable (VMCOREINFO_SYMBOL_ARRAY). */
static struct kernel *open_beside(const struct table *table, enum vmlinux_match match)
{
	struct table whole = *table;
	struct linked linked = { .nr = 0 };
	struct kernel *kernel;

	whole.more = "SYMBOL(noted)=ffffffff80000300\n"
		     "SYMBOL(mem_section)=ffff888000000000\n";
	start(&whole);
	linked_add(&linked, "_stext", LINKED_BASE, 0);
	linked_add(&linked, "mark", LINKED_BASE + 0x100, 0x10);
	linked_add(&linked, "linked", LINKED_BASE + 0x200, 0);
	linked_add(&linked, "fixed", 0x1234, 8);
	kernel = memory_open(linked_open(&linked), NULL);
	kernel->identity->match = match;
	return kernel;
}

static void symbols_beside_a_vmlinux(void **state)
{
	static const struct {
		enum vmlinux_match match;
		const char *name;
		uint64_t address; /* 0: no such symbol */
		const char *source; /* or a part of the reason why there is none */
		enum certainty has;
	} rows[] = {
		{ VMLINUX_MATCHES, "mark", LINKED_BASE + 0x100, "vmlinux", YES },
		{ VMLINUX_MATCHES, "linked", LINKED_BASE + 0x200, "vmlinux", YES },
		{ VMLINUX_MATCHES, "local", 0, "no symbol \"local\" in /", NO },
		{ VMLINUX_MATCHES, "noted", IMAGE + 0x300, "VMCOREINFO", NO },
		{ VMLINUX_MATCHES, "mem_section", 0, "no symbol", NO },
		{ VMLINUX_SAME_RELEASE, "mark", LINKED_BASE + 0x100, "vmlinux", YES },
		{ VMLINUX_SAME_RELEASE, "local", IMAGE + 0x4800, "kallsyms", NO },
		{ VMLINUX_SAME_RELEASE, "noted", IMAGE + 0x300, "VMCOREINFO", NO },
		{ VMLINUX_DIFFERS, "mark", IMAGE + MARK, "kallsyms", YES },
		{ VMLINUX_DIFFERS, "local", IMAGE + 0x4800, "kallsyms", YES },
		{ VMLINUX_DIFFERS, "linked", 0, "in the dump's kallsyms", NO },
		{ VMLINUX_DIFFERS, "noted", IMAGE + 0x300, "VMCOREINFO", NO },
		{ VMLINUX_DIFFERS, "mem_section", 0, "in the dump's kallsyms", NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_beside(&plain, rows[i].match);
		bool linked = !strcmp(rows[i].name, "linked") || !strcmp(rows[i].name, "mark");
		struct kernel_symbol symbol;
		struct error err;
		uint64_t address;
		char word[16];

		snprintf(word, sizeof(word), "%s", rows[i].name);
		if (kernel_image_symbol(kernel, word, &symbol, &err) != (rows[i].address != 0))
			fail_msg("row %zu", i);
		memset(word, 'x', sizeof(word)); /* the name is not the caller's */
		if (rows[i].address) {
			assert_string_equal(symbol.name, rows[i].name);
			assert_true(symbol.address == rows[i].address);
			assert_string_equal(symbol_origin_names[symbol.origin], rows[i].source);
		} else if (!strstr(err.message, rows[i].source)) {
			fail_msg("row %zu: %s", i, err.message);
		}
		assert_int_equal(kernel_has_symbol(kernel, rows[i].name), rows[i].has);
		assert_int_equal(kernel_vmlinux_symbol(kernel, rows[i].name, &address), linked);
		assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS, 0);
		/* A symbol of another kernel's vmlinux is used only if the user gives the address
		 * of the image. */
		assert_false(kernel_symbol_foreign(kernel, rows[i].name, &symbol));
		kernel->facts->fact[FACT_KASLR_OFFSET].given = true;
		assert_int_equal(kernel_symbol_foreign(kernel, rows[i].name, &symbol),
				 rows[i].match == VMLINUX_DIFFERS && linked);
		assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS,
				 rows[i].match == VMLINUX_DIFFERS && linked ? RESTS_ON_SYMBOLS : 0);
		open_close(kernel);
	}
}

static bool see_linked(const struct kernel_symbol *symbol, void *arg)
{
	struct seen *seen = arg;

	sprintf(seen->names + strlen(seen->names), "%s ", symbol->name);
	return ++seen->nr != seen->most;
}

/* If the offset of KASLR is unknown, symbols in the image are unknown, but all other symbols are
 * known. */
static void symbols_that_may_have_moved(void **state)
{
	struct kernel *kernel = open_beside(&plain, VMLINUX_MATCHES);
	struct seen seen = { .most = 0 };
	struct kernel_symbol symbol;
	struct error err;

	(void)state;
	assert_true(kernel_image_symbols(kernel, NULL, NULL, NULL, see_linked, &seen));
	assert_int_equal(seen.nr, 4);
	seen = (struct seen){ .most = 1 };
	assert_false(kernel_image_symbols(kernel, NULL, NULL, NULL, see_linked, &seen));
	kernel->facts->fact[FACT_KASLR_OFFSET].status = FACT_NOT_KNOWN;
	assert_true(kernel_image_symbol(kernel, "fixed", &symbol, NULL));
	assert_true(symbol.address == 0x1234);
	assert_false(kernel_image_symbol(kernel, "linked", &symbol, &err));
	assert_non_null(strstr(err.message, "the run-time address of "));
	assert_false(kernel_image_symbol(kernel, "absent", &symbol, &err));
	assert_non_null(strstr(err.message, "no symbol \"absent\" in /"));
	seen = (struct seen){ .most = 0 };
	assert_true(kernel_image_symbols(kernel, NULL, NULL, NULL, see_linked, &seen));
	assert_string_equal(seen.names, "fixed ");
	assert_false(kernel_image_symbol_at(kernel, LINKED_BASE + 0x100, &symbol, &err));
	assert_int_equal(err.code, ERROR_UNKNOWN);
	seen = (struct seen){ .most = 0 };
	kernel_symbols_complete(kernel, "l", see_name, &seen);
	assert_string_equal(seen.names, "linked ");
	open_close(kernel);
	kernel = open_beside(&plain, VMLINUX_DIFFERS);
	seen = (struct seen){ .most = 0 };
	kernel_symbols_complete(kernel, "l", see_name, &seen);
	assert_string_equal(seen.names, "linux_banner local ");
	assert_null(kernel_symbol_file(kernel, &(struct kernel_symbol){ .nr = 0 }));
	assert_null(
		kernel_symbol_file(kernel, &(struct kernel_symbol){ .nr = 2, .module = "kvm" }));
	open_close(kernel);
}

/* The symbol of vmlinux at an address: a symbol ends at the next symbol or at the end of the
 * section. If the dump has no table, the vmlinux of another kernel is used, and the answer is
 * doubtful. */
static void symbols_at_addresses(void **state)
{
	static const struct {
		uint64_t at;
		const char *name;
	} rows[] = {
		{ 0, "_stext" },	{ 0xff, "_stext" },	{ 0x100, "mark" },
		{ 0x10f, "mark" },	{ 0x110, "mark" },	{ 0x200, "linked" },
		{ 0xffffff, "linked" }, { (uint64_t)-1, NULL }, { LINKED_DATA_AT + 0x40, NULL },
	};
	struct table without = plain;

	(void)state;
	without.left_out = "kallsyms_names";
	for (int foreign = 0; foreign < 2; foreign++) {
		struct kernel *kernel = open_beside(foreign ? &without : &plain,
						    foreign ? VMLINUX_DIFFERS : VMLINUX_MATCHES);
		uint64_t moved = 0x200000;
		uint64_t offset;

		assert_true(kernel_fact(kernel, FACT_KASLR_OFFSET, &offset));
		kernel->facts->fact[FACT_KASLR_OFFSET].value = moved;
		if (foreign) {
			assert_false(
				kernel_image_symbol_at(kernel, LINKED_BASE + moved, NULL, NULL));
			kernel->facts->fact[FACT_KASLR_OFFSET].given = true;
		}
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			struct kernel_symbol symbol;
			struct error err;
			bool found =
				kernel_image_symbol_at(kernel, LINKED_BASE + moved + rows[i].at,
						       &symbol, &err);

			if (found != (rows[i].name != NULL))
				fail_msg("row %zu", i);
			if (found) {
				assert_string_equal(symbol.name, rows[i].name);
				assert_true(symbol.address <= LINKED_BASE + moved + rows[i].at);
			} else {
				assert_int_equal(err.code, ERROR_NO_ANSWER);
			}
			assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS,
					 foreign ? RESTS_ON_SYMBOLS : 0);
		}
		open_close(kernel);
	}
	{
		struct kernel *kernel = open_beside(&plain, VMLINUX_DIFFERS);
		struct kernel_symbol symbol;

		assert_true(kernel_image_symbol_at(kernel, IMAGE + 0x4000, &symbol, NULL));
		assert_int_equal(symbol.origin, SYMBOL_OF_KALLSYMS);
		assert_false(kernel_image_symbol_at(kernel, IMAGE, &symbol, NULL));
		assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS, 0);
		open_close(kernel);
	}
}

/* If there is only a note, its names are the only symbols. */
static void symbols_of_a_note(void **state)
{
	struct table without = plain;
	struct seen seen = { .most = 0 };
	struct kernel *kernel;

	(void)state;
	without.left_out = "kallsyms_names";
	without.more = "SYMBOL(noted)=ffffffff80000300\n";
	start(&without);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_image_symbols(kernel, "noted", NULL, NULL, see_linked, &seen));
	assert_string_equal(seen.names, "noted ");
	seen = (struct seen){ .most = 0 };
	assert_true(kernel_image_symbols(kernel, NULL, NULL, NULL, see_linked, &seen));
	assert_true(kernel_image_symbols(kernel, "absent", NULL, NULL, see_linked, &seen));
	assert_int_equal(seen.nr, 0);
	seen.most = 1;
	assert_false(kernel_image_symbols(kernel, "noted", NULL, NULL, see_linked, &seen));
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(symbols_of_a_dump),
		cmocka_unit_test(symbols_that_may_be_left_out),
		cmocka_unit_test(symbols_beside_a_vmlinux),
		cmocka_unit_test(symbols_that_may_have_moved),
		cmocka_unit_test(symbols_at_addresses),
		cmocka_unit_test(symbols_of_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
