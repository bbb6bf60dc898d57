/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Memory of the kernel's image and of modules that never changes: code, and data that is read-only
 * from the start. Such memory holds no pointers to memory that was allocated, but words that look
 * like such pointers. On 32-bit kernels there are many, because a quarter of all words are addresses
 * of the direct map. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

enum { MOST_CONSTANT = 2 };

struct constant_memory {
	struct constant_range {
		uint64_t first, last; /* physical, inclusive */
	} range[MOST_CONSTANT];
	unsigned int nr;
};

/* Finds the constant parts of the kernel's image. Parts whose symbols are unknown are missing. */
void query_constant_find(struct kernel *kernel, struct constant_memory *constant);
/* Are all of these bytes in one of the parts? */
bool query_is_constant(const struct constant_memory *constant, uint64_t paddr, uint64_t size);
/* Is vaddr in the code or the read-only data of a module? */
bool query_is_module_constant(struct kernel *kernel, uint64_t vaddr);
