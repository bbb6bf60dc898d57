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

/* The CPUs of one of the kernel's masks. */
struct cpu_set {
	/* Bit n % 64 of word n / 64; NR_CPUS is at most 8192: arch/x86/Kconfig. */
	uint64_t mask[128];
	unsigned int nr; /* number of bits in the mask */
};

/* Without SMP only CPU 0. Fails if the mask is unknown or cannot be read. */
bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);
/* Like kernel_possible_cpus(), for the CPUs that are present, including stopped ones. */
bool kernel_present_cpus(struct kernel *kernel, struct cpu_set *cpus, struct error *err);

static inline bool cpu_set_has(const struct cpu_set *cpus, unsigned int cpu)
{
	return cpu < cpus->nr && (cpus->mask[cpu / 64] >> cpu % 64 & 1);
}

/* Has the kernel several copies of per-CPU variables, or one copy at an offset? UNSURE: no source
 * of symbols shows it. */
enum certainty kernel_has_copies(struct kernel *kernel);

/* The offset to add to the address of a static per-CPU variable for this CPU. If x86-64 links these
 * variables at 0, the offset is the start of the CPU's memory. False: no SMP, or not known. */
bool kernel_per_cpu_offset(struct kernel *kernel, unsigned int cpu, uint64_t *offset,
			   struct error *err);

/* Virtual address of the CPU's copy of a per-CPU variable. */
bool kernel_per_cpu(struct kernel *kernel, const char *symbol, unsigned int cpu, uint64_t *address,
		    struct error *err);
