/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* For unwinding: recognises code of the kernel. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Can vaddr be in a function? The function may be in the kernel, in a module, or in memory
 * allocated at run time (BPF). */
bool unwind_is_code(struct kernel *kernel, uint64_t vaddr);

/* Returns the address of the function that contains vaddr, or 0 if it is unknown. */
uint64_t unwind_function_at(struct kernel *kernel, uint64_t vaddr);
