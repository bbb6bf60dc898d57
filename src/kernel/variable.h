/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of the kernel's variables. */
#pragma once

#include "kernel/kernel_symbols.h"
#include "types/types.h"

/* The type of a variable from vmlinux, or from the BTF in the dump, which has few variables. False:
 * not known. */
bool kernel_variable_type(struct kernel *kernel, const struct kernel_symbol *symbol,
			  struct variable_type *type);
/* The name of an enumerator with this value; NULL: none. */
const char *kernel_enumerator_of(const struct variable_type *type, uint64_t value);
