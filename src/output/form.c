/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/form.h"

#include <stdio.h>
#include <string.h>

#include "output/output_state.h"

/* --- fields --- */

const struct field *field_find(const struct field *fields, const char *name)
{
	for (; fields && fields->name; fields++)
		if (!strcmp(fields->name, name))
			return fields;
	return NULL;
}

static const struct field *fields_of(const struct form *form)
{
	if (form->nr_open)
		return form->open[form->nr_open - 1].fields;
	return form->record ? form->record->fields : NULL;
}

/* Names are mostly literals: their addresses lead to where they were found before. */
const struct field *form_field(struct form *form, const char *name)
{
	const struct field *fields = fields_of(form);
	unsigned int at = name ? ((uintptr_t)name >> 1) % FORM_CACHE : 0;

	if (!name)
		return NULL;
	if (form->cache[at].name != name || form->cache[at].fields != fields) {
		const struct field *field = field_find(fields, name);

		form->cache[at].name = name;
		form->cache[at].fields = fields;
		form->cache[at].field =
			field ? field : field_find(form->common, name);
	}
	return form->cache[at].field;
}

static const char *heading_of(const struct field *field, const char *name)
{
	return field && field->heading ? field->heading : name;
}

/* Does the record have a row for it? */
static bool is_declared(const struct form *form, const struct field *field)
{
	const struct field *first = form->record ? form->record->fields : NULL;

	return first && ((uintptr_t)field - (uintptr_t)first) / sizeof(*field) <
				form->nr_fields;
}

/* Fields without a row come behind the one stated before them. */
static unsigned int order_of(struct form *form, const struct field *field)
{
	if (is_declared(form, field))
		form->last_order = field - form->record->fields + 1;
	return form->last_order;
}

static enum field_place place_of(const struct field *field)
{
	return field ? field->place : IN_ROW;
}

/* --- cells --- */

static struct open *innermost(struct form *form)
{
	return form->nr_open ? &form->open[form->nr_open - 1] : NULL;
}

static bool is_hidden(struct form *form)
{
	const struct open *open = innermost(form);

	return form->too_deep || (open && open->kind == OPEN_HIDDEN);
}

/* Does what is stated now have a cell below the row? */
static bool is_below(const struct form *form, const struct field *field)
{
	for (unsigned int i = 0; i < form->nr_open; i++)
		if (form->open[i].kind == OPEN_ROW ||
		    form->open[i].kind == OPEN_LINE)
			return true;
	return place_of(field) == BELOW;
}

static void put(struct output *output, bool below, const char *text,
		size_t size)
{
	if (below)
		below_put(&output->form.below, text, size);
	else
		table_put(&output->table, text, size);
}

static void put_text(struct output *output, bool below, const char *text)
{
	if (text)
		put(output, below, text, strlen(text));
}

static const char *join_of(const struct field *field)
{
	return field && field->join ? field->join : ", ";
}

/* A cell of the row; text goes on in that of fields before it with the same heading. */
static void open_cell(struct output *output, const struct field *field,
		      const char *name, enum cell_kind kind, enum style style)
{
	struct table *table = &output->table;

	if (field && field->heading &&
	    table_reopen_cell(table, field->heading)) {
		put_text(output, false, join_of(field));
		return;
	}
	table_cell(table, (struct cell){
				  .name = heading_of(field, name),
				  .field = field,
				  .kind = kind,
				  .style = style,
				  .order = order_of(&output->form, field),
			  });
}

/* The same below the row. */
static void open_below(struct output *output, const struct field *field,
		       const char *name, enum cell_kind kind, enum style style)
{
	struct form *form = &output->form;
	const struct open *open = innermost(form);
	struct below_cell cell = {
		.style = style,
		.right = kind == CELL_COUNT,
		.order = order_of(form, field),
	};

	while (open && open > form->open && open->kind == OPEN_INSIDE)
		open--;
	if (!open || (open->kind != OPEN_ROW && open->kind != OPEN_LINE))
		below_line(&form->below, heading_of(field, name), cell.order);
	cell.name = open && open->kind == OPEN_ROW ? heading_of(field, name) :
						     join_of(field);
	below_cell(&form->below, cell);
}

static bool begin_cell(struct output *output, const struct field *field,
		       const char *name, enum cell_kind kind,
		       enum style style)
{
	bool below = is_below(&output->form, field);

	if (below)
		open_below(output, field, name, kind, style);
	else
		open_cell(output, field, name, kind, style);
	put_text(output, below, field ? field->before : NULL);
	return below;
}

void form_value(struct output *output, const struct field *field,
		const char *name, enum cell_kind kind, enum style style,
		const char *value, size_t size)
{
	struct form *form = &output->form;
	struct open *open = innermost(form);
	bool below;

	if (is_hidden(form) || place_of(field) == RECORDS_ONLY ||
	    (field && field->quiet && style == STYLE_GOOD))
		return;
	if (open && open->kind == OPEN_VALUES) {
		if (open->lines && open->nr_items)
			open_below(output, open->list, "", kind, style);
		else if (open->nr_items)
			put_text(output, open->below, open->join);
		open->nr_items++;
		put(output, open->below, value, size);
		return;
	}
	if (!size && place_of(field) == BELOW)
		return; /* unknown, and no other answer's cell is in its place */
	below = begin_cell(output, field, name, kind, style);
	put(output, below, value, size);
	put_text(output, below, field ? field->after : NULL);
}

void form_count(struct output *output, const char *name, uint64_t value)
{
	const struct field *field = form_field(&output->form, name);
	enum field_kind kind = field ? field->kind : KIND_AS_STATED;
	char digits[DECIMAL_DIGITS_MAX + 1];
	unsigned int size, shift = 0;

	if (kind == KIND_KIB)
		shift = 10;
	else if (kind == KIND_SIZE)
		while (shift < 40 && value && !(value >> shift & 1023))
			shift += 10;
	size = format_count(digits, value >> shift);
	if (shift)
		digits[size++] = " KMGT"[shift / 10];
	form_value(output, field, name, CELL_COUNT, STYLE_PLAIN, digits, size);
}

void form_boolean(struct output *output, const char *name, bool value,
		  enum style style)
{
	const struct field *field = form_field(&output->form, name);
	const char *text = value ? "yes" : "no";

	if (field && (field->yes || field->no))
		text = value ? field->yes : field->no;
	if (text)
		form_value(output, field, name, CELL_STRING, style, text,
			   strlen(text));
}

/* --- answers --- */

/* An answer that is ok needs no column for it. */
static void put_status(struct output *output, const char *status,
		       enum style style)
{
	struct form *form = &output->form;
	struct table *table = &output->table;
	const struct field *field = form_field(form, "status");

	form_value(output, field, "status", CELL_STRING, style,
		   status ? status : "ok", strlen(status ? status : "ok"));
	if (!status && table->nr_cells && !is_declared(form, field))
		table->cells[table->nr_cells - 1].optional = true;
}

void form_begin(struct output *output, const char *command,
		const char *status, enum style style)
{
	struct form *form = &output->form;

	form->nr_open = form->too_deep = form->last_order = 0;
	table_begin_row(&output->table, command);
	put_status(output, status, style);
}

static void print_plain_row(struct output *output)
{
	struct table *table = &output->table;

	table_sort_cells(table);
	for (unsigned int i = 0, nr = 0; i < table->nr_cells; i++) {
		const struct cell *cell = &table->cells[i];

		if (cell->optional)
			continue;
		output_text_part(output, STYLE_PLAIN, " ", nr++ > 0);
		output_text_part(output, cell->style,
				 table->text + cell->start,
				 cell->end - cell->start);
	}
	output_text_end(output);
}

void form_end(struct output *output)
{
	const struct record *record = output->form.record;
	struct table *table = &output->table;

	if (record && record->apart)
		output_forget_heading(output);
	if (record && record->plain)
		print_plain_row(output);
	else
		table_end_row(table, &output->writer);
	below_write(&output->form.below, table, &output->writer);
	if (record && record->apart) {
		output_forget_heading(output);
		output_text_end(output);
	}
}

void form_note(struct output *output, const char *text)
{
	struct below *below = &output->form.below;

	below_line(below, "", output->form.nr_fields + 1);
	below_cell(below, (struct below_cell){ .name = "" });
	below_put(below, text, strlen(text));
}

static struct open *push(struct form *form, enum open_kind kind,
			 const struct field *fields)
{
	struct open *open;

	if (form->nr_open == OPEN_MAX) {
		form->too_deep++;
		return NULL;
	}
	open = &form->open[form->nr_open++];
	*open = (struct open){ .kind = kind, .fields = fields };
	return open;
}

static void pop(struct form *form)
{
	if (form->too_deep)
		form->too_deep--;
	else if (form->nr_open)
		form->nr_open--;
}

void form_hide_begin(struct output *output)
{
	push(&output->form, OPEN_HIDDEN, NULL);
}

void form_hide_end(struct output *output)
{
	pop(&output->form);
}

void form_list_begin(struct output *output, const char *name)
{
	struct form *form = &output->form;
	const struct field *field = form_field(form, name);
	struct open *open;
	bool below;

	if (is_hidden(form) || place_of(field) == RECORDS_ONLY) {
		push(form, OPEN_HIDDEN, NULL);
	} else if (field && field->fields) {
		below_table(&form->below, field->heading ? field->heading : "",
			    order_of(form, field));
		push(form, OPEN_TABLE, field->fields);
	} else {
		below = begin_cell(output, field, name, CELL_STRING,
				   STYLE_PLAIN);
		open = push(form, OPEN_VALUES, NULL);
		if (open) {
			open->below = below;
			open->list = field;
			open->join = field && field->join ? field->join : "|";
			open->lines = below && !*heading_of(field, name);
		}
	}
}

void form_list_end(struct output *output)
{
	struct form *form = &output->form;
	const struct open *open = innermost(form);

	if (open && open->kind == OPEN_VALUES && !form->too_deep) {
		if (open->held_objects && !open->below)
			table_drop_cell(&output->table);
		else
			put_text(output, open->below,
				 open->list ? open->list->after : NULL);
	}
	pop(form);
}

void form_object_begin(struct output *output, const char *name)
{
	struct form *form = &output->form;
	struct open *open = innermost(form);
	const struct field *field = form_field(form, name);

	if (open && open->kind == OPEN_VALUES)
		open->held_objects = true;
	if (is_hidden(form)) {
		push(form, OPEN_HIDDEN, NULL);
	} else if (!name && open && open->kind == OPEN_TABLE) {
		below_row(&form->below);
		push(form, OPEN_ROW, open->fields);
	} else if (!field || !field->fields) {
		push(form, OPEN_HIDDEN, NULL);
	} else if (field->place == BELOW && !is_below(form, NULL)) {
		below_line(&form->below, heading_of(field, name),
			   order_of(form, field));
		push(form, OPEN_LINE, field->fields);
	} else {
		push(form, OPEN_INSIDE, field->fields);
	}
}

void form_object_end(struct output *output)
{
	pop(&output->form);
}
