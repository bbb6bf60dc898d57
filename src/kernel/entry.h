/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The meaning of page table entries as far as a walk does not determine it: entries that are not
 * present, cache types, names of flags. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel_symbols.h"
#include "paging/walk.h"

enum entry_kind {
	ENTRY_EMPTY,
	ENTRY_PAGE,
	ENTRY_TABLE, /* points to a table of the next level */
	ENTRY_PROT_NONE, /* a page in memory without any access right */
	ENTRY_SWAPPED,
	ENTRY_MIGRATION,
	ENTRY_HWPOISON,
	ENTRY_DEVICE, /* private memory of a device */
	ENTRY_MARKER, /* PTE_MARKER: no page, but a flag for the page fault handler */
	ENTRY_NONLINEAR, /* a page of a file, made by remap_file_pages() before 4.0 */
	/* One of ENTRY_SWAPPED to ENTRY_MARKER. Which one depends on the kernel's configuration. */
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
	/* The types above are in the order of enum page_cache_mode
	 * (arch/x86/include/asm/pgtable_types.h). */
	CACHE_WP,
	CACHE_NC, /* arm64's Normal-NC */
	NR_CACHE_TYPES
};
extern const char *const cache_type_names[NR_CACHE_TYPES];

/* A bit field of a swap entry. */
struct entry_field {
	uint8_t shift, bits;
	bool inverted; /* stored inverted */
};

/* The bits of a swap entry that contain its type and its offset. */
struct swap_layout {
	struct entry_field type, offset;
};

enum { NR_SWAP_TYPES = 32 }; /* 1 << MAX_SWAPFILES_SHIFT (include/linux/swap.h) */

/* For each kind of special entry, the number of swap types that are reserved for it, from the
 * highest types down in this order (include/linux/swap.h). */
struct special_types {
	uint8_t markers, devices, migrations, hwpoisons;
};

struct entry_rules {
	uint64_t encrypt_mask; /* AMD's C-bit: not part of the address, and never inverted */
	uint64_t prot_none_bit;
	uint64_t file_bit; /* arm64: marks entries of remap_file_pages() */
	uint64_t split_bit; /* arm64: set in the entry of a large page that is being split */
	bool has_nonlinear; /* the kernel has entries of remap_file_pages() */
	enum certainty inverted; /* L1TF: non-present entries have inverted pfns and offsets */
	bool narrow_mask; /* before 4.17: perhaps no bits above bit 45 are inverted */
	uint64_t last_memory; /* highest physical address of memory in the dump */
	bool swap_known; /* swap is valid; entries may also have inverted offsets */
	struct swap_layout swap;
	/* A distribution may have backported later_swap to this release. The entry and the swap
	 * areas determine which of the two layouts applies. */
	bool swap_doubtful;
	struct swap_layout later_swap;
	unsigned int nr_areas; /* MAX_SWAPFILES; 0: swap_end[] is unknown */
	uint64_t swap_end[NR_SWAP_TYPES]; /* last offset + 1 of each type; 0: not in use */
	bool special_known;
	struct special_types special;
	uint8_t pfn_bits; /* number of pfn bits in the offset of a migration entry */
	bool cache_known;
	enum cache_type cache[8]; /* indexed by the family's cache index */
	const char *memory_type[8]; /* static; names in the architecture's terms, or NULL */
};

struct entry_meaning {
	enum entry_kind kind;
	bool has_physical;
	uint64_t physical; /* the start of the page or table */
	bool has_swap;
	uint64_t swap_type, swap_offset;
	bool has_cache;
	enum cache_type cache;
	const char *memory_type; /* static; NULL: the architecture has no name for the type */
	bool unmapped; /* ENTRY_SPECIAL: what is left of a page that the kernel has unmapped */
	/* Static text: how the entry contradicts other facts of this kernel, or why its meaning is
	 * unknown. NULL: no doubt. */
	const char *doubt;
};

enum { MAX_ENTRY_FLAGS = 24 };

struct entry_flags {
	const char *name[MAX_ENTRY_FLAGS]; /* static texts */
	unsigned int nr;
};

struct kernel;
struct range_scan;

/* Returns the rules of this kernel, which are found on first use. Valid until facts are
 * forgotten. */
const struct entry_rules *kernel_entry_rules(struct kernel *kernel);

/* Like range_start(), but uses the kernel's listener and, if they are known, its cache types. */
void kernel_range_start(struct kernel *kernel, struct range_scan *ranges, const struct space *space,
			uint64_t first, uint64_t last);

struct entry_meaning kernel_describe_entry(struct kernel *kernel, const struct paging *paging,
					   unsigned int level, uint64_t entry);

/* For architectures. entry_field_value() returns the value of a field of an entry.
 * entry_describe_swap() describes a swap entry that has this layout. entry_find_special_types()
 * sets the reserved types in rules. */
uint64_t entry_field_value(const struct entry_field *field, uint64_t entry);
void entry_describe_swap(const struct entry_rules *rules, const struct swap_layout *layout,
			 uint64_t entry, unsigned int page_shift, struct entry_meaning *meaning);
void entry_find_special_types(struct kernel *kernel, struct entry_rules *rules);
