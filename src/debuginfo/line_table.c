/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads .debug_line without libdw, because libdw is slow: it reads the headers of all units before
 * the requested unit, and keeps all lines of the requested unit. For a kernel, libdw takes 5 to 20
 * ms, and this code takes 0.3 ms. For a damaged table of 16 MB, libdw takes 3 s and 1.6 GB, and
 * cannot be stopped. */
#include "debuginfo/line_table.h"

#include <limits.h>

#include "base/text.h"

/* --- the header of a line table --- */

static bool read_header(const struct debug_info *debug, uint64_t offset, struct line_header *header)
{
	struct cursor lines = cursor_at(debug->work, debug->lines, offset), unit;
	uint64_t size;

	*header = (struct line_header){ .width = 8 };
	if (!cursor_unit(&lines, &unit))
		return false;
	header->version = cursor_number(&unit, 2);
	if (header->version < 2 || header->version > 5)
		return false;
	if (header->version == 5) {
		header->width = cursor_number(&unit, 1);
		cursor_number(&unit, 1);
	}
	size = cursor_number(&unit, 4);
	header->program = unit;
	cursor_skip(&header->program, size);
	header->least_length = (uint8_t)cursor_number(&unit, 1);
	if (header->version >= 4)
		cursor_number(&unit, 1);
	cursor_number(&unit, 1); /* default_is_stmt */
	header->line_base = (int8_t)cursor_number(&unit, 1);
	header->range = (uint8_t)cursor_number(&unit, 1);
	header->first_special = (uint8_t)cursor_number(&unit, 1);
	header->lengths = unit.at;
	if (header->first_special)
		cursor_skip(&unit, header->first_special - 1);
	header->directories = unit;
	return !unit.bad && !header->program.bad && header->range && header->first_special;
}

/* --- the names of files in the header --- */

enum { MOST_FORMATS = 8, MOST_NAMES = 1 << 16 };

/* The parts of which each entry in a list of directories or files consists. */
struct formats {
	uint64_t nr;
	struct {
		uint64_t content, form; /* content: DW_LNCT_*; form: DW_FORM_* */
	} of[MOST_FORMATS];
};

/* Before DWARF 5, the formats of the two lists are fixed. The first entry of a list has number 1,
 * and an empty path ends the list. */
/* clang-format off */
static const struct formats before_5[] = {
	{ 1, { { DW_LNCT_path, DW_FORM_string } } },
	{ 4, { { DW_LNCT_path, DW_FORM_string }, { DW_LNCT_directory_index, DW_FORM_udata },
	       { DW_LNCT_timestamp, DW_FORM_udata }, { DW_LNCT_size, DW_FORM_udata } } },
};
/* clang-format on */

/* An entry of a list: a directory, or a file with the number of its directory. */
struct entry {
	struct value path;
	uint64_t directory;
};

static bool read_formats(struct cursor *at, struct formats *formats)
{
	formats->nr = cursor_number(at, 1);
	if (formats->nr > MOST_FORMATS)
		return false;
	for (uint64_t i = 0; i < formats->nr; i++) {
		formats->of[i].content = cursor_leb(at, false);
		formats->of[i].form = cursor_leb(at, false);
	}
	return true;
}

static bool read_entry(struct cursor *at, unsigned int width, const struct formats *formats,
		       struct entry *entry)
{
	struct value value;

	*entry = (struct entry){ .directory = 0 };
	for (uint64_t i = 0; i < formats->nr; i++) {
		if (!cursor_value(at, formats->of[i].form, width, &value))
			return false;
		if (formats->of[i].content == DW_LNCT_path)
			entry->path = value;
		else if (formats->of[i].content == DW_LNCT_directory_index)
			entry->directory = value.number;
	}
	return true;
}

/* Finds the entry with the number `wanted` in the list at the cursor. Returns false if there is no
 * such entry; the cursor is then at the end of the list. */
static bool find_entry(const struct line_header *header, struct cursor *at, bool are_files,
		       uint64_t wanted, struct entry *found)
{
	struct formats formats = before_5[are_files];
	bool is_old = header->version < 5;
	uint64_t end = MOST_NAMES;

	if (!is_old && !read_formats(at, &formats))
		return false;
	if (!is_old)
		end = cursor_leb(at, false);
	for (uint64_t i = is_old; i < end && i < MOST_NAMES && !at->bad; i++) {
		if (!read_entry(at, header->width, &formats, found) ||
		    (is_old && !*found->path.text))
			return false;
		if (i == wanted)
			return true;
	}
	return false;
}

bool line_table_file(const struct debug_info *debug, const struct line_table *table, uint64_t file,
		     struct line_path *path)
{
	const struct line_header *header = &table->header;
	struct cursor directories = header->directories, files = header->files;
	struct entry entry, directory = { .directory = 0 };

	/* Directory 0 is the folder in which the compiler ran, so it needs no look-up. */
	if (!find_entry(header, &files, true, file, &entry) ||
	    (entry.directory &&
	     !find_entry(header, &directories, false, entry.directory, &directory)))
		return false;
	path->name = unit_text(debug, &table->unit, &entry.path);
	path->folder = *path->name == '/' ? "" : unit_text(debug, &table->unit, &directory.path);
	return *path->name;
}

void line_path_text(const struct line_path *path, const char *folder, char *text, size_t size)
{
	char whole[PATH_MAX];
	size_t used = text_add(whole, sizeof(whole), 0, path->folder);

	if (used)
		used = text_add(whole, sizeof(whole), used, "/");
	text_add(whole, sizeof(whole), used, path->name);
	text_add(text, size, 0, unit_below(folder, whole));
}

/* --- the line number program --- */

/* Runs an extended opcode, whose length is the next number. */
static void run_extended(struct cursor *program, struct line_row *row)
{
	uint64_t size = cursor_leb(program, false);
	struct cursor rest = *program;

	cursor_skip(program, size);
	if (program->bad || !size)
		return;
	rest.end = program->at;
	switch (cursor_number(&rest, 1)) {
	case DW_LNE_end_sequence: row->ends = true; break;
	case DW_LNE_set_address: row->address = cursor_number(&rest, size == 5 ? 4 : 8);
	}
}

/* Runs one opcode. Returns true if the opcode completes a row. */
static bool run_opcode(struct cursor *program, const struct line_header *header,
		       struct line_row *row)
{
	uint8_t opcode = (uint8_t)cursor_byte(program), special;

	if (opcode >= header->first_special) {
		special = opcode - header->first_special;
		row->address += special / header->range * header->least_length;
		row->line += (uint64_t)(header->line_base + special % header->range);
		return true;
	}
	switch (opcode) {
	case 0: run_extended(program, row); return row->ends;
	case DW_LNS_copy: return true;
	case DW_LNS_advance_pc:
		row->address += cursor_leb(program, false) * header->least_length;
		break;
	case DW_LNS_advance_line: row->line += cursor_leb(program, true); break;
	case DW_LNS_set_file: row->file = cursor_leb(program, false); break;
	case DW_LNS_const_add_pc:
		special = UINT8_MAX - header->first_special;
		row->address += special / header->range * header->least_length;
		break;
	case DW_LNS_fixed_advance_pc: row->address += cursor_number(program, 2); break;
	default:
		for (uint8_t left = header->lengths[opcode - 1]; left; left--)
			cursor_leb(program, false);
	}
	return false;
}

/* Goes on from a completed row to the next row. */
static void next_row(struct line_place *place)
{
	static const struct line_row first = { 0, 1, 1, false };

	place->before = place->row;
	if (!place->row.ends)
		return;
	place->before.address = UINT64_MAX;
	place->row = first;
}

bool line_table_run(const struct line_table *table, struct line_place *place)
{
	struct cursor program = table->header.program;
	bool found = false;

	program.work = NULL;
	program.at = place->at;
	next_row(place);
	while (!found && cursor_left(&program))
		found = run_opcode(&program, &table->header, &place->row);
	place->at = program.at;
	return found;
}

/* --- the whole table --- */

bool line_table_read(const struct debug_info *debug, uint64_t unit, struct line_table *table)
{
	struct entry none;

	if (table->is_read && table->at == unit)
		return true;
	table->at = unit;
	table->is_read = unit_read(debug, unit, &table->unit) &&
			 table->unit.of[DW_AT_stmt_list].form &&
			 read_header(debug, table->unit.of[DW_AT_stmt_list].number, &table->header);
	if (table->is_read) {
		table->header.files = table->header.directories;
		find_entry(&table->header, &table->header.files, false, UINT64_MAX, &none);
	}
	return table->is_read;
}
