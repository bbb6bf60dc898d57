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

/* Reads the unit that starts at offset. The attributes are read only for compilation units, because
 * other units have no lines. Returns false if the unit is damaged. */
bool unit_read(const struct debug_info *debug, uint64_t offset, struct unit *unit);

/* Returns the text of an attribute, or "" if the attribute has no text or cannot be read. */
const char *unit_text(const struct debug_info *debug, const struct unit *unit,
		      const struct value *value);

/* Returns the part of path below `folder`, the folder in which the compiler ran. If path is not
 * below this folder, returns path. */
const char *unit_below(const char *folder, const char *path);

/* --- the unit that contains the code at an address --- */

/* The most steps of one look-up. A look-up in a kernel needs a hundred thousand steps, or a few
 * million if its units are not indexed. */
enum { MOST_STEPS = 1 << 25 };

/* The code of units. *index must be zeroed at first. */
struct unit_index {
	struct unit_code *codes; /* owned; sorted by address, if `sorted` is true */
	size_t nr, room;
	size_t last; /* the index of the code that was found last; valid only if `sorted` is true */
	enum { NO_UNITS, INDEXED_UNITS, ALL_UNITS } has;
	bool sorted;
	unsigned int nr_unsorted; /* how often a unit was looked up before this */
};

/* Finds the unit that contains the address. *unit gets its offset in .debug_info. Returns false if
 * no unit contains the address, or if no steps are left. */
bool unit_index_find(struct unit_index *index, const struct debug_info *debug, uint64_t address,
		     uint64_t *unit);
void unit_index_free(struct unit_index *index);
