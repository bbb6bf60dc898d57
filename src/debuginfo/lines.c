/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* libdw reads the header of each unit before the one that is wanted, and keeps all lines of
 * that one: 5 to 20 ms for a kernel, and 3 s and 1.6 GB for a damaged table of 16 MB, where
 * it asks nobody whether to stop. Here the lists are skipped through, in 0.3 ms. */
#include "debuginfo/lines.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "debuginfo/unit.h"
#include "symbols/elf_file.h"

/* A kernel's take a hundred thousand steps, and where its units are not indexed a few
 * millions. */
enum { MOST_STEPS = 1 << 25 };

/* What the program of lines counts up. */
struct lines_row {
	uint64_t address, file, line;
	bool ends; /* the sequence */
};

/* Where the last row was found: the next address is often after it. */
struct lines_place {
	const uint8_t *program, *at; /* NULL: none */
	struct lines_row row;
};

struct lines {
	Elf *elf; /* borrowed */
	struct debug_info debug;
	struct line_work work;
	struct lines_place place;
	/* Places in .debug_info of units with lines that the index lacks: all units are read
	 * for them, which takes 15 ms. */
	uint64_t *unindexed; /* owned */
	size_t nr_unindexed, room;
	bool knows_unindexed, given_up;
};

/* --- the unit of an address --- */

/* The unit that it is of, and the width of its addresses. */
static bool set_begin(struct cursor *set, uint64_t *offset, size_t *width)
{
	const uint8_t *begin = set->at - 4;
	uint64_t version = cursor_number(set, 2);

	*offset = cursor_number(set, 4);
	*width = cursor_number(set, 1);
	if (version != 2 || cursor_number(set, 1) != 0 || (*width != 4 && *width != 8))
		return false;
	cursor_skip(set, -(uint64_t)(set->at - begin) % (2 * *width));
	return true;
}

static bool set_covers(struct cursor *set, uint64_t address, uint64_t *offset)
{
	size_t width;

	if (!set_begin(set, offset, &width))
		return false;
	/* There are a hundred thousand of them. */
	for (; cursor_left(set) >= 2 * width; set->at += 2 * width, cursor_work(set, 1))
		if (address - load_le(set->at, width) < load_le(set->at + width, width))
			return true;
	return false;
}

/* By the index. It may lack units: compilers other than gcc make it for assembly alone. */
static bool find_indexed(const struct debug_info *debug, uint64_t address, struct unit *unit)
{
	struct cursor all = cursor_at(debug->work, debug->aranges, 0), set;
	uint64_t offset;

	while (cursor_left(&all) && cursor_unit(&all, &set))
		if (set_covers(&set, address, &offset))
			return unit_read(debug, &offset, unit) && unit->of[DW_AT_stmt_list].form;
	return false;
}

/* The unit of the next set in the index; UINT64_MAX: there is none. */
static uint64_t next_indexed(struct cursor *index)
{
	struct cursor set;
	uint64_t offset;
	size_t width;

	while (cursor_left(index) && cursor_unit(index, &set))
		if (set_begin(&set, &offset, &width))
			return offset;
	return UINT64_MAX;
}

/* The index has all code of a unit, or none. Linkers write it in the order of the units; where
 * it has another one, more units count as lacking. */
static bool know_unindexed(struct lines *lines)
{
	const struct debug_info *debug = &lines->debug;
	struct cursor index = cursor_at(debug->work, debug->aranges, 0);
	uint64_t indexed = next_indexed(&index), offset = 0, start = 0;
	struct unit unit;

	if (lines->knows_unindexed)
		return true;
	lines->nr_unindexed = 0;
	for (; unit_read(debug, &offset, &unit); start = offset) {
		while (indexed < start)
			indexed = next_indexed(&index);
		if (unit.of[DW_AT_stmt_list].form && indexed != start &&
		    !array_add(&lines->unindexed, &lines->nr_unindexed, &lines->room, &start,
			       sizeof(start)))
			return false;
	}
	lines->knows_unindexed = debug->work->steps > 0;
	return lines->knows_unindexed;
}

static bool find_unit(struct lines *lines, uint64_t address, struct unit *unit)
{
	const struct debug_info *debug = &lines->debug;

	if (find_indexed(debug, address, unit))
		return true;
	if (!know_unindexed(lines))
		return false;
	for (size_t i = 0; i < lines->nr_unindexed; i++) {
		uint64_t offset = lines->unindexed[i];

		if (unit_read(debug, &offset, unit) && unit_covers(debug, unit, address))
			return true;
	}
	return false;
}

/* --- the header of a table of lines --- */

/* The header of a table of lines, DWARF 2 to 5. */
struct line_header {
	unsigned int version, width;
	uint64_t least_length, range, first_special;
	int64_t line_base;
	const uint8_t *lengths; /* of the arguments of standard opcodes */
	struct cursor names; /* directories and files */
	struct cursor program;
};

static bool lines_read_header(const struct debug_info *debug, uint64_t offset,
			      struct line_header *header)
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
	header->least_length = cursor_number(&unit, 1);
	if (header->version >= 4)
		cursor_number(&unit, 1);
	cursor_number(&unit, 1); /* default_is_stmt */
	header->line_base = (int8_t)cursor_number(&unit, 1);
	header->range = cursor_number(&unit, 1);
	header->first_special = cursor_number(&unit, 1);
	header->lengths = unit.at;
	if (header->first_special)
		cursor_skip(&unit, header->first_special - 1);
	header->names = unit;
	return !unit.bad && !header->program.bad && header->range && header->first_special;
}

/* --- names of files, in the header --- */

enum { MOST_FORMATS = 8, MOST_NAMES = 1 << 16 };

/* Of a list: what each entry consists of. */
struct formats {
	uint64_t nr;
	struct {
		uint64_t content, form; /* DW_LNCT_*, DW_FORM_* */
	} of[MOST_FORMATS];
};

/* Before DWARF 5 each list has the same ones, begins with number 1 and ends with an empty
 * path. */
/* clang-format off */
static const struct formats before_5[] = {
	{ 1, { { DW_LNCT_path, DW_FORM_string } } },
	{ 4, { { DW_LNCT_path, DW_FORM_string }, { DW_LNCT_directory_index, DW_FORM_udata },
	       { DW_LNCT_timestamp, DW_FORM_udata }, { DW_LNCT_size, DW_FORM_udata } } },
};
/* clang-format on */

/* A directory, or a file and the number of its directory. */
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

/* Entry wanted of the list that begins here; moves the cursor behind the list. */
static bool find_entry(const struct line_header *header, struct cursor *at, bool are_files,
		       uint64_t wanted, struct entry *found)
{
	struct formats formats = before_5[are_files];
	bool is_old = header->version < 5, has = false;
	uint64_t end = MOST_NAMES;

	if (!is_old && !read_formats(at, &formats))
		return false;
	if (!is_old)
		end = cursor_leb(at, false);
	for (uint64_t i = is_old; i < end && i < MOST_NAMES && !at->bad; i++) {
		struct entry entry;

		if (!read_entry(at, header->width, &formats, &entry))
			return false;
		if (is_old && !*entry.path.text)
			break;
		if (i == wanted) {
			*found = entry;
			has = true;
		}
	}
	return has && !at->bad;
}

/* The path of a file of that unit, as the compiler was given it. */
static bool file_name(const struct debug_info *debug, const struct unit *unit,
		      const struct line_header *header, uint64_t file, char path[PATH_MAX])
{
	struct cursor directories = header->names, files = directories;
	struct entry entry, directory = { .directory = 0 };
	const char *name, *folder;

	find_entry(header, &files, false, UINT64_MAX, &entry);
	/* Directory 0 is the one that the compiler ran in. */
	if (!find_entry(header, &files, true, file, &entry) ||
	    (entry.directory &&
	     !find_entry(header, &directories, false, entry.directory, &directory)))
		return false;
	name = unit_text(debug, unit, &entry.path);
	folder = *name == '/' ? "" : unit_text(debug, unit, &directory.path);
	snprintf(path, PATH_MAX, "%s%s%s", folder, *folder ? "/" : "", name);
	return *name;
}

/* --- the program that makes the lines --- */

/* Opcodes behind a length. True if a row is complete. */
static bool run_extended(struct cursor *program, struct lines_row *row)
{
	uint64_t size = cursor_leb(program, false);
	struct cursor rest = *program;

	cursor_skip(program, size);
	if (program->bad || !size)
		return false;
	rest.end = program->at;
	switch (cursor_number(&rest, 1)) {
	case DW_LNE_end_sequence: row->ends = true; break;
	case DW_LNE_set_address: row->address = cursor_number(&rest, size == 5 ? 4 : 8);
	}
	return row->ends;
}

/* Runs one opcode; true if a row is complete. */
static bool run_opcode(struct cursor *program, const struct line_header *header,
		       struct lines_row *row)
{
	uint64_t opcode = cursor_number(program, 1), special;

	special = (opcode == DW_LNS_const_add_pc ? 255 : opcode) - header->first_special;
	if (opcode >= header->first_special) {
		row->address += special / header->range * header->least_length;
		row->line += (uint64_t)(header->line_base + (int64_t)(special % header->range));
		return true;
	}
	switch (opcode) {
	case 0: return run_extended(program, row);
	case DW_LNS_copy: return true;
	case DW_LNS_advance_pc:
		row->address += cursor_leb(program, false) * header->least_length;
		break;
	case DW_LNS_advance_line: row->line += cursor_leb(program, true); break;
	case DW_LNS_set_file: row->file = cursor_leb(program, false); break;
	case DW_LNS_const_add_pc:
		row->address += special / header->range * header->least_length;
		break;
	case DW_LNS_fixed_advance_pc: row->address += cursor_number(program, 2); break;
	default:
		for (uint8_t left = header->lengths[opcode - 1]; left; left--)
			cursor_leb(program, false);
	}
	return false;
}

/* The last row at or below the address, where the next one is above it: from the place on. */
static bool find_row_behind(const struct line_header *header, uint64_t address,
			    struct lines_place *place)
{
	static const struct lines_row first = { 0, 1, 1, false };
	struct cursor program = header->program;
	struct lines_row row = place->at ? place->row : first;

	if (place->at)
		program.at = place->at;
	else /* no address is below one of a sequence that has ended */
		place->row = (struct lines_row){ .address = UINT64_MAX };
	while (cursor_left(&program)) {
		if (!run_opcode(&program, header, &row))
			continue;
		if (place->row.address <= address && row.address > address)
			return true;
		place->row = row;
		if (row.ends) {
			place->row.address = UINT64_MAX;
			row = first;
		}
		place->at = program.at;
	}
	return false;
}

static bool find_row(const struct line_header *header, uint64_t address, struct lines_place *place)
{
	const uint8_t *program = header->program.at;
	bool found = place->at && place->program == program && place->row.address <= address &&
		     find_row_behind(header, address, place);

	if (!found) {
		*place = (struct lines_place){ .program = program };
		found = find_row_behind(header, address, place);
	}
	if (!found)
		place->at = NULL;
	return found;
}

/* Only code has lines. An address in no section may be anything. */
static bool may_be_code(Elf *elf, uint64_t address)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	bool is_data = false;

	while ((section = elf_next_section(elf, section, &header))) {
		if (!(header.sh_flags & SHF_ALLOC) || address - header.sh_addr >= header.sh_size)
			continue;
		if (header.sh_flags & SHF_EXECINSTR)
			return true;
		is_data = true;
	}
	return !is_data;
}

static bool lines_find_row(struct lines *lines, uint64_t address, struct code_line *found)
{
	const struct debug_info *debug = &lines->debug;
	struct line_header header;
	struct unit unit;
	char path[PATH_MAX];
	const struct lines_row *row = &lines->place.row;

	if (!find_unit(lines, address, &unit) ||
	    !lines_read_header(debug, unit.of[DW_AT_stmt_list].number, &header) ||
	    !find_row(&header, address, &lines->place) || row->line > INT32_MAX ||
	    !file_name(debug, &unit, &header, row->file, path))
		return false;
	found->line = (unsigned int)row->line;
	snprintf(found->path, sizeof(found->path), "%s", unit_below(debug, &unit, path));
	snprintf(found->unit, sizeof(found->unit), "%s",
		 unit_below(debug, &unit, unit_text(debug, &unit, &unit.of[DW_AT_name])));
	return true;
}

bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *found)
{
	bool ok;

	if (!lines->debug.lines.size || lines->given_up || !may_be_code(lines->elf, address))
		return false;
	lines->work = (struct line_work){ MOST_STEPS, listener };
	ok = lines_find_row(lines, address, found) && lines->work.steps;
	lines->given_up = !lines->work.steps && !listener_stops(listener);
	return ok;
}

bool lines_given_up(const struct lines *lines)
{
	return lines->given_up;
}

struct lines *lines_open(Elf *elf)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return NULL;
	lines->elf = elf;
	lines->debug = debug_info_of(elf, &lines->work);
	return lines;
}

void lines_close(struct lines *lines)
{
	if (lines)
		free(lines->unindexed);
	free(lines);
}
