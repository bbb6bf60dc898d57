/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/cpu_table.h"

#include "dump/registers.h"
#include "kernel/arch.h"
#include "paging/family.h"
#include "linux/task/mm.h"

/* Is `root` the page table for EFI services? The kernel stores the address of this table in efi_mm
 * (drivers/firmware/efi/efi.c) or in efi_pgd (arch/x86/platform/efi/efi_64.c). Only efi_mm is
 * checked. */
static bool is_of_efi(struct kernel *kernel, uint64_t root)
{
	struct process process;
	uint64_t mm;

	return kernel_symbol(kernel, "efi_mm", &mm, NULL) &&
	       task_process_of_mm(kernel, mm, &process, NULL) && process.space.root == root;
}

bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table)
{
	const struct space *own = kernel_space(kernel, NULL);
	const struct dump *dump = kernel->dump;
	struct space space;
	struct walk walk;
	uint64_t root;

	for (size_t i = 0; own && i < dump->nr_cpus; i++) {
		if (kernel_stopped(kernel))
			return false;
		if (!kernel->arch->cpu_pages(&dump->cpus[i]))
			continue;
		space = *own;
		root = kernel->arch->cpu_root(own, &dump->cpus[i]);
		if (root == space_kernel_root(own))
			continue;
		space_set_kernel_root(&space, root);
		walk = walk_page_table(&space, vaddr);
		if (walk.outcome != WALK_MAPPED)
			continue;
		*table = (struct cpu_table){ .cpu = i, .root = root };
		if (is_of_efi(kernel, root))
			table->mm = "efi_mm";
		return true;
	}
	return false;
}
