/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Results of fixmap_slot() and cpu_entry_at() of struct arch. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "linux/task/stack.h"

/* A slot of the fixmap, which is one page. */
struct fixmap_slot {
	uint64_t index;
	const char *name; /* borrowed from the types; NULL: the slot is unused */
	uint64_t offset; /* number of slots between the first slot with this name and this slot */
	/* Set only for a slot of kmap_local_page() or, on i386, kmap_atomic(): */
	bool is_kmap;
	unsigned int cpu, kmap_index;
};

/* A member of the cpu_entry_area of a CPU. */
struct cpu_entry_place {
	bool has_cpu; /* false: the place is in the page of the IDT, which all CPUs share */
	unsigned int cpu;
	const char *member; /* a static text, such as "tss" or "estacks.DF_stack" */
	uint64_t first, last; /* inclusive */
	struct stack stack; /* kind is STACK_NONE if the member is not a stack */
};
