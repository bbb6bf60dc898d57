/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of the modules that were loaded, out of the dump: each struct module
 * keeps its ELF symbol table (struct mod_kallsyms, since 4.5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel.h"

/* Found on first use; none where types or the list of modules are not known. */
bool kernel_module_symbol_find(struct kernel *kernel, const char *name,
			       struct kernel_symbol *symbol);
/* The symbol whose extent holds address. */
bool kernel_module_symbol_at(struct kernel *kernel, uint64_t address,
			     struct kernel_symbol *symbol);

void modules_destroy(struct modules *modules); /* NULL is fine */
