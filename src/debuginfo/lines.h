/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the source file and the line of a link-time address. The source is .debug_line of DWARF 2
 * to 5, in the 32-bit format. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/listener.h"

enum { CODE_PATH_MAX = 256 };

struct code_line {
	/* The path of the source file as passed to the compiler, relative to the folder in which
	 * the compiler ran. A path that is longer than the array is cut. For an inline function in
	 * a header, this is the path of the header. */
	char path[CODE_PATH_MAX];
	/* The path of the file that was compiled, or "" if it is unknown. */
	char unit[CODE_PATH_MAX];
	unsigned int line;
};

struct lines; /* defined in lines.c */

/* Prepares look-ups. elf and fd, the descriptor of its file, are borrowed, and must outlive the
 * result. Sections of elf are decompressed in place. Returns NULL if memory runs out. */
struct lines *lines_open(Elf *elf, int fd);
void lines_close(struct lines *lines); /* `lines` may be NULL */

/* Finds the source line of a link-time address. Returns false if the address has no line, or if the
 * listener stopped the search. listener may be NULL. */
bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *found);

/* Did a search need more steps than any valid file needs? Afterwards all searches fail at once. */
bool lines_given_up(const struct lines *lines);
