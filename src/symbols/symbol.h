/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A symbol from any kind of table. */
#pragma once

#include <stdint.h>

/* The origin of a symbol. */
enum symbol_origin {
	SYMBOL_OF_VMLINUX,
	SYMBOL_OF_SYSTEM_MAP,
	SYMBOL_OF_KALLSYMS, /* kallsyms of the kernel or of a module, in the dump */
	SYMBOL_OF_NOTE, /* a line SYMBOL() of VMCOREINFO */
	NR_SYMBOL_ORIGINS
};

struct kernel_symbol {
	/* Borrowed from the caller who passed the name, or valid as long as the table. */
	const char *name;
	uint64_t address; /* at run time; as linked, if the table comes from a file */
	uint64_t size; /* in bytes; 0: unknown */
	enum symbol_origin origin;
	const char *module; /* NULL: a symbol of the kernel itself */
	char type; /* the letter that nm prints: upper case if global; 0: unknown */
	uint32_t nr; /* number in the table of a file or module */
	uint16_t section; /* section index or SHN_ABS; 0 if not from a file or module */
};
