/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The units of .debug_info, DWARF 2 to 5. Only for this room. */
#pragma once

#include <dwarf.h>
#include <libelf.h>

#include "debuginfo/cursor.h"

/* The sections, and the steps left. */
struct debug_info {
	struct bytes lines, aranges, info, abbrev, ranges, rnglists, addr, str, line_str,
		str_offsets;
	struct line_work *work; /* borrowed */
	/* Place of .debug_info in the file, if uncompressed; otherwise fd is -1. */
	int fd; /* borrowed */
	uint64_t info_at;
};

/* Decompresses the sections in place. Missing sections are empty. fd: descriptor of the file. */
struct debug_info debug_info_of(Elf *elf, int fd, struct line_work *work);

/* The attributes of a unit's first entry that are needed here. */
struct unit {
	unsigned int version, width; /* width: bytes of an address */
	struct value of[DW_AT_rnglists_base + 1]; /* indexed by DW_AT_* */
};

/* Moves *offset from the start of a unit in .debug_info to its end. Reads the file, as page faults
 * for each unit of a kernel would take 12 ms. False: no more units. */
bool unit_skip(const struct debug_info *debug, uint64_t *offset);
/* Reads the unit that starts at offset. Units of other kinds have no lines. */
bool unit_read(const struct debug_info *debug, uint64_t offset, struct unit *unit);

/* Visits the address ranges of a unit. False: visit() returned false. */
bool unit_each_range(const struct debug_info *debug, const struct unit *unit,
		     bool (*visit)(uint64_t start, uint64_t end, void *arg), void *arg);

/* The text of an attribute; "": none, or it cannot be read. */
const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value);

/* The part of a path below the folder in which the compiler ran. */
const char *unit_below(const struct debug_info *debug, const struct unit *unit, const char *path);
