/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* File and line of the source by a link-time address: DWARF 2 to 5, of 32 bits, by
 * .debug_line. Keeps nothing. */
#pragma once

#include <libelf.h>
#include <stdbool.h>
#include <stdint.h>

enum { CODE_PATH_MAX = 256 };

struct code_line {
	/* As the compiler was given it; cut to size. A header's function has the
	 * header's. */
	char path[CODE_PATH_MAX];
	char unit[CODE_PATH_MAX]; /* the file that was compiled; "": unknown */
	unsigned int line;
};

/* False if nothing tells it. elf may be NULL. */
bool lines_find(Elf *elf, uint64_t address, struct code_line *found);
