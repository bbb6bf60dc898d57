/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the level and the address space of the page table in a page frame. */
#pragma once

#include "linux/task/mm.h"

struct table_owner {
	uint64_t paddr; /* physical address of the table */
	const struct paging *paging; /* static; the paging of the kernel's page tables */
	unsigned int level; /* index of the level in paging; 0: a top-level table */
	/* A task with this mm, borrowed from the kernel; NULL: the kernel's own page table. */
	const struct task *task;
	uint64_t mm; /* 0: the kernel's own page table */
	bool user_half; /* a top-level table for user mode (page-table isolation) */
	uint64_t first, last; /* addresses that the table maps, both inclusive */
};

/* Finds the first table that contains paddr, in the page tables of the kernel and of all processes.
 * Reads all page tables if necessary. Returns false if no table contains paddr, or if it is in a
 * part of the page tables that is missing. */
bool query_table_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);

/* Computes the virtual addresses that the table's entry at paddr maps. *first and *last are
 * inclusive. */
void table_entry_range(const struct table_owner *owner, uint64_t paddr, uint64_t *first,
		       uint64_t *last);

/* Returns the name of the table's level: "pgd", "pmd", ... */
static inline const char *table_level_name(const struct table_owner *owner)
{
	return owner->paging->level[owner->level].name;
}

/* Appends a text such as " of pid 1 (init) for user mode" or " of the kernel" to the string in
 * text, an array of size bytes. */
void table_owner_text(const struct table_owner *owner, char *text, size_t size);

/* Like query_table_owner(), but searches only top-level tables. paddr: any address in the table. */
bool query_root_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);
