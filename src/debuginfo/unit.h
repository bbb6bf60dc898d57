/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads the units of .debug_info, DWARF 2 to 5. Only for this room. */
#pragma once

#include <dwarf.h>
#include <libelf.h>

#include "debuginfo/cursor.h"

/* The debug sections, and the steps that are left. */
struct debug_info {
	struct bytes lines, aranges, info, abbrev, ranges, rnglists, addr, str, line_str,
		str_offsets;
	struct line_work *work; /* borrowed */
	/* fd and info_at give the place of .debug_info in the file. If .debug_info is compressed,
	 * fd is -1. */
	int fd; /* borrowed */
	uint64_t info_at;
};

/* Decompresses the sections in place. A missing section becomes empty. fd: descriptor of the
 * file. */
struct debug_info debug_info_of(Elf *elf, int fd, struct line_work *work);

/* The attributes of the first DIE of a unit, as far as this room needs them. */
struct unit {
	unsigned int version, width; /* width: number of bytes of an address */
	struct value of[DW_AT_rnglists_base + 1]; /* indexed by DW_AT_* */
};

/* Sets *offset from the start of a unit in .debug_info to the end of the unit. Returns false if no
 * units are left. Uses pread() instead of the mapping, because a page fault for each unit of a
 * kernel would take 12 ms. */
bool unit_skip(const struct debug_info *debug, uint64_t *offset);
/* Reads the unit that starts at offset. Reads attributes only of compilation units, because other
 * units have no lines. */
bool unit_read(const struct debug_info *debug, uint64_t offset, struct unit *unit);

/* Calls visit for each address range of a unit, until visit returns false. Returns false if visit
 * returned false. */
bool unit_each_range(const struct debug_info *debug, const struct unit *unit,
		     bool (*visit)(uint64_t start, uint64_t end, void *arg), void *arg);

/* The text of an attribute, or "" if it has no text or cannot be read. */
const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value);

/* The part of path below the folder in which the compiler ran, or path if it is not below this
 * folder. */
const char *unit_below(const struct debug_info *debug, const struct unit *unit, const char *path);
