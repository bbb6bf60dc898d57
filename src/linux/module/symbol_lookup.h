/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Symbols of the kernel and of its modules. */
#pragma once

#include "kernel/kernel_symbols.h"

bool symbol_lookup_find(struct kernel *kernel, const char *name, struct kernel_symbol *symbol,
			struct error *err);
/* All symbols of that name (NULL: of any) of the kernel, and then of its modules, until
 * visit returns false. module: of this one alone, or of the kernel itself, "vmlinux";
 * NULL: of all. */
void symbol_lookup_all(struct kernel *kernel, const char *name, const char *module,
		       bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);
/* The symbol whose extent, or the padding behind it, holds a run-time address. Names are
 * borrowed from the kernel, until its facts are forgotten. */
bool symbol_lookup_at(struct kernel *kernel, uint64_t address, struct kernel_symbol *symbol,
		      struct error *err);
