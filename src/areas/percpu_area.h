/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU and variable that a per-CPU address belongs to: mm/percpu.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

struct percpu_place {
	unsigned int cpu;
	const char *kind;       /* "static", "reserved" (of modules), "dynamic" */
	uint64_t pointer;       /* as per_cpu_ptr() takes it, the same for all CPUs */
	const char *symbol;     /* of a static variable; borrowed; NULL: unknown */
	uint64_t symbol_offset; /* from the variable's start */
};

/* False where vaddr is not per-CPU memory, or the CPUs or symbols are unknown. */
bool kernel_percpu_at(struct kernel *kernel, uint64_t vaddr,
		      struct percpu_place *place);
