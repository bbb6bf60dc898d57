/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Masks of CPUs, by each of their names and sizes; the addresses of CPUs' variables, by
 * __per_cpu_offset and by the structs of x86-64 until 2.6.30; and the kernel's lists. */
#include "base/address_set.h"
#include "kernel/links.h"
#include "kernel/kernel_members.h"
#include "kernel/percpu.h"
#include "placed.h"
#include "stop.h"

#include "unit.h"

enum {
	OFFSETS = 0x5000,
	MASK = 0x6000,
	OTHER_MASK = 0x7000,
	POINTERS = 0x8000,
	PDAS = 0x9000,
	VARIABLE = 0x9800,
	LISTS = 0xa000
};

static struct linked linked;

static uint64_t base(bool narrow)
{
	return narrow ? IMAGE_32 : IMAGE;
}

/* The kernel has symbols that show whether there are several CPUs. */
static void start(bool narrow, const char *note)
{
	if (narrow)
		memory_start_32("2.6.27", note);
	else
		memory_start_64("2.6.27", note);
	linked = (struct linked){ .narrow = narrow };
	linked_add(&linked, "_stext", narrow ? LINKED_BASE_32 : LINKED_BASE, 0);
}

static struct kernel *open_kernel(void)
{
	return placed_open(&linked, NULL, 0);
}

/* --- masks --- */

static void masks_by_their_names(void **state)
{
	/* Symbols besides __per_cpu_offset, and the one that is used: the first, the second, or
	 * none. */
	static const struct {
		const char *names[2];
		int possible, present;
	} rows[] = {
		{ { "__cpu_possible_mask", "cpu_possible_bits" }, 0, -1 },
		{ { "cpu_possible_bits", "__cpu_possible_mask" }, 1, -1 },
		{ { "cpu_possible_bits", "cpu_possible_map" }, 0, -1 },
		{ { "cpu_possible_bits", "cpu_callout_map" }, 0, -1 },
		{ { "cpu_possible_map", "cpu_callout_map" }, 0, -1 },
		{ { "cpu_callout_map", "cpu_possible_map" }, 1, -1 },
		{ { "cpu_callout_map", "cpu_online_map" }, 0, -1 },
		{ { "cpu_online_map", "cpu_initialized" }, -1, -1 },
		{ { "__cpu_present_mask", "cpu_present_bits" }, -1, 0 },
		{ { "cpu_present_map", "cpu_present_bits" }, -1, 1 },
		{ { "cpu_present_map", "cpu_callout_map" }, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu_set cpus;
		struct kernel *kernel;
		struct error err;
		bool known;

		start(false, "");
		linked_add(&linked, "__per_cpu_offset", IMAGE + OFFSETS, 64);
		linked_add(&linked, rows[i].names[0], IMAGE + MASK, 8);
		linked_add(&linked, rows[i].names[1], IMAGE + OTHER_MASK, 8);
		put(MASK, 3, 8);
		put(OTHER_MASK, 12, 8);
		kernel = open_kernel();
		known = kernel_possible_cpus(kernel, &cpus, &err);
		assert_int_equal(known, rows[i].possible >= 0);
		if (known)
			assert_true(cpus.mask[0] == (rows[i].possible ? 12 : 3));
		else
			assert_int_equal(err.code, ERROR_UNKNOWN);
		known = kernel_present_cpus(kernel, &cpus, &err);
		assert_int_equal(known, rows[i].present >= 0);
		if (known)
			assert_true(cpus.mask[0] == (rows[i].present ? 12 : 3));
		open_close(kernel);
	}
}

/* A mask consists of whole words and has at most 8192 bits. Its size is the size of the symbol or
 * of the type. */
static void sizes_of_masks(void **state)
{
	static const struct {
		bool narrow;
		unsigned int symbol;
		const char *note;
		unsigned int nr; /* 0: a mask cannot have this size */
	} rows[] = {
		{ false, 8, "", 64 },
		{ false, 0, "", 0 },
		{ false, 4, "", 0 },
		{ false, 12, "", 0 },
		{ false, 7, "", 0 },
		{ false, 9, "", 0 },
		{ false, 16, "", 128 },
		{ false, 1024, "", 8192 },
		{ false, 1032, "", 8192 },
		{ false, 0, "SIZE(cpumask)=16\n", 128 },
		{ false, 8, "SIZE(cpumask)=16\n", 64 },
		{ true, 4, "", 32 },
		{ true, 2, "", 0 },
		{ true, 6, "", 0 },
		{ true, 12, "", 96 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cpu_set cpus;
		struct kernel *kernel;
		struct error err;
		bool known;

		start(rows[i].narrow, rows[i].note);
		linked_add(&linked, "__per_cpu_offset", base(rows[i].narrow) + OFFSETS, 64);
		linked_add(&linked, "__cpu_possible_mask", base(rows[i].narrow) + MASK,
			   rows[i].symbol);
		for (unsigned int at = 0; at < 0x410; at += 4)
			put(MASK + at, 0x1000 + at, 4);
		kernel = open_kernel();
		known = kernel_possible_cpus(kernel, &cpus, &err);
		if (known != (rows[i].nr != 0))
			fail_msg("row %zu", i);
		if (known) {
			assert_int_equal(cpus.nr, rows[i].nr);
			for (unsigned int cpu = 0; cpu < cpus.nr; cpu++)
				if (cpu_set_has(&cpus, cpu) !=
				    ((0x1000 + cpu / 32 * 4) >> cpu % 32 & 1))
					fail_msg("row %zu, CPU %u", i, cpu);
			assert_false(cpu_set_has(&cpus, cpus.nr));
		} else {
			assert_int_equal(err.code, ERROR_FORMAT);
		}
		open_close(kernel);
	}
}

static void masks_that_cannot_be_read(void **state)
{
	struct cpu_set cpus;
	struct kernel *kernel;
	struct error err;

	(void)state;
	start(false, "");
	linked_add(&linked, "__per_cpu_offset", IMAGE + OFFSETS, 64);
	linked_add(&linked, "__cpu_possible_mask", IMAGE + MEMORY_SIZE, 8);
	kernel = open_kernel();
	assert_false(kernel_possible_cpus(kernel, &cpus, &err));
	assert_int_equal(err.code, ERROR_UNREADABLE);
	open_close(kernel);
}

/* There is only CPU 0, whatever a mask contains. */
static void one_cpu(void **state)
{
	struct cpu_set cpus;
	struct kernel *kernel;

	(void)state;
	start(false, "");
	linked_add(&linked, "__cpu_possible_mask", IMAGE + MASK, 8);
	put(MASK, 6, 8);
	kernel = open_kernel();
	assert_true(kernel_possible_cpus(kernel, &cpus, NULL));
	assert_int_equal(cpus.nr, 1);
	assert_true(cpu_set_has(&cpus, 0));
	assert_false(cpu_set_has(&cpus, 1));
	open_close(kernel);
}

/* --- offsets --- */

/* Names had a prefix until 2.6.34 (dd17c8f72993). Without SMP, the symbol is the variable. */
static void variables_of_cpus(void **state)
{
	static const struct {
		const char *name;
		bool smp, known;
	} rows[] = {
		{ "variable", true, true },	      { "per_cpu__variable", true, true },
		{ "per_cpu_variable", true, false },  { "variable", false, true },
		{ "per_cpu__variable", false, true },
	};

	(void)state;
	for (int wide = 0; wide < 2; wide++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			unsigned int word = wide ? 8 : 4;
			uint64_t start_at = base(!wide);
			struct kernel *kernel;
			uint64_t at;

			start(!wide, "");
			linked_add(&linked, rows[i].name, start_at + VARIABLE, 8);
			if (rows[i].smp)
				linked_add(&linked, "__per_cpu_offset", start_at + OFFSETS,
					   4 * word);
			put(OFFSETS, 0x100, word);
			put(OFFSETS + 3 * word, (uint64_t)-0x200, word);
			kernel = open_kernel();
			assert_int_equal(kernel_per_cpu(kernel, "variable", 0, &at, NULL),
					 rows[i].known);
			if (rows[i].known)
				assert_true(at == start_at + VARIABLE + (rows[i].smp ? 0x100 : 0));
			assert_int_equal(kernel_per_cpu(kernel, "variable", 3, &at, NULL),
					 rows[i].known);
			if (rows[i].known)
				assert_true(at == start_at + VARIABLE - (rows[i].smp ? 0x200 : 0));
			open_close(kernel);
		}
}

/* include/asm-x86_64/pda.h: an array of structs, and since 2.6.16 an array of pointers. Since
 * 2.6.27 (3461b0af0252), a pointer to such an array; before the structs of other CPUs exist, it is
 * the first CPU's. */
static void offsets_by_structs(void **state)
{
	enum { PDA_SIZE = 0x80 };
	static const struct {
		const char *symbol, *note;
		unsigned int size;
		bool behind; /* the symbol is a pointer to an array of pointers */
		bool boot; /* the symbol boot_cpu_pda exists */
		unsigned int cpus; /* number of CPUs whose offset is known */
		enum error_code code; /* error for the next CPU */
	} rows[] = {
		{ "cpu_pda", "SIZE(x8664_pda)=128\n", 0x400, false, false, 3, ERROR_FORMAT },
		{ "cpu_pda", "", 0x400, false, false, 0, ERROR_UNKNOWN },
		{ "_cpu_pda", "", 0x400, false, false, 3, ERROR_UNREADABLE },
		{ "_cpu_pda", "", 16, false, false, 3, ERROR_UNREADABLE },
		{ "_cpu_pda", "", 8, true, false, 3, ERROR_UNREADABLE },
		{ "_cpu_pda", "", 8, true, true, 3, ERROR_UNREADABLE },
		{ "_cpu_pda", "", 8, false, true, 1, ERROR_UNREADABLE },
		{ "_cpu_pda", "", 0, false, false, 0, ERROR_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t pointers = rows[i].behind ? POINTERS + 0x100 : POINTERS;
		bool array = !strcmp(rows[i].symbol, "cpu_pda");
		struct kernel *kernel;
		struct error err;
		uint64_t offset, at;

		start(false, rows[i].note);
		linked_add(&linked, rows[i].symbol, IMAGE + (array ? PDAS : POINTERS),
			   rows[i].size);
		linked_add(&linked, "variable", IMAGE + VARIABLE, 8);
		if (rows[i].boot)
			linked_add(&linked, "boot_cpu_pda", IMAGE + PDAS, PDA_SIZE);
		if (rows[i].behind)
			put(POINTERS, IMAGE + pointers, 8);
		for (unsigned int cpu = 0; cpu < rows[i].cpus; cpu++) {
			put(pointers + 8 * cpu, IMAGE + PDAS + PDA_SIZE * cpu, 8);
			put(PDAS + PDA_SIZE * cpu + 8, 0x1000 * cpu + 0x10, 8);
			put(PDAS + PDA_SIZE * cpu + 0x24, cpu, 4);
		}
		kernel = open_kernel();
		placed_set(kernel, PDA_OFFSET, 8, 8);
		placed_set(kernel, PDA_CPU, 0x24, 4);
		assert_int_equal(kernel_has_copies(kernel), YES);
		for (unsigned int cpu = 0; cpu < rows[i].cpus; cpu++) {
			if (!kernel_per_cpu_offset(kernel, cpu, &offset, &err))
				fail_msg("row %zu: %s", i, err.message);
			assert_true(offset == 0x1000 * cpu + 0x10);
			assert_true(kernel_per_cpu(kernel, "variable", cpu, &at, NULL));
			assert_true(at == IMAGE + VARIABLE + offset);
		}
		err.code = 0;
		assert_false(kernel_per_cpu_offset(kernel, rows[i].cpus, &offset, &err));
		assert_int_equal(err.code, rows[i].code);
		assert_false(kernel_per_cpu(kernel, "variable", rows[i].cpus, &at, NULL));
		/* without this member, the offset is unknown */
		placed_forget(kernel, PDA_CPU);
		assert_false(kernel_per_cpu_offset(kernel, 0, &offset, NULL));
		open_close(kernel);
	}
}

static void copies_of_variables(void **state)
{
	static const struct {
		const char *symbol;
		enum certainty copies;
	} rows[] = {
		{ "__per_cpu_offset", YES },
		{ "_cpu_pda", YES },
		{ "cpu_pda", YES },
		{ "boot_cpu_pda", NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start(false, "");
		linked_add(&linked, rows[i].symbol, IMAGE + OFFSETS, 8);
		kernel = open_kernel();
		assert_int_equal(kernel_has_copies(kernel), rows[i].copies);
		open_close(kernel);
	}
}

/* --- lists --- */

/* Writes a head and three entries. The list_head is at offset 10 of each struct. */
static void put_list(void)
{
	for (unsigned int i = 0; i < 4; i++)
		put(LISTS + 0x40 * i + (i ? 0x10 : 0),
		    IMAGE + LISTS + 0x40 * ((i + 1) % 4) + (i < 3 ? 0x10 : 0), 8);
}

static void lists(void **state)
{
	/* the wrong pointer of an entry, how many entries may be visited, and the number of
	 * questions until a stop */
	static const struct {
		unsigned int damaged;
		uint64_t next;
		unsigned int most, answers;
		unsigned int nr;
		enum links_end end;
	} rows[] = {
		{ 0, 0, 3, 99, 3, LINKS_WHOLE },
		{ 0, 0, 4, 99, 3, LINKS_WHOLE },
		{ 0, 0, 2, 99, 2, LINKS_LIMIT },
		{ 0, 0, 3, 3, 2, LINKS_STOPPED },
		{ 0, 0, 3, 4, 3, LINKS_WHOLE },
		{ 2, 0, 9, 99, 2, LINKS_LIMIT },
		{ 2, 0x1234, 9, 99, 3, LINKS_MISSING },
		{ 3, IMAGE + LISTS + 0x50, 9, 99, 3, LINKS_AGAIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int left = rows[i].answers, nr = 0;
		struct listener listener = { .stop = stop_after, .arg = &left };
		struct address_set seen = { 0 };
		struct kernel *kernel;
		struct links links;
		uint64_t address;

		start(false, "");
		put_list();
		if (rows[i].damaged)
			put(LISTS + 0x40 * rows[i].damaged + 0x10, rows[i].next, 8);
		kernel = open_kernel();
		/* The first read searches for kallsyms, which also asks whether to stop. */
		assert_true(kernel_read_pointer(kernel, IMAGE + LISTS, &address, NULL));
		kernel->listener = &listener;
		links = links_from(kernel, IMAGE + LISTS, 0x10, &seen, rows[i].most);
		while (links_next(&links, &address)) {
			nr++;
			if (nr < 3 || rows[i].next != 0x1234)
				assert_true(address == IMAGE + LISTS + 0x40 * nr);
		}
		if (nr != rows[i].nr || links.end != rows[i].end)
			fail_msg("row %zu: %u, %d", i, nr, links.end);
		assert_false(links_next(&links, &address));
		assert_int_equal(links.end, rows[i].end);
		kernel->listener = NULL;
		address_set_release(&seen);
		open_close(kernel);
	}
}

/* Without a set, each entry must point back. A chain has no pointers back. */
static void lists_both_ways(void **state)
{
	/* the entry with a wrong pointer back, and how many entries are visited forward and
	 * backward */
	static const struct {
		unsigned int damaged, forward, backward;
	} rows[] = { { 0, 3, 3 }, { 1, 0, 2 }, { 2, 1, 1 }, { 3, 2, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;
		struct links links;
		uint64_t address;

		start(false, "");
		put_list();
		for (unsigned int nr = 0; nr < 4; nr++)
			put(LISTS + 0x40 * nr + (nr ? 0x18 : 8),
			    IMAGE + LISTS + 0x40 * ((nr + 3) % 4) + (nr != 1 ? 0x10 : 0), 8);
		if (rows[i].damaged) /* in both directions */
			put(LISTS + 0x40 * rows[i].damaged + 0x10, IMAGE + LISTS + 0x700, 8);
		if (rows[i].damaged)
			put(LISTS + 0x40 * rows[i].damaged + 0x18, IMAGE + LISTS + 0x700, 8);
		kernel = open_kernel();
		for (int backward = 0; backward < 2; backward++) {
			unsigned int nr = 0;

			links = links_from(kernel, IMAGE + LISTS, 0x10, NULL, 9);
			links.backward = backward;
			while (links_next(&links, &address))
				nr++;
			assert_int_equal(nr, backward ? rows[i].backward : rows[i].forward);
			assert_int_equal(links.end, rows[i].damaged ? LINKS_BAD : LINKS_WHOLE);
		}
		open_close(kernel);
	}
}

static void lists_without_entries(void **state)
{
	struct kernel *kernel;

	(void)state;
	start(false, "");
	put_list();
	put(LISTS + 0x400, IMAGE + LISTS + 0x400, 8);
	kernel = open_kernel();
	assert_true(links_none(kernel, IMAGE + LISTS + 0x400));
	assert_false(links_none(kernel, IMAGE + LISTS));
	assert_false(links_none(kernel, IMAGE + MEMORY_SIZE));
	open_close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks_by_their_names),
		cmocka_unit_test(sizes_of_masks),
		cmocka_unit_test(masks_that_cannot_be_read),
		cmocka_unit_test(one_cpu),
		cmocka_unit_test(variables_of_cpus),
		cmocka_unit_test(offsets_by_structs),
		cmocka_unit_test(copies_of_variables),
		cmocka_unit_test(lists),
		cmocka_unit_test(lists_both_ways),
		cmocka_unit_test(lists_without_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
