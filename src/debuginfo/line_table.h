/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The line table of one unit in .debug_line of DWARF 2 to 5. Only the files in src/debuginfo use
 * this header. */
#pragma once

#include "debuginfo/unit.h"

/* The header of a line table. */
struct line_header {
	unsigned int version, width;
	uint8_t least_length, range, first_special;
	int8_t line_base;
	const uint8_t *lengths; /* for each standard opcode, the number of its arguments */
	struct cursor directories, files;
	struct cursor program;
};

struct line_table {
	uint64_t at; /* the offset in .debug_info of the unit to which the table belongs */
	bool is_read;
	struct unit unit;
	struct line_header header;
};

/* Reads the line table of the unit at the offset `unit`, unless *table is this table already.
 * *table must be zeroed before the first call. Returns false if the unit has no valid table. */
bool line_table_read(const struct debug_info *debug, uint64_t unit, struct line_table *table);

/* The path of a file in the form in which it was passed to the compiler. The folder is "" if the
 * name is the whole path. Both are borrowed from the debug sections. */
struct line_path {
	const char *folder, *name;
};

/* Finds the path of a file of this table. Returns false if the file has no name. */
bool line_table_file(const struct debug_info *debug, const struct line_table *table, uint64_t file,
		     struct line_path *path);

/* Writes the path, relative to `folder` if it is below this folder, in which the compiler ran. A path
 * that needs more than `size` bytes is cut. */
void line_path_text(const struct line_path *path, const char *folder, char *text, size_t size);

/* A row of the line table. The line number program computes the rows. */
struct line_row {
	uint64_t address, file, line;
	bool ends; /* true if the row ends a sequence of addresses */
};

/* A place in the line number program: after the opcode that completed `row`. The rows `before` and
 * `row` are successive. A row that is not preceded by a row of its sequence follows a row with the
 * address UINT64_MAX. */
struct line_place {
	const uint8_t *at;
	struct line_row before, row;
};

/* Runs the program from *place to the next row. Returns false at the end of the program. The caller
 * must have taken a step for each byte. */
bool line_table_run(const struct line_table *table, struct line_place *place);

/* Does the row have a line number? Line 0, which clang writes, means that the instruction belongs
 * to no line of the source (DWARF 5, 6.2.2). */
static inline bool line_row_has_line(const struct line_row *row)
{
	return row->line && row->line <= INT32_MAX;
}
