/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Names of files in the header of a table of lines. */
#pragma once

#include "lines/unit.h"

/* The header of a table of lines, DWARF 2 to 5. */
struct line_header {
	unsigned int version, width;
	uint64_t least_length, range, first_special;
	int64_t line_base;
	const uint8_t *lengths; /* of the arguments of standard opcodes */
	struct cursor names; /* directories and files */
	struct cursor program;
};

/* The path of a file of that unit, as the compiler was given it. */
bool line_file_name(const struct debug_info *debug, const struct unit *unit,
		    const struct line_header *header, uint64_t file, char *path,
		    size_t size);
