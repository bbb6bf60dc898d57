/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* File and line of the source by link-time address: .debug_line of DWARF 2 to 5, 32-bit format. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/listener.h"

enum { CODE_PATH_MAX = 256 };

struct code_line {
	/* Path as passed to the compiler, cut to the array's size. For an inline function of a
	 * header, the header. */
	char path[CODE_PATH_MAX];
	char unit[CODE_PATH_MAX]; /* the file that was compiled; "": unknown */
	unsigned int line;
};

struct lines; /* defined in lines.c */

/* Borrows elf and the descriptor of its file, which must outlive the lines; decompresses its
 * sections in place. NULL: out of memory. */
struct lines *lines_open(Elf *elf, int fd);
void lines_close(struct lines *lines); /* NULL is fine */

/* False: the address has no line of the source, or the listener, which may be NULL, stopped the
 * search. */
bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *found);

/* Did a search need more steps than any valid file? Then no more searches are started. */
bool lines_given_up(const struct lines *lines);
