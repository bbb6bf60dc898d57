/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the functions that the compiler inlined at a link-time address, using DWARF (libdw). */
#pragma once

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "base/listener.h"
#include "debuginfo/lines.h"

struct inlined_function {
	char name[128];
	/* The place of the call. The caller is the next function of the list, or, for the last
	 * function of the list, the function that was not inlined. */
	char path[CODE_PATH_MAX]; /* "" if the path is unknown */
	unsigned int line;
};

enum { MOST_INLINED = 32 };

struct inlines; /* defined in inlines.c */

/* Prepares the search. elf is borrowed, and must outlive the result. Returns NULL if there is no
 * DWARF that can be read, or if memory runs out. */
struct inlines *inlines_open(Elf *elf);
void inlines_close(struct inlines *inlines); /* `inlines` may be NULL */

/* Finds the inlined functions that contain a link-time address, the innermost first. Returns the
 * number of functions. listener may be NULL. */
size_t inlines_find(struct inlines *inlines, uint64_t address, const struct listener *listener,
		    struct inlined_function functions[MOST_INLINED]);
