/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules for entries that each release has. */
#include <stdint.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/entry.h"
#include "kernel/kernel.h"
#include "open/archs.h"
#include "open/open.h"
#include "open/opened.h"
#include "image.h"

#include "unit.h"

struct expected_rules {
	enum kernel_mode mode;
	unsigned int levels;
	const char *release;
	unsigned int prot_none, nonlinear; /* numbers of bits */
	enum certainty inverted;
	bool narrow_mask, swap_known;
	struct entry_field type, offset;
	unsigned int pfn_bits;
};

/* Without symbols, on both sides of each release that changed the rules. */
// clang-format off
static const struct expected_rules by_release[] = {
	{ MODE_X86_64, 4, "2.6.27", 7, 6, UNSURE, true, true, { 1, 6, false }, { 8, 56, false }, 34 },
	{ MODE_X86_64, 4, "2.6.28", 8, 6, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "3.19.8", 8, 6, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.0.0", 8, 0, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.7.10", 8, 0, UNSURE, true, true, { 1, 5, false }, { 9, 55, false }, 34 },
	{ MODE_X86_64, 4, "4.8.0", 8, 0, UNSURE, true, true, { 9, 5, false }, { 15, 49, false }, 34 },
	{ MODE_X86_64, 4, "4.13.16", 8, 0, UNSURE, true, true, { 9, 5, false }, { 15, 49, false }, 34 },
	{ MODE_X86_64, 4, "4.14.0", 8, 0, UNSURE, true, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 4, "4.16.18", 8, 0, UNSURE, true, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 5, "4.17.0", 8, 0, UNSURE, false, true, { 9, 5, false }, { 14, 50, false }, 40 },
	{ MODE_X86_64, 4, "4.18.20", 8, 0, UNSURE, false, true, { 9, 5, false }, { 14, 50, false }, 34 },
	{ MODE_X86_64, 4, "4.19.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 34 },
	{ MODE_X86_64, 5, "6.1.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 40 },
	{ MODE_X86_64, 4, "", 8, 0, UNSURE, false, false, { 0 }, { 0 }, 34 },
	{ MODE_PAE, 3, "2.6.27", 7, 6, UNSURE, true, true, { 32, 5, false }, { 37, 27, false }, 24 },
	{ MODE_PAE, 3, "4.18.20", 8, 0, UNSURE, false, true, { 32, 5, false }, { 37, 27, false }, 24 },
	{ MODE_PAE, 3, "4.19.0", 8, 0, YES, false, true, { 59, 5, false }, { 9, 50, true }, 24 },
	{ MODE_I386, 2, "2.6.27", 7, 6, NO, true, true, { 1, 5, false }, { 8, 24, false }, 20 },
	{ MODE_I386, 2, "2.6.28", 8, 6, NO, true, true, { 1, 5, false }, { 9, 23, false }, 20 },
	{ MODE_I386, 2, "6.1.0", 8, 0, NO, false, true, { 1, 5, false }, { 9, 23, false }, 20 },
	{ MODE_I386, 2, "", 8, 0, NO, false, false, { 0 }, { 0 }, 20 },
};
// clang-format on

static struct image image;

/* Opens a kernel with 64K of memory, of which only this is known. */
static void rules_of(enum kernel_mode mode, unsigned int levels, const char *release,
		     struct entry_rules *rules)
{
	struct kernel *kernel;
	struct fact *fact;

	image_init(&image, false);
	image_load(&image, 0x1000, 0, 0x10000);
	kernel = open_create(image_open(&image, NULL), NULL, NULL);
	assert_non_null(kernel);
	open_set_arch(kernel, mode == MODE_X86_64 ? &arch_x86_64 : &arch_i386);
	fact = kernel->facts->fact;
	for (enum fact_id id = 0; id < NR_FACTS; id++)
		fact[id].status = FACT_NOT_KNOWN;
	fact[FACT_MODE] = (struct fact){ .status = FACT_KNOWN, .value = mode };
	fact[FACT_LEVELS] = (struct fact){ .status = FACT_KNOWN, .value = levels };
	strcpy(kernel->identity->release, release);
	kernel->arch->entry_rules(kernel, rules);
	open_close(kernel);
}

static bool is_field(const struct entry_field *field, const struct entry_field *expected)
{
	return field->shift == expected->shift && field->bits == expected->bits &&
	       field->inverted == expected->inverted;
}

static void rules_by_release(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(by_release) / sizeof(by_release[0]); i++) {
		const struct expected_rules *expected = &by_release[i];
		struct entry_rules rules;
		bool right;

		rules_of(expected->mode, expected->levels, expected->release, &rules);
		right = rules.prot_none_bit == 1u << expected->prot_none &&
			rules.has_nonlinear == (expected->nonlinear == 6) &&
			rules.inverted == expected->inverted &&
			rules.narrow_mask == expected->narrow_mask &&
			rules.swap_known == expected->swap_known &&
			is_field(&rules.swap.type, &expected->type) &&
			is_field(&rules.swap.offset, &expected->offset) &&
			rules.pfn_bits == expected->pfn_bits && rules.last_memory == 0xffff &&
			!rules.special_known;
		if (!right)
			fail_msg("%s, %s", kernel_mode_names[expected->mode], expected->release);
	}
}

/* The kernel's page table cannot be read. */
static void cache_types_by_release(void **state)
{
	// clang-format off
	static const struct {
		const char *release;
		enum cache_type by_pat[8];
	} expected[] = {
		{ "2.6.25", { CACHE_WB, CACHE_WT, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WT, CACHE_UC_MINUS, CACHE_UC } },
		{ "2.6.26", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC } },
		{ "4.1.52", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC } },
		{ "4.2.0", { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT } },
	};
	// clang-format on
	struct entry_rules rules;

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		rules_of(MODE_X86_64, 4, expected[i].release, &rules);
		assert_true(rules.cache_known);
		assert_memory_equal(rules.cache, expected[i].by_pat, sizeof(rules.cache));
	}
	rules_of(MODE_X86_64, 4, "", &rules);
	assert_false(rules.cache_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_by_release),
		cmocka_unit_test(cache_types_by_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
