/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of a module: the kernel keeps BTF of each module (struct btf_module of kernel/bpf/btf.c,
 * 5.11), which continues the kernel's own BTF. */
#pragma once

#include "base/error.h"

struct kernel;
struct types;

/* The types of the module with this name, and the kernel's. Opened on first use, and valid until
 * facts are forgotten. NULL: none; err has the reason. */
struct types *kernel_module_types(struct kernel *kernel, const char *module, struct error *err);
