/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses of modules: their parts, in the layouts of all kernels. */
#include "linux/area_members.h"
#include "linux/module/modules.h"
#include "symbols/symbol_lookup.h"
#include "kernel/kernel.h"
#include "made_modules.h"
#include "memory.h"

#include "unit.h"

struct part {
	const char *name;
	uint64_t first, last; /* relative to TEXT */
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

/* Text comes first, then read-only data, then other data. A part without bytes does not exist. If
 * the numbers are impossible, the module has no read-only part, and its parts are not larger than
 * the whole. */
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
			put(FIRST + 8, IMAGE + HEAD, 8); /* the only module */
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

/* Two modules, with the parts of init before the other parts: parts by address. */
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
		uint64_t begin; /* start of the first of these parts */
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

/* A name may contain any bytes. Bytes from 21 to 7e are shown, and all others become '?'. The name
 * may fill its member, or be longer. */
static void names_of_modules(void **state)
{
	static const struct {
		const char *name;
		unsigned int size; /* size of the member */
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
		assert_true(symbol_lookup_at(kernel->symbols, TEXT, &symbol, NULL));
		assert_int_equal(strlen(symbol.module), strlen(rows[i].shown));
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_modules),
		cmocka_unit_test(parts_by_address),
		cmocka_unit_test(names_of_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
