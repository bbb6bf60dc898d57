/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/select.h"

#include <inttypes.h>
#include <stdio.h>

#include "dump/dump.h"
#include "dump/registers.h"
#include "kernel/arch.h"
#include "linux/task/table_pass.h"

void selector_lacks(struct selector *selector, const char *part, const struct error *why)
{
	if (selector->nr_lacks < MOST_LACKS) {
		struct lack *lack = &selector->lack[selector->nr_lacks];

		snprintf(lack->part, sizeof(lack->part), "%s", part);
		lack->why = *why;
	}
	selector->nr_lacks++;
}

/* --- page tables --- */

struct table_selector {
	struct selector *selector;
	struct dump *dump;
	uint64_t nr_missing, first_missing; /* first_missing: physical address */
};

/* Keeps a table. A page table is a page, but the top-level table of PAE has only 32 bytes. */
static bool select_table(void *arg, const struct passed_table *table)
{
	struct table_selector *place = arg;
	const struct paging *paging = table->space->paging;
	uint64_t size = paging_table_size(paging, table->level);

	if (dump_range_state(place->dump, table->paddr, size) > PAGE_ZERO) {
		if (!place->nr_missing++)
			place->first_missing = table->paddr;
	} else if (size < PAGE_BYTES) {
		selection_add_bytes(place->selector->selection, table->paddr, size);
	} else {
		selection_add_range(place->selector->selection, table->paddr,
				    table->paddr + (size - 1), SELECTED_TABLE, NULL);
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

void select_tables(struct selector *selector)
{
	struct kernel *kernel = selector->kernel;
	struct table_selector place = { selector, kernel->dump, 0, 0 };
	struct table_pass pass = {
		.kernel = kernel,
		.visit = select_table,
		.arg = &place,
	};
	struct error err;

	if (!kernel_space(kernel, &err))
		selector_lacks(selector, "the kernel's page table", &err);
	if (!task_all(kernel, &err))
		selector_lacks(selector, "page tables of processes", &err);
	table_pass_all(&pass);
	pass_further_roots(&pass);
	table_pass_release(&pass);
	if (!place.nr_missing)
		return;
	fail(&err, ERROR_UNREADABLE, "%" PRIu64 " are not in the dump, the first is at %" PRIx64,
	     place.nr_missing, place.first_missing);
	selector_lacks(selector, "page tables", &err);
}
