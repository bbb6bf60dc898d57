/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A pass over the page tables of the kernel and of all processes. */
#pragma once

#include "base/address_set.h"
#include "linux/task/mm.h"

struct passed_table {
	uint64_t paddr;
	unsigned int level; /* 0: a top-level table */
	uint64_t first, last; /* addresses that the table maps, both inclusive */
	const struct space *space; /* address space of the table, borrowed during the visit */
	const struct process *process; /* NULL: the kernel's own table; borrowed during the visit */
	const struct task *task; /* task of the process, borrowed from the kernel; NULL: none */
};

struct table_pass {
	struct kernel *kernel;
	bool roots_only; /* visit only top-level tables */
	/* Returns false to end the pass. */
	bool (*visit)(void *arg, const struct passed_table *table);
	void *arg;
	struct address_set seen; /* tables, each with its level; initially zeroed */
	struct passed_table table; /* the current table */
};

/* Visits the tables of one address space that were not visited yet, depth first; top-level tables
 * always. False: the visitor ended the pass. The pass also ends early if the kernel's listener
 * stops it. */
bool table_pass_space(struct table_pass *pass, const struct space *space);

/* Visits the kernel's own address space, then both tables of each process. */
bool table_pass_all(struct table_pass *pass);

void table_pass_release(struct table_pass *pass);
