/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process' address space: its page tables, and whose they are. */
#pragma once

#include "kernel/kernel.h"
#include "kernel/task.h"

struct process {
	struct task task;     /* valid where has_task */
	bool has_task;
	uint64_t mm;          /* its mm_struct, or the one it borrows; 0: the kernel's own table */
	bool borrowed;        /* a kernel thread: mm is another's */
	struct task owner;    /* whose the borrowed mm is; valid where has_owner */
	bool has_owner;
	struct space space;   /* mm->pgd: with page-table isolation the kernel's copy */
	/* Page-table isolation: user mode runs with a second top-level table. In
	 * the first one Linux forbids to execute user pages, so what the process
	 * may do is what the second one says. */
	bool isolated;
	struct space user;    /* the second table where isolated, else the first */
	uint64_t user_last;   /* last address of the user's part */
};

/* The process that a task belongs to. */
bool kernel_process(struct kernel *kernel, const struct task *task,
		    const struct watch *watch, struct process *process,
		    struct error *err);

/* The process that owns an mm_struct. One that no task leads to is taken where
 * its page table maps itself. */
bool kernel_process_of_mm(struct kernel *kernel, uint64_t mm,
			  const struct watch *watch, struct process *process,
			  struct error *err);

/* The table to walk for vaddr. */
static inline const struct space *process_space(const struct process *process,
						uint64_t vaddr)
{
	return vaddr <= process->user_last ? &process->user : &process->space;
}

/* Last address of the user's part of every address space. */
bool kernel_user_last(struct kernel *kernel, uint64_t *last, struct error *err);

/* Physical address of the top-level table of an mm_struct. */
bool kernel_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root,
		    struct error *err);
