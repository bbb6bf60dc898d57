/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The CPU and the variable of a per-CPU address: mm/percpu.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct percpu_place {
	unsigned int cpu;
	const char *kind; /* "static", "reserved" (of modules), "dynamic" */
	uint64_t pointer; /* the argument for per_cpu_ptr(), the same for all CPUs */
	const char *symbol; /* for a static variable; borrowed; NULL: unknown */
	uint64_t symbol_offset; /* offset in the variable */
};

struct kernel_symbol;
/* Is it a per-CPU variable, whose address is an argument for per_cpu_ptr()? False also if the CPUs
 * or the bounds of such variables are unknown. */
bool percpu_has_symbol(struct kernel *kernel, const struct kernel_symbol *symbol);
/* The result of per_cpu_ptr(). Fails for a CPU that this kernel does not have. */
bool percpu_copy_of(struct kernel *kernel, uint64_t pointer, unsigned int cpu, uint64_t *vaddr,
		    struct error *err);
/* The next CPU from *cpu on. False: there is none. */
bool percpu_next(struct kernel *kernel, unsigned int *cpu);

/* False: vaddr is not per-CPU memory, or the CPUs or symbols are unknown. */
bool percpu_at(struct kernel *kernel, uint64_t vaddr, struct percpu_place *place);

/* Calls visit with ranges [first, last] of the memory of each CPU, until it returns false. Ranges
 * may share a page. */
void percpu_each_range(struct kernel *kernel,
		       bool (*visit)(uint64_t first, uint64_t last, void *arg), void *arg);
