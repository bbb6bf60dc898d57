/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* File and line of the source by a link-time address: DWARF 2 to 5, of 32 bits, by
 * .debug_line. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/listener.h"

enum { CODE_PATH_MAX = 256 };

struct code_line {
	/* As the compiler was given it; cut to size. A header's function has the
	 * header's. */
	char path[CODE_PATH_MAX];
	char unit[CODE_PATH_MAX]; /* the file that was compiled; "": unknown */
	unsigned int line;
};

struct lines; /* opaque */

/* Borrows elf, which must outlive the lines; decompresses its sections in place. NULL: out
 * of memory. */
struct lines *lines_open(Elf *elf);
void lines_close(struct lines *lines); /* NULL is fine */

/* False if there is no line information, or if the listener, which may be NULL, stopped the search. */
bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *found);

/* Was a search given up as it took more steps than any sound file's? None is begun any
 * more then. */
bool lines_given_up(const struct lines *lines);
