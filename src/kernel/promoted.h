/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Symbols that clang's ThinLTO promoted. A static function or variable that another unit uses becomes
 * global, and its name gets the suffix .llvm.NUMBER (getPromotedNameForStatic() in LLVM). Users know
 * the plain name, and some kernels print it in an oops (cleanup_symbol_name() in kernel/kallsyms.c). Other
 * suffixes are not left out: foo.part.0 and foo.cold are other functions than foo. */
#pragma once

#include <stdbool.h>

struct kernel;
struct kernel_symbol;

/* Calls visit for each symbol of the image with the name NAME.llvm.NUMBER, until visit returns false. Symbols
 * of vmlinux have link-time addresses. The first call reads all names. */
void promoted_each(struct kernel *kernel, const char *name,
		   bool (*visit)(const struct kernel_symbol *symbol, void *arg), void *arg);

/* Finds the only such symbol. Returns false if there are none or several. */
bool promoted_find(struct kernel *kernel, const char *name, struct kernel_symbol *symbol);
