/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meaning of entries: results that depend on both symbols and releases. */
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "arch/x86/x86_members.h"
#include "linked.h"
#include "made_eras.h"
#include "memory.h"
#include "placed.h"

#include "unit.h"

/* Kernels before 4.19 invert entries if their symbols show it (6b28baca9b1f). */
static void inversion_by_symbol(void **state)
{
	static const struct {
		const char *release, *symbols;
		enum certainty inverted;
		uint8_t type_shift;
	} rows[] = {
		{ "4.18.0", "", NO, 9 },
		{ "4.18.0", "cpu_show_l1tf", YES, 59 },
		{ "4.18.0", "l1tf_mitigation", YES, 59 },
		{ "4.19.0", "", YES, 59 },
		{ "4.4.155", "cpu_show_l1tf", YES, 59 },
		{ "4.4.140", "", NO, 1 },
		{ "", "l1tf_mitigation", YES, 59 },
		{ "", "", NO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->inverted != rows[i].inverted ||
		    rules->swap.type.shift != rows[i].type_shift ||
		    rules->swap_known != (rows[i].type_shift != 0))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* Releases of distributions have text after the numbers. -rc is an exception. */
static void releases_of_distributions(void **state)
{
	static const struct {
		const char *release;
		bool is_one;
	} rows[] = {
		{ "4.4.155", false },
		{ "2.6.32.20", false },
		{ "5.15.0-rc3", false },
		{ "", false },
		{ "2.6.32-754.el6.x86_64", true },
		{ "3.10.0-1062.el7.x86_64", true },
		{ "4.12.14-197.105-default", true },
		{ "4.15.0-213-generic", true },
		{ "5.4.17-2136.300.7.el8uek.x86_64", true },
		{ "4.14.355-271.569.amzn2.x86_64", true },
		{ "3.16.0-4-amd64", true },
		{ "6.1.0+", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, "");
		kernel = memory_open(NULL, NULL);
		if (kernel_is_distribution(kernel) != rows[i].is_one)
			fail_msg("%s", rows[i].release);
		open_close(kernel);
	}
}

/* 00839ee3b299 (4.8) is also in RHEL 7.3 (3.10). From 3.0 to 4.7, the encoding is doubtful if
 * entries are not inverted, because RHEL 6 does not have the commit. */
static void swap_codings_in_doubt(void **state)
{
	static const struct {
		const char *release, *symbols;
		bool doubtful;
		uint8_t later_offset;
	} rows[] = {
		{ "2.6.39-0.el6", "", false, 0 },
		{ "3.0.0-x", "", true, 15 },
		{ "3.10.0-514.el7.x86_64", "", true, 15 },
		{ "3.10.0-514.el7.x86_64", NULL, true, 15 },
		{ "3.10.0-1062.el7.x86_64", "l1tf_mitigation", false, 0 },
		{ "3.10.108", "", false, 0 },
		{ "4.7.10-x", "", true, 15 },
		{ "4.8.0-x", "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->swap_doubtful != rows[i].doubtful ||
		    (rows[i].doubtful && rules->later_swap.offset.shift != rows[i].later_offset))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* The ends of the swap areas distinguish the two encodings: swap_info[], efa90a981bbc. */
static void swap_areas_of_a_dump(void **state)
{
	enum { TABLE = 0x5000, FIRST = 0x6000, OFF = 0x6010, USED = 1, WRITABLE = 2 };
	static const struct {
		unsigned int length;
		uint64_t second, last;
		unsigned int nr; /* 0: the areas are unknown */
	} rows[] = {
		/* other data follows the table */
		{ 3, 0, IMAGE + OFF, 3 }, { 2, 0, 1, 2 },   { 3, 0, 1, 0 },
		{ 3, 1, IMAGE + OFF, 0 }, { 32, 0, 0, 32 }, { 33, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct linked linked = { .nr = 0 };
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64("3.10.0-514.el7.x86_64", 4, OFFSET_0);
		put(TABLE, IMAGE + FIRST, 8);
		put(TABLE + 8, rows[i].second, 8);
		put(TABLE + 16, rows[i].last, 8);
		put(TABLE + 24, rows[i].length == 3, 8);
		put(FIRST, USED | WRITABLE, 8);
		put(FIRST + 8, 0x1234, 4);
		put(OFF, WRITABLE, 8);
		put(OFF + 8, 0x99, 4);
		linked_add(&linked, "swap_info", IMAGE + TABLE, 8 * rows[i].length);
		kernel = memory_open(linked_open(&linked), NULL);
		placed_set(kernel, SWAP_FLAGS, 0, 8);
		placed_set(kernel, SWAP_MAX, 8, 4);
		rules = kernel_entry_rules(kernel);
		assert_true(rules->swap_doubtful);
		if (rules->nr_areas != rows[i].nr)
			fail_msg("row %zu: %u", i, rules->nr_areas);
		if (rows[i].nr) {
			assert_true(rules->swap_end[0] == 0x1234);
			assert_true(rules->swap_end[1] == 0);
			assert_true(rules->swap_end[2] == 0);
		}
		open_close(kernel);
	}
}

/* RHEL 7 has the PAT MSR of 4.2, and the kernel's table of it. If it is known that there is no such
 * table, the release decides. */
static void cache_types_of_distributions(void **state)
{
	static const struct {
		const char *release, *symbols;
		bool known;
		enum cache_type last;
	} rows[] = {
		{ "2.6.25-x", NULL, true, CACHE_UC },
		{ "2.6.26-x", NULL, false, CACHE_UC },
		{ "2.6.26-x", "", true, CACHE_UC },
		{ "3.10.0-1062.el7.x86_64", NULL, false, CACHE_UC },
		{ "3.10.0-1062.el7.x86_64", "__pte2cachemode_tbl", false, CACHE_UC },
		{ "4.1.12-x", "", true, CACHE_UC },
		{ "4.1.12-x", NULL, false, CACHE_UC },
		{ "4.2.0-x", NULL, true, CACHE_WT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry_rules *rules;
		struct kernel *kernel;

		start_x86_64(rows[i].release, 4, OFFSET_0);
		kernel = memory_open(vmlinux_with(rows[i].symbols), NULL);
		rules = kernel_entry_rules(kernel);
		if (rules->cache_known != rows[i].known ||
		    (rules->cache_known && rules->cache[7] != rows[i].last))
			fail_msg("row %zu, %s", i, rows[i].release);
		open_close(kernel);
	}
}

/* include/linux/swap.h and swapops.h of each release: MAX_SWAPFILES is 32 minus the number of
 * special types. 6c287605fd56, 679d10331910 (both in 5.19); b756a3b5e7ea (5.14); 6.14
 * (bc84dc3f0b8c...) joined two types for devices. */
static const struct {
	const char *release;
	unsigned int files; /* MAX_SWAPFILES */
	const char *symbols;
	bool known;
	struct special_types special; /* markers, devices, migrations, hwpoisons */
} specials[] = {
	{ "5.18.19", 29, "memory_failure migrate_pages", true, { 0, 0, 2, 1 } },
	{ "5.13.19", 27, "memory_failure migrate_pages", true, { 0, 2, 2, 1 } },
	{ "5.18.19", 25, "memory_failure migrate_pages", true, { 0, 4, 2, 1 } },
	{ "5.18.19", 24, "memory_failure migrate_pages", false, { 0 } },
	{ "5.19.0", 28, "memory_failure migrate_pages", true, { 0, 0, 3, 1 } },
	{ "5.19.0", 27, "memory_failure migrate_pages", true, { 1, 0, 3, 1 } },
	{ "5.19.0", 26, "memory_failure migrate_pages", true, { 2, 0, 3, 1 } },
	{ "6.14.0", 24, "memory_failure migrate_pages", true, { 1, 3, 3, 1 } },
	{ "5.19.0", 23, "memory_failure migrate_pages", true, { 1, 4, 3, 1 } },
	{ "6.1.0", 22, "memory_failure migrate_pages", true, { 2, 4, 3, 1 } },
	{ "6.1.0", 21, "memory_failure migrate_pages", false, { 0 } },
	{ "6.1.0", 29, "memory_failure migrate_pages", false, { 0 } },
	{ "6.1.0", 28, "migrate_pages", true, { 1, 0, 3, 0 } },
	{ "6.1.0", 30, "memory_failure", true, { 1, 0, 0, 1 } },
	{ "6.1.0", 31, "", true, { 1, 0, 0, 0 } },
	{ "6.1.0", 32, "", true, { 0, 0, 0, 0 } },
	{ "6.1.0", 33, "", false, { 0 } },
	{ "6.1.0", 0, "", false, { 0 } },
	{ "", 28, "memory_failure migrate_pages", false, { 0 } },
	/* a distribution may have the third migration type, which only types show */
	{ "5.14.0-x", 29, "memory_failure migrate_pages", true, { 0, 0, 2, 1 } },
	{ "5.14.0-x", 28, "memory_failure migrate_pages", false, { 0 } },
	{ "5.14.0-x", 25, "memory_failure migrate_pages", false, { 0 } },
	{ "5.19.0-x", 27, "memory_failure migrate_pages", true, { 1, 0, 3, 1 } },
};

static void special_types_of_each_era(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		for (int narrow = 0; narrow < 2; narrow++) {
			uint64_t base = narrow ? LINKED_BASE_32 : LINKED_BASE;
			struct linked linked = { .narrow = narrow };
			const struct entry_rules *rules;
			struct kernel *kernel;
			char names[64];

			snprintf(names, sizeof(names), "%s", specials[i].symbols);
			linked_add(&linked, "_stext", base, 0);
			linked_add(&linked, "swap_info", base,
				   specials[i].files * (narrow ? 4 : 8));
			for (char *name = strtok(names, " "); name; name = strtok(NULL, " "))
				linked_add(&linked, name, base, 8);
			if (narrow)
				start_i386(true, specials[i].release);
			else
				start_x86_64(specials[i].release, 4, OFFSET_0);
			kernel = memory_open(linked_open(&linked), NULL);
			rules = kernel_entry_rules(kernel);
			if (rules->special_known != specials[i].known ||
			    (specials[i].known &&
			     memcmp(&rules->special, &specials[i].special, sizeof(rules->special))))
				fail_msg("row %zu, %s: %d %u %u %u %u", i, specials[i].release,
					 rules->special_known, rules->special.markers,
					 rules->special.devices, rules->special.migrations,
					 rules->special.hwpoisons);
			open_close(kernel);
		}
}

/* The kernel's table (3.19), which is used only if it can exist and is valid. */
static void cache_types_of_the_dump(void **state)
{
	static const uint8_t table[8] = { 0, 5, 4, 3, 2, 1, 0, 0 };
	const struct entry_rules *rules;

	(void)state;
	for (int last = 0; last < 8; last++) {
		struct kernel *kernel;

		start_x86_64("6.1.0", 4, "SYMBOL(__pte2cachemode_tbl)=ffffffff80005000\n");
		memcpy(image.bytes + MEMORY + 0x5000, table, 8);
		image.bytes[MEMORY + 0x5007] = (uint8_t)last;
		kernel = memory_open(NULL, NULL);
		rules = kernel_entry_rules(kernel);
		assert_true(rules->cache_known);
		for (int i = 0; i < 7; i++)
			if (last <= (int)CACHE_WP)
				assert_int_equal(rules->cache[i], table[i]);
		assert_int_equal(rules->cache[7], last <= (int)CACHE_WP ? last : (int)CACHE_WT);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inversion_by_symbol),
		cmocka_unit_test(releases_of_distributions),
		cmocka_unit_test(swap_codings_in_doubt),
		cmocka_unit_test(swap_areas_of_a_dump),
		cmocka_unit_test(cache_types_of_distributions),
		cmocka_unit_test(special_types_of_each_era),
		cmocka_unit_test(cache_types_of_the_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
