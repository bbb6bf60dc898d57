/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the functions that a text names, as in "vfs_read+0x1c/0x310". The size that kernels print is the
 * distance to the next symbol, so it is compared exactly: it shows which of several functions of one
 * name is meant, and that a text is about another build. */
#pragma once

#include "kernel/kernel.h"
#include "oops/report.h"
#include "symbols/symbol.h"

struct text_symbol {
	size_t nr; /* symbols with this name, in the module that the text names */
	/* How many of them have the size in the text; all of nr if the text has no size, or if the size
	 * of a symbol is unknown. */
	size_t nr_fitting;
	struct kernel_symbol symbol; /* the first one that fits; if none fits, the first one */
	uint64_t room; /* the size that this kernel prints for symbol; 0: unknown */
	uint64_t address; /* to which the text refers; valid if nr_fitting is not 0 */
};

/* Returns false if there is no such symbol. */
bool text_symbol_find(struct kernel *kernel, const struct oops_symbol *symbol,
		      struct text_symbol *found);
