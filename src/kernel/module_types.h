/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of a module. Since 5.11 the kernel keeps the BTF of each module, which continues the BTF of
 * the kernel itself (struct btf_module in kernel/bpf/btf.c). */
#pragma once

#include "base/error.h"

struct kernel;
struct types;

/* Returns the types of the module with this name and of the kernel. They are opened on first use,
 * and valid until facts are forgotten. Returns NULL and sets err to the reason if there are
 * none. */
struct types *kernel_module_types(struct kernel *kernel, const char *module, struct error *err);
