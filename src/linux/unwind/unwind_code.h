/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Code of the kernel, for unwinding. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kernel;

/* Can a function be at vaddr: of the kernel, of a module, or made at run time (BPF)? */
bool unwind_is_code(struct kernel *kernel, uint64_t vaddr);
