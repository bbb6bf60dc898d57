/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Symbols of the kernel and of its modules. */
#pragma once

#include "kernel/kernel_symbols.h"

bool kernel_symbol_find(struct kernel *kernel, const char *name,
			struct kernel_symbol *symbol, struct error *err);
/* The symbol whose extent, or the padding behind it, holds a run-time address. Names are borrowed from the kernel,
 * until its facts are forgotten. */
bool kernel_symbol_at(struct kernel *kernel, uint64_t address,
		      struct kernel_symbol *symbol, struct error *err);
