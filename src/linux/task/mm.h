/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The address space of a process: its page tables and its owner. */
#pragma once

#include "base/address_set.h"
#include "kernel/kernel.h"
#include "linux/task/task.h"

struct process {
	struct task task; /* valid if has_task */
	bool has_task;
	uint64_t mm; /* mm_struct of the task, or a borrowed one; 0: the kernel's own table */
	bool borrowed; /* the task is a kernel thread, and mm belongs to another process */
	/* The owner of the borrowed mm. If mm is not borrowed: the task has left its mm, and this
	 * thread of its process still has it. Valid if has_owner. */
	struct task owner;
	bool has_owner;
	/* The address space with the table mm->pgd. If isolated is true, this is the table for
	 * kernel mode. */
	struct space space;
	/* true: page table isolation. User mode has a second top-level table with the access rights
	 * of the process. The first table maps user pages as non-executable. */
	bool isolated;
	struct space user; /* the second table if isolated is true; otherwise the first table */
	uint64_t user_last; /* last address of the user half */
};

/* Finds the address space of a task. */
bool task_process(struct kernel *kernel, const struct task *task, struct process *process,
		  struct error *err);

/* Finds the address space of an mm_struct, and the first task that uses the mm_struct. If no task
 * uses it, fails unless the page table of the mm_struct maps itself. */
bool task_process_of_mm(struct kernel *kernel, uint64_t mm, struct process *process,
			struct error *err);

/* Finds the address space of a top-level table, and the process to which the table belongs. value:
 * physical address of the table, or a value of the root register. If the table belongs to no task in the list,
 * process->mm is 0. process->space and process->user use this table, even with page table
 * isolation. If each half has its own top-level table and value is the kernel's table, the user half
 * has no table, unless the user gave the kernel's table. */
bool task_process_of_root(struct kernel *kernel, uint64_t value, struct process *process,
			  struct error *err);

/* Is the top-level table at `root` the table for calls of EFI services? Sets *mm to the address of
 * efi_mm (drivers/firmware/efi/efi.c). The table of a kernel that has only efi_pgd
 * (arch/x86/platform/efi/efi_64.c) is not recognised. */
bool task_root_is_of_efi(struct kernel *kernel, uint64_t root, uint64_t *mm);

/* A pass over the address spaces of all processes. If several tasks share an address space, only
 * the first of them is visited. */
struct mm_pass {
	struct kernel *kernel;
	const struct task_list *list; /* borrowed from the kernel */
	size_t next;
	struct address_set seen; /* addresses of the mm_structs visited so far */
	bool missed; /* memory ran out, so processes were left out */
};

/* Starts a pass. Returns false and sets err if there is no list of tasks. In this case
 * mm_pass_release() need not be called. */
bool mm_pass_start(struct mm_pass *pass, struct kernel *kernel, struct error *err);
/* Returns the next task with an mm that no earlier task had. The task is borrowed from the kernel.
 * Returns NULL after the last task, or if the user stopped the work. */
const struct task *mm_pass_next(struct mm_pass *pass);
void mm_pass_release(struct mm_pass *pass);

/* Returns the page table that maps vaddr. */
static inline const struct space *process_space(const struct process *process, uint64_t vaddr)
{
	return vaddr <= process->user_last ? &process->user : &process->space;
}

/* Does the process have user memory? Returns false for a kernel thread and for a process that has
 * ended. */
static inline bool process_has_memory(const struct process *process)
{
	return process->mm && !process->borrowed;
}

/* Fails if vaddr is a user address, and the process is a task without an mm: the kernel's table, which
 * process->user is then, has no user memory of this task. */
bool process_require_memory(const struct process *process, uint64_t vaddr, struct error *err);

/* Finds a thread of the same process that has an mm, if the task has none: exit_mm() of kernel/exit.c
 * clears the mm of each thread when it ends, and the process lives until its last thread ends. Returns
 * NULL if the task has an mm, or if no such thread is in the list. */
const struct task *task_living_thread(struct kernel *kernel, const struct task *task);

/* Finds the first address of the kernel's half of the address space. On i386 it is PAGE_OFFSET. */
bool task_kernel_half(struct kernel *kernel, uint64_t *first, struct error *err);

/* Finds the physical address of the top-level table of a task. If mm is not the address of an
 * mm_struct, fails, and err names the task. If flipping one bit of mm gives the address of exactly
 * one mm_struct, err also contains this address. */
bool task_root(struct kernel *kernel, const struct task *task, uint64_t *root, struct error *err);

/* Finds the physical address of the top-level table of an mm_struct. */
bool task_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root, struct error *err);
