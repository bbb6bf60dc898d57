/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose a per-CPU address is: mm/percpu.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel;

/* Memory of that kind that each CPU has, by what per_cpu_ptr() takes. */
struct percpu_range {
	uint64_t first, last;
	const char *kind; /* "static", "reserved" (of modules), "dynamic" */
};

/* Found on first use, the chunks only where the static variables do not hold an
 * address. */
struct percpu_areas {
	bool tried, has_chunks;
	struct percpu_cpu {
		unsigned int cpu;
		uint64_t offset; /* what per_cpu_ptr() adds */
	} *cpu; /* owned; those that may be there */
	size_t nr_cpus;
	struct percpu_range *range; /* owned */
	size_t nr, room;
};

struct percpu_place {
	unsigned int cpu;
	const char *kind;       /* as above */
	uint64_t pointer;       /* the same for all CPUs: what per_cpu_ptr() takes */
	const char *symbol;     /* of a static variable; NULL: nothing names it */
	uint64_t symbol_offset; /* from its start */
};

/* False where the address is none, or nothing tells. */
bool kernel_percpu_at(struct kernel *kernel, uint64_t vaddr,
		      struct percpu_place *place);
void percpu_areas_release(struct percpu_areas *areas);
