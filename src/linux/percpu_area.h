/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the CPU and the variable to which an address in per-CPU memory belongs: mm/percpu.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

struct percpu_place {
	unsigned int cpu;
	const char *kind; /* "static", "reserved" (for modules) or "dynamic" */
	/* The argument of per_cpu_ptr(), from which per_cpu_ptr() computes each CPU's address. */
	uint64_t pointer;
	const char *symbol; /* name of a static variable, borrowed; NULL: unknown or not static */
	uint64_t symbol_offset; /* offset in the variable */
};

struct kernel_symbol;
/* Is the symbol a per-CPU variable, so that its value is an argument of per_cpu_ptr() and not an
 * address? Returns false also if the CPUs or the bounds of per-CPU variables are unknown. */
bool percpu_has_symbol(struct kernel *kernel, const struct kernel_symbol *symbol);
/* Computes per_cpu_ptr(pointer, cpu). Fails if this kernel does not have the CPU. */
bool percpu_copy_of(struct kernel *kernel, uint64_t pointer, unsigned int cpu, uint64_t *vaddr,
		    struct error *err);
/* Sets *cpu to the first possible CPU whose number is at least *cpu. Returns false if no such CPU
 * exists. */
bool percpu_next(struct kernel *kernel, unsigned int *cpu);

/* Adds the value of a percpu_counter to *sum: its count, and the changes of each CPU, which the kernel
 * has not yet added to the count. Returns false if a part of the value is unknown. */
bool percpu_counter_add(struct kernel *kernel, uint64_t counter, int64_t *sum);

/* Finds the place of vaddr in per-CPU memory. Returns false if vaddr is not per-CPU memory, or if
 * the CPUs or symbols are unknown. */
bool percpu_at(struct kernel *kernel, uint64_t vaddr, struct percpu_place *place);

/* Calls visit for the ranges of per-CPU memory of each CPU, until visit returns false. `last` is
 * inclusive. Two ranges may contain parts of the same page. */
void percpu_each_range(struct kernel *kernel,
		       bool (*visit)(uint64_t first, uint64_t last, void *arg), void *arg);
