/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Compares the number of a process's tables with the number that its mm_struct counts. An entry that
 * lost its table looks like an entry that never had one, so only the count shows the loss. */
#include <inttypes.h>

#include "check/check_user.h"
#include "kernel/arch.h"
#include "linux/task_members.h"
#include "linux/vma/vma.h"

static uint64_t nr_unread(const struct user_pass *user)
{
	return user->missing.nr + user->left_out.nr + user->corrupt.nr;
}

void check_user_counts_start(struct user_pass *user)
{
	user->own = (struct own_tables){ .unread_before = nr_unread(user) };
}

/* Returns the number of levels, from the top, whose tables mm_struct does not count: the pgd, and in
 * the modes with five levels also the p4d. */
static unsigned int nr_uncounted(const struct paging *paging)
{
	return paging->nr_levels == 5 ? 2 : 1;
}

void check_user_counts_table(struct user_pass *user, unsigned int level, bool again)
{
	user->own.again |= again;
	user->own.nr += level >= nr_uncounted(user->process.space.paging);
}

/* For each huge page of anonymous memory, the kernel keeps a table for the time when it splits the
 * page (pgtable_trans_huge_deposit()). The mm_struct counts these tables. */
void check_user_counts_page(struct user_pass *user, const struct scanned *scanned)
{
	const struct paging *paging = user->process.space.paging;

	if (scanned->level + 2u == paging->nr_levels)
		user->own.nr_huge +=
			((scanned->last - scanned->first) >> paging->level[scanned->level].shift) +
			1;
}

/* Returns the number of tables in the kernel's half that only the process has. With KPTI, x86-64
 * maps the LDT of a process there, and map_ldt_struct() counts its tables (arch/x86/kernel/ldt.c).
 * The LDT is at the start of a top-level entry that is empty in the kernel's table. */
static uint64_t nr_of_ldt(const struct user_pass *user)
{
	const struct process *process = &user->process;
	const struct space *space = kernel_space(user->kernel, NULL);
	const struct paging *paging = process->space.paging;
	uint64_t entry = UINT64_C(1) << paging->level[0].shift, nr = 0;
	unsigned int uncounted = nr_uncounted(paging);

	if (!space || !paging->sign_extends)
		return 0;
	for (uint64_t vaddr = UINT64_MAX << (paging->address_bits - 1); vaddr; vaddr += entry) {
		struct walk own = walk_page_table(process_space(process, vaddr), vaddr);
		struct walk common = walk_page_table(space, vaddr);

		if (own.nr_steps > uncounted && common.nr_steps == 1 &&
		    common.outcome == WALK_NOT_PRESENT)
			nr += own.nr_steps - uncounted;
	}
	return nr;
}

/* Returns the number of CPUs that run a task of the process. Each of them may have added or removed a
 * table, and not counted it yet. */
static uint64_t nr_running(const struct user_pass *user, const struct task_list *list)
{
	uint64_t nr = 0, on_cpu, mm = user->process.mm;

	for (size_t i = 0; i < list->nr; i++)
		nr += list->task[i].mm == mm &&
		      (!kernel_read_member(user->kernel, list->task[i].address, TASK_ON_CPU,
					   &on_cpu, NULL) ||
		       on_cpu);
	return nr;
}

/* Can the difference between the counted tables and the tables that were found be right? */
static bool may_differ(const struct user_pass *user, uint64_t counted)
{
	const struct own_tables *own = &user->own;
	const struct task_list *list;
	uint64_t nr = own->nr;

	if (counted >= nr && counted <= nr + own->nr_huge)
		return true;
	nr += nr_of_ldt(user);
	if (counted >= nr && counted <= nr + own->nr_huge)
		return true;
	list = task_all(user->kernel, NULL);
	/* khugepaged takes tables away while it holds the lock of the mappings */
	return !list || vma_is_changing(user->kernel, user->process.mm) ||
	       (counted < nr ? nr - counted : counted - nr - own->nr_huge) <=
		       nr_running(user, list);
}

/* mm_struct.pgtables_bytes exists since 4.15 (af5b0f6a09e4). With 32-bit addresses it also counts
 * tables of the kernel's half. */
void check_user_counts_end(struct user_pass *user)
{
	const struct own_tables *own = &user->own;
	const struct task *task = &user->process.task;
	uint64_t bytes, counted;

	if (user->kernel->arch->pointer_size != 8 || own->again ||
	    own->unread_before != nr_unread(user) || kernel_stopped(user->kernel) ||
	    !kernel_member(user->kernel, MM_PGTABLES_BYTES, NULL) ||
	    !kernel_read_member(user->kernel, user->process.mm, MM_PGTABLES_BYTES, &bytes, NULL))
		return;
	counted = kernel_pfn(user->kernel, bytes);
	if (may_differ(user, counted))
		return;
	check_count(&user->miscounted, 0,
		    "the mm_struct of pid %d (%s) counts %" PRIu64 ", but %" PRIu64 " were found",
		    (int)task->tgid, task->comm, counted, own->nr);
}
