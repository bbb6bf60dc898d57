/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/mm.h"

#include <inttypes.h>

#include "kernel/arch.h"

bool kernel_user_last(struct kernel *kernel, uint64_t *last, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t page_offset;

	if (!space)
		return false;
	if (space->paging->sign_extends) {
		*last = (UINT64_C(1) << (space->paging->address_bits - 1)) - 1;
		return true;
	}
	if (!kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err))
		return false;
	*last = page_offset - 1;
	return true;
}

/* Where the table at vaddr lies, as the kernel's own table says. */
static bool locate_table(struct kernel *kernel, uint64_t vaddr, uint64_t *root,
			 struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	struct walk walk;

	if (!space)
		return false;
	walk = walk_page_table(space, vaddr);
	if (walk.outcome != WALK_MAPPED)
		return fail(err, ERROR_UNREADABLE,
			    "the page table's address %" PRIx64
			    " cannot be translated", vaddr);
	*root = walk.paddr;
	return true;
}

static bool mm_table(struct kernel *kernel, uint64_t mm, uint64_t *pgd,
		     uint64_t *root, struct error *err)
{
	return kernel_read_member(kernel, mm, MM_PGD, pgd, err) &&
	       locate_table(kernel, *pgd, root, err);
}

bool kernel_mm_root(struct kernel *kernel, uint64_t mm, uint64_t *root,
		    struct error *err)
{
	uint64_t pgd;

	return mm_table(kernel, mm, &pgd, root, err);
}

/*
 * Is there a second table for user mode, a page above the first one? Then the
 * first forbids execution in every user entry, and the second has the same
 * entry without that bit: __pti_set_user_pgtbl(), arch/x86/mm/pti.c.
 */
static bool has_user_copy(const struct process *process)
{
	const struct space *space = &process->space;
	const struct paging *paging = space->paging;
	uint64_t nx = paging->no_execute_bit, first, second;
	unsigned int nr = 1u << (paging->level[0].bits - 1);

	if (!paging->sign_extends || !nx || (space->root & 0x1fff))
		return false;
	for (unsigned int i = 0; i < nr; i++) {
		uint64_t at = space->root + (uint64_t)i * paging->entry_size;

		if (dump_load(space->dump, at, paging->entry_size, &first) !=
		    PAGE_PRESENT)
			return false;
		if (!(first & ENTRY_PRESENT))
			continue;
		return (first & nx) &&
		       dump_load(space->dump, at + 0x1000, paging->entry_size,
				 &second) == PAGE_PRESENT &&
		       second == (first & ~nx);
	}
	return false;
}

static bool set_space(struct kernel *kernel, struct process *process,
		      uint64_t root, struct error *err)
{
	const struct space *space = kernel_space(kernel, err);

	if (!space || !kernel_user_last(kernel, &process->user_last, err))
		return false;
	process->space = *space;
	process->space.root = root;
	process->isolated = has_user_copy(process);
	process->user = process->space;
	if (process->isolated)
		process->user.root += 0x1000;
	return true;
}

static const struct task *owner_of(const struct task_list *list, uint64_t mm)
{
	for (size_t i = 0; i < list->nr; i++)
		if (list->task[i].mm == mm)
			return &list->task[i];
	return NULL;
}

static bool find_owner(struct kernel *kernel, const struct watch *watch,
		       struct process *process, struct error *err)
{
	const struct task_list *list = kernel_tasks(kernel, watch, err);
	const struct task *owner;

	if (!list)
		return false;
	owner = owner_of(list, process->mm);
	process->has_owner = owner != NULL;
	if (owner)
		process->owner = *owner;
	return true;
}

/* A kernel thread that is not running has no table at all: what it does it
 * does in the kernel's half, which is the same in all of them. */
bool kernel_process(struct kernel *kernel, const struct task *task,
		    const struct watch *watch, struct process *process,
		    struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	uint64_t root;

	*process = (struct process){
		.task = *task, .has_task = true, .mm = task->mm,
	};
	if (!space)
		return false;
	if (!process->mm && task->active_mm) {
		process->mm = task->active_mm;
		process->borrowed = true;
		if (!find_owner(kernel, watch, process, err))
			return false;
	}
	root = space->root;
	if (process->mm && !kernel_mm_root(kernel, process->mm, &root, err))
		return false;
	return set_space(kernel, process, root, err);
}

bool kernel_process_of_mm(struct kernel *kernel, uint64_t mm,
			  const struct watch *watch, struct process *process,
			  struct error *err)
{
	const struct task_list *list = kernel_tasks(kernel, watch, err);
	const struct task *task;
	uint64_t pgd, root;
	struct error why;

	if (!list)
		return false;
	task = owner_of(list, mm);
	if (task)
		return kernel_process(kernel, task, watch, process, err);
	*process = (struct process){ .mm = mm };
	if (mm_table(kernel, mm, &pgd, &root, &why) &&
	    set_space(kernel, process, root, &why)) {
		if (space_maps(&process->space, pgd, root))
			return true;
		fail(&why, ERROR_NO_ANSWER, "its page table does not map itself");
	}
	return fail(err, ERROR_NO_ANSWER,
		    "no task is there and none has this mm, and what is there is no mm_struct: %.300s",
		    why.message);
}
