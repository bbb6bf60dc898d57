/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The table that a CPU used, if it maps addresses that the kernel's own table does not map: during
 * a call of EFI's services, while the kernel boots, or if the kernel's table is damaged. */
#pragma once

#include <stddef.h>

#include "kernel/kernel.h"

struct cpu_table {
	size_t cpu;
	uint64_t root;
	const char *mm; /* static: "efi_mm", if the table belongs to it; otherwise NULL */
};

/* vaddr: an address of the kernel that kernel_space() does not map. False: no table in the dump's
 * registers maps it. */
bool query_cpu_table(struct kernel *kernel, uint64_t vaddr, struct cpu_table *table);
