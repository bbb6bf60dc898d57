/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/layout.h"

#include <string.h>

#include "base/printable.h"
#include "base/scatter.h"
#include "output/output_state.h"

/* Cells and sections are compared as bytes, so they must have no padding. */
_Static_assert(sizeof(struct cell) == 2 * sizeof(char *) + 4 * sizeof(int), "no padding");
_Static_assert(sizeof(struct below_cell) == sizeof(struct cell) + 2 * sizeof(int) + sizeof(size_t),
	       "no padding");
_Static_assert(sizeof(struct below_section) == sizeof(char *) + 8 * sizeof(int), "no padding");

/* Without a screen and colours, an answer whose text is plain depends only on its cells' names,
 * forms and sizes. */
static bool may_be_kept(const struct output *output)
{
	const struct record *record = output->form.record;
	const struct below *below = &output->form.below;
	const struct table *table = &output->table;

	return record && record->apart && !record->plain && !line_needed(&table->screen) &&
	       !output->writer.most_lines && table->nr_cells && table->nr_cells <= LAYOUT_ROW &&
	       below->nr_sections && below->nr_sections <= LAYOUT_SECTIONS && below->nr_cells &&
	       below->nr_cells <= LAYOUT_BELOW && !below->rows && !below->failed &&
	       printable_is_plain(table->text, table->used) &&
	       printable_is_plain(below->text, below->used);
}

/* Returns the place for the layout of the open answer. */
static struct layout *layout_place(struct output *output)
{
	const struct table *table = &output->table;
	const struct below *below = &output->form.below;
	uint64_t sum = 0;

	for (unsigned int i = 0; i < table->nr_cells; i++)
		sum += (uint64_t)table->cells[i].end * (2 * i + 1);
	for (unsigned int i = 0; i < below->nr_cells; i++)
		sum += (uint64_t)below->cell[i].cell.end * (2 * i + 3);
	return &output->form.layouts.layout[scatter(sum, 1) % LAYOUTS];
}

static bool has_layout(const struct output *output, const struct layout *layout)
{
	const struct table *table = &output->table;
	const struct below *below = &output->form.below;

	return layout->record == output->form.record &&
	       layout->address_digits == table->address_digits &&
	       layout->nr_row == table->nr_cells && layout->nr_below == below->nr_cells &&
	       layout->nr_sections == below->nr_sections &&
	       !memcmp(layout->row, table->cells, table->nr_cells * sizeof(*layout->row)) &&
	       !memcmp(layout->below, below->cell, below->nr_cells * sizeof(*layout->below)) &&
	       !memcmp(layout->section, below->section,
		       below->nr_sections * sizeof(*layout->section));
}

static void write_laid_out(struct output *output, const struct layout *layout)
{
	struct writer *writer = &output->writer;
	char *to = writer_room(writer, LAYOUT_TEXT);

	memcpy(to, layout->answer, layout->size);
	for (unsigned int i = 0; i < layout->nr_texts; i++) {
		const struct layout_text *text = &layout->text[i];
		const char *from = text->below ? output->form.below.text : output->table.text;

		memcpy(to + text->to, from + text->from, text->size);
	}
	writer->used += layout->size;
}

/* Begins to keep the layout of the open answer, which the caller will write. */
static void open_layout(struct output *output, struct layout *layout)
{
	const struct table *table = &output->table;
	const struct below *below = &output->form.below;
	struct layouts *layouts = &output->form.layouts;

	layout->record = output->form.record;
	layout->address_digits = table->address_digits;
	layout->nr_row = table->nr_cells;
	layout->nr_below = below->nr_cells;
	layout->nr_sections = below->nr_sections;
	memcpy(layout->row, table->cells, sizeof(*layout->row) * table->nr_cells);
	memcpy(layout->below, below->cell, sizeof(*layout->below) * below->nr_cells);
	memcpy(layout->section, below->section, sizeof(*layout->section) * below->nr_sections);
	layouts->open = layout;
	layouts->flushed = output->writer.flushed;
	layouts->start = output->writer.used;
	layouts->put.nr = 0;
	output->table.put = &layouts->put;
}

bool layout_write(struct output *output)
{
	struct layouts *layouts = &output->form.layouts;
	struct layout *layout = NULL;

	/* Most runs of the program have one answer, for which no memory is touched here. */
	if (layouts->has_first && may_be_kept(output))
		layout = layout_place(output);
	layouts->has_first = true;
	if (layout && has_layout(output, layout)) {
		write_laid_out(output, layout);
		return true;
	}
	if (layout)
		open_layout(output, layout);
	return false;
}

/* Adds a place in the answer if a text of a cell is there, and not for example a heading. Returns
 * the number of bytes of the text. */
static size_t keep_text(const struct output *output, struct layout *layout,
			const struct put_text *put)
{
	const struct below *below = &output->form.below;
	const struct table *table = &output->table;
	const size_t in_row = (uintptr_t)put->text - (uintptr_t)table->text;
	const size_t in_below = (uintptr_t)put->text - (uintptr_t)below->text;

	if (in_row >= table->used && in_below >= below->used)
		return 0;
	layout->text[layout->nr_texts++] = (struct layout_text){
		.below = in_row >= table->used,
		.from = in_row < table->used ? in_row : in_below,
		.to = put->at - output->form.layouts.start,
		.size = put->size,
	};
	return put->size;
}

/* Returns the number of bytes of the texts that the answer shows. */
static size_t size_of_texts(const struct output *output)
{
	const struct table *table = &output->table;
	const struct below *below = &output->form.below;
	size_t size = 0;

	for (unsigned int i = 0; i < table->nr_cells; i++)
		if (!table->cells[i].optional)
			size += table->cells[i].end - table->cells[i].start;
	for (unsigned int i = 0; i < below->nr_cells; i++)
		size += below->cell[i].cell.end - below->cell[i].cell.start;
	return size;
}

void layout_keep(struct output *output)
{
	const struct writer *writer = &output->writer;
	struct layouts *layouts = &output->form.layouts;
	struct layout *layout = layouts->open;
	size_t kept = 0;

	layouts->open = NULL;
	output->table.put = NULL;
	if (!layout)
		return;
	layout->size = writer->used - layouts->start;
	layout->nr_texts = 0;
	if (writer->flushed != layouts->flushed || layout->size > LAYOUT_TEXT ||
	    layouts->put.nr > PUT_TEXTS_MAX) {
		layout->record = NULL;
		return;
	}
	memcpy(layout->answer, writer->buffer + layouts->start, layout->size);
	for (unsigned int i = 0; i < layouts->put.nr; i++)
		kept += keep_text(output, layout, &layouts->put.text[i]);
	/* If a text had been written in another way, later answers would show it in place of theirs. */
	if (kept != size_of_texts(output))
		layout->record = NULL;
}
