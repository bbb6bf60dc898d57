/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a kernel carries in its memory: its table of symbols, named by the note, in each
 * encoding; its types, and those of its modules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#ifdef HAVE_LIBBPF
#include <bpf/btf.h>
#endif

#include "dump/registers.h"
#include "kernel/module_types.h"
#include "placed.h"
#include "symbols/kallsyms.h"
#include "types/types.h"

/* Has a macro fail() of its own. */
#include <cmocka.h>

enum {
	MARK = 0x5000,
	BANNER = 0x5100,
	NAMES = 0x6000,
	TOKENS = 0x6800,
	INDEX = 0x6a00,
	VALUES = 0x6c00,
	BASE = 0x6e00,
	COUNT = 0x6e08,
	/* of modules' types */
	HEAD = 0x7000,
	MODULES = 0x7100,
	BTFS = 0x7400,
	KERNEL_BTF = 0x8000,
	MODULE_BTF = 0xc000,
	BTF_SIZE = 0x4000,
};

static const char version[] = "Linux version 6.1.0";

struct entry {
	const char *name; /* behind a letter of its type */
	uint32_t at;
};

static const struct entry entries[] = {
	{ "T_stext", 0x4000 },
	{ "tlocal", 0x4800 },
	{ "Dmark", MARK },
	{ "Dinit_task", 0x5080 },
	{ "Dlinux_banner", BANNER },
	{ "Dbtf_modules", HEAD },
	{ "D__start_BTF", KERNEL_BTF },
	{ "D__stop_BTF", KERNEL_BTF + BTF_SIZE },
	{ "Tasm_exc_divide_error", 0xc100 },
	{ "tdivide_error", 0xc200 },
};

enum { NR = sizeof(entries) / sizeof(entries[0]) };

struct table {
	bool narrow;
	enum kallsyms_encoding encoding;
	bool based; /* there is a relative base */
	const char *left_out; /* a key of the note; may be NULL */
	uint32_t skipped; /* bits of entries that are not in the table */
	uint32_t nr; /* that is said; 0: as many as there are */
	uint32_t values; /* where they are; 0: at VALUES */
	const char *more; /* of the note; may be NULL */
};

static uint64_t start_of(const struct table *table)
{
	return table->narrow ? IMAGE_32 : IMAGE;
}

static uint32_t values_of(const struct table *table)
{
	return table->values ? table->values : VALUES;
}

static uint64_t value_of(const struct table *table, uint32_t nr, uint32_t at)
{
	uint64_t address = start_of(table) + at;
	uint64_t base = table->based ? start_of(table) + 0x1000 : 0;

	switch (table->encoding) {
	case KALLSYMS_RELATIVE: return address - base;
	case KALLSYMS_PERCPU: return base - 1 - address;
	case KALLSYMS_PLACE: return address - (start_of(table) + values_of(table) + 4 * nr);
	default: return address;
	}
}

/* Each token is a letter. */
static void put_names(const struct table *table)
{
	unsigned int word = table->narrow ? 4 : 8;
	unsigned int size = table->encoding == KALLSYMS_ABSOLUTE ? word : 4;
	uint32_t at = NAMES, nr = 0;

	for (unsigned int i = 0; i < 256; i++) {
		put(TOKENS + 2 * i, i, 2);
		put(INDEX + 2 * i, 2 * i, 2);
	}
	for (unsigned int i = 0; i < NR; i++) {
		size_t length = strlen(entries[i].name);

		if (table->skipped >> i & 1)
			continue;
		put(at, length, 1);
		memcpy(image.bytes + MEMORY + at + 1, entries[i].name, length);
		at += 1 + (uint32_t)length;
		put(values_of(table) + size * nr, value_of(table, nr, entries[i].at), size);
		nr++;
	}
	put(COUNT, table->nr ? table->nr : nr, 4);
	put(BASE, start_of(table) + 0x1000, word);
	strcpy((char *)image.bytes + MEMORY + BANNER, version);
}

static void start(const struct table *table)
{
	const struct {
		const char *name;
		uint32_t at;
		bool there;
	} keys[] = {
		{ "kallsyms_num_syms", COUNT, true },
		{ "kallsyms_names", NAMES, true },
		{ "kallsyms_token_table", TOKENS, true },
		{ "kallsyms_token_index", INDEX, true },
		{ "kallsyms_addresses", values_of(table), table->encoding == KALLSYMS_ABSOLUTE },
		{ "kallsyms_offsets", values_of(table), table->encoding != KALLSYMS_ABSOLUTE },
		{ "kallsyms_relative_base", BASE, table->based },
	};
	char more[900] = "";

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].there && (!table->left_out || strcmp(table->left_out, keys[i].name)))
			sprintf(more + strlen(more), "SYMBOL(%s)=%llx\n", keys[i].name,
				(unsigned long long)start_of(table) + keys[i].at);
	if (table->more)
		strcat(more, table->more);
	if (table->narrow)
		memory_start_32("6.1.0", more);
	else
		memory_start_64("6.1.0", more);
	put_names(table);
}

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
		/* the last bytes that are in the dump */
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

/* One symbol makes a table. */
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

/* Without one of its keys, or with a wrong number of symbols, no table is known. */
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
	/* a number, and a base, where nothing is mapped */
	table.more = "SYMBOL(kallsyms_num_syms)=ffffffff90000000\n";
	table.left_out = "kallsyms_num_syms";
	start(&table);
	expect_table(memory_open(NULL, NULL), &table, false);
	table.more = "SYMBOL(kallsyms_relative_base)=ffffffff90000000\n";
	table.left_out = "kallsyms_relative_base";
	start(&table);
	expect_table(memory_open(NULL, NULL), &table, false);
}

/* Where the banner is none, or without it a function is not where the note has it, the
 * table is of another boot. */
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

/* Without the note's word a CPU's is taken: where its gate for exception 0 leads, whose
 * function got its first name in 5.8. */
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
		struct cpu_state cpu = { .cr3 = 0x1000, .idt_base = IMAGE + IDT };
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

/* --- questions about symbols --- */

#define PLAIN                                                                                      \
	{                                                                                          \
		.encoding = KALLSYMS_PERCPU, .based = true                                         \
	}

static const struct table plain = PLAIN;

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

static bool stop(void *arg)
{
	unsigned int *left = arg;

	return !*left || !--*left;
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
	assert_true(kernel_image_symbols(kernel, "local", see, &seen));
	assert_string_equal(seen.names, "local ");
	seen = (struct seen){ .most = 2 };
	assert_false(kernel_image_symbols(kernel, NULL, see, &seen));
	assert_string_equal(seen.names, "_stext local ");
	for (unsigned int answers = 1; answers < NR + 2; answers++) {
		unsigned int left = answers;
		struct listener listener = { .stop = stop, .arg = &left };

		seen = (struct seen){ .most = 0 };
		kernel->listener = &listener;
		assert_int_equal(kernel_image_symbols(kernel, NULL, see, &seen), answers > NR);
		assert_int_equal(seen.nr, answers > NR ? NR : answers - 1);
		kernel->listener = NULL;
	}
	seen = (struct seen){ .most = 0 };
	kernel_symbols_complete(kernel, "l", see_name, &seen);
	assert_string_equal(seen.names, "linux_banner local ");
	open_close(kernel);
}

/* A table of functions alone does not tell that there is no variable. */
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

/* vmlinux has mark elsewhere, and what the dump has not; the note has one more, and a
 * pointer's value by the name of its variable (VMCOREINFO_SYMBOL_ARRAY). */
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
		uint64_t address; /* 0: none */
		const char *source; /* or a part of why there is none */
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

		if (kernel_image_symbol(kernel, rows[i].name, &symbol, &err) !=
		    (rows[i].address != 0))
			fail_msg("row %zu", i);
		if (rows[i].address) {
			assert_true(symbol.address == rows[i].address);
			assert_string_equal(symbol_origin_names[symbol.origin], rows[i].source);
		} else if (!strstr(err.message, rows[i].source)) {
			fail_msg("row %zu: %s", i, err.message);
		}
		assert_int_equal(kernel_has_symbol(kernel, rows[i].name), rows[i].has);
		assert_int_equal(kernel_vmlinux_symbol(kernel, rows[i].name, &address), linked);
		assert_int_equal(kernel->facts->doubtful & RESTS_ON_SYMBOLS, 0);
		/* Another kernel's only where the user says where its image is. */
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

/* Where KASLR moved the image is not known: what is not in the image is. */
static void symbols_that_may_have_moved(void **state)
{
	struct kernel *kernel = open_beside(&plain, VMLINUX_MATCHES);
	struct seen seen = { .most = 0 };
	struct kernel_symbol symbol;
	struct error err;

	(void)state;
	assert_true(kernel_image_symbols(kernel, NULL, see_linked, &seen));
	assert_int_equal(seen.nr, 4);
	seen = (struct seen){ .most = 1 };
	assert_false(kernel_image_symbols(kernel, NULL, see_linked, &seen));
	kernel->facts->fact[FACT_KASLR_OFFSET].status = FACT_NOT_KNOWN;
	assert_true(kernel_image_symbol(kernel, "fixed", &symbol, NULL));
	assert_true(symbol.address == 0x1234);
	assert_false(kernel_image_symbol(kernel, "linked", &symbol, &err));
	assert_non_null(strstr(err.message, "is at run time is not known"));
	assert_false(kernel_image_symbol(kernel, "absent", &symbol, &err));
	assert_non_null(strstr(err.message, "no symbol \"absent\" in /"));
	seen = (struct seen){ .most = 0 };
	assert_true(kernel_image_symbols(kernel, NULL, see_linked, &seen));
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

/* What vmlinux has at an address: a symbol up to the next one or its section's end. That of
 * another kernel is asked where the dump has no table, and then doubtful. */
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

/* Nothing but the note: its names are all there are. */
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
	assert_true(kernel_image_symbols(kernel, "noted", see_linked, &seen));
	assert_string_equal(seen.names, "noted ");
	seen = (struct seen){ .most = 0 };
	assert_true(kernel_image_symbols(kernel, NULL, see_linked, &seen));
	assert_true(kernel_image_symbols(kernel, "absent", see_linked, &seen));
	assert_int_equal(seen.nr, 0);
	seen.most = 1;
	assert_false(kernel_image_symbols(kernel, "noted", see_linked, &seen));
	open_close(kernel);
}

/* --- types --- */

#ifdef HAVE_LIBBPF

/* Sizes of btf_module.list, btf_module.btf, btf.data and btf.data_size: 16, 8, 8 and 4. */
static struct btf *kernel_btf(const uint32_t sizes[4])
{
	struct btf *btf = btf__new_empty();
	int byte, array[4], name;

	assert_non_null(btf);
	btf__set_endianness(btf, BTF_LITTLE_ENDIAN);
	btf__set_pointer_size(btf, 8);
	byte = btf__add_int(btf, "char", 1, 0);
	for (unsigned int i = 0; i < 4; i++)
		array[i] = btf__add_array(btf, byte, byte, sizes[i]);
	name = btf__add_array(btf, byte, byte, 56);
	btf__add_struct(btf, "btf_module", 64);
	btf__add_field(btf, "list", array[0], 8 * 8, 0);
	btf__add_field(btf, "btf", array[1], 40 * 8, 0);
	btf__add_struct(btf, "btf", 128);
	btf__add_field(btf, "data", array[2], 16 * 8, 0);
	btf__add_field(btf, "data_size", array[3], 48 * 8, 0);
	btf__add_field(btf, "name", name, 64 * 8, 0);
	return btf;
}

/* As the kernel's memory has it: behind the struct's fields. */
static void put_module(unsigned int nr, unsigned int next, const char *name, uint64_t data,
		       uint32_t size)
{
	uint64_t module = MODULES + 0x80 * nr, btf = BTFS + 0x100 * nr;

	put(nr ? module + 8 : HEAD, IMAGE + (next ? MODULES + 0x80 * next + 8 : HEAD), 8);
	if (!nr)
		return;
	put(module + 40, IMAGE + btf, 8);
	put(btf + 16, data, 8);
	put(btf + 48, size, 4);
	put(btf + 52, UINT32_MAX, 4); /* not of the size */
	strcpy((char *)image.bytes + MEMORY + btf + 64, name);
}

static void put_btf(struct btf *base, bool damaged)
{
	struct btf *split = btf__new_empty_split(base);
	uint32_t size;
	const void *raw;

	assert_non_null(split);
	btf__set_endianness(split, BTF_LITTLE_ENDIAN);
	btf__add_struct(split, "of_kvm", 48);
	raw = btf__raw_data(split, &size);
	assert_true(size <= BTF_SIZE);
	if (!damaged)
		memcpy(image.bytes + MEMORY + MODULE_BTF, raw, size);
	put_module(0, 1, NULL, 0, 0);
	put_module(1, 2, "wild", IMAGE + 0x40000000, size);
	put_module(2, 3, "kvmx", IMAGE, 0);
	put_module(3, 4, "kvm", IMAGE + MODULE_BTF, size);
	put_module(4, 0, "last", IMAGE + MODULE_BTF, size);
	btf__free(split);
}

static void types_of_modules(void **state)
{
	static const struct {
		uint32_t sizes[4];
		struct table table;
		bool damaged, found;
		const char *why;
	} rows[] = {
		{ { 16, 8, 8, 4 }, PLAIN, false, true, NULL },
		{ { 16, 8, 8, 4 }, PLAIN, true, false, "is damaged" },
		{ { 15, 8, 8, 4 }, PLAIN, false, false, "this kernel keeps none" },
		{ { 16, 4, 8, 4 }, PLAIN, false, false, "this kernel keeps none" },
		{ { 16, 8, 9, 4 }, PLAIN, false, false, "this kernel keeps none" },
		{ { 16, 8, 8, 8 }, PLAIN, false, false, "this kernel keeps none" },
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 5 },
		  false,
		  false,
		  "btf_modules" },
		/* without the end of the kernel's own */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 7 },
		  false,
		  false,
		  "this kernel keeps none" },
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE, .based = true, .skipped = 1 << 6 },
		  false,
		  false,
		  "this kernel keeps none" },
		/* the note has it, and the table does not */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE,
		    .based = true,
		    .skipped = 1 << 5,
		    .more = "SYMBOL(btf_modules)=ffffffff80007000\n" },
		  false,
		  true,
		  NULL },
		/* the note has all offsets, but a module's types continue the kernel's */
		{ { 16, 8, 8, 4 },
		  { .encoding = KALLSYMS_RELATIVE,
		    .based = true,
		    .skipped = 1 << 7,
		    .more = "OFFSET(btf_module.list)=8\nOFFSET(btf_module.btf)=40\n"
			    "OFFSET(btf.data)=16\nOFFSET(btf.data_size)=48\n"
			    "OFFSET(btf.name)=64\n" },
		  false,
		  false,
		  "no BTF of the kernel" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct btf *btf = kernel_btf(rows[i].sizes);
		struct error err = { .message = "" };
		struct kernel *kernel;
		struct types *types;
		uint64_t size;
		uint32_t length;
		const void *raw = btf__raw_data(btf, &length);

		assert_true(length <= BTF_SIZE);
		start(&rows[i].table);
		memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
		put_btf(btf, rows[i].damaged);
		kernel = memory_open(NULL, NULL);
		types = kernel_module_types(kernel, "kvm", &err);
		if (!types == rows[i].found || (!types && !strstr(err.message, rows[i].why)))
			fail_msg("row %zu: %s", i, err.message);
		if (types) {
			assert_true(types_size(types, "struct of_kvm", &size));
			assert_true(size == 48);
			assert_true(types_size(types, "struct btf_module", &size));
		}
		/* remembered, and told again */
		err = (struct error){ .message = "" };
		assert_ptr_equal(kernel_module_types(kernel, "kvm", &err), types);
		assert_int_equal(err.message[0] != '\0', !types);
		assert_ptr_equal(kernel_module_types(kernel, "kvm", NULL), types);
		if (types) {
			assert_null(kernel_module_types(kernel, "kv", &err));
			assert_non_null(strstr(err.message, "no BTF of the module kv"));
			assert_null(kernel_module_types(kernel, "wild", &err));
			assert_int_equal(err.code, ERROR_UNREADABLE);
			assert_null(kernel_module_types(kernel, "kvmx", &err));
			assert_non_null(kernel_module_types(kernel, "last", &err));
			assert_ptr_equal(kernel_module_types(kernel, "kvm", &err), types);
		}
		open_close(kernel);
		btf__free(btf);
	}
}

/* Members of structs by the dump's types: their names, offsets and sizes. */
static void types_of_a_dump(void **state)
{
	static const uint32_t sizes[4] = { 16, 8, 8, 4 };
	struct btf *btf = kernel_btf(sizes);
	struct kernel *kernel;
	uint64_t value;
	uint32_t length;
	const void *raw = btf__raw_data(btf, &length);

	(void)state;
	for (int damaged = 0; damaged < 2; damaged++) {
		start(&plain);
		memcpy(image.bytes + MEMORY + KERNEL_BTF, raw, length);
		if (damaged)
			put(KERNEL_BTF, 0, 4);
		kernel = memory_open(NULL, NULL);
		assert_int_equal(kernel_dump_types(kernel) != NULL, !damaged);
		assert_ptr_equal(kernel_types(kernel), kernel_dump_types(kernel));
		assert_int_equal(kernel_type_size(kernel, "btf", &value), !damaged);
		if (!damaged)
			assert_true(value == 128);
		assert_int_equal(kernel_member_offset(kernel, "btf_module", "btf", &value),
				 !damaged);
		if (!damaged)
			assert_true(value == 40);
		assert_int_equal(kernel_member_place(kernel, "btf", "name", 56, &value), !damaged);
		assert_false(kernel_member_place(kernel, "btf", "name", 55, &value));
		assert_false(kernel_member_place(kernel, "btf", "nam", 0, &value));
		assert_false(kernel_type_size(kernel, "btg", &value));
		open_close(kernel);
	}
	btf__free(btf);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_of_each_encoding),
		cmocka_unit_test(a_table_of_one),
		cmocka_unit_test(tables_that_are_not_whole),
		cmocka_unit_test(tables_of_another_boot),
		cmocka_unit_test(tables_proved_by_a_cpu),
		cmocka_unit_test(symbols_of_a_dump),
		cmocka_unit_test(symbols_that_may_be_left_out),
		cmocka_unit_test(symbols_beside_a_vmlinux),
		cmocka_unit_test(symbols_that_may_have_moved),
		cmocka_unit_test(symbols_at_addresses),
		cmocka_unit_test(symbols_of_a_note),
#ifdef HAVE_LIBBPF
		cmocka_unit_test(types_of_modules),
		cmocka_unit_test(types_of_a_dump),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
