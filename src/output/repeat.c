/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/repeat.h"

#include <string.h>

#include "base/scatter.h"
#include "output/output_state.h"

void repeats_forget(struct repeats *repeats)
{
	repeats->form++;
}

static inline struct repeated *repeat_place(struct output *output, const uint64_t *key)
{
	/* A collision costs only time, so no secret key is necessary. */
	return &output->repeats.group[scatter(key[0], 1) % REPEATED];
}

/* Returns the number of bytes of records that were written so far. */
static inline uint64_t bytes_written(const struct output *output)
{
	return output->records->flushed + output->records->used;
}

static bool repeat_cells(struct output *output, const struct repeated *group)
{
	struct form *form = &output->form;

	if (group->kind != form->innermost->kind || group->fields != form->innermost->fields)
		return false;
	if (group->kind == OPEN_ANSWER) {
		below_line(&form->below, group->heading, group->order);
		form->last_order = group->last_order;
	}
	return below_copy(&form->below, group->cell, group->nr_cells, group->text, group->size);
}

bool output_repeat(struct output *output, const uint64_t key[REPEAT_WORDS])
{
	struct repeats *repeats = &output->repeats;
	const struct repeated *group = repeat_place(output, key);
	const bool record = output_json(output);

	repeats->start = record ? bytes_written(output) : output->form.below.nr_cells;
	repeats->row = output->table.used;
	if (group->form != repeats->form || group->key[0] != key[0] || group->key[1] != key[1] ||
	    group->key[2] != key[2] || group->key[3] != key[3])
		return false;
	if (!record)
		return repeat_cells(output, group);
	writer_put(output->records, group->text, group->size);
	output->comma = true;
	return true;
}

/* Keeps the cells from number `start` on. Returns false if there are other cells of the fields, or
 * if they are too many. */
static bool keep_cells(const struct output *output, struct repeated *group, uint64_t start)
{
	const struct form *form = &output->form;
	const struct open *open = form->innermost;
	const struct below *below = &form->below;
	const uint64_t nr = below->nr_cells - start;
	const struct below_section *section;
	const struct below_cell *cell;
	size_t text;

	if (below->failed || output->table.used != output->repeats.row || !nr || nr > REPEAT_CELLS)
		return false;
	section = &below->section[below->open];
	cell = &below->cell[start];
	text = cell->cell.start;
	if (below->used - text > REPEAT_ROOM)
		return false;
	group->kind = open->kind;
	group->fields = open->fields;
	group->heading = section->heading;
	group->order = section->order;
	group->last_order = form->last_order;
	group->nr_cells = (unsigned int)nr;
	group->size = below->used - text;
	memcpy(group->text, below->text + text, group->size);
	for (unsigned int i = 0; i < nr; i++) {
		if (!below_is_in_row(below, &cell[i]))
			return false;
		group->cell[i] = cell[i].cell;
		group->cell[i].start -= text;
		group->cell[i].end -= text;
	}
	return open->kind == OPEN_ROW || (open->kind == OPEN_ANSWER && section->kind == BELOW_LINE);
}

/* Keeps the bytes that were written since `start`, if all of them are in the buffer, and not in
 * several cells of CSV. */
static bool keep_bytes(const struct output *output, struct repeated *group, uint64_t start)
{
	const struct writer *writer = output->records;

	group->size = bytes_written(output) - start;
	if (!group->size || group->size > REPEAT_ROOM || group->size > writer->used ||
	    (output->format == OUTPUT_CSV && !output->depth))
		return false;
	memcpy(group->text, writer->buffer + writer->used - group->size, group->size);
	return true;
}

void output_keep(struct output *output, const uint64_t key[REPEAT_WORDS])
{
	struct repeated *group = repeat_place(output, key);
	const uint64_t start = output->repeats.start;
	const bool kept = output_json(output) ? keep_bytes(output, group, start) :
						keep_cells(output, group, start);

	memcpy(group->key, key, sizeof(group->key));
	group->form = kept ? output->repeats.form : 0;
}
