/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The little stacks for IRET to 16-bit segments, one for each CPU:
 * arch/x86/kernel/espfix_64.c. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

struct espfix {
	unsigned int cpu;
	uint64_t start, last; /* of its stack, in the copy that holds the address */
};

/* False where vaddr is in no CPU's stack, or nothing tells. */
bool kernel_espfix(struct kernel *kernel, uint64_t vaddr, struct espfix *espfix);
