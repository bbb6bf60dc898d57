/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A page table that a CPU used, and that maps kernel addresses that the kernel's own page table
 * does not map. CPUs use such a table during calls of EFI services and while the kernel boots. If
 * the kernel's own page table is damaged, the table of a CPU may also map addresses that are
 * missing there. */
#pragma once

#include <stddef.h>

#include "kernel/kernel.h"

struct cpu_table {
	size_t cpu;
	uint64_t root;
	const char *mm; /* static: "efi_mm", or NULL if the table is not of efi_mm */
};

/* Finds the page table of a CPU that maps vaddr. vaddr: a kernel address that kernel_space() does
 * not map. Returns false if no CPU's registers point to a page table that maps vaddr. */
bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table);
