/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The types of the kernel's variables. */
#pragma once

#include "kernel/kernel_symbols.h"
#include "types/types.h"

/* Finds the type of a variable in vmlinux or in the BTF of the dump, which contains few variables.
 * Returns false if the type is unknown. */
bool kernel_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct ctype *type);
