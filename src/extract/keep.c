/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/keep.h"

#include <inttypes.h>
#include <stdio.h>

#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "linux/task/table_pass.h"

void keep_lacks(struct keep *keep, const char *part, const struct error *why)
{
	if (keep->nr_lacks < MOST_LACKS) {
		struct lack *lack = &keep->lack[keep->nr_lacks];

		snprintf(lack->part, sizeof(lack->part), "%s", part);
		lack->why = *why;
	}
	keep->nr_lacks++;
}

/* --- page tables --- */

struct table_keeper {
	struct keep *keep;
	struct dump *dump;
	uint64_t nr_missing, first_missing; /* first_missing: physical address */
};

/* Keeps a table. A page table is a page, but the top-level table of PAE has only 32 bytes. */
static bool keep_table(void *arg, const struct passed_table *table)
{
	struct table_keeper *keeper = arg;
	const struct paging *paging = table->space->paging;
	uint64_t size = paging_table_size(paging, table->level);

	if (dump_range_state(keeper->dump, table->paddr, size) > PAGE_ZERO) {
		if (!keeper->nr_missing++)
			keeper->first_missing = table->paddr;
	} else if (size < PAGE_BYTES) {
		kept_add_bytes(keeper->keep->kept, table->paddr, size);
	} else {
		kept_add_range(keeper->keep->kept, table->paddr, table->paddr + (size - 1),
			       KEPT_TABLE, NULL);
	}
	return true;
}

/* Visits tables that belong to no process: the kernel's second table, which page-table isolation
 * creates, and the current tables of the CPUs. For example, a CPU may use the table for EFI
 * calls. */
static void pass_further_roots(struct table_pass *pass)
{
	struct kernel *kernel = pass->kernel;
	const struct dump *dump = kernel->dump;
	const struct space *own = kernel_space(kernel, NULL);
	struct space space;

	if (!own)
		return;
	space = *own;
	if (kernel->arch->user_table && kernel->arch->user_table(&space, &space.root))
		table_pass_space(pass, &space);
	for (size_t i = 0; i < dump->nr_cpus && !kernel_stopped(kernel); i++) {
		space = *own;
		if (arch_cpu_root(kernel->arch, &space, &dump->cpus[i], &space.root))
			table_pass_space(pass, &space);
	}
}

void keep_tables(struct keep *keep)
{
	struct kernel *kernel = keep->kernel;
	struct table_keeper keeper = { keep, kernel->dump, 0, 0 };
	struct table_pass pass = {
		.kernel = kernel,
		.visit = keep_table,
		.arg = &keeper,
	};
	struct error err;

	if (!kernel_space(kernel, &err))
		keep_lacks(keep, "the kernel's page table", &err);
	if (!task_all(kernel, &err))
		keep_lacks(keep, "page tables of processes", &err);
	table_pass_all(&pass);
	pass_further_roots(&pass);
	table_pass_release(&pass);
	if (!keeper.nr_missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " are not in the dump, the first is at %" PRIx64,
	     keeper.nr_missing, keeper.first_missing);
	keep_lacks(keep, "page tables", &err);
}
