/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* File and line of the kernel's source. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel;
struct code_line;
struct inlined_function;

/* The line of a run-time address of the kernel's image, by vmlinux's debug information. False if
 * there is no line information, or vmlinux is of another kernel. */
bool kernel_line(struct kernel *kernel, uint64_t vaddr, struct code_line *line);

/* The functions that are inlined at a run-time address, the innermost first: at most MOST_INLINED
 * (debuginfo/inlines.h). */
size_t kernel_inlined(struct kernel *kernel, uint64_t vaddr, struct inlined_function *functions);
