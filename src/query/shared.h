/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds physical memory that several processes share. The pages of all processes are collected
 * first, and compared then. */
#pragma once

#include <stddef.h>

#include "linux/task/mm.h"

struct shared; /* defined in shared.c */

struct shared *shared_create(size_t nr_processes, struct error *err);
void shared_destroy(struct shared *shared); /* NULL is fine */

/* Collects the present pages of the next process. Returns false and sets err if the user stopped
 * it, if there are too many pages, or if memory is exhausted (ERROR_SYSTEM). The pages found before
 * that are used, except with ERROR_SYSTEM. */
bool shared_add(struct shared *shared, struct kernel *kernel, const struct process *process,
		struct error *err);

/* A page mapped by one process. */
struct shared_page {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t vaddr; /* virtual address of first */
	size_t process; /* index of the process: 0 for the first shared_add() */
};

/* A piece of memory that all processes of page map: a page, or the common part of large pages. */
struct shared_piece {
	uint64_t first, last; /* physical addresses, both inclusive */
	/* The pages that contain the piece, sorted by process and address; borrowed during the
	 * visit. */
	const struct shared_page *page;
	size_t nr;
};

static inline uint64_t shared_vaddr(const struct shared_piece *piece, size_t index)
{
	const struct shared_page *page = &piece->page[index];

	return page->vaddr + (piece->first - page->first);
}

/* Visits the pieces in the order of physical addresses. Call it after all processes were added.
 * Ends early, without an error, if the user stops it. Returns false and sets err if the page tables
 * map too many overlapping large pages, or if memory is exhausted. */
bool shared_visit(struct shared *shared, void (*visit)(void *arg, const struct shared_piece *piece),
		  struct kernel *kernel, void *arg, struct error *err);
