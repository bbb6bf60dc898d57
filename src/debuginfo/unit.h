/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the units of .debug_info, DWARF 2 to 5. Only the files in src/debuginfo use this header. */
#pragma once

#include <dwarf.h>
#include <libelf.h>

#include "debuginfo/cursor.h"

/* The debug sections of a file, and the steps that are left for one look-up. */
struct debug_info {
	struct bytes lines, aranges, info, abbrev, ranges, rnglists, addr, str, line_str,
		str_offsets;
	struct line_work *work; /* borrowed */
	/* The place of .debug_info in the file: info_at is the offset in the file with the
	 * descriptor fd. fd is -1 if .debug_info is compressed. */
	int fd; /* borrowed */
	uint64_t info_at;
};

/* Finds the debug sections, and decompresses them in place. A missing section becomes empty. fd is
 * the descriptor of the file. */
struct debug_info debug_info_of(Elf *elf, int fd, struct line_work *work);

/* The attributes of the first DIE of a unit that the files in src/debuginfo use. */
struct unit {
	unsigned int version, width; /* width: the number of bytes of an address */
	struct value of[DW_AT_rnglists_base + 1]; /* the index is DW_AT_* */
};

/* Skips a unit: *offset is the start of a unit in .debug_info, and becomes its end. Returns false
 * if no unit is left. The function reads with pread(), and not using the mapping, because one page
 * fault for each unit of a kernel would take 12 ms. */
bool unit_skip(const struct debug_info *debug, uint64_t *offset);
/* Reads the unit that starts at offset. The attributes are read only for compilation units, because
 * other units have no lines. Returns false if the unit is damaged. */
bool unit_read(const struct debug_info *debug, uint64_t offset, struct unit *unit);

/* Calls visit for each address range of a unit, until visit returns false. Returns false if visit
 * returned false. */
bool unit_each_range(const struct debug_info *debug, const struct unit *unit,
		     bool (*visit)(uint64_t start, uint64_t end, void *arg), void *arg);

/* Returns the text of an attribute, or "" if the attribute has no text or cannot be read. */
const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value);

/* Returns the part of path below `folder`, the folder in which the compiler ran. If path is not
 * below this folder, returns path. */
const char *unit_below(const char *folder, const char *path);
