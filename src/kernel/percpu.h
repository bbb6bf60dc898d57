/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Per-CPU variables: include/asm-generic/percpu.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel_symbols.h"
#include "kernel/member.h"

struct kernel;

#define MEMBERS_OF_KERNEL(X)                                                                       \
	X(PDA_OFFSET, "x8664_pda", "data_offset")                                                  \
	X(PDA_CPU, "x8664_pda", "cpunumber")
MEMBER_IDS(KERNEL);

/* The CPUs in a mask of the kernel. */
struct cpu_set {
	/* CPU n is bit n % 64 of word n / 64. NR_CPUS is at most 8192 (arch/x86/Kconfig). */
	uint64_t mask[128];
	unsigned int nr; /* number of bits in the mask */
};

/* Reads the mask of possible CPUs; without SMP, the mask contains only CPU 0. Fails if the mask is
 * unknown or cannot be read. */
bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);
/* Like kernel_possible_cpus(), but for the CPUs that are present, including stopped CPUs. */
bool kernel_present_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);

static inline bool cpu_set_has(const struct cpu_set *cpus, unsigned int cpu)
{
	return cpu < cpus->nr && (cpus->mask[cpu / 64] >> cpu % 64 & 1);
}

/* Does the kernel have copies of per-CPU variables at offsets? UNSURE: no source of symbols answers
 * this. */
enum certainty kernel_has_copies(struct kernel *kernel);

/* Finds the offset that must be added to the address of a static per-CPU variable for this CPU.
 * Before 6.15 x86-64 links these variables at address 0, so there the offset is the start of the
 * CPU's memory. Returns false without SMP, or if the offset is unknown. */
bool kernel_per_cpu_offset(struct kernel *kernel, unsigned int cpu, uint64_t *offset,
			   struct error *err);

/* Finds the virtual address of a CPU's copy of a per-CPU variable. */
bool kernel_per_cpu(struct kernel *kernel, const char *symbol, unsigned int cpu, uint64_t *address,
		    struct error *err);
