/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The types of a module. Since 5.11 the kernel keeps the BTF of each module in memory (struct
 * btf_module in kernel/bpf/btf.c). The BTF of a module continues the BTF of the kernel itself. If
 * there is no such BTF, the types come from the module's file. */
#pragma once

#include "base/error.h"

struct kernel;
struct types;

/* Returns the types of the module with this name, together with the types of the kernel. The first
 * call opens them, and they are valid until facts are forgotten. If there are no types, returns
 * NULL and sets *err to the reason. */
struct types *kernel_module_types(struct kernel *kernel, const char *module, struct error *err);
