/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds physical memory that several processes share. First the pages of all processes are
 * collected, then they are compared. */
#pragma once

#include <stddef.h>

#include "linux/task/mm.h"

struct shared; /* defined in shared.c */

struct shared *shared_create(size_t nr_processes, struct error *err);
void shared_destroy(struct shared *shared); /* may be NULL */

/* Collects the present pages of the next process. Returns false and sets err if the user stopped
 * the work, if there are too many pages, or if there is not enough memory (ERROR_SYSTEM). After a
 * failure, shared_visit() may still be called to compare the pages collected so far, except after
 * ERROR_SYSTEM. */
bool shared_add(struct shared *shared, struct kernel *kernel, const struct process *process,
		struct error *err);

/* A page that a process maps. */
struct shared_page {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t vaddr; /* virtual address that is mapped to `first` */
	size_t process; /* number of the process: 0 for the first call of shared_add() */
};

/* A piece of memory that all processes map: a page, or the part that their large pages have in
 * common. */
struct shared_piece {
	uint64_t first, last; /* physical addresses, both inclusive */
	/* The pages that contain this piece, sorted by process and address. Borrowed during the
	 * visit. */
	const struct shared_page *page;
	size_t nr;
};

static inline uint64_t shared_vaddr(const struct shared_piece *piece, size_t index)
{
	const struct shared_page *page = &piece->page[index];

	return page->vaddr + (piece->first - page->first);
}

/* Visits the pieces in the order of physical addresses. Must be called after shared_add() was
 * called for all processes. If the user stops the work during the visits, ends early and returns
 * true. Returns false and sets err if the user stops the work before the first visit, if too many
 * large pages overlap, or if there is not enough memory. */
bool shared_visit(struct shared *shared, void (*visit)(void *arg, const struct shared_piece *piece),
		  struct kernel *kernel, void *arg, struct error *err);
