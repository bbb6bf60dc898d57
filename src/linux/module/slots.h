/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Results of fixmap_slot() and cpu_entry_at() of struct arch. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "linux/task/stack.h"

/* A slot is one page. */
struct fixmap_slot {
	uint64_t index;
	const char *name; /* borrowed from the types; NULL: an unused slot */
	uint64_t offset; /* number of slots from the slot with this name */
	/* A slot of kmap_local_page() and kmap_atomic() (i386): */
	bool is_kmap;
	unsigned int cpu, kmap_index;
};

/* A member of the cpu entry area, in the part of a CPU. */
struct cpu_entry_place {
	bool has_cpu; /* false: the page of the IDT, which all CPUs share */
	unsigned int cpu;
	const char *member; /* static: "tss", "estacks.DF_stack" */
	uint64_t first, last; /* both inclusive */
	struct stack stack; /* if the member is a stack; otherwise stack.kind is STACK_NONE */
};
