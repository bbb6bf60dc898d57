/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Source file and line by link-time address, from .debug_line of DWARF 2 to 5 in the 32-bit
 * format. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/listener.h"

enum { CODE_PATH_MAX = 256 };

struct code_line {
	/* The path as passed to the compiler, relative to the folder in which it ran, and cut to
	 * the size of the array. For an inline function of a header, the path of the header. */
	char path[CODE_PATH_MAX];
	char unit[CODE_PATH_MAX]; /* the path of the file that was compiled; "": unknown */
	unsigned int line;
};

struct lines; /* defined in lines.c */

/* Borrows elf and the descriptor of its file, which both must outlive the lines. Decompresses
 * sections of elf in place. Returns NULL if there is not enough memory. */
struct lines *lines_open(Elf *elf, int fd);
void lines_close(struct lines *lines); /* NULL is fine */

/* Finds the source line of a link-time address. Returns false if the address has no line, or if
 * the listener, which may be NULL, stopped the search. */
bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *found);

/* Did a search need more steps than any valid file? After that, all searches fail at once. */
bool lines_given_up(const struct lines *lines);
