/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variables of which each CPU has its own: include/asm-generic/percpu.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* CPUs that may ever be there, as the kernel's mask says. */
struct cpu_set {
	uint64_t mask[128]; /* 8192 CPUs: NR_CPUS at most, arch/x86/Kconfig */
	unsigned int nr;    /* one past the last CPU of the mask */
};

bool kernel_possible_cpus(struct kernel *kernel, struct cpu_set *cpus,
			  struct error *err);

static inline bool cpu_set_has(const struct cpu_set *cpus, unsigned int cpu)
{
	return cpu < cpus->nr && (cpus->mask[cpu / 64] >> cpu % 64 & 1);
}

/* Address of that CPU's copy of the variable that symbol names. */
bool kernel_per_cpu(struct kernel *kernel, const char *symbol,
		    unsigned int cpu, uint64_t *address, struct error *err);
