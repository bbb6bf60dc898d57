/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A pass over the page tables of the kernel and of all processes. */
#pragma once

#include "base/address_set.h"
#include "linux/task/mm.h"

struct passed_table {
	uint64_t paddr;
	unsigned int level; /* 0: a top-level table */
	uint64_t first, last; /* addresses that it maps, inclusive */
	const struct space *space; /* address space of the table, borrowed during the visit */
	const struct process *process; /* NULL: the kernel's own table; borrowed as well */
	const struct task *task; /* of the process, borrowed from the kernel; NULL: none */
};

struct table_pass {
	struct kernel *kernel;
	bool roots_only; /* visit top-level tables alone */
	/* Returns false to end the pass. */
	bool (*visit)(void *arg, const struct passed_table *table);
	void *arg;
	struct address_set seen; /* tables, each with its level; at first zeroed */
	struct passed_table table; /* the one that is looked at */
};

/* Visits the tables of one address space that the pass has not seen yet, depth first; a
 * top-level table always. False: the visitor ended it. It also ends early when the kernel's
 * listener asks for it. */
bool table_pass_space(struct table_pass *pass, const struct space *space);

/* The same for the kernel's own address space, then both tables of each process. */
bool table_pass_all(struct table_pass *pass);

void table_pass_release(struct table_pass *pass);
