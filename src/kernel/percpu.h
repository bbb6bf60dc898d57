/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Per-CPU variables: include/asm-generic/percpu.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* The CPUs of the kernel's mask of possible ones. */
struct cpu_set {
	uint64_t mask[128]; /* bit n % 64 of word n / 64; NR_CPUS is 8192 at most, arch/x86/Kconfig */
	unsigned int nr;    /* bits of the mask */
};

/* CPU 0 alone without SMP. Fails where the mask is unknown or cannot be read. */
bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus,
			  struct error *err);

static inline bool cpu_set_has(const struct cpu_set *cpus, unsigned int cpu)
{
	return cpu < cpus->nr && (cpus->mask[cpu / 64] >> cpu % 64 & 1);
}

/* Virtual address of the CPU's copy of a per-CPU variable. */
bool kernel_per_cpu(struct kernel *kernel, const char *symbol,
		    unsigned int cpu, uint64_t *address, struct error *err);
