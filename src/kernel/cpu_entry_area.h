/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose part of the cpu entry area an address is: its CPU and member.
 * arch/x86/include/asm/cpu_entry_area.h (4.15). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;
struct region;

struct cpu_entry_place {
	bool has_cpu; /* not the page of the IDT, which all share */
	unsigned int cpu;
	const char *member;   /* static: "tss", "estacks.DF_stack" */
	uint64_t first, last; /* of the member */
};

/* region is the one that holds vaddr. False where it is another one, nobody's
 * part of it, or nothing tells. */
bool kernel_cpu_entry_at(struct kernel *kernel, const struct region *region,
			 uint64_t vaddr, struct cpu_entry_place *place);
