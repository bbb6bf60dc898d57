/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/espfix.h"

#include "kernel/kernel.h"
#include "kernel/percpu.h"

/* Each stack is mapped 65536 times, at every value of these bits: IRET takes
 * them from the user's stack pointer. */
#define CLONE_BITS UINT64_C(0xffff0000)

enum { STACK_SIZE = 64 };

bool kernel_espfix(struct kernel *kernel, uint64_t vaddr, struct espfix *espfix)
{
	struct cpu_set cpus;
	uint64_t variable, bottom;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return false;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		/* 0: the CPU was never brought up. */
		if (!cpu_set_has(&cpus, cpu) ||
		    !kernel_per_cpu(kernel, "espfix_stack", cpu, &variable,
				    NULL) ||
		    !kernel_read_pointer(kernel, variable, &bottom, NULL) ||
		    !bottom)
			continue;
		bottom = (bottom & ~CLONE_BITS) | (vaddr & CLONE_BITS);
		if (vaddr - bottom < STACK_SIZE) {
			*espfix = (struct espfix){ cpu, bottom,
						   bottom + STACK_SIZE - 1 };
			return true;
		}
	}
	return false;
}
