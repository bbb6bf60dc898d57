/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the page table that a CPU used, if it maps addresses that the kernel's own page table does
 * not map. This happens during calls of EFI services, while the kernel boots, or if the kernel's
 * page table is damaged. */
#pragma once

#include <stddef.h>

#include "kernel/kernel.h"

struct cpu_table {
	size_t cpu;
	uint64_t root;
	const char *mm; /* static: "efi_mm" if this is the page table of efi_mm, otherwise NULL */
};

/* Finds the page table of a CPU that maps vaddr, a kernel address that kernel_space() does not map.
 * Returns false if no page table in the CPUs' registers maps vaddr. */
bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table);
