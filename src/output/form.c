/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/form.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
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

/* What answers have that are all lines, and no table has: it is not shown. */
static const struct field unlisted = { .place = RECORDS_ONLY };

static const struct field *find(const struct form *form,
				const struct field *fields, const char *name)
{
	const struct field *field = field_find(fields, name);

	if (!field && form->record &&
	    (form->record->labelled || form->record->closed))
		return &unlisted;
	return field ? field : field_find(form->common, name);
}

/* Names are mostly literals: their addresses lead to where they were found before. */
const struct field *form_field(struct form *form, const char *name)
{
	const struct field *fields = fields_of(form);
	unsigned int at = name ? ((uintptr_t)name >> 1) % FORM_CACHE : 0;

	if (!name)
		return NULL;
	if (form->cache[at].name != name || form->cache[at].fields != fields) {
		form->cache[at].name = name;
		form->cache[at].fields = fields;
		form->cache[at].field = find(form, fields, name);
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

/* The same of the columns of a table below the row. */
static unsigned int column_order(const struct field *fields,
				 const struct field *field)
{
	unsigned int order = 0;

	while (fields[order].name && &fields[order] != field)
		order++;
	return order;
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

static bool is_within(const struct form *form, enum open_kind kind)
{
	for (unsigned int i = 0; i < form->nr_open; i++)
		if (form->open[i].kind == kind)
			return true;
	return false;
}

/* Is an object open whose fields are side by side? */
static bool is_in_line(const struct form *form)
{
	return is_within(form, OPEN_ROW) || is_within(form, OPEN_LINE);
}

/* Does what is stated now have a cell below the row? */
static bool is_below(const struct form *form, const struct field *field)
{
	return place_of(field) == BELOW || is_in_line(form) ||
	       is_within(form, OPEN_GROUP);
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

static bool is_fixed(const struct form *form)
{
	return form->record && form->record->fixed;
}

/* A cell of the row; text goes on in that of fields before it with the same heading. */
static void open_cell(struct output *output, struct cell cell)
{
	struct table *table = &output->table;

	struct cell *shared;

	if (!cell.field || !(cell.field->heading || is_fixed(&output->form)) ||
	    !table_reopen_cell(table, cell.name)) {
		table_cell(table, cell);
		return;
	}
	shared = &table->cells[table->open];
	if (shared->start != table->used)
		put_text(output, false, join_of(cell.field));
	else if (cell.kind != CELL_STRING)
		shared->kind = cell.kind;
	if (shared->style == STYLE_PLAIN)
		shared->style = cell.style;
}

/* The same below the row. */
static void open_below(struct output *output, struct cell cell)
{
	struct form *form = &output->form;
	const struct open *open = innermost(form);

	while (open && open > form->open && open->kind == OPEN_INSIDE)
		open--;
	if (open && open->kind == OPEN_ROW && cell.field &&
	    cell.field->heading &&
	    below_reopen(&form->below, cell.field->heading)) {
		put_text(output, true, join_of(cell.field));
		return;
	}
	if (!open || (open->kind != OPEN_ROW && open->kind != OPEN_LINE))
		below_line(&form->below, cell.name, cell.order);
	if (!open || open->kind != OPEN_ROW)
		cell.name = join_of(cell.field);
	else if (open->list->place == BELOW)
		cell.order = column_order(open->fields, cell.field);
	below_cell(&form->below, cell);
}

static bool begin_cell(struct output *output, const struct field *field,
		       const char *name, enum cell_kind kind,
		       enum style style)
{
	bool below = is_below(&output->form, field);
	struct cell cell = {
		.name = heading_of(field, name),
		.field = field,
		.kind = kind,
		.style = style,
		.order = order_of(&output->form, field),
	};

	if (below)
		open_below(output, cell);
	else
		open_cell(output, cell);
	put_text(output, below, field ? field->before : NULL);
	return below;
}

/* A field of an object behind its name: numbers have as many digits as addresses, so
 * that they stand below each other. */
static void put_pair(struct output *output, struct open *open, const char *name,
		     enum cell_kind kind, enum style style, const char *value,
		     size_t size)
{
	const struct field *object = open->list;
	struct below *below = &output->form.below;
	unsigned int order = output->form.last_order;
	size_t zeros = 0;

	if (open->nr_items++ % object->pairs == 0)
		below_line(below,
			   open->nr_items == 1 ?
				   heading_of(object, object->name) :
				   "",
			   order);
	below_cell(below, (struct cell){ .name = join_of(object),
					 .style = style,
					 .order = order });
	put_text(output, true, name);
	for (size_t at = strlen(name); at < object->width; at++)
		put_text(output, true, " ");
	put_text(output, true, " ");
	if (kind == CELL_HEX)
		for (; size + zeros < output->table.address_digits; zeros++)
			put_text(output, true, "0");
	below_put(below, value, size);
}

/* Has the cell of the row that the field shares with others a value? */
static bool shares_text(struct output *output, const struct field *field)
{
	struct table *table = &output->table;

	return field && field->heading && !is_below(&output->form, field) &&
	       table_reopen_cell(table, field->heading) &&
	       table->cells[table->open].start != table->used;
}

void form_value(struct output *output, const struct field *field,
		const char *name, enum cell_kind kind, enum style style,
		const char *value, size_t size)
{
	struct form *form = &output->form;
	struct open *open = innermost(form);
	bool below;

	if (open && open->kind == OPEN_PAIRS && !is_hidden(form)) {
		put_pair(output, open, name, kind, style, value, size);
		return;
	}
	if (is_hidden(form) || place_of(field) == RECORDS_ONLY ||
	    (field && field->quiet && style == STYLE_GOOD))
		return;
	if (open && open->kind == OPEN_VALUES) {
		if (open->lines && open->nr_items)
			begin_cell(output, open->list, "", kind, style);
		else if (open->nr_items)
			put_text(output, open->below, open->join);
		open->nr_items++;
		put(output, open->below, value, size);
		return;
	}
	/* Unknown, and no other answer's cell is in its place, or another value is. */
	if (!size && (place_of(field) == BELOW || shares_text(output, field)))
		return;
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

static enum cell_kind kind_of_column(const struct field *field)
{
	switch (field->kind) {
	case KIND_AS_STATED:
		return CELL_STRING;
	case KIND_NUMBER:
	case KIND_SIZE:
	case KIND_KIB:
		return CELL_COUNT;
	default:
		return CELL_HEX;
	}
}

/* Empty cells of all columns. */
static void begin_fixed(struct output *output)
{
	const struct field *first = output->form.record->fields;

	for (const struct field *field = first; field->name; field++) {
		const char *name = heading_of(field, field->name);

		if (field->place == IN_ROW && !field->fields &&
		    !table_reopen_cell(&output->table, name))
			table_cell(&output->table,
				   (struct cell){
					   .name = name,
					   .field = field,
					   .kind = kind_of_column(field),
					   .order = field - first + 1,
				   });
	}
}

void form_begin(struct output *output, const char *command,
		const char *status, enum style style)
{
	struct form *form = &output->form;

	form->nr_open = form->too_deep = form->last_order = 0;
	if (form->record && form->record->unseen)
		push(form, OPEN_HIDDEN, NULL);
	table_begin_row(&output->table, command);
	if (is_fixed(form))
		begin_fixed(output);
	put_status(output, status, style);
}

/* Blanks for tabs, as a terminal has them. */
static void print_plain_text(struct output *output, enum style style,
			     const char *text, size_t size, size_t column)
{
	static const char blanks[] = "        ";
	const size_t tab = sizeof(blanks) - 1;
	const char *at;

	for (; (at = memchr(text, '\t', size)); text = at + 1) {
		size_t part = at - text;

		output_text_part(output, style, text, part);
		column += printable_columns(text, part);
		output_text_part(output, style, blanks, tab - column % tab);
		column += tab - column % tab;
		size -= part + 1;
	}
	output_text_part(output, style, text, size);
}

/* Addresses, which are not below each other in columns, all have as many digits. */
static size_t print_zeros(struct output *output, size_t size)
{
	static const char zeros[] = "0000000000000000";
	size_t digits = output->table.address_digits;
	size_t nr = size < digits ? digits - size : 0;

	output_text_part(output, STYLE_PLAIN, zeros, nr);
	return nr;
}

/* The cells side by side. Each further line of the last one begins as the first does. */
static void print_plain_row(struct output *output)
{
	struct table *table = &output->table;
	const char *rest = "", *end = rest;

	table_sort_cells(table);
	do {
		size_t column = 0;

		for (unsigned int i = 0; i < table->nr_cells; i++) {
			const struct cell *cell = &table->cells[i];
			const char *text = table->text + cell->start;
			size_t size = cell->end - cell->start;

			if (cell->optional)
				continue;
			if (column)
				output_text_part(output, STYLE_PLAIN, " ", 1);
			column += column > 0;
			if (cell->kind == CELL_HEX)
				column += print_zeros(output, size);
			if (i + 1 == table->nr_cells) {
				text = *rest ? rest : text;
				end = table->text + cell->end;
				rest = memchr(text, '\n', end - text);
				size = (rest ? rest : end) - text;
				rest = rest ? rest + 1 : end;
			}
			print_plain_text(output, cell->style, text, size,
					 column);
			column += printable_columns(text, size);
		}
		output_text_end(output);
	} while (rest < end);
}

static void end_row(struct output *output)
{
	const struct record *record = output->form.record;

	if (record && record->plain)
		print_plain_row(output);
	else
		table_end_row(&output->table, &output->writer);
}

/* The row as often as a list has objects, each time with the fields of one. */
static void end_rows(struct output *output)
{
	const struct below *below = &output->form.below;
	struct table *table = &output->table;
	struct cell outer[TABLE_COLUMNS_MAX];
	unsigned int nr_outer = table->nr_cells, row;
	const struct below_cell *at;
	size_t used = table->used, i = 0;

	memcpy(outer, table->cells, nr_outer * sizeof(*outer));
	at = below_rows_cell(below, &i);
	do {
		for (row = at ? at->row : 0; at && at->row == row;
		     i++, at = below_rows_cell(below, &i)) {
			open_cell(output, at->cell);
			table_put(table, below->text + at->cell.start,
				  at->cell.end - at->cell.start);
		}
		end_row(output);
		memcpy(table->cells, outer, nr_outer * sizeof(*outer));
		table->nr_cells = nr_outer;
		table->used = used;
	} while (at);
}

void form_end(struct output *output)
{
	const struct record *record = output->form.record;
	struct table *table = &output->table;

	if (record && record->unseen)
		return;
	if (record && record->apart)
		output_forget_heading(output);
	end_rows(output);
	below_write(&output->form.below, table, &output->writer,
		    record && record->labelled);
	if (record && record->apart) {
		output_forget_heading(output);
		output_text_end(output);
	}
}

void form_note(struct output *output, const char *text)
{
	struct below *below = &output->form.below;

	if (is_hidden(&output->form))
		return;
	below_line(below, "", output->form.nr_fields + 1);
	below_cell(below, (struct cell){ .name = "" });
	below_put(below, text, strlen(text));
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

/* What a list of objects is below the row. */
static enum below_kind kind_of_list(const struct field *list)
{
	if (list->place == IN_ROW)
		return BELOW_ROWS;
	return list->fields->place == BELOW ? BELOW_LINE : BELOW_TABLE;
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
		below_begin(&form->below, kind_of_list(field), "",
			    order_of(form, field));
		open = push(form, OPEN_TABLE, field->fields);
		if (open)
			open->list = field;
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
		else if (open->below && !open->nr_items && !is_in_line(form))
			below_drop(&form->below);
		else
			put_text(output, open->below,
				 open->list ? open->list->after : NULL);
	}
	pop(form);
}

/* An object of a list: a row, or lines. */
static void begin_item(struct form *form, const struct open *table)
{
	const struct field *list = table->list, *fields = table->fields;
	struct open *open;

	if (fields->place == BELOW)
		below_group_begin(&form->below);
	else
		below_row(&form->below);
	open = push(form, fields->place == BELOW ? OPEN_GROUP : OPEN_ROW,
		    fields);
	if (open)
		open->list = list;
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
		begin_item(form, open);
	} else if (field && field->pairs) {
		order_of(form, field);
		open = push(form, OPEN_PAIRS, NULL);
		if (open)
			open->list = field;
	} else if (!field || !field->fields) {
		push(form, OPEN_HIDDEN, NULL);
	} else if (field->place == BELOW && !is_in_line(form)) {
		below_line(&form->below, heading_of(field, name),
			   order_of(form, field));
		push(form, OPEN_LINE, field->fields);
	} else {
		order_of(form, field);
		push(form, OPEN_INSIDE, field->fields);
	}
}

void form_object_end(struct output *output)
{
	const struct open *open = innermost(&output->form);

	if (open && open->kind == OPEN_GROUP && !output->form.too_deep)
		below_group_end(&output->form.below);
	pop(&output->form);
}
