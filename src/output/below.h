/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines below a row of a text answer. A line contains values after a label, or is a row in a
 * table of objects. The lines are kept until the row ends, because text shows them in another order
 * than records, and because the widest value determines the width of each column. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/table.h"

struct writer;

/* A cell. Its text is a range of bytes in below.text. If the section is of kind BELOW_LINE,
 * cell.name is the separator between this cell and the previous cell. */
struct below_cell {
	struct cell cell;
	unsigned int section;
	uint32_t next; /* index in below.cell of the next cell of the section, or BELOW_END */
	size_t row;
};

#define BELOW_END UINT32_MAX

enum below_kind {
	BELOW_LINE,
	BELOW_TABLE,
	BELOW_ROWS, /* rows that form.c writes; each of them repeats the cells of the row above */
};

struct below_section {
	const char *heading; /* "": no heading */
	enum below_kind kind;
	unsigned int order; /* sections are written in ascending order of this number */
	unsigned int group; /* fields of different groups are never in the same line */
	unsigned int nr_rows, nr_cells;
	/* indexes in below.cell of the first and the last cell; valid if nr_cells is not 0 */
	uint32_t first, last;
	bool written;
};

struct below_column {
	const char *name;
	unsigned int order;
	bool right;
	size_t width;
};

/* Initially zeroed. */
struct below {
	struct below_section *section; /* owned, like cell and text */
	size_t nr_sections, section_room;
	unsigned int open; /* index of the section to which cells are added */
	/* group: the open group, 0 if none is open; groups have the numbers 1 to nr_groups */
	unsigned int group, nr_groups;
	struct below_cell *cell;
	uint32_t nr_cells;
	size_t room;
	char *text;
	size_t used, text_room;
	bool rows; /* at least one section is of kind BELOW_ROWS */
	bool plain; /* valid while writing: each byte of the text takes one column */
	bool failed; /* memory was exhausted, so some cells are missing */
};

void below_release(struct below *below);

/* Makes cells go to the line that has this heading and belongs to the open group. If there is no
 * such line, begins it. The heading "" always begins a new line. */
void below_line(struct below *below, const char *heading, unsigned int order);
/* Begins a section that is not of kind BELOW_LINE. */
void below_begin(struct below *below, enum below_kind kind, const char *heading,
		 unsigned int order);
/* Begins the next row of the open table. */
void below_row(struct below *below);
/* Begins a group of lines, which below_group_end() ends. Fields outside of the group are never
 * added to a line of the group. */
void below_group_begin(struct below *below);
void below_group_end(struct below *below);
/* Adds a cell without text to the open section. */
void below_cell(struct below *below, const struct cell *cell);

/* Appends text to the last cell. */
void below_put(struct below *below, const char *text, size_t size);
/* Removes the last cell, which must be in the open section. */
void below_drop(struct below *below);

/* Returns the first cell of a section of kind BELOW_ROWS whose index is *at or larger, and sets *at
 * to that index. Returns NULL if there is no such cell. */
const struct below_cell *below_rows_cell(const struct below *below, size_t *at);

static inline bool below_is_in_row(const struct below *below, const struct below_cell *cell)
{
	return cell->section == below->open && cell->row == below->section[below->open].nr_rows;
}

/* Makes text go to the last cell again, if that cell has this name and is in the current row of the
 * open section. If not, returns false. */
static inline bool below_reopen(const struct below *below, const char *name)
{
	const struct below_cell *last = below->nr_cells ? &below->cell[below->nr_cells - 1] : NULL;

	return last && below_is_in_row(below, last) && same_name(last->cell.name, name);
}

/* Removes all sections. */
void below_empty(struct below *below);

/* Writes all sections below the row that has just ended. If labelled is true,
 * there is no row above: each line with a heading begins at the left margin, and the values are
 * aligned. */
void below_write(struct below *below, struct table *table, struct writer *writer, bool labelled);
