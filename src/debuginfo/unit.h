/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The units of .debug_info: DWARF 2 to 5. Private to this room. */
#pragma once

#include <dwarf.h>
#include <libelf.h>

#include "debuginfo/cursor.h"

/* The sections, and the work on them. */
struct debug_info {
	struct bytes lines, aranges, info, abbrev, ranges, rnglists, addr, str, line_str,
		str_offsets;
	struct line_work *work; /* borrowed */
};

/* Unpacks the sections in place. What is missing is empty. */
struct debug_info debug_info_of(Elf *elf, struct line_work *work);

/* The attributes of the first entry of a unit that are read here. */
struct unit {
	unsigned int version, width; /* width: of an address */
	struct value of[DW_AT_rnglists_base + 1]; /* by DW_AT_* */
};

/* Reads the unit that begins at *offset in .debug_info, and moves *offset to its end. False: no
 * further unit can be read. A unit of another kind has no lines. */
bool unit_read(const struct debug_info *debug, uint64_t *offset, struct unit *unit);

bool unit_covers(const struct debug_info *debug, const struct unit *unit, uint64_t address);

/* A string; "" if there is none that can be read. */
const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value);

/* The part of a path below the folder that the compiler ran in. */
const char *unit_below(const struct debug_info *debug, const struct unit *unit, const char *path);
