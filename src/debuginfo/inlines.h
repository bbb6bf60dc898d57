/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Functions that the compiler inlined, by link-time address, from DWARF (libdw). */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/listener.h"
#include "debuginfo/lines.h"

struct inlined_function {
	char name[128];
	/* The place of the call: in the next function of the list, or in the function itself. */
	char path[CODE_PATH_MAX]; /* "": unknown */
	unsigned int line;
};

enum { MOST_INLINED = 32 };

struct inlines; /* defined in inlines.c */

/* Borrows elf, which must outlive the result. NULL: no DWARF, or out of memory. */
struct inlines *inlines_open(Elf *elf);
void inlines_close(struct inlines *inlines); /* NULL is fine */

/* Finds the inlined functions at the address, the innermost first; returns their number. */
size_t inlines_find(struct inlines *inlines, uint64_t address, const struct listener *listener,
		    struct inlined_function functions[MOST_INLINED]);
