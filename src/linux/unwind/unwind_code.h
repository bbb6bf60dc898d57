/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Recognises the kernel's code, for unwinding. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Can vaddr be in a function of the kernel or of a module, or in a function made at run time
 * (BPF)? */
bool unwind_is_code(struct kernel *kernel, uint64_t vaddr);
