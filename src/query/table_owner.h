/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the address space to which the page table in a page frame belongs, and the level of the
 * table. */
#pragma once

#include "linux/task/mm.h"

struct table_owner {
	uint64_t paddr; /* physical address of the table */
	const struct paging *paging; /* static; the paging mode of the kernel's page tables */
	unsigned int level; /* index in paging->level; 0: a top-level table */
	/* A task that uses this mm, borrowed from the kernel. NULL: the kernel's own page table, or
	 * the table of efi_mm. */
	const struct task *task;
	uint64_t mm; /* 0: the kernel's own page table */
	bool user_half; /* a top-level table for user mode (page table isolation) */
	uint64_t first, last; /* addresses that the table maps, both inclusive */
};

/* Finds the first table that contains paddr in the page tables of the kernel and of all processes.
 * May read all page tables. Returns false if no table contains paddr. This may be because a part of
 * the page tables is missing. */
bool query_table_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);

/* Computes the range of virtual addresses that the entry at paddr in the table maps. *first and
 * *last are inclusive. */
void table_entry_range(const struct table_owner *owner, uint64_t paddr, uint64_t *first,
		       uint64_t *last);

/* Returns the name of the table's level: "pgd", "pmd", ... */
static inline const char *table_level_name(const struct table_owner *owner)
{
	return owner->paging->level[owner->level].name;
}

/* Appends a text such as " of pid 1 (init) for user mode" or " of the kernel" to the string in the
 * array `text`. size: size of the array in bytes. */
void table_owner_text(const struct table_owner *owner, char *text, size_t size);

/* Like query_table_owner(), but only for top-level tables. paddr: any address in the table. */
bool query_root_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);
