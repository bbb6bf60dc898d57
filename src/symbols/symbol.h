/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A symbol. Symbols from all kinds of tables have this form. */
#pragma once

#include <stdint.h>

/* The kind of table that contains a symbol. */
enum symbol_origin {
	SYMBOL_OF_VMLINUX,
	SYMBOL_OF_SYSTEM_MAP,
	SYMBOL_OF_KALLSYMS, /* kallsyms of the kernel or of a module, in the dump */
	SYMBOL_OF_NOTE, /* a line "SYMBOL(...)=..." of VMCOREINFO */
	SYMBOL_OF_LISTS, /* the kernel's lists of code that it made at run time */
	NR_SYMBOL_ORIGINS
};

struct kernel_symbol {
	/* Borrowed; valid as long as the table, or the kernel. */
	const char *name;
	uint64_t address; /* the run-time address; in a table of a file: the link-time address */
	uint64_t size; /* in bytes; 0: unknown */
	enum symbol_origin origin;
	const char *module; /* NULL: a symbol of the kernel itself */
	/* The letter that nm prints, in upper case if the symbol is global; 0: unknown. */
	char type;
	uint32_t nr; /* the number of the symbol in the table of a file or module */
	/* The section index or SHN_ABS, for symbols of a file or module; for others 0. */
	uint16_t section;
};
