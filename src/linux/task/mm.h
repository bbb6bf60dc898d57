/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The address space of a process: its page tables and its owner. */
#pragma once

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "linux/task/task.h"

struct process {
	struct task task; /* valid if has_task */
	bool has_task;
	uint64_t mm; /* the mm_struct of the task, or a borrowed one; 0: the kernel's own table */
	bool borrowed; /* the task is a kernel thread, and mm belongs to another process */
	struct task owner; /* owner of the borrowed mm; valid if has_owner */
	bool has_owner;
	struct space space; /* mm->pgd; with page table isolation, the table for kernel mode */
	/* Page table isolation: user mode has a second top-level table with the rights of the
	 * process. The first table maps user pages as non-executable. */
	bool isolated;
	struct space user; /* the second table if isolated, otherwise the first table */
	uint64_t user_last; /* last address of the user part */
};

/* Finds the address space of a task. */
bool task_process(struct kernel *kernel, const struct task *task, struct process *process,
		  struct error *err);

/* Finds the address space of an mm_struct, and the first task that has it. If no task has the mm,
 * its page table must map itself. */
bool task_process_of_mm(struct kernel *kernel, uint64_t mm, struct process *process,
			struct error *err);

/* Finds the address space of a top-level table, given by its physical address or a value of CR3,
 * and the process to which the table belongs. If no task in the list has this table, mm is 0. space
 * and user are the same table, even with page table isolation. */
bool task_process_of_root(struct kernel *kernel, uint64_t cr3, struct process *process,
			  struct error *err);

/* A pass over the address spaces of all processes. Each is visited with the first task that has
 * it. */
struct mm_pass {
	struct kernel *kernel;
	const struct task_list *list; /* borrowed from the kernel */
	size_t next;
	struct address_set seen; /* addresses of mm_structs */
};

/* Starts a pass. Returns false and sets err if there is no list of tasks; then the pass need not be
 * released. */
bool mm_pass_start(struct mm_pass *pass, struct kernel *kernel, struct error *err);
/* Returns the next task whose mm no earlier task had, borrowed from the kernel. Returns NULL after
 * the last task, or if the user stopped the work. */
const struct task *mm_pass_next(struct mm_pass *pass);
void mm_pass_release(struct mm_pass *pass);

/* Returns the page table that maps vaddr. */
static inline const struct space *process_space(const struct process *process, uint64_t vaddr)
{
	return vaddr <= process->user_last ? &process->user : &process->space;
}

/* Does the process have user memory? Kernel threads, and processes that have ended, do not. */
static inline bool process_has_memory(const struct process *process)
{
	return process->mm && !process->borrowed;
}

/* Finds the first address of the kernel's half, which is PAGE_OFFSET on i386. */
bool task_kernel_half(struct kernel *kernel, uint64_t *first, struct error *err);

/* Finds the physical address of the top-level table of a task. err names the task. If mm is not an
 * mm_struct, but flipping one bit of mm gives the address of exactly one mm_struct, err also names
 * this mm_struct. */
bool task_root(struct kernel *kernel, const struct task *task, uint64_t *root, struct error *err);

/* Finds the physical address of the top-level table of an mm_struct. */
bool task_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root, struct error *err);
