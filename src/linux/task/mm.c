/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/task/mm.h"

#include <inttypes.h>

#include "dump/dump.h"
#include "kernel/arch.h"
#include "paging/family.h"
#include "paging/scan.h"
#include "linux/task_members.h"

/* Is the direct map in the lower half of a 64-bit address space, as in x86-64 kernels before 2.6.11
 * (PAGE_OFFSET, include/asm-x86_64/page.h)? */
static bool maps_memory_low(struct kernel *kernel, const struct space *space, uint64_t *page_offset)
{
	return space->paging->sign_extends && kernel_fact(kernel, FACT_PAGE_OFFSET, page_offset) &&
	       !(*page_offset >> 63);
}

bool task_kernel_half(struct kernel *kernel, uint64_t *first, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);

	if (!space)
		return false;
	if (!space->paging->sign_extends)
		return kernel_require(kernel, FACT_PAGE_OFFSET, first, err);
	if (!maps_memory_low(kernel, space, first))
		*first = paging_upper_half(space->paging);
	return true;
}

bool task_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	struct walk walk;
	uint64_t pgd, page_offset;

	if (!space || !kernel_read_member(kernel, mm, MM_PGD, &pgd, err))
		return false;
	/* switch_mm(), include/asm-x86_64/mmu_context.h of 2.6.9 */
	if (maps_memory_low(kernel, space, &page_offset))
		return fail(
			err, ERROR_UNKNOWN,
			"before Linux 2.6.11, mm_struct does not have the top level of the page table, which belongs to a CPU");
	walk = walk_page_table(space, pgd);
	if (walk.outcome != WALK_MAPPED)
		return fail(err, ERROR_UNREADABLE,
			    "the address of its page table, %" PRIx64 ", is not mapped", pgd);
	*root = walk.paddr;
	return true;
}

/* Is `mm` the address of an mm_struct? The top-level table is in the kernel's half of the address
 * space, and all tables map the kernel's half. So the table of a real mm_struct maps itself. */
static bool is_mm(struct kernel *kernel, uint64_t mm)
{
	struct space space;
	uint64_t root, pgd;

	if (!task_mm_root(kernel, mm, &root, NULL) ||
	    !kernel_read_member(kernel, mm, MM_PGD, &pgd, NULL))
		return false;
	space = *kernel_space(kernel, NULL);
	space.root = root;
	return space_maps(&space, pgd, root);
}

/* `mm` is not the address of an mm_struct, perhaps because one bit was flipped in memory. Finds
 * this bit. Returns false if no bit or more than one bit gives the address of an mm_struct. */
static bool mm_find_neighbour(struct kernel *kernel, uint64_t mm, unsigned int *bit)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < 8 * kernel_pointer_size(kernel); i++)
		if (is_mm(kernel, mm ^ UINT64_C(1) << i)) {
			*bit = i;
			nr++;
		}
	return nr == 1;
}

bool task_root(struct kernel *kernel, const struct task *task, uint64_t *root, struct error *err)
{
	struct error why;
	unsigned int bit;

	/* The table must be aligned to its size, which is at least 32 bytes (PAE's top-level
	 * table). */
	if (task_mm_root(kernel, task->mm, root, &why) &&
	    (!(*root & 31) ||
	     fail(&why, ERROR_FORMAT, "the address of its page table, %" PRIx64 ", is not aligned",
		  *root)))
		return true;
	if (mm_find_neighbour(kernel, task->mm, &bit))
		return fail(err, why.code,
			    "pid %d (%s): mm %" PRIx64
			    " is not an mm_struct: %.200s; with bit %u flipped, mm would be %" PRIx64
			    ", which is an mm_struct",
			    (int)task->pid, task->comm, task->mm, why.message, bit,
			    task->mm ^ UINT64_C(1) << bit);
	return fail(err, why.code, "pid %d (%s): mm %" PRIx64 " is not an mm_struct: %.300s",
		    (int)task->pid, task->comm, task->mm, why.message);
}

static bool has_user_table(const struct kernel *kernel, const struct space *space, uint64_t *root)
{
	return kernel->arch->user_table && kernel->arch->user_table(space, root);
}

static bool set_space(struct kernel *kernel, struct process *process, uint64_t root,
		      struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t half;

	if (!space || !task_kernel_half(kernel, &half, err))
		return false;
	process->user_last = half >> 63 ? ~half : half - 1;
	process->space = *space;
	process->space.root = root;
	process->user = process->space;
	process->isolated = has_user_table(kernel, &process->space, &process->user.root);
	return true;
}

static const struct task *mm_owner_of(const struct task_list *list, uint64_t mm)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->task[i].mm == mm)
			return &list->task[i];
	return NULL;
}

const struct task *task_living_thread(struct kernel *kernel, const struct task *task)
{
	const struct task_list *list = task->mm || !task->tgid ? NULL : task_all(kernel, NULL);

	for (size_t i = 0; list && i < list->nr; i++)
		if (list->task[i].tgid == task->tgid && list->task[i].mm)
			return &list->task[i];
	return NULL;
}

bool process_require_memory(const struct process *process, uint64_t vaddr, struct error *err)
{
	return process->mm || !process->has_task || vaddr > process->user_last ||
	       fail(err, ERROR_NO_ANSWER,
		    "pid %d (%s) has no user memory: it is a kernel thread, or has ended",
		    (int)process->task.pid, process->task.comm);
}

/* If the task is a thread that has ended, and its process lives, the process has the table of a living
 * thread. A kernel thread has no table. If it was running, it used a borrowed mm. If not, the kernel's
 * table is used, because the kernel's half is the same in all tables. */
bool task_process(struct kernel *kernel, const struct task *task, struct process *process,
		  struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	const struct task_list *list;
	const struct task *owner;
	uint64_t root;

	*process = (struct process){
		.task = *task,
		.has_task = true,
		.mm = task->mm,
	};
	if (!space)
		return false;
	owner = task_living_thread(kernel, task);
	if (owner) {
		process->mm = owner->mm;
	} else if (!process->mm && task->active_mm) {
		process->mm = task->active_mm;
		process->borrowed = true;
		list = task_all(kernel, err);
		if (!list)
			return false;
		owner = mm_owner_of(list, process->mm);
	}
	process->has_owner = owner;
	if (owner)
		process->owner = *owner;
	root = space->root;
	if (process->mm && !task_mm_root(kernel, process->mm, &root, err))
		return false;
	return set_space(kernel, process, root, err);
}

bool task_process_of_mm(struct kernel *kernel, uint64_t mm, struct process *process,
			struct error *err)
{
	const struct task_list *list = task_all(kernel, err);
	const struct task *task;
	uint64_t pgd, root;
	struct error why;

	if (!list)
		return false;
	task = mm_owner_of(list, mm);
	if (task)
		return task_process(kernel, task, process, err);
	*process = (struct process){ .mm = mm };
	if (task_mm_root(kernel, mm, &root, &why) &&
	    kernel_read_member(kernel, mm, MM_PGD, &pgd, &why) &&
	    set_space(kernel, process, root, &why)) {
		if (space_maps(&process->space, pgd, root))
			return true;
		fail(&why, ERROR_NO_ANSWER, "its page table does not map itself");
	}
	return fail(err, ERROR_NO_ANSWER, "neither a task nor an mm_struct: %.300s", why.message);
}

bool task_root_is_of_efi(struct kernel *kernel, uint64_t root, uint64_t *mm)
{
	struct process process;

	return kernel_symbol(kernel, "efi_mm", mm, NULL) &&
	       task_process_of_mm(kernel, *mm, &process, NULL) && process.space.root == root;
}

/* Finds the task to which the table at process->space.root belongs. The table is the task's table
 * for kernel mode or for user mode. */
static const struct task *task_of_root(struct kernel *kernel, const struct process *process)
{
	const struct task_list *list = task_all(kernel, NULL);
	uint64_t root = process->space.root, own;

	for (size_t i = 0; list && i < list->nr && !kernel_stopped(kernel); i++) {
		struct space space = process->space;
		const struct task *task = &list->task[i];

		if (!task->mm || !task_mm_root(kernel, task->mm, &own, NULL))
			continue;
		space.root = own;
		if (own == root || (own == (root ^ kernel_page_size(kernel)) &&
				    has_user_table(kernel, &space, &own) && own == root))
			return task;
	}
	return NULL;
}

bool task_process_of_root(struct kernel *kernel, uint64_t value, struct process *process,
			  struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	const struct task *task;
	enum page_state state;
	uint64_t root;
	uint8_t byte;

	*process = (struct process){ 0 };
	if (!space)
		return false;
	if (!kernel->arch->root_of_register(space, value, &root))
		return fail(err, ERROR_USAGE,
			    "neither the physical address of a table nor a value of %s",
			    kernel->arch->root_register);
	state = dump_read(kernel->dump, root, &byte, 1);
	if (state != PAGE_PRESENT)
		return fail(err, ERROR_UNREADABLE,
			    "the table at %" PRIx64 " is not in the dump: %s", root,
			    dump_state_text(kernel->dump, state));
	if (!set_space(kernel, process, root, err))
		return false;
	/* The kernel's table maps no user address. If the user gave the table (-o root=), it may be
	 * the table of a process. */
	if (space->paging->family->two_roots && root == space->upper_root &&
	    !kernel->facts->fact[FACT_ROOT].given)
		process->space.root = NO_TABLE;
	process->user = process->space;
	process->isolated = false;
	task = task_of_root(kernel, process);
	process->has_task = task;
	if (task) {
		process->task = *task;
		process->mm = task->mm;
	}
	return true;
}

bool mm_pass_start(struct mm_pass *pass, struct kernel *kernel, struct error *err)
{
	*pass = (struct mm_pass){
		.kernel = kernel,
		.list = task_all(kernel, err),
	};
	return pass->list;
}

const struct task *mm_pass_next(struct mm_pass *pass)
{
	while (pass->next < pass->list->nr && !kernel_stopped(pass->kernel)) {
		const struct task *task = &pass->list->task[pass->next++];

		if (!task->mm)
			continue;
		switch (address_set_add(&pass->seen, task->mm)) {
		case ADDRESS_NEW: return task;
		case ADDRESS_SEEN: break;
		case ADDRESS_NO_MEMORY: pass->missed = true; break;
		}
	}
	return NULL;
}

void mm_pass_release(struct mm_pass *pass)
{
	address_set_release(&pass->seen);
}
