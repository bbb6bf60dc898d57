/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The source files and lines of the kernel's code. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel;
struct code_line;
struct inlined_function;
struct register_variable;
struct types;

/* Finds the source line of a run-time address in the kernel's image, using the debug information of
 * vmlinux. Returns false if there is no such information, or if vmlinux belongs to another
 * kernel. */
bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line);

/* Finds the inlined functions that contain a run-time address, the innermost first. Returns the
 * number of functions, which is at most MOST_INLINED (debuginfo/inlines.h). */
size_t kernel_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions);

/* Finds the variables that are in a register at a run-time address (debuginfo/variables.h). Returns their number,
 * which is at most MOST_REGISTER_VARIABLES. *types gets the types that they have, borrowed. */
size_t kernel_variables(struct kernel *kernel, uint64_t vaddr, unsigned int reg,
			struct register_variable *found, struct types **types);
