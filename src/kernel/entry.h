/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page-table entry says, beyond what the walk needs: Linux's use of
 * entries that are not present, cache types, flag names. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "paging/walk.h"

enum entry_kind {
	ENTRY_EMPTY,
	ENTRY_PAGE,      /* maps a page, or (above the last level) names a table */
	ENTRY_PROT_NONE, /* a page in memory that nobody may touch */
	ENTRY_SWAPPED,
	ENTRY_MIGRATION,
	ENTRY_HWPOISON,
	ENTRY_DEVICE,    /* memory of a device that the CPU cannot reach */
	ENTRY_MARKER,    /* a note of the kernel to itself, no page */
	ENTRY_SPECIAL,   /* one of the four above: which one hangs on the kernel's configuration */
	NR_ENTRY_KINDS
};
extern const char *const entry_kind_names[NR_ENTRY_KINDS];

enum cache_type {
	CACHE_WB, CACHE_WC, CACHE_UC_MINUS, CACHE_UC, CACHE_WT, CACHE_WP,
	NR_CACHE_TYPES /* in the order of enum page_cache_mode, arch/x86/include/asm/pgtable_types.h */
};
extern const char *const cache_type_names[NR_CACHE_TYPES];

/* Where a swap entry keeps a number. */
struct entry_field {
	uint8_t shift, bits;
	bool inverted;
};

/* Numbers of swap types that are no swap devices, from the highest type down:
 * markers, device memory, migration, hwpoison (include/linux/swap.h). */
struct special_types {
	uint8_t markers, devices, migrations, hwpoisons;
};

enum certainty { UNSURE, NO, YES };

struct entry_rules {
	uint64_t encrypt_mask; /* AMD's C-bit: no part of a frame, and never inverted */
	uint64_t prot_none_bit;
	enum certainty inverted; /* L1TF: frame bits of non-present entries are inverted */
	bool swap_known;
	struct entry_field swap_type, swap_offset;
	bool special_known;
	struct special_types special;
	uint8_t pfn_bits; /* of the frame number in a migration entry's offset */
	bool cache_known;
	enum cache_type cache[8]; /* by PAT:PCD:PWT */
};

struct entry_meaning {
	enum entry_kind kind;
	bool has_physical;
	uint64_t physical; /* of the page, without the offset in it */
	bool has_swap;
	uint64_t swap_type, swap_offset;
	bool has_cache;
	enum cache_type cache;
};

enum { MAX_ENTRY_FLAGS = 24 };

struct entry_flags {
	const char *name[MAX_ENTRY_FLAGS]; /* static texts */
	unsigned int nr;
};

struct kernel;

/* This kernel's rules, found on first use; never fails: what is not known is
 * said so in them. */
const struct entry_rules *kernel_entry_rules(struct kernel *kernel);
struct entry_meaning kernel_describe_entry(struct kernel *kernel,
					   const struct paging *paging,
					   unsigned int level, uint64_t entry);
