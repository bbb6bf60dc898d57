/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "debuginfo/lines.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "debuginfo/line_table.h"
#include "debuginfo/unit.h"
#include "symbols/elf_file.h"

/* A section that is loaded. */
struct code_section {
	uint64_t start, size;
	bool is_code;
};

/* The line of an address, and the texts of its paths, which are borrowed from the debug
 * sections. */
struct line_found {
	unsigned int line;
	struct line_path path;
	/* The folder in which the compiler ran, and the file that was compiled. */
	const char *folder, *unit;
};

struct lines {
	struct debug_info debug;
	struct line_work work;
	struct unit_index units;
	struct line_table table; /* the line table that was used last */
	/* The place where the last search in `table` ended. The search for the next address starts
	 * there, because the next address is often higher. */
	struct line_place place;
	bool has_place;
	struct code_section *sections; /* owned */
	size_t nr_sections;
	bool given_up;
};

/* Finds two successive rows, the first at or below the address, and the second above the address.
 * The program is run from `place` on. */
static bool find_row_from(const struct line_table *table, uint64_t address,
			  struct line_place *place)
{
	struct cursor work = table->header.program;

	work.at = place->at;
	cursor_work(&work, cursor_left(&work));
	do {
		if (place->before.address <= address && place->row.address > address)
			return true;
	} while (!work.bad && line_table_run(table, place));
	return false;
}

/* Returns the start of the program. */
static struct line_place line_table_start(const struct line_table *table)
{
	return (struct line_place){
		.at = table->header.program.at,
		.before.address = UINT64_MAX,
		.row = { .address = UINT64_MAX, .ends = true },
	};
}

static bool find_row(struct lines *lines, uint64_t address)
{
	bool found = lines->has_place && lines->place.before.address <= address &&
		     find_row_from(&lines->table, address, &lines->place);

	if (!found) {
		lines->place = line_table_start(&lines->table);
		found = find_row_from(&lines->table, address, &lines->place);
	}
	lines->has_place = found;
	return found;
}

/* Can the address contain code? Data have no lines, so no search is needed for them. An address
 * that is in no section may be code. */
static bool may_be_code(const struct lines *lines, uint64_t address)
{
	bool is_data = false;

	for (size_t i = 0; i < lines->nr_sections; i++) {
		const struct code_section *section = &lines->sections[i];

		if (address - section->start >= section->size)
			continue;
		if (section->is_code)
			return true;
		is_data = true;
	}
	return !is_data;
}

static bool lines_find_row(struct lines *lines, uint64_t address, struct line_found *found)
{
	const struct debug_info *debug = &lines->debug;
	const struct unit *unit = &lines->table.unit;
	const struct line_row *row = &lines->place.before;
	uint64_t at;

	if (!unit_index_find(&lines->units, debug, address, &at))
		return false;
	lines->has_place = lines->has_place && lines->table.at == at;
	if (!line_table_read(debug, at, &lines->table) || !find_row(lines, address) ||
	    !line_row_has_line(row) ||
	    !line_table_file(debug, &lines->table, row->file, &found->path))
		return false;
	found->line = (unsigned int)row->line;
	found->folder = unit_text(debug, unit, &unit->of[DW_AT_comp_dir]);
	found->unit = unit_text(debug, unit, &unit->of[DW_AT_name]);
	return true;
}

static bool lines_search(struct lines *lines, uint64_t address, const struct listener *listener,
			 struct line_found *found)
{
	bool ok;

	if (!may_be_code(lines, address))
		return false;
	lines->work = (struct line_work){ MOST_STEPS, listener };
	ok = lines_find_row(lines, address, found) && lines->work.steps;
	lines->given_up = !lines->work.steps && !listener_stops(listener);
	return ok;
}

bool lines_find(struct lines *lines, uint64_t address, const struct listener *listener,
		struct code_line *line)
{
	struct line_found found;

	if (!lines->debug.lines.size || lines->given_up ||
	    !lines_search(lines, address, listener, &found))
		return false;
	line->line = found.line;
	line_path_text(&found.path, found.folder, line->path, sizeof(line->path));
	text_add(line->unit, sizeof(line->unit), 0, unit_below(found.folder, found.unit));
	return true;
}

bool lines_given_up(const struct lines *lines)
{
	return lines->given_up;
}

/* Lists the sections that are loaded. Returns false if memory runs out. */
static bool list_sections(struct lines *lines, Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t room = 0;

	while ((section = elf_next_section(elf, section, &header))) {
		struct code_section code = { header.sh_addr, header.sh_size,
					     header.sh_flags & SHF_EXECINSTR };

		if (header.sh_flags & SHF_ALLOC &&
		    !array_add(&lines->sections, &lines->nr_sections, &room, &code, sizeof(code)))
			return false;
	}
	return true;
}

struct lines *lines_open(Elf *elf, int fd)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return NULL;
	lines->debug = debug_info_of(elf, fd, &lines->work);
	if (!list_sections(lines, elf)) {
		lines_close(lines);
		return NULL;
	}
	return lines;
}

void lines_close(struct lines *lines)
{
	if (!lines)
		return;
	unit_index_free(&lines->units);
	free(lines->sections);
	free(lines);
}
