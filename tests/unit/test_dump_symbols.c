/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dump's table of symbols: each encoding, damage, and tables of another boot. */
#include "dump/registers.h"
#include "symbols/kallsyms.h"
#include "made_kallsyms.h"

#include "unit.h"

static void expect_table(struct kernel *kernel, const struct table *table, bool there)
{
	struct error err = { .message = "" };
	uint64_t address;

	if (!kernel_kallsyms(kernel, &err) == there)
		fail_msg("%s", err.message);
	assert_int_equal(err.message[0] == '\0', there);
	assert_int_equal(kernel_dump_symbol(kernel, "mark", &address), there);
	if (there)
		assert_true(address == start_of(table) + MARK);
	assert_false(kernel_kallsyms_busy(kernel));
	open_close(kernel);
}

static void tables_of_each_encoding(void **state)
{
	static const struct table tables[] = {
		{ .encoding = KALLSYMS_ABSOLUTE },
		{ .encoding = KALLSYMS_RELATIVE, .based = true },
		{ .encoding = KALLSYMS_PERCPU, .based = true },
		{ .encoding = KALLSYMS_PLACE },
		{ .narrow = true, .encoding = KALLSYMS_ABSOLUTE },
		{ .narrow = true, .encoding = KALLSYMS_RELATIVE, .based = true },
		{ .narrow = true, .encoding = KALLSYMS_RELATIVE },
		/* these are the last bytes in the dump */
		{ .encoding = KALLSYMS_ABSOLUTE, .values = MEMORY_SIZE - 8 * NR },
		{ .encoding = KALLSYMS_PLACE, .values = MEMORY_SIZE - 4 * NR },
		{ .narrow = true, .encoding = KALLSYMS_ABSOLUTE, .values = MEMORY_SIZE - 4 * NR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		start(&tables[i]);
		expect_table(memory_open(NULL, NULL), &tables[i], true);
	}
}

/* A table may have only one symbol. */
static void a_table_of_one(void **state)
{
	struct table table = {
		.encoding = KALLSYMS_RELATIVE,
		.based = true,
		.skipped = ~(1u << 4),
	};
	struct kernel *kernel;
	uint64_t address;

	(void)state;
	start(&table);
	kernel = memory_open(NULL, NULL);
	assert_true(kernel_dump_symbol(kernel, "linux_banner", &address));
	assert_true(address == IMAGE + BANNER);
	assert_false(kernel_dump_symbol(kernel, "mark", &address));
	open_close(kernel);
}

/* If a key is missing, or if the number of symbols is wrong, there is no table. */
static void tables_that_are_not_whole(void **state)
{
	static const char *const keys[] = {
		"kallsyms_num_syms",	"kallsyms_names",   "kallsyms_token_table",
		"kallsyms_token_index", "kallsyms_offsets", "kallsyms_relative_base",
	};
	static const uint32_t numbers[] = { (1 << 22) + 1, UINT32_MAX, NR + 1 };
	struct table table = { .encoding = KALLSYMS_RELATIVE, .based = true };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		table.left_out = keys[i];
		start(&table);
		expect_table(memory_open(NULL, NULL), &table, false);
	}
	table.left_out = NULL;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		table.nr = numbers[i];
		start(&table);
		expect_table(memory_open(NULL, NULL), &table, false);
	}
	table.nr = 0;
	start(&table);
	put(COUNT, 0, 4);
	expect_table(memory_open(NULL, NULL), &table, false);
	/* a number and a base at addresses that are not mapped */
	table.more = "SYMBOL(kallsyms_num_syms)=ffffffff90000000\n";
	table.left_out = "kallsyms_num_syms";
	start(&table);
	expect_table(memory_open(NULL, NULL), &table, false);
	table.more = "SYMBOL(kallsyms_relative_base)=ffffffff90000000\n";
	table.left_out = "kallsyms_relative_base";
	start(&table);
	expect_table(memory_open(NULL, NULL), &table, false);
}

/* The table belongs to another boot if there is no banner at the address of linux_banner, or if,
 * without a banner, the address of a function differs from the note. */
static void tables_of_another_boot(void **state)
{
	enum { STEXT = 1, LINUX_BANNER = 1 << 4 };
	static const struct {
		const char *banner, *more;
		uint32_t skipped;
		bool there;
	} rows[] = {
		{ "Linux version 6", "", 0, true },
		{ "Linux version ", "", 0, true },
		{ "Linux version", "", 0, false },
		{ "Linux versioN 6", "", 0, false },
		{ "linux version 6", "", 0, false },
		{ "", "SYMBOL(_stext)=ffffffff80004000\n", LINUX_BANNER, true },
		{ "", "SYMBOL(_stext)=ffffffff80004010\n", LINUX_BANNER, false },
		{ "", "SYMBOL(_stext)=ffffffff80004000\n", LINUX_BANNER | STEXT, false },
		{ "", "", LINUX_BANNER, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct table table = {
			.encoding = KALLSYMS_RELATIVE,
			.based = true,
			.skipped = rows[i].skipped,
			.more = rows[i].more,
		};

		start(&table);
		memset(image.bytes + MEMORY + BANNER, 0, sizeof(version));
		strcpy((char *)image.bytes + MEMORY + BANNER, rows[i].banner);
		expect_table(memory_open(NULL, NULL), &table, rows[i].there);
	}
}

/* If the note does not contain the function, the IDT of a CPU is used: the gate for exception 0
 * points to a function, which has its first name since 5.8. */
static void tables_proved_by_a_cpu(void **state)
{
	enum { IDT = 0x7800, LINUX_BANNER = 1 << 4, NEW = 1 << 8, OLD = 1 << 9 };
	static const struct {
		uint32_t handler, skipped;
		bool there;
	} rows[] = {
		{ 0xc100, 0, true },	      { 0xc200, 0, false },   { 0xc200, NEW, true },
		{ 0xc100, OLD, true },	      { 0xc100, NEW, false }, { 0xc300, 0, false },
		{ 0xc100, NEW | OLD, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct table table = {
			.encoding = KALLSYMS_RELATIVE,
			.based = true,
			.skipped = LINUX_BANNER | rows[i].skipped,
		};
		struct cpu_state cpu = { .registers.value[CPU_CR3] = 0x1000,
					 .vector_table = IMAGE + IDT };
		uint64_t handler = IMAGE + rows[i].handler;
		struct kernel *kernel;
		struct cpu_state *cpus;
		uint64_t address;

		start(&table);
		put(IDT, handler, 2);
		put(IDT + 6, handler >> 16, 6);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel->dump->nr_cpus, 0);
		cpus = kernel->dump->cpus;
		kernel->dump->cpus = &cpu;
		kernel->dump->nr_cpus = 1;
		if (kernel_dump_symbol(kernel, "mark", &address) != rows[i].there)
			fail_msg("row %zu", i);
		kernel->dump->cpus = cpus;
		kernel->dump->nr_cpus = 0;
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_each_encoding),
		cmocka_unit_test(a_table_of_one),
		cmocka_unit_test(tables_that_are_not_whole),
		cmocka_unit_test(tables_of_another_boot),
		cmocka_unit_test(tables_proved_by_a_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
