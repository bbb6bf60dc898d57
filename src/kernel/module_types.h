/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Types of a module: the BTF that the kernel keeps of each (struct btf_module of
 * kernel/bpf/btf.c, 5.11), which continues its own. */
#pragma once

#include "base/error.h"

struct kernel;
struct types;

/* The types of the module of that name, followed by the kernel's. Opened on first use, and valid
 * until facts are forgotten. NULL: there are none; err has the reason. */
struct types *kernel_module_types(struct kernel *kernel, const char *module, struct error *err);
