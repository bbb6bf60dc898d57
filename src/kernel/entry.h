/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Describes page table entries in more detail than a walk does: entries that are not present, cache
 * types, and names of flags. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel_symbols.h"
#include "paging/walk.h"

enum entry_kind {
	ENTRY_EMPTY,
	ENTRY_PAGE,
	ENTRY_TABLE, /* points to a table of the next level */
	ENTRY_PROT_NONE, /* a page in memory to which no access is permitted */
	ENTRY_SWAPPED,
	ENTRY_MIGRATION,
	ENTRY_HWPOISON,
	ENTRY_DEVICE, /* a page in the private memory of a device */
	ENTRY_MARKER, /* PTE_MARKER: not a page, but a flag for the page fault handler */
	ENTRY_NONLINEAR, /* a page of a file, mapped by remap_file_pages() before 4.0 */
	/* One of the kinds from ENTRY_SWAPPED to ENTRY_MARKER. The kernel's configuration, which is
	 * unknown, determines the kind. */
	ENTRY_SPECIAL,
	NR_ENTRY_KINDS
};
extern const char *const entry_kind_names[NR_ENTRY_KINDS];

enum cache_type {
	CACHE_WB,
	CACHE_WC,
	CACHE_UC_MINUS,
	CACHE_UC,
	CACHE_WT,
	/* The types up to here are in the order of enum page_cache_mode
	 * (arch/x86/include/asm/pgtable_types.h). */
	CACHE_WP,
	CACHE_NC, /* arm64's Normal-NC */
	NR_CACHE_TYPES
};
extern const char *const cache_type_names[NR_CACHE_TYPES];

/* A bit field in a swap entry. */
struct entry_field {
	uint8_t shift, bits;
	bool inverted; /* the field contains the inverted value */
};

/* The places of the swap type and of the offset in a swap entry. */
struct swap_layout {
	struct entry_field type, offset;
};

/* The bits and fields of entries that are not present, as the kernels have them since this release. */
struct entry_layout {
	unsigned int since;
	uint64_t prot_none, split, file;
	struct swap_layout swap;
};

enum { NR_SWAP_TYPES = 32 }; /* 1 << MAX_SWAPFILES_SHIFT (include/linux/swap.h) */

/* Some swap types are reserved for special entries: the highest types, in this order from the
 * highest type down (include/linux/swap.h). Each member is a number of types. */
struct special_types {
	uint8_t markers, devices, migrations, hwpoisons;
};

struct entry_rules {
	/* AMD's C-bit, which is not part of the address, and is never inverted. */
	uint64_t encrypt_mask;
	uint64_t prot_none_bit;
	uint64_t file_bit; /* arm64: set in entries of remap_file_pages() */
	uint64_t split_bit; /* arm64: set in the entry of a large page that is being split */
	bool has_nonlinear; /* the kernel may have entries of remap_file_pages() */
	/* The L1TF mitigation inverts pfns and offsets of non-present entries. */
	enum certainty inverted;
	/* Before 4.17: the mitigation may leave the bits above bit 45 as they are. */
	bool narrow_mask;
	uint64_t last_memory; /* the highest physical address of memory in the dump */
	bool swap_known; /* `swap` is valid for entries whose offset is not inverted */
	struct swap_layout swap;
	/* The kernel is of a distribution that may have backported later_swap to this release. Each
	 * entry and the swap areas show which of the two layouts is right. */
	bool swap_doubtful;
	struct swap_layout later_swap;
	unsigned int nr_areas; /* MAX_SWAPFILES; 0: swap_end[] is unknown */
	/* For each type, the last offset + 1; 0: the type is not in use. */
	uint64_t swap_end[NR_SWAP_TYPES];
	bool special_known;
	struct special_types special;
	uint8_t pfn_bits; /* the number of bits of the pfn in the offset of a migration entry */
	bool cache_known;
	enum cache_type cache[8]; /* the index is the cache index of the family */
	const char *memory_type[8]; /* static; the architecture's own names of the types, or NULL */
};

struct entry_meaning {
	enum entry_kind kind;
	bool has_physical;
	uint64_t physical; /* the physical address of the page or table */
	bool has_swap;
	uint64_t swap_type, swap_offset;
	bool has_cache;
	enum cache_type cache;
	/* Static; NULL: the architecture has no name of its own for the type. */
	const char *memory_type;
	/* With ENTRY_SPECIAL: the entry belongs to a page that the kernel itself unmapped. */
	bool unmapped;
	/* A static text: how the entry contradicts other facts of this kernel, or why its meaning
	 * is unknown. NULL: there is no doubt. */
	const char *doubt;
};

enum { MAX_ENTRY_FLAGS = 24 };

struct entry_flags {
	const char *name[MAX_ENTRY_FLAGS]; /* static texts */
	unsigned int nr;
};

/* Adds a name unless it is NULL. */
static inline void entry_add_flag(struct entry_flags *flags, const char *name)
{
	if (name && flags->nr < MAX_ENTRY_FLAGS)
		flags->name[flags->nr++] = name;
}

struct kernel;
struct range_scan;

/* Returns the rules for entries of this kernel. They are found by the first call, and are valid
 * until facts are forgotten. */
const struct entry_rules *kernel_entry_rules(struct kernel *kernel);

/* Like range_start(), but also sets the kernel's listener and, if they are known, the kernel's
 * cache types. */
void kernel_range_start(struct kernel *kernel, struct range_scan *ranges, const struct space *space,
			uint64_t first, uint64_t last);

struct entry_meaning kernel_describe_entry(struct kernel *kernel, const struct paging *paging,
					   unsigned int level, uint64_t entry);

/* Only for architectures. entry_field_value() returns the value of a field of an entry.
 * entry_describe_swap() describes a swap entry that has this layout. entry_find_special_types()
 * sets the reserved swap types in *rules. */
uint64_t entry_field_value(const struct entry_field *field, uint64_t entry);
void entry_describe_swap(const struct entry_rules *rules, const struct swap_layout *layout,
			 uint64_t entry, unsigned int page_shift, struct entry_meaning *meaning);
/* Chooses the layout of the release. The newest layout comes first, and the last one is since 1. If
 * the release is unknown (0), so is the layout. */
void entry_choose_layout(const struct entry_layout *newest, unsigned int version,
			 struct entry_rules *rules);
void entry_find_special_types(struct kernel *kernel, struct entry_rules *rules);
