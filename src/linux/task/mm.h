/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The address space of a process: its page tables and its owner. */
#pragma once

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "linux/task/task.h"

struct process {
	struct task task; /* valid if has_task */
	bool has_task;
	uint64_t mm; /* address of the mm_struct, own or borrowed; 0: the kernel's own table */
	bool borrowed; /* a kernel thread that borrows the mm of another process */
	struct task owner; /* owner of the borrowed mm; valid if has_owner */
	bool has_owner;
	struct space space; /* mm->pgd; with page-table isolation the table for kernel mode */
	/* Page-table isolation: user mode has a second top-level table with the process' rights;
	 * the first one maps user pages as non-executable. */
	bool isolated;
	struct space user; /* if isolated, the second table, else the first */
	uint64_t user_last; /* last address of the user part */
};

/* The process of a task. */
bool task_process(struct kernel *kernel, const struct task *task, struct process *process,
		  struct error *err);

/* The owner of an mm_struct. If no task has the mm, its page table must map itself. */
bool task_process_of_mm(struct kernel *kernel, uint64_t mm, struct process *process,
			struct error *err);

/* A table by its physical address or a value of CR3, and its process, if that is in the list of
 * tasks; otherwise mm is 0. All addresses use this table, also with page-table isolation: space and
 * user are the same table. */
bool task_process_of_root(struct kernel *kernel, uint64_t cr3, struct process *process,
			  struct error *err);

/* A pass over the address spaces of all processes, by the first task of each. */
struct mm_pass {
	struct kernel *kernel;
	const struct task_list *list; /* borrowed from the kernel */
	size_t next;
	struct address_set seen; /* addresses of mm_structs */
};

/* False with err: there is no list of tasks, and nothing needs to be released. */
bool mm_pass_start(struct mm_pass *pass, struct kernel *kernel, struct error *err);
/* The next task with an mm that no earlier task had, borrowed from the kernel; NULL: no more, or
 * stopped. */
const struct task *mm_pass_next(struct mm_pass *pass);
void mm_pass_release(struct mm_pass *pass);

/* The page table for vaddr. */
static inline const struct space *process_space(const struct process *process, uint64_t vaddr)
{
	return vaddr <= process->user_last ? &process->user : &process->space;
}

/* Has the process user memory of its own? Not if it is a kernel thread, or has ended. */
static inline bool process_has_memory(const struct process *process)
{
	return process->mm && !process->borrowed;
}

/* First address of the kernel's half: PAGE_OFFSET on i386. */
bool task_kernel_half(struct kernel *kernel, uint64_t *first, struct error *err);

/* The physical address of the top-level table of a task, which must have an mm_struct with a table
 * that maps itself. err names the task. If flipping a single bit of its pointer leads to exactly
 * one mm_struct, err names that mm_struct, too. */
bool task_root(struct kernel *kernel, const struct task *task, uint64_t *root, struct error *err);

/* Physical address of the top-level table of an mm_struct. */
bool task_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root, struct error *err);
