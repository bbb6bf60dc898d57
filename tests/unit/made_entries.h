/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The meaning of page table entries by the rules of each era. The rules here follow the kernel's
 * headers of the release. The entries are from real kernels, or were made by hand from the same
 * headers.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#include "kernel/arch.h"
#include "kernel/entry.h"
#include "open/archs.h"

#include "unit.h"

enum { PTE_4 = 3, PMD_4 = 2, PUD_4 = 1, PTE_3 = 2, PMD_3 = 1, PTE_2 = 1, PGD_2 = 0 };

/* The PAT MSR as set by kernels since 4.2. */
#define CACHE_SINCE_4_2                                                                            \
	.cache_known = true, .cache = { CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC,              \
					CACHE_WB, CACHE_WP, CACHE_UC_MINUS, CACHE_WT }

/* x86-64 since 4.18.1: arch/x86/include/asm/pgtable_64.h. The type is in bits 63:59, and the
 * inverted offset in bits 58:9. 6.1 has one marker, three migration types, and hwpoison. */
static const struct entry_rules since_l1tf = {
	.prot_none_bit = 1 << 8,
	.inverted = YES,
	.swap_known = true,
	.swap = { { 59, 5, false }, { 9, 50, true } },
	.special_known = true,
	.special = { .markers = 1, .devices = 4, .migrations = 3, .hwpoisons = 1 },
	.pfn_bits = 34,
	CACHE_SINCE_4_2,
};

/* x86-64, 4.14 to 4.18: the type is in bits 13:9, and the offset from bit 14 on. */
static const struct entry_rules since_4_14 = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 9, 5, false }, { 14, 50, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 34,
	CACHE_SINCE_4_2,
};

/* x86-64 before 2.6.28: PROT_NONE is bit 7, the type is in bits 6:1, and the offset from bit 8
 * on. */
static const struct entry_rules before_2_6_28 = {
	.prot_none_bit = 1 << 7,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 1, 6, false }, { 8, 56, false } },
	.special_known = true,
	.special = { .migrations = 2 },
	.pfn_bits = 34,
};

/* x86-64 from 2.6.28 to 3.19: the type is in bits 5:1, and bit 6 marks pages of a file. */
static const struct entry_rules before_4_0 = {
	.prot_none_bit = 1 << 8,
	.has_nonlinear = true,
	.inverted = NO,
	.narrow_mask = true,
	.last_memory = UINT64_C(0x23fffffff),
	.swap_known = true,
	.swap = { { 1, 5, false }, { 9, 55, false } },
	.pfn_bits = 34,
};

/* i386 with two levels since 2.6.28: the type is in bits 5:1, and the offset from bit 9 on. */
static const struct entry_rules two_levels = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 1, 5, false }, { 9, 23, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 20,
	CACHE_SINCE_4_2,
};

/* PAE before L1TF: type and offset are in the high word (pgtable-3level.h). */
static const struct entry_rules old_pae = {
	.prot_none_bit = 1 << 8,
	.inverted = NO,
	.swap_known = true,
	.swap = { { 32, 5, false }, { 37, 27, false } },
	.special_known = true,
	.special = { .migrations = 2, .hwpoisons = 1 },
	.pfn_bits = 24,
};

static inline const struct paging *four(void)
{
	return arch_paging(&arch_x86_64, MODE_X86_64, 4);
}

static inline const struct paging *pae(void)
{
	return arch_paging(&arch_i386, MODE_PAE, 3);
}

static inline const struct paging *two(void)
{
	return arch_paging(&arch_i386, MODE_I386, 2);
}

static inline struct entry_meaning describe(const struct entry_rules *rules,
					    const struct paging *paging, unsigned int level,
					    uint64_t entry, enum entry_kind kind)
{
	const struct arch *arch = paging == four() ? &arch_x86_64 : &arch_i386;
	struct entry_meaning meaning = arch->describe_entry(rules, paging, level, entry);

	if (meaning.kind != kind)
		fail_msg("%llx is %s, not %s", (unsigned long long)entry,
			 entry_kind_names[meaning.kind], entry_kind_names[kind]);
	return meaning;
}

static inline void expect_page(const struct entry_rules *rules, const struct paging *paging,
			       unsigned int level, uint64_t entry, enum entry_kind kind,
			       uint64_t physical)
{
	struct entry_meaning meaning = describe(rules, paging, level, entry, kind);

	assert_true(meaning.has_physical);
	if (meaning.physical != physical)
		fail_msg("%llx is at %llx", (unsigned long long)entry,
			 (unsigned long long)meaning.physical);
}

static inline void expect_swap(const struct entry_rules *rules, const struct paging *paging,
			       uint64_t entry, enum entry_kind kind, uint64_t type, uint64_t offset)
{
	struct entry_meaning meaning = describe(rules, paging, paging->nr_levels - 1u, entry, kind);

	assert_true(meaning.has_swap);
	if (meaning.swap_type != type || meaning.swap_offset != offset)
		fail_msg("%llx is type %llu, offset %llu", (unsigned long long)entry,
			 (unsigned long long)meaning.swap_type,
			 (unsigned long long)meaning.swap_offset);
	assert_false(meaning.has_cache);
}

/* Compares the names of the flags, joined to one text. */
static inline void expect_flags(const struct entry_rules *rules, const struct paging *paging,
				unsigned int level, uint64_t entry, const char *expected)
{
	const struct arch *arch = paging == four() ? &arch_x86_64 : &arch_i386;
	struct entry_flags flags = arch->entry_flags(rules, paging, level, entry);
	char text[512] = "";

	for (unsigned int i = 0; i < flags.nr; i++) {
		if (i)
			strcat(text, "|");
		strcat(text, flags.name[i]);
	}
	assert_string_equal(text, expected);
}
