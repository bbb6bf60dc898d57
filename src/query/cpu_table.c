/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/cpu_table.h"

#include "dump/registers.h"
#include "kernel/arch.h"
#include "paging/family.h"
#include "linux/task/mm.h"

bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table)
{
	const struct space *own = kernel_space(kernel, NULL);
	const struct dump *dump = kernel->dump;
	struct space space;
	struct walk walk;
	uint64_t root, mm;

	for (size_t i = 0; own && i < dump->nr_cpus; i++) {
		if (kernel_stopped(kernel))
			return false;
		if (!arch_cpu_root(kernel->arch, own, &dump->cpus[i], &root) ||
		    root == space_kernel_root(own))
			continue;
		space = *own;
		space_set_kernel_root(&space, root);
		walk = walk_page_table(&space, vaddr);
		if (walk.outcome != WALK_MAPPED)
			continue;
		*table = (struct cpu_table){ .cpu = i, .root = root };
		if (task_root_is_of_efi(kernel, root, &mm))
			table->mm = "efi_mm";
		return true;
	}
	return false;
}
