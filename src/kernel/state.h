/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* States: what files remember of a kernel between questions. The struct of a state is
 * private to one file, and zeroed at first and when facts are forgotten. open/states.c
 * has the table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct kernel;

enum state_id {
	STATE_SPACE,
	STATE_ENTRY_RULES,
	STATE_MEMBERS,
	STATE_KALLSYMS,
	STATE_BTF,
	STATE_MODULE_TYPES,
	STATE_LINES,
	STATE_SECTIONS,
	STATE_PAGE_LAYOUT,
	STATE_CPU_LISTS,
	STATE_SLAB_CACHES,
	STATE_TASKS,
	STATE_REGIONS,
	STATE_MODULES,
	STATE_MODULE_RANGES,
	STATE_VMALLOC,
	STATE_STACKS,
	STATE_PERCPU_AREAS,
	STATE_RESOURCES,
	STATE_ZERO_PAGES,
	STATE_TASK_OBJECTS,
	STATE_TABLE_OWNERS,
	STATE_PCI,
	STATE_GUESTS,
	STATE_BOUNCE,
	STATE_IO_ROOTS,
	NR_STATES
};

struct state_type {
	size_t size; /* bytes */
	void (*release)(void *state); /* frees what the state owns; NULL: nothing */
	/* Does the state survive when facts are forgotten? NULL: it does not. */
	bool (*stays)(const void *state);
};

/* Never NULL; valid as long as the kernel. */
void *kernel_state(const struct kernel *kernel, enum state_id id);

/* The first member of a state that is learnt whole, at the first question. */
struct learnt {
	bool tried, known;
	struct error why_not; /* unless it is known */
};

/* The state, which learn() fills at the first question. NULL with err: learn() could not,
 * and is not asked again; or it was stopped: then the state is empty as before, and the
 * next question asks it again. */
void *kernel_learnt(struct kernel *kernel, enum state_id id,
		    const struct state_type *type,
		    bool (*learn)(struct kernel *kernel, void *state,
				  struct error *err),
		    struct error *err);
