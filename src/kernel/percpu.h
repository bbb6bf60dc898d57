/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Per-CPU variables: include/asm-generic/percpu.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel_symbols.h"

struct kernel;

/* A set of CPUs, read from a mask of the kernel. */
struct cpu_set {
	/* CPU n is bit n % 64 of element n / 64. The array is large enough for NR_CPUS, which is at
	 * most 8192 (arch/x86/Kconfig). */
	uint64_t mask[128];
	unsigned int nr; /* the number of bits in the mask of the kernel */
};

/* Reads the mask of possible CPUs. A kernel without SMP has only CPU 0. Returns false, and an empty set, if
 * the mask is unknown or cannot be read. */
bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);
/* Like kernel_possible_cpus(), but for the CPUs that are present. CPUs that were stopped are
 * present, too. */
bool kernel_present_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);
/* The CPUs that are scheduled on. A panic takes the CPUs out that it stops. */
bool kernel_online_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);

/* Reads a struct cpumask of `size` bytes. */
bool kernel_read_cpus(struct kernel *kernel, uint64_t address, size_t size, struct cpu_set *cpus,
		      struct error *err);

static inline bool cpu_set_has(const struct cpu_set *cpus, unsigned int cpu)
{
	return cpu < cpus->nr && (cpus->mask[cpu / 64] >> cpu % 64 & 1);
}

/* Sets *cpu to the first CPU in the set that is not below *cpu. Returns false if there is none:
 *	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++) */
static inline bool cpu_set_next(const struct cpu_set *cpus, unsigned int *cpu)
{
	/* Masks often have 8192 bits, and few of them are set. */
	for (; *cpu < cpus->nr; *cpu = (*cpu / 64 + 1) * 64) {
		uint64_t rest = cpus->mask[*cpu / 64] >> *cpu % 64;

		if (rest) {
			*cpu += (unsigned int)__builtin_ctzll(rest);
			return *cpu < cpus->nr;
		}
	}
	return false;
}

/* Does the kernel have a copy of each per-CPU variable for each CPU, at an offset? The answer is
 * UNSURE if no source of symbols answers this. */
enum certainty kernel_has_copies(struct kernel *kernel);

/* Finds the offset that must be added to the address of a static per-CPU variable to get the copy
 * of this CPU. On x86-64 before 6.15 these variables are linked at address 0, so the offset is the
 * start of the CPU's memory. Returns false if the kernel has no SMP, or if the offset is
 * unknown. */
bool kernel_per_cpu_offset(struct kernel *kernel, unsigned int cpu, uint64_t *offset,
			   struct error *err);

/* Finds the virtual address of the copy of a per-CPU variable that belongs to this CPU. */
bool kernel_per_cpu(struct kernel *kernel, const char *symbol, unsigned int cpu, uint64_t *address,
		    struct error *err);
