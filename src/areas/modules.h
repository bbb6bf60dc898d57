/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of loaded modules: each struct module keeps its ELF symbol table
 * (struct mod_kallsyms, since 4.5). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel.h"

/* Tables are read on first use; false where types or the list of modules are
 * unknown. Names are borrowed from the kernel, until its facts are forgotten. */
bool kernel_module_symbol_find(struct kernel *kernel, const char *name,
			       struct kernel_symbol *symbol);
/* The symbol whose extent holds address. */
bool kernel_module_symbol_at(struct kernel *kernel, uint64_t address,
			     struct kernel_symbol *symbol);
