/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical memory that several processes share. The pages of each process are collected first,
 * then compared. */
#pragma once

#include <stddef.h>

#include "linux/task/mm.h"

struct shared; /* defined in shared.c */

struct shared *shared_create(size_t nr_processes, struct error *err);
void shared_destroy(struct shared *shared); /* NULL is fine */

/* Collects the present pages of the next process. False with err: interrupted, too many pages, or
 * out of memory (ERROR_SYSTEM); pages found before count, except when out of memory. */
bool shared_add(struct shared *shared, struct kernel *kernel, const struct process *process,
		struct error *err);

/* A page mapped by one process. */
struct shared_page {
	uint64_t first, last; /* physical, both inclusive */
	uint64_t vaddr; /* virtual address of first */
	size_t process; /* index of the process, in the order of shared_add() */
};

/* Memory that all processes map: a page, or the common part of large pages. */
struct shared_piece {
	uint64_t first, last; /* physical, both inclusive */
	/* The pages that contain the piece, by process and address; borrowed during the visit. */
	const struct shared_page *page;
	size_t nr;
};

static inline uint64_t shared_vaddr(const struct shared_piece *piece, size_t index)
{
	const struct shared_page *page = &piece->page[index];

	return page->vaddr + (piece->first - page->first);
}

/* Visits the pieces in the order of physical addresses, after all processes were added. Ends early,
 * without an error, when the work is stopped. False with err: the tables map large pages over each
 * other without end, or out of memory. */
bool shared_visit(struct shared *shared, void (*visit)(void *arg, const struct shared_piece *piece),
		  struct kernel *kernel, void *arg, struct error *err);
