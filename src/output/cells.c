/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/cells.h"

#include "base/array.h"
#include "base/printable.h"

void cells_empty(struct cells *cells)
{
	cells->nr_sections = cells->nr = cells->used = 0;
	cells->failed = false;
}

void cells_begin(struct cells *cells, const struct cell_section *section)
{
	unsigned int at = cells->nr_sections, *link = &cells->first;
	struct cell_section *all;

	cells->failed =
		cells->failed || !array_add(&cells->section, &cells->nr_sections,
					    &cells->section_room, section, sizeof(*section));
	if (cells->failed)
		return;
	all = cells->section;
	if (!at)
		cells->first = CELLS_END;
	else if (all[cells->last].order <= section->order)
		link = &all[cells->last].next;
	while (*link != CELLS_END && all[*link].order <= section->order)
		link = &all[*link].next;
	all[at].first = all[at].last = CELLS_END;
	all[at].next = *link;
	*link = cells->open = at;
	if (all[at].next == CELLS_END)
		cells->last = at;
}

void cells_line(struct cells *cells, unsigned int group, const char *heading, unsigned int order)
{
	for (unsigned int i = cells->nr_sections; i-- && *heading;) {
		const struct cell_section *section = &cells->section[i];

		if (section->kind == SECTION_LINE && section->group == group &&
		    same_name(section->heading, heading)) {
			cells->open = i;
			return;
		}
		if (section->group != group && group)
			break;
	}
	cells_begin(cells, &(struct cell_section){ .kind = SECTION_LINE,
						   .heading = heading,
						   .order = order,
						   .group = group });
}

void cells_row(struct cells *cells)
{
	if (!cells->failed)
		cells->section[cells->open].nr_rows++;
}

void cells_add(struct cells *cells, const struct cell *cell)
{
	unsigned int at = cells->nr, *link;
	struct cell_section *section;
	struct cell *all;

	cells->failed = cells->failed ||
			!array_add(&cells->cell, &cells->nr, &cells->room, cell, sizeof(*cell));
	if (cells->failed)
		return;
	all = cells->cell;
	section = &cells->section[cells->open];
	link = section->last == CELLS_END ? &section->first : &all[section->last].next;
	if (section->last != CELLS_END && all[section->last].order > cell->order &&
	    section->kind <= SECTION_LINE)
		for (link = &section->first; all[*link].order <= cell->order;)
			link = &all[*link].next;
	else
		section->last = at;
	all[at].row = section->nr_rows;
	all[at].start = all[at].end = cells->used;
	all[at].next = *link;
	*link = cells->open_cell = at;
}

unsigned int cells_find(const struct cells *cells, const char *name)
{
	const struct cell_section *section = &cells->section[cells->open];
	unsigned int at = section->kind == SECTION_ROW ? section->first : section->last;

	for (; at != CELLS_END; at = cells->cell[at].next)
		if (cells->cell[at].row == section->nr_rows &&
		    same_name(cells->cell[at].name, name))
			break;
	return at;
}

void cells_reopen(struct cells *cells, unsigned int at)
{
	struct cell *cell = &cells->cell[at];
	size_t start = cell->start, size = cell->end - start;

	cells->open_cell = at;
	if (cell->end == cells->used)
		return;
	cell->start = cell->end = cells->used;
	cells_repeat(cells, start, size);
}

void cells_put_slow(struct cells *cells, const char *text, size_t size)
{
	cells->failed = cells->failed ||
			!array_add_bytes(&cells->text, &cells->used, &cells->text_room, text, size);
	if (!cells->failed)
		cells->cell[cells->open_cell].end = cells->used;
}

void cells_repeat(struct cells *cells, size_t start, size_t size)
{
	size_t at = cells->used;
	char *place;

	if (cells->failed || !size)
		return;
	place = array_grow(&cells->text, &cells->used, &cells->text_room, size, 1);
	cells->failed = !place;
	if (!place)
		return;
	memcpy(place, cells->text + start, size);
	cells->cell[cells->open_cell].end = at + size;
}

void cells_clean(struct cells *cells)
{
	cells->plain = !cells->used || printable_is_plain(cells->text, cells->used);
	for (size_t i = 0; i < cells->nr && !cells->plain; i++) {
		struct cell *cell = &cells->cell[i];

		cell->end = cell->start +
			    printable_clean(cells->text + cell->start, cell->end - cell->start);
	}
}
