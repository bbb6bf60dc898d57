/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Physical memory that several processes share. The pages of each process are collected first,
 * then compared. */
#pragma once

#include <stddef.h>

#include "linux/task/mm.h"

struct shared; /* opaque */

struct shared *shared_create(size_t nr_processes, struct error *err);
void shared_destroy(struct shared *shared); /* NULL is fine */

/* Collects the pages of the next process that are in memory. False with err:
 * interrupted, too many pages, or out of memory (ERROR_SYSTEM); the pages found
 * until then count, except in the last case. */
bool shared_add(struct shared *shared, struct kernel *kernel, const struct process *process,
		struct error *err);

/* A page of one process. */
struct shared_page {
	uint64_t first, last; /* physical, inclusive */
	uint64_t vaddr; /* of first */
	size_t process; /* in the order of shared_add() */
};

/* Memory that all processes map: a page, or the part of a large page that they share. */
struct shared_piece {
	uint64_t first, last; /* physical, inclusive */
	const struct shared_page *page; /* the pages that hold it, by process and vaddr; borrowed
					 * during the visit */
	size_t nr;
};

static inline uint64_t shared_vaddr(const struct shared_piece *piece, size_t index)
{
	const struct shared_page *page = &piece->page[index];

	return page->vaddr + (piece->first - page->first);
}

/* Visits the pieces by physical address, once all processes were added. Ends
 * early, without an error, when the work is to stop. False with err: the tables map
 * large pages over each other without end, or out of memory. */
bool shared_visit(struct shared *shared, void (*visit)(void *arg, const struct shared_piece *piece),
		  struct kernel *kernel, void *arg, struct error *err);
