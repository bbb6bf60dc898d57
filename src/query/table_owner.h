/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the level and the address space of the page table in a frame. */
#pragma once

#include "linux/task/mm.h"

struct table_owner {
	uint64_t paddr; /* physical address of the table */
	const struct paging *paging; /* static; paging of all tables of the kernel */
	unsigned int level; /* level in the paging; 0: a root */
	const struct task *task; /* borrowed from the kernel; NULL: the kernel's own table */
	uint64_t mm; /* 0: the kernel's own table */
	bool user_half; /* a root for user mode (page-table isolation) */
	uint64_t first, last; /* addresses that the table maps, both inclusive */
};

/* The first table that contains paddr, of the page tables of the kernel and all processes. False:
 * none, or parts of the tables are missing. Reads all tables if necessary. */
bool query_table_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);

/* The addresses, both inclusive, that the table's entry at paddr maps. */
void table_entry_range(const struct table_owner *owner, uint64_t paddr, uint64_t *first,
		       uint64_t *last);

/* "pgd", "pmd", ... */
static inline const char *table_level_name(const struct table_owner *owner)
{
	return owner->paging->level[owner->level].name;
}

/* Appends " of pid 1 (init) for user mode", or " of the kernel", to the text in a buffer of size
 * bytes. */
void table_owner_text(const struct table_owner *owner, char *text, size_t size);

/* Searches only top-level tables: paddr is any address in one. */
bool query_root_owner(struct kernel *kernel, uint64_t paddr, struct table_owner *owner);
