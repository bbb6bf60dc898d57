/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Declarations that the files of arm64 share: entries, sources of facts, the address space. */
#pragma once

#include "kernel/arch.h"
#include "paging/family.h"

/* The bits of an entry: Arm ARM (DDI 0487), D8.3. The names are from asm/pgtable-hwdef.h. */
enum {
	ARM64_VALID = 1 << 0,
	ARM64_TABLE = 1 << 1, /* the entry points to a table; in the last level: it maps a page */
	ARM64_ATTRINDX_SHIFT = 2,
	ARM64_USER = 1 << 6, /* AP[1] */
	ARM64_RDONLY = 1 << 7, /* AP[2] */
	ARM64_ACCESSED = 1 << 10,
	ARM64_NOT_GLOBAL = 1 << 11,
};
#define ARM64_DBM (UINT64_C(1) << 51)
#define ARM64_CONTIGUOUS (UINT64_C(1) << 52)
#define ARM64_PXN (UINT64_C(1) << 53)
#define ARM64_UXN (UINT64_C(1) << 54)
#define ARM64_PXN_TABLE (UINT64_C(1) << 59) /* valid only in an entry that points to a table */

enum { ARM64_4K = 4096, ARM64_16K = 16384, ARM64_64K = 65536 };

/* --- functions that struct arch points to --- */

bool arm64_needs_fact(const struct paging_choice *choice, enum fact_id id);
/* Returns the paging mode that the choice describes, or NULL if no mode fits. If choice->levels is
 * 0, the other members determine the mode. */
const struct paging *arm64_paging(const struct paging_choice *choice);
/* Enumerates the paging modes that a search must try. Sets *choice to mode number nr, counted from
 * 0; the member levels is 0. A mode is left out if another mode can read its tables. Returns false
 * if nr is too large. */
bool arm64_paging_at(unsigned int nr, struct paging_choice *choice);
bool arm64_root_of_register(const struct space *space, uint64_t value, uint64_t *root);
bool arm64_kernel_table(const struct space *space, uint64_t *root);
void arm64_try_table(struct table_search *search, uint64_t paddr);
void arm64_entry_rules(struct kernel *kernel, struct entry_rules *rules);
struct entry_meaning arm64_describe_entry(const struct entry_rules *rules,
					  const struct paging *paging, unsigned int level,
					  uint64_t entry);
struct entry_flags arm64_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				     unsigned int level, uint64_t entry);

/* --- sources of facts: arm64_facts.c --- */

extern const struct fact_source arm64_sources[];

/* Returns PAGE_END, the exclusive end of the linear map, or 0 for the end of all addresses. `bits`
 * is the number of address bits that the kernel is configured for. If such a kernel can also run on
 * CPUs with fewer bits, the result is for the smallest number of bits (VA_BITS_MIN). */
uint64_t arm64_linear_map_end(uint64_t page_offset, uint64_t bits, uint64_t page_size);
/* Finds the first page in [first, last] that space maps. *offset gets the page's virtual address
 * minus its physical address. Returns false if no page is mapped. */
bool arm64_linear_map(const struct space *space, uint64_t first, uint64_t last, uint64_t *offset);
