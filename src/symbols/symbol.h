/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A symbol of any table. */
#pragma once

#include <stdint.h>

/* The origin of a symbol. */
enum symbol_origin {
	SYMBOL_OF_VMLINUX,
	SYMBOL_OF_SYSTEM_MAP,
	SYMBOL_OF_KALLSYMS, /* of the kernel or a module, in the dump */
	SYMBOL_OF_NOTE, /* VMCOREINFO */
	NR_SYMBOL_ORIGINS
};

struct kernel_symbol {
	/* Borrowed: from the caller who asked for it, or valid as long as the table. */
	const char *name;
	uint64_t address; /* as in the table: at run time, but as linked if it is from a file */
	uint64_t size; /* bytes; 0: unknown */
	enum symbol_origin origin;
	const char *module; /* NULL: of the kernel itself */
	char type; /* letter as nm prints it: upper case is global; 0: unknown */
	uint32_t nr; /* in the table of a file or module */
	uint16_t section; /* of a file or module: index, SHN_ABS; else 0 */
};
