/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Compares the kernel's half of each process's page table with swapper_pg_dir. The kernel copies
 * this half into the table of a new process (pgd_ctor(), and for PAE pgd_prepopulate_pmd(), in
 * arch/x86/mm/pgtable.c). When the kernel changes an entry later, it changes all tables
 * (sync_global_pgds() on x86-64, __set_pmd_pte() on i386). */
#include <inttypes.h>

#include "check/check_pass.h"
#include "linux/region.h"
#include "kernel/kernel.h"
#include "paging/family.h"

/* Differences from the kernel's entry that are allowed in a process's entry. */
enum liberty {
	LIBERTY_NONE,
	/* the entry may be empty, because the kernel fills in entries only when they are needed */
	LIBERTY_MISSING,
	LIBERTY_ANY,
};

/* Returns the differences that are allowed in entries of vmalloc. Entries may be missing if
 * vmalloc_fault() fills them in: on i386 always, on x86-64 before 5.9. Since 5.9, x86-64 creates
 * all entries at the start (6eb82f994026). With PAE any difference is allowed, because before 5.3
 * (8e998fc24de4) tables kept entries that the kernel had removed. */
static enum liberty liberty_of_vmalloc(const struct kernel *kernel, const struct paging *paging)
{
	if (paging->sign_extends)
		return kernel_version(kernel) >= KERNEL_VERSION(5, 9, 0) ? LIBERTY_NONE :
									   LIBERTY_MISSING;
	return paging->nr_levels == 2 ? LIBERTY_MISSING : LIBERTY_ANY;
}

/* Returns the differences that are allowed in an entry that maps [first, last]. If this range
 * contains several regions, returns the most that any of these regions allows. */
static enum liberty liberty_of(struct kernel *kernel, const struct paging *paging, uint64_t first,
			       uint64_t last)
{
	enum liberty most = LIBERTY_NONE, liberty;
	const struct region *region;

	for (;; first = region->last + 1) {
		region = region_of(kernel, first, NULL);
		if (!region)
			return LIBERTY_ANY;
		liberty = LIBERTY_NONE;
		if (region->kind == REGION_VMALLOC)
			liberty = liberty_of_vmalloc(kernel, paging);
		else if (region->kind == REGION_LDT_REMAP || region->kind == REGION_UNKNOWN)
			liberty = LIBERTY_ANY;
		if (liberty > most)
			most = liberty;
		if (region->last >= last)
			return most;
	}
}

/* Returns true if both entries point to the same place with the same access rights. Other bits may
 * differ, because the CPU sets some bits, and because pti_clone_pgtable() made the kernel's entries
 * global when processes already existed. */
static bool alike(const struct space *space, unsigned int level, uint64_t one, uint64_t other)
{
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	enum entry_class class;

	one &= ~space->encrypt_mask;
	other &= ~space->encrypt_mask;
	class = entry_class(family, paging, level, one);
	if (class != entry_class(family, paging, level, other))
		return false;
	if (class == CLASS_ABSENT)
		return true;
	if (entry_may(family, paging, entry_rights(family, paging, level, class, one)) !=
	    entry_may(family, paging, entry_rights(family, paging, level, class, other)))
		return false;
	return class == CLASS_PAGE ?
		       entry_page(family, paging, level, one) ==
			       entry_page(family, paging, level, other) :
		       entry_table(family, paging, one) == entry_table(family, paging, other);
}

/* A table of a process, and the kernel's table for the same addresses. */
struct check_kernel_half_pair {
	const struct process *process;
	unsigned int level;
	uint64_t first; /* virtual address of entry 0, without sign extension */
	uint64_t paddr, kernels; /* physical addresses of the process's and the kernel's table */
};

static void check_kernel_half_compare(struct half_pass *half,
				      const struct check_kernel_half_pair *pair);

static void compare_entry(struct half_pass *half, const struct check_kernel_half_pair *pair,
			  unsigned int index, uint64_t ours, uint64_t kernels)
{
	const struct space *space = &pair->process->space;
	const struct paging *paging = space->paging;
	const struct paging_family *family = paging->family;
	const struct task *task = &pair->process->task;
	uint64_t size = UINT64_C(1) << paging->level[pair->level].shift;
	uint64_t first = (pair->first + index * size) | half->sign;
	uint64_t last = first + (size - 1);
	enum liberty liberty;

	if (!((ours ^ kernels) & ~family->noted_bits) || alike(space, pair->level, ours, kernels))
		return;
	/* A top-level entry of PAE points to the kernel's second-level table or to a copy of that
	 * table, so the entries may differ. The tables to which they point are compared. */
	if (paging->nr_levels == 3 && pair->level == 0 &&
	    entry_class(family, paging, 0, ours) == CLASS_TABLE &&
	    entry_class(family, paging, 0, kernels) == CLASS_TABLE) {
		const struct check_kernel_half_pair below = {
			pair->process, 1, first, entry_table(family, paging, ours),
			entry_table(family, paging, kernels)
		};

		check_kernel_half_compare(half, &below);
		return;
	}
	liberty = liberty_of(half->kernel, paging, first, last);
	if (liberty == LIBERTY_ANY || (liberty == LIBERTY_MISSING && !ours))
		return;
	check_count(&half->differing, 0,
		    "the %s entry %" PRIx64 " at %" PRIx64 ", for %" PRIx64 " to %" PRIx64
		    " of pid %d (%s), is %" PRIx64 " in the kernel's table",
		    paging->level[pair->level].name, ours, pair->paddr + index * paging->entry_size,
		    first, last, (int)task->tgid, task->comm, kernels);
}

/* Compares two tables. For PAE, compare_entry() calls this function again to compare second-level
 * tables. */
static void check_kernel_half_compare(struct half_pass *half,
				      const struct check_kernel_half_pair *pair)
{
	const struct paging *paging = pair->process->space.paging;
	struct dump *dump = half->kernel->dump;
	unsigned int nr = paging_entries(paging, pair->level), index = 0;
	size_t size = paging->entry_size;
	uint64_t ours, kernels;

	if (pair->first < half->first)
		index = (unsigned int)((half->first - pair->first) >>
				       paging->level[pair->level].shift);
	for (; index < nr; index++) {
		if (dump_load(dump, pair->paddr + index * size, size, &ours) != PAGE_PRESENT ||
		    dump_load(dump, pair->kernels + index * size, size, &kernels) != PAGE_PRESENT) {
			check_count(&half->unread, 0,
				    "either the table at %" PRIx64
				    " of pid %d (%s), or the table at %" PRIx64 " of the kernel",
				    pair->paddr, (int)pair->process->task.tgid,
				    pair->process->task.comm, pair->kernels);
			return;
		}
		compare_entry(half, pair, index, ours, kernels);
	}
}

static const enum check check = CHECK_OF_KERNEL_HALF;

void check_half_start(struct half_pass *half, struct pass *pass)
{
	const struct paging *paging = pass->space->paging;
	uint64_t first, swapper;

	*half = (struct half_pass){
		.kernel = pass->kernel,
		.differing = { .checker = pass->checker, .check = check },
		.unread = { .checker = pass->checker, .check = check },
	};
	if (pass->kernel->dump->format->running)
		fail(&half->why_not, ERROR_UNKNOWN, "the kernel is running, so its tables change");
	else if (kernel_require(pass->kernel, FACT_SWAPPER_PG_DIR, &swapper, &half->why_not) &&
		 !space_maps(pass->space, swapper, space_kernel_root(pass->space)))
		fail(&half->why_not, ERROR_UNKNOWN, "the root is not proved to be swapper_pg_dir");
	else if (!half->why_not.code)
		task_kernel_half(pass->kernel, &first, &half->why_not);
	if (half->why_not.code)
		return;
	half->first = first & (UINT64_MAX >> (64 - paging->address_bits));
	half->sign = first & ~half->first;
}

void check_half_process(struct half_pass *half, const struct space *kernels,
			const struct process *process)
{
	const struct paging *paging = kernels->paging;
	uint64_t top = UINT64_C(1) << paging->level[0].shift;
	const struct check_kernel_half_pair pair = {
		.process = process,
		.first = half->first & -(top * paging_entries(paging, 0)),
		.paddr = process->space.root,
		.kernels = kernels->root,
	};

	half->nr++;
	/* If the architecture has two root tables, all processes share one table for the kernel's
	 * half, so there is nothing to compare. */
	if (!half->why_not.code && !paging->family->two_roots)
		check_kernel_half_compare(half, &pair);
}

void check_half_tell(const struct half_pass *half, const struct pass *pass)
{
	bool complete = half->nr == pass->nr_processes && !pass->tasks_damaged &&
			!kernel_stopped(half->kernel);

	check_tell_tally(&half->differing, CHECK_ERROR, "entry differs from the kernel's table",
			 "entries differ from the kernel's table");
	check_tell_tally(&half->unread, CHECK_NOT_CHECKED, "table is not in the dump",
			 "tables are not in the dump");
	if (pass->no_processes.code || half->why_not.code)
		check_tell(pass->checker, check, CHECK_NOT_CHECKED, "%s",
			   pass->no_processes.code ? pass->no_processes.message :
						     half->why_not.message);
	else if (half->differing.nr || half->unread.nr)
		return;
	else if (pass->space->paging->family->two_roots)
		check_tell_none(pass, check, complete,
				half->nr == 1 ?
					"%zu process shares the kernel's table of the upper half" :
					"%zu processes share the kernel's table of the upper half",
				half->nr);
	else
		check_tell_none(pass, check, complete,
				half->nr == 1 ?
					"%zu process has the same entries as the kernel's table" :
					"%zu processes have the same entries as the kernel's table",
				half->nr);
}
