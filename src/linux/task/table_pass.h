/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A pass over the page tables of the kernel and of all processes. */
#pragma once

#include "base/address_set.h"
#include "linux/task/mm.h"

struct passed_table {
	uint64_t paddr;
	unsigned int level; /* 0: this is a top-level table */
	uint64_t first, last; /* the addresses that the table maps, inclusive */
	const struct space *space; /* the address space of the table, borrowed during the visit */
	const struct process *process; /* borrowed during the visit; NULL: the kernel's own space */
	const struct task *task; /* a task of process, borrowed from the kernel; NULL: none */
};

struct table_pass {
	struct kernel *kernel;
	bool roots_only; /* visit only top-level tables */
	/* Returns false to end the pass. */
	bool (*visit)(void *arg, const struct passed_table *table);
	void *arg;
	struct address_set seen; /* visited tables and their levels; initially zero */
	struct passed_table table; /* the table being visited */
};

/* Visits the tables of an address space, each table before the tables below it. Skips tables that
 * were visited before, but not top-level tables. Returns false if visit returned false. If the user
 * stops the work, ends early and returns true. */
bool table_pass_space(struct table_pass *pass, const struct space *space);

/* Visits the tables of the kernel's own address space. Then visits the tables of each process for
 * kernel mode and for user mode. */
bool table_pass_all(struct table_pass *pass);

void table_pass_release(struct table_pass *pass);
