/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The units of .debug_info: DWARF 2 to 5. Private to lines.c. */
#pragma once

#include "lines/cursor.h"

/* The sections, and the work on them. */
struct debug_info {
	struct bytes lines, aranges, info, abbrev, ranges, rnglists, addr, str,
		line_str, str_offsets;
	struct line_work *work; /* borrowed */
};

struct debug_info debug_info_of(Elf *elf, struct line_work *work);

/* An attribute of a unit's first entry. */
struct unit_value {
	uint64_t form; /* 0: it has none */
	uint64_t number;
	const char *text; /* of DW_FORM_string */
};

struct unit {
	unsigned int version, width;
	struct unit_value lines, low, high, ranges, name, folder;
	uint64_t ranges_base, addr_base, strings_base;
};

/* Reads the unit that begins at *offset in .debug_info, and moves *offset behind it.
 * False: there is no more that can be read. A unit of another kind has no lines. */
bool unit_read(struct debug_info *debug, uint64_t *offset, struct unit *unit);

bool unit_covers(struct debug_info *debug, const struct unit *unit,
		 uint64_t address);

/* The part of a path below the folder that the compiler ran in. */
const char *unit_below(const struct debug_info *debug, const struct unit *unit,
		       const char *path);

/* The file that was compiled, below that folder; "": unknown. */
const char *unit_name(const struct debug_info *debug, const struct unit *unit);
