/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/form.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/text.h"
#include "output/output_state.h"

static const char *form_heading(const struct field *field, const char *name)
{
	return field && field->heading ? field->heading : name;
}

static enum field_place form_place(const struct field *field)
{
	return field ? field->place : IN_ROW;
}

static bool form_is_hidden(const struct form *form)
{
	return form->innermost->kind == OPEN_HIDDEN;
}

/* Returns true if the fields of the open object are shown in one row. */
static bool form_is_in_line(const struct form *form)
{
	return form->innermost->in_line;
}

static const struct field_text *form_text(const struct field *field)
{
	static const struct field_text usual = { 0 };

	return field && field->text ? field->text : &usual;
}

static const char *form_join(const struct field *field)
{
	const char *join = form_text(field)->join;

	return join ? join : ", ";
}

static void form_put(struct output *output, bool below, const char *text, size_t size)
{
	if (below)
		below_put(&output->form.below, text, size);
	else
		table_put(&output->table, text, size);
}

static void form_put_text(struct output *output, bool below, const char *text)
{
	if (text && *text)
		form_put(output, below, text, strlen(text));
}

/* Returns the zeros to be written before the digits of an address. Returns "" if the field is not
 * an address. size: number of digits. */
static const char *form_address_zeros(const struct output *output, const struct field *field,
				      size_t size)
{
	return field && field->kind == KIND_ADDRESS && size ?
		       hex_zeros(size, output->table.address_digits) :
		       "";
}

/* Returns the zeros to be written before a hexadecimal number that is not in a column. All these
 * numbers have as many digits as an address. size: number of digits without zeros. */
static const char *form_zeros(const struct output *output, enum cell_kind kind, size_t size)
{
	return kind == CELL_HEX ? hex_zeros(size, output->table.address_digits) : "";
}

/* --- fields --- */

/* Stands for a field that has no row in the table, if the record is labelled or closed: text does
 * not show such a field. */
static const struct field unlisted = { .place = RECORDS_ONLY };

/* Returns NULL if the table has no row of this name. fields may be NULL. */
static const struct field *field_named(const struct field *fields, const char *name)
{
	for (; fields && fields->name; fields++)
		if (same_name(fields->name, name))
			return fields;
	return NULL;
}

/* Finds the row for a field of the innermost open object. Returns NULL if the tables of fields have
 * none. name: NULL for a value in a list, which has no row. */
static const struct field *form_field(const struct form *form, const char *name)
{
	const struct field *field = name ? field_named(form->innermost->fields, name) : NULL;

	if (field || !name)
		return field;
	if (form->record && (form->record->labelled || form->record->closed))
		return &unlisted;
	return field_named(form->common, name);
}

/* Returns true if the record's table has a row for this field. */
static bool is_declared(const struct form *form, const struct field *field)
{
	const struct field *first = form->record ? form->record->fields : NULL;

	return (uintptr_t)field - (uintptr_t)first < form->nr_fields * sizeof(*field);
}

/* Returns the order of a field. If the field has no row in the table, it has the same order as the
 * field that was stated before it. */
static unsigned int form_order(struct form *form, const struct field *field)
{
	if (is_declared(form, field))
		form->last_order = field - form->record->fields + 1;
	return form->last_order;
}

/* Returns the order of a column in a table below the row. */
static unsigned int column_order(const struct field *fields, const struct field *field)
{
	unsigned int order = 0;

	while (fields[order].name && &fields[order] != field)
		order++;
	return order;
}

/* --- cells --- */

/* Returns true if the field's cell is below the row. */
static bool is_below(struct form *form, const struct field *field)
{
	const struct open *open = form->innermost;

	return form_place(field) == BELOW || open->in_line || open->in_group;
}

static bool is_fixed(const struct form *form)
{
	return form->record && form->record->fixed;
}

/* Opens a cell in the row. If the row already has a cell with this heading, text will be appended
 * to that cell. */
static void open_cell(struct output *output, const struct cell *cell)
{
	struct table *table = &output->table;
	struct cell *shared;

	if (!cell->field || !(cell->field->heading || is_fixed(&output->form)) ||
	    !table_reopen_cell(table, cell->name)) {
		table_cell(table, cell);
		return;
	}
	shared = &table->cells[table->open];
	if (shared->start != table->used)
		form_put_text(output, false, form_join(cell->field));
	else if (cell->kind != CELL_STRING)
		shared->kind = cell->kind;
	if (shared->style == STYLE_PLAIN)
		shared->style = cell->style;
}

/* Opens a cell below the row. */
static void open_below(struct output *output, struct cell *cell)
{
	struct form *form = &output->form;
	const struct open *open = form->innermost;

	while (open->kind == OPEN_INSIDE)
		open--;
	if (open->kind != OPEN_ROW && open->kind != OPEN_COPY) {
		if (open->kind != OPEN_LINE)
			below_line(&form->below, cell->name, cell->order);
		cell->name = form_join(cell->field);
	} else if (cell->field && cell->field->heading && below_reopen(&form->below, cell->name)) {
		form_put_text(output, true, form_join(cell->field));
		return;
	} else if (open->kind == OPEN_ROW) {
		cell->order = column_order(open->fields, cell->field);
	}
	below_cell(&form->below, cell);
}

static bool form_begin_cell(struct output *output, const struct field *field, const char *name,
			    enum cell_kind kind, enum style style)
{
	struct form *form = &output->form;
	bool below = is_below(form, field);
	struct cell cell = {
		.name = form_heading(field, name),
		.field = field,
		.kind = kind,
		.style = style,
		.order = form_is_in_line(form) ? form->last_order : form_order(form, field),
	};

	if (below)
		open_below(output, &cell);
	else
		open_cell(output, &cell);
	form_put_text(output, below, form_text(field)->before);
	return below;
}

/* Returns the number of pairs in a line: at most object->pairs, and not more than fit on the
 * screen. If object->width is 0, always returns object->pairs, and the line wraps. */
static unsigned int pairs_per_line(const struct output *output, const struct field *object,
				   size_t value_size)
{
	size_t columns = output->table.screen.columns;
	/* The text between pairs is counted for the first pair, too, in place of the
	 * indentation. */
	size_t fits = columns / (strlen(form_join(object)) + object->width + 1 + value_size);

	if (!columns || !object->width || fits >= object->pairs)
		return object->pairs;
	return fits ? (unsigned int)fits : 1;
}

/* Adds a pair below the row: the name and the value of an object's field. */
static void put_pair(struct output *output, struct open *open, const char *name,
		     const struct cell_text *value)
{
	const struct field *object = open->list;
	struct below *below = &output->form.below;
	unsigned int order = output->form.last_order;
	const char *zeros = form_zeros(output, value->kind, value->size);

	if (open->nr_items++ % pairs_per_line(output, object, strlen(zeros) + value->size) == 0)
		below_line(below, open->nr_items == 1 ? form_heading(object, object->name) : "",
			   order);
	below_cell(below, &(struct cell){ .name = form_join(object),
					  .style = value->style,
					  .order = order });
	form_put_text(output, true, name);
	for (size_t at = strlen(name); at < object->width; at++)
		form_put_text(output, true, " ");
	form_put_text(output, true, " ");
	form_put_text(output, true, zeros);
	below_put(below, value->text, value->size);
}

/* Returns true if the field shares a cell of the row with other fields, and that cell already has a
 * value. */
static bool shares_text(struct output *output, const struct field *field)
{
	struct table *table = &output->table;

	return field && field->heading && !is_below(&output->form, field) &&
	       table_reopen_cell(table, field->heading) &&
	       table->cells[table->open].start != table->used;
}

/* Adds a field of the answer or of an object. */
static void put_field(struct output *output, const struct field *field, const char *name,
		      const struct cell_text *value)
{
	size_t size = value->size;
	bool below;

	if (field && (field->place == RECORDS_ONLY || (field->quiet && value->style == STYLE_GOOD)))
		return;
	/* An unknown value needs no cell if the field has no column, or if other fields have
	 * already filled its cell. */
	if (!size && (form_place(field) == BELOW || shares_text(output, field)))
		return;
	below = form_begin_cell(output, field, name, value->kind, value->style);
	form_put_text(output, below, form_address_zeros(output, field, size));
	form_put(output, below, value->text, size);
	form_put_text(output, below, form_text(field)->after);
}

/* Adds a value to an open list. */
static void put_item(struct output *output, struct open *open, const struct cell_text *value)
{
	if (open->nr_items++ && open->lines)
		form_begin_cell(output, open->list, "", value->kind, value->style);
	else if (open->nr_items > 1)
		form_put(output, open->below, open->join, open->join_size);
	form_put(output, open->below, value->text, value->size);
}

static void put_value(struct output *output, const char *name, const struct field *field,
		      const struct cell_text *value)
{
	struct open *open = output->form.innermost;

	if (open->kind == OPEN_HIDDEN)
		return;
	if (open->kind == OPEN_VALUES)
		put_item(output, open, value);
	else if (open->kind == OPEN_PAIRS)
		put_pair(output, open, name, value);
	else
		put_field(output, field, name, value);
}

void form_value(struct output *output, const char *name, const struct cell_text *value)
{
	put_value(output, name, form_field(&output->form, name), value);
}

void form_count(struct output *output, const char *name, uint64_t value)
{
	const struct field *field = form_field(&output->form, name);
	struct cell_text shown = { CELL_COUNT, STYLE_PLAIN, NULL, 0 };
	enum field_kind kind = field ? field->kind : KIND_AS_STATED;
	char digits[TEXT_BYTES_MAX];
	unsigned int shift = 0;

	shown.text = digits;
	if (kind == KIND_BYTES) {
		shown.size = text_bytes(digits, value);
	} else if (kind == KIND_KIB) {
		shown.size = format_count(digits, value / 1024);
		digits[shown.size++] = 'K';
	} else {
		while (kind == KIND_PAGE_SIZE && shift < 40 && value && !(value >> shift & 1023))
			shift += 10;
		shown.size = format_count(digits, value >> shift);
		if (shift)
			digits[shown.size++] = " KMGT"[shift / 10];
	}
	put_value(output, name, field, &shown);
}

void form_boolean(struct output *output, const char *name, bool value, enum style style)
{
	const struct field *field = form_field(&output->form, name);
	const struct field_text *words = form_text(field);
	const char *text = value ? "yes" : "no";

	if (words->yes || words->no)
		text = value ? words->yes : words->no;
	if (text)
		put_value(output, name, field,
			  &(struct cell_text){ CELL_STRING, style, text, strlen(text) });
}

static struct open *form_push(struct form *form, enum open_kind kind, const struct field *fields)
{
	const struct open *outer = form->innermost;
	struct open *open = form->innermost + 1;

	if (form->innermost == &form->open[OPEN_MAX + 1]) {
		form->too_deep++;
		return NULL;
	}
	form->innermost = open;
	if (open == &form->open[OPEN_MAX + 1])
		kind = OPEN_HIDDEN;
	*open = (struct open){
		.kind = kind,
		.fields = fields,
		.in_line = outer->in_line || kind == OPEN_ROW || kind == OPEN_COPY ||
			   kind == OPEN_LINE,
		.in_group = outer->in_group || kind == OPEN_GROUP,
	};
	return open;
}

/* --- answers --- */

/* Adds the status, except "ok", which text does not show. */
static void put_status(struct output *output, const char *status, enum style style)
{
	struct form *form = &output->form;
	struct table *table = &output->table;
	const struct field *field = form_field(form, "status");
	const char *text = status ? status : "ok";

	form_value(output, "status", &(struct cell_text){ CELL_STRING, style, text, strlen(text) });
	if (!status && table->nr_cells && !is_declared(form, field))
		table->cells[table->nr_cells - 1].optional = true;
}

static enum cell_kind kind_of_column(const struct field *field)
{
	switch (field->kind) {
	case KIND_AS_STATED: return CELL_STRING;
	case KIND_NUMBER:
	case KIND_PAGE_SIZE:
	case KIND_BYTES:
	case KIND_KIB: return CELL_COUNT;
	default: return CELL_HEX;
	}
}

/* Makes an empty cell for each column. This is done only once, because these cells are the same in
 * each answer. */
static void make_fixed(struct form *form, struct table *table)
{
	const struct field *first = form->record->fields;

	for (const struct field *field = first; field->name; field++) {
		const char *name = form_heading(field, field->name);

		if (field->place == IN_ROW && !field->fields && !table_reopen_cell(table, name))
			table_cell(table, &(struct cell){
						  .name = name,
						  .field = field,
						  .kind = kind_of_column(field),
						  .order = field - first + 1,
					  });
	}
	form->nr_fixed = table->nr_cells;
	memcpy(form->fixed, table->cells, sizeof(form->fixed));
}

static void begin_fixed(struct form *form, struct table *table)
{
	if (!form->nr_fixed)
		make_fixed(form, table);
	memcpy(table->cells, form->fixed, form->nr_fixed * sizeof(*form->fixed));
	table->nr_cells = form->nr_fixed;
}

void form_begin(struct output *output, const char *command, const char *status, enum style style)
{
	struct form *form = &output->form;

	form->innermost = form->open;
	form->too_deep = form->last_order = 0;
	if (form->record && form->record->unseen)
		form_push(form, OPEN_HIDDEN, NULL);
	table_begin_row(&output->table, command);
	if (is_fixed(form))
		begin_fixed(form, &output->table);
	put_status(output, status, style);
}

/* --- rows without headings --- */

/* Writes text, and replaces each tab by the blanks that a terminal would show. column: the column
 * in which the text begins. */
static void print_plain_text(struct output *output, enum style style, const char *text, size_t size,
			     size_t column)
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

/* Prints the cells of a row side by side. If the last cell has several lines, each further line
 * repeats the other cells. */
static void form_print_plain_row(struct output *output)
{
	struct table *table = &output->table;
	const bool plain =
		!line_needed(&table->screen) && printable_is_plain(table->text, table->used);
	const char *rest = "", *end = rest;

	table_sort_cells(table);
	do {
		size_t column = 0;

		for (unsigned int i = 0; i < table->nr_cells; i++) {
			const struct cell *cell = &table->cells[i];
			const char *text = table->text + cell->start;
			size_t size = cell->end - cell->start;
			const char *zeros = form_zeros(output, cell->kind, size);

			if (cell->optional)
				continue;
			if (column)
				output_text_part(output, STYLE_PLAIN, " ", 1);
			column += column > 0;
			output_text_part(output, STYLE_PLAIN, zeros, strlen(zeros));
			column += strlen(zeros);
			if (plain) {
				table_put_styled(table, &output->writer, STYLE_PLAIN, text, size);
				column += size;
				continue;
			}
			if (i + 1 == table->nr_cells) {
				text = *rest ? rest : text;
				end = table->text + cell->end;
				rest = memchr(text, '\n', end - text);
				size = (rest ? rest : end) - text;
				rest = rest ? rest + 1 : end;
			}
			print_plain_text(output, cell->style, text, size, column);
			column += printable_columns(text, size);
		}
		output_text_end(output);
	} while (rest < end);
}

/* --- the end of an answer --- */

static void end_row(struct output *output)
{
	const struct record *record = output->form.record;

	if (record && record->plain)
		form_print_plain_row(output);
	else
		table_end_row(&output->table, &output->writer);
}

/* Writes the row once for each object of a list. Each copy has the fields of one object. */
static void end_rows(struct output *output)
{
	const struct record *record = output->form.record;
	const struct below *below = &output->form.below;
	struct table *table = &output->table;
	struct cell outer[TABLE_COLUMNS_MAX];
	unsigned int nr_outer = table->nr_cells, row;
	const struct below_cell *at;
	size_t used = table->used, i = 0;

	if (!record || !record->plain)
		table_clean_cells(table);
	memcpy(outer, table->cells, nr_outer * sizeof(*outer));
	at = below_rows_cell(below, &i);
	do {
		for (row = at ? at->row : 0; at && at->row == row;
		     i++, at = below_rows_cell(below, &i)) {
			open_cell(output, &at->cell);
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
	struct below *below = &output->form.below;

	if (record && record->unseen)
		return;
	if (record && record->apart)
		output_forget_heading(output);
	if (below->rows)
		end_rows(output);
	else
		end_row(output);
	below_write(below, &output->table, &output->writer, record && record->labelled);
	if (record && record->apart) {
		output_forget_heading(output);
		output_text_end(output);
	}
	below_empty(below);
}

/* --- lists and objects --- */

static void pop(struct form *form)
{
	if (form->too_deep)
		form->too_deep--;
	else if (form->innermost != form->open)
		form->innermost--;
}

/* Returns the kind of section that shows a list of objects below the row. */
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

	if (form_is_hidden(form) || form_place(field) == RECORDS_ONLY) {
		form_push(form, OPEN_HIDDEN, NULL);
	} else if (field && field->fields) {
		below_begin(&form->below, kind_of_list(field), "", form_order(form, field));
		open = form_push(form, OPEN_TABLE, field->fields);
		if (open)
			open->list = field;
	} else {
		below = form_begin_cell(output, field, name, CELL_STRING, STYLE_PLAIN);
		open = form_push(form, OPEN_VALUES, NULL);
		if (open) {
			open->below = below;
			open->list = field;
			open->join = form_text(field)->join ? form_text(field)->join : "|";
			open->join_size = strlen(open->join);
			open->lines = below && !*form_heading(field, name);
		}
	}
}

void form_list_end(struct output *output)
{
	struct form *form = &output->form;
	const struct open *open = form->innermost;

	if (open->kind == OPEN_VALUES) {
		if (open->held_objects && !open->below)
			table_drop_cell(&output->table);
		else if (open->below && !open->nr_items && !form_is_in_line(form))
			below_drop(&form->below);
		else
			form_put_text(output, open->below, form_text(open->list)->after);
	}
	pop(form);
}

/* Begins an object of a list: either a row, or several lines. */
static void begin_item(struct form *form, const struct open *table)
{
	const struct field *list = table->list, *fields = table->fields;
	enum open_kind kind = list->place == IN_ROW ? OPEN_COPY : OPEN_ROW;
	struct open *open;

	if (fields->place == BELOW) {
		kind = OPEN_GROUP;
		below_group_begin(&form->below);
	} else {
		below_row(&form->below);
	}
	open = form_push(form, kind, fields);
	if (open)
		open->list = list;
}

void form_object_begin(struct output *output, const char *name)
{
	struct form *form = &output->form;
	struct open *open = form->innermost;
	const struct field *field;

	if (!name && open->kind == OPEN_TABLE) {
		begin_item(form, open);
		return;
	}
	field = form_field(form, name);
	if (open->kind == OPEN_VALUES)
		open->held_objects = true;
	if (form_is_hidden(form)) {
		form_push(form, OPEN_HIDDEN, NULL);
	} else if (field && field->pairs) {
		form_order(form, field);
		open = form_push(form, OPEN_PAIRS, NULL);
		if (open)
			open->list = field;
	} else if (!field || !field->fields) {
		form_push(form, OPEN_HIDDEN, NULL);
	} else if (field->place == BELOW && !form_is_in_line(form)) {
		below_line(&form->below, form_heading(field, name), form_order(form, field));
		form_push(form, OPEN_LINE, field->fields);
	} else {
		form_order(form, field);
		form_push(form, OPEN_INSIDE, field->fields);
	}
}

void form_object_end(struct output *output)
{
	const struct open *open = output->form.innermost;

	if (open->kind == OPEN_GROUP)
		below_group_end(&output->form.below);
	pop(&output->form);
}
