/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A symbol of any kind of table. */
#pragma once

#include <stdint.h>

/* The origin of a symbol. */
enum symbol_origin {
	SYMBOL_OF_VMLINUX,
	SYMBOL_OF_SYSTEM_MAP,
	SYMBOL_OF_KALLSYMS, /* kallsyms of the kernel or a module, in the dump */
	SYMBOL_OF_NOTE, /* SYMBOL() in VMCOREINFO */
	NR_SYMBOL_ORIGINS
};

struct kernel_symbol {
	/* Borrowed: from the caller, or valid as long as the table. */
	const char *name;
	uint64_t address; /* at run time, or for a table from a file, as linked */
	uint64_t size; /* in bytes; 0: unknown */
	enum symbol_origin origin;
	const char *module; /* NULL: a symbol of the kernel itself */
	char type; /* letter as in nm: upper case is global; 0: unknown */
	uint32_t nr; /* number in the table of a file or module */
	uint16_t section; /* in a file or module: section index or SHN_ABS; else 0 */
};
