/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Functions that the compiler inlined at a link-time address, from DWARF (libdw). */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/listener.h"
#include "debuginfo/lines.h"

struct inlined_function {
	char name[128];
	/* The place of the call, which is in the next function of the list, or after the last one
	 * in the function that was not inlined. */
	char path[CODE_PATH_MAX]; /* "": unknown */
	unsigned int line;
};

enum { MOST_INLINED = 32 };

struct inlines; /* defined in inlines.c */

/* Borrows elf, which must outlive the result. Returns NULL if there is no DWARF or not enough
 * memory. */
struct inlines *inlines_open(Elf *elf);
void inlines_close(struct inlines *inlines); /* NULL is fine */

/* Finds the inlined functions that contain a link-time address, the innermost first. Returns their
 * number. listener may be NULL. */
size_t inlines_find(struct inlines *inlines, uint64_t address, const struct listener *listener,
		    struct inlined_function functions[MOST_INLINED]);
