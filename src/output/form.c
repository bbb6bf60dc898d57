/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/form.h"

#include <errno.h>
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

static const struct field_text *form_text(const struct field *field)
{
	static const struct field_text usual = { 0 };

	return field && field->text ? field->text : &usual;
}

static const char *form_join(const struct field *field, const char *usual)
{
	const char *join = form_text(field)->join;

	return join ? join : usual;
}

static void put_cell_text(struct output *output, const char *text)
{
	if (text)
		cells_put(&output->form.cells, text, strlen(text));
}

/* Returns the zeros to be written before a hexadecimal number that is not in a column. All these
 * numbers have as many digits as an address. size: number of digits without zeros. */
static const char *form_zeros(const struct output *output, enum cell_kind kind, size_t size)
{
	return kind == CELL_HEX ? hex_zeros(size, output->table.address_digits) : "";
}

/* The same for a cell. A number after a word is as long as it is. */
static const char *cell_zeros(const struct output *output, const struct cell *cell)
{
	if (cell->field && form_text(cell->field)->before)
		return "";
	return form_zeros(output, cell->kind, cell->end - cell->start);
}

/* --- fields --- */

/* Stands for a field that has no row in the table, if the record shows only fields of the table. */
static const struct field unlisted = { .place = RECORDS_ONLY };

/* First compares pointers, because usually both names are the same literal. */
const struct field *field_named(const struct field *fields, const char *name)
{
	const struct field *field = fields;

	while (field && field->name && field->name != name)
		field++;
	if (field && field->name)
		return field;
	for (field = fields; field && field->name; field++)
		if (same_name(field->name, name))
			return field;
	return NULL;
}

/* Finds the row for a field of the innermost open object. Returns NULL if the tables of fields have
 * none. name: NULL for a value in a list, which has no row. */
static const struct field *form_field(const struct form *form, const char *name)
{
	const struct field *field = name ? field_named(form->innermost->fields, name) : NULL;
	const struct record *record = form->record;

	if (field || !name)
		return field;
	if (record && (record->labelled || record->closed || record->plain ||
		       (record->chosen && form->innermost == form->open)))
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
	if (form->innermost->to != TO_SECTION && is_declared(form, field))
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

/* Returns the kind of a column of a fixed table. */
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

/* Opens a cell in the open section, to which a value of `size` bytes will be added. If the row
 * already has a cell with this heading, the value shares that cell. Returns false if the value is
 * unknown and the shared cell has text. */
static bool add_or_share_cell(struct output *output, const struct cell *cell, size_t size)
{
	struct cells *cells = &output->form.cells;
	const struct field *field = cell->field;
	bool may_share = field && field->heading && !cells->failed;
	unsigned int at = may_share ? cells_find(cells, cell->name) : CELLS_END;
	struct cell *shared;

	if (at == CELLS_END) {
		cells_add(cells, cell);
		return true;
	}
	cells_reopen(cells, at);
	shared = &cells->cell[at];
	if (shared->start == shared->end && cell->kind != CELL_STRING)
		shared->kind = cell->kind;
	if (shared->style == STYLE_PLAIN)
		shared->style = cell->style;
	if (shared->start == shared->end)
		return true;
	if (size)
		put_cell_text(output, form_join(field, ", "));
	return size;
}

/* Opens the cell for a value of a field: in the row, or in a section below it. Returns false if the
 * value is unknown and needs no cell. */
static bool open_cell(struct output *output, const struct field *field, const char *name,
		      const struct cell_text *value)
{
	struct form *form = &output->form;
	struct cells *cells = &form->cells;
	const struct open *open = form->innermost;
	struct cell cell = {
		.name = form_heading(field, name),
		.field = field,
		.kind = value->kind,
		.style = value->style,
		.order = form_order(form, field),
	};
	enum section_kind kind;

	if (open->to == TO_SECTION)
		cells->open = open->section;
	else if (open->to == TO_LINES || form_place(field) == BELOW)
		cells_line(cells, open->group, cell.name, cell.order);
	else
		cells->open = 0;
	kind = cells->failed ? SECTION_ROW : cells->section[cells->open].kind;
	if (kind == SECTION_LINE) {
		cell.name = form_join(field, ", ");
		cells_add(cells, &cell);
	} else {
		if (kind == SECTION_TABLE)
			cell.order = column_order(open->columns, field);
		else if (form->nr_columns && field && cell.kind == CELL_STRING)
			cell.kind = kind_of_column(field);
		if (!add_or_share_cell(output, &cell, value->size))
			return false;
	}
	put_cell_text(output, form_text(field)->before);
	return true;
}

/* Returns the number of pairs in a line: at most object->pairs, and not more than fit on the
 * screen. If object->width is 0, always returns object->pairs, and the line wraps. */
static unsigned int pairs_per_line(const struct output *output, const struct field *object,
				   size_t value_size)
{
	size_t columns = output->table.screen.columns;
	/* The text between pairs is counted for the first pair, too, in place of the
	 * indentation. */
	size_t fits = columns / (strlen(form_join(object, ", ")) + object->width + 1 + value_size);

	if (!columns || !object->width || fits >= object->pairs)
		return object->pairs;
	return fits ? (unsigned int)fits : 1;
}

/* Adds a pair below the row: the name and the value of an object's field. */
static void put_pair(struct output *output, struct open *open, const char *name,
		     const struct cell_text *value)
{
	const struct field *object = open->list;
	struct cells *cells = &output->form.cells;
	unsigned int order = output->form.last_order;
	const char *zeros = form_zeros(output, value->kind, value->size);

	if (open->nr_items++ % pairs_per_line(output, object, strlen(zeros) + value->size) == 0)
		cells_line(cells, open->group,
			   open->nr_items == 1 ? form_heading(object, object->name) : "", order);
	cells_add(cells, &(struct cell){ .name = form_join(object, ", "),
					 .style = value->style,
					 .order = order });
	put_cell_text(output, name);
	for (size_t at = strlen(name); at < object->width; at++)
		put_cell_text(output, " ");
	put_cell_text(output, " ");
	put_cell_text(output, zeros);
	cells_put(cells, value->text, value->size);
}

/* Adds a field of the answer or of an object. */
static void put_field(struct output *output, const struct field *field, const char *name,
		      const struct cell_text *value)
{
	size_t size = value->size;

	if (field && (field->place == RECORDS_ONLY || (field->quiet && value->style == STYLE_GOOD)))
		return;
	/* An unknown value needs no cell if the field has no column. */
	if ((!size && form_place(field) == BELOW) || !open_cell(output, field, name, value))
		return;
	if (field && field->kind == KIND_ADDRESS && size)
		put_cell_text(output, hex_zeros(size, output->table.address_digits));
	cells_put(&output->form.cells, value->text, size);
	put_cell_text(output, form_text(field)->after);
}

/* Opens the cell of a list. */
static void open_list_cell(struct output *output, const struct open *open)
{
	open_cell(output, open->list, open->name,
		  &(struct cell_text){ CELL_STRING, STYLE_PLAIN, NULL, 1 });
}

/* Adds a value to an open list. */
static void put_item(struct output *output, struct open *open, const struct cell_text *value)
{
	if (!open->nr_items++)
		open_list_cell(output, open);
	else if (open->lines)
		open_cell(output, open->list, "", value);
	else
		put_cell_text(output, form_join(open->list, "|"));
	cells_put(&output->form.cells, value->text, value->size);
}

/* Writes a number as its field shows it. Returns its size. */
static size_t amount(const struct field *field, const struct call *call,
		     char digits[CALL_DIGITS_MAX])
{
	enum field_kind kind = call->kind == CALL_COUNT && field ? field->kind : KIND_AS_STATED;
	struct call scaled = *call;
	unsigned int shift = 0;
	size_t size;

	if (kind == KIND_BYTES)
		return text_bytes(digits, call->number);
	if (kind == KIND_KIB)
		shift = 10;
	while (kind == KIND_PAGE_SIZE && shift < 40 && call->number &&
	       !(call->number >> shift & 1023))
		shift += 10;
	scaled.number >>= shift;
	size = call_digits(&scaled, digits);
	if (shift)
		digits[size++] = " KMGT"[shift / 10];
	return size;
}

/* Adds a value of the answer, of an object or of a list. */
static void put_value(struct output *output, const struct call *call)
{
	struct open *open = output->form.innermost;
	const struct field *field = form_field(&output->form, call->name);
	const struct field_text *words = form_text(field);
	struct cell_text value = { CELL_STRING, call->style, call->text, 0 };
	char digits[CALL_DIGITS_MAX];

	if (call->kind == CALL_UNKNOWN) {
		value.kind = (enum cell_kind)call->number;
	} else if (call->kind == CALL_BOOLEAN) {
		value.text = call->number ? "yes" : "no";
		if (words->yes || words->no)
			value.text = call->number ? words->yes : words->no;
		value.size = value.text ? strlen(value.text) : 0;
	} else if (call->kind == CALL_STRING) {
		value.size = value.text ? strlen(value.text) : 0;
	} else {
		value.kind = call->kind == CALL_HEX ? CELL_HEX : CELL_COUNT;
		value.text = digits;
		value.size = amount(field, call, digits);
	}
	if (call->kind == CALL_NULL || (call->kind == CALL_BOOLEAN && !value.text))
		return;
	if (open->kind == OPEN_VALUES)
		put_item(output, open, &value);
	else if (open->kind == OPEN_PAIRS)
		put_pair(output, open, call->name, &value);
	else if (open->kind == OPEN_FIELDS)
		put_field(output, field, call->name, &value);
}

/* --- lists and objects --- */

/* Opens an object or a list in the innermost one. Beyond OPEN_MAX, objects and lists are hidden. */
static struct open *form_push(struct form *form, enum open_kind kind)
{
	struct open *open = form->innermost + 1;

	if (form->innermost == &form->open[OPEN_MAX + 1]) {
		form->too_deep++;
		return form->innermost;
	}
	*open = *form->innermost;
	open->kind = open == &form->open[OPEN_MAX + 1] || form->innermost->kind == OPEN_HIDDEN ?
			     OPEN_HIDDEN :
			     kind;
	open->nr_items = 0;
	open->lines = open->held_objects = false;
	form->innermost = open;
	return open;
}

static void pop(struct form *form)
{
	if (form->too_deep)
		form->too_deep--;
	else if (form->innermost != form->open)
		form->innermost--;
}

/* Opens a list of objects: lines, or a table below the row, or copies of the row. */
static void begin_objects(struct form *form, const struct field *list)
{
	unsigned int order = form_order(form, list);
	struct open *open = form_push(form, OPEN_OBJECTS);

	open->fields = open->columns = list->fields;
	open->to = list->place != IN_ROW && list->fields->place == BELOW ? TO_LINES : TO_SECTION;
	if (open->to == TO_LINES)
		return;
	cells_begin(&form->cells,
		    &(struct cell_section){
			    .kind = list->place == IN_ROW ? SECTION_COPIES : SECTION_TABLE,
			    .order = order,
			    .group = open->group,
		    });
	open->section = form->cells.open;
}

static void begin_list(struct output *output, const char *name)
{
	struct form *form = &output->form;
	const struct field *field = form_field(form, name);
	struct open *open;

	if (form->innermost->kind == OPEN_HIDDEN || form_place(field) == RECORDS_ONLY) {
		form_push(form, OPEN_HIDDEN);
	} else if (field && field->fields) {
		begin_objects(form, field);
	} else {
		open = form_push(form, OPEN_VALUES);
		open->list = field;
		open->name = name;
		open->fields = NULL;
		open->lines = (open->to != TO_ROW || form_place(field) == BELOW) &&
			      !*form_heading(field, name);
	}
}

static void end_list(struct output *output)
{
	struct form *form = &output->form;
	const struct open *open = form->innermost;
	bool needs_cell =
		open->nr_items || open->to == TO_SECTION ||
		(open->to == TO_ROW && form_place(open->list) != BELOW && !open->held_objects);

	if (open->kind == OPEN_VALUES && needs_cell) {
		if (!open->nr_items)
			open_list_cell(output, open);
		put_cell_text(output, form_text(open->list)->after);
	}
	pop(form);
}

static void begin_object(struct output *output, const char *name)
{
	struct form *form = &output->form;
	struct open *open = form->innermost;
	const struct field *field = form_field(form, name);

	open->held_objects = true;
	if (open->kind == OPEN_OBJECTS) {
		if (open->to == TO_SECTION) {
			form->cells.open = open->section;
			cells_row(&form->cells);
		}
		open = form_push(form, OPEN_FIELDS);
		if (open->to == TO_LINES)
			open->group = ++form->nr_groups;
	} else if (open->kind == OPEN_HIDDEN || !field || !(field->pairs || field->fields)) {
		form_push(form, OPEN_HIDDEN);
	} else {
		unsigned int order = form_order(form, field);

		open = form_push(form, field->pairs ? OPEN_PAIRS : OPEN_FIELDS);
		open->list = field;
		open->fields = field->fields;
		if (field->pairs || field->place != BELOW || open->to == TO_SECTION)
			return;
		cells_line(&form->cells, open->group, form_heading(field, name), order);
		open->to = TO_SECTION;
		open->section = form->cells.open;
	}
}

void form_put(struct output *output, const struct call *call)
{
	switch (call->kind) {
	case CALL_LIST: begin_list(output, call->name); break;
	case CALL_OBJECT: begin_object(output, call->name); break;
	case CALL_END_LIST: end_list(output); break;
	case CALL_END_OBJECT: pop(&output->form); break;
	default: put_value(output, call);
	}
}

/* --- answers --- */

/* Finds the columns of a table that has all columns from the start. */
static void find_fixed_columns(struct form *form)
{
	const struct field *field = form->record->fields;

	for (; field->name && form->nr_columns < TABLE_COLUMNS_MAX; field++) {
		const char *heading = form_heading(field, field->name);
		unsigned int i = 0;

		while (i < form->nr_columns &&
		       !same_name(form_heading(form->columns[i], form->columns[i]->name), heading))
			i++;
		if (field->place == IN_ROW && !field->fields && i == form->nr_columns)
			form->columns[form->nr_columns++] = field;
	}
}

void form_declare(struct form *form, const struct record *record)
{
	const struct field *field = record ? record->fields : NULL;

	if (form->record == record)
		return;
	form->record = record;
	form->nr_columns = 0;
	if (record && record->fixed)
		find_fixed_columns(form);
	for (form->nr_fields = 0; field && field->name; field++)
		form->nr_fields++;
}

void output_declare(struct output *output, const struct record *record)
{
	struct kept *kept = output->kept;

	if (!is_kept(kept)) {
		form_declare(&output->form, record);
		return;
	}
	kept_flush(output->kept, output);
	kept->declared = record;
	kept->is_ready = false;
	if (!kept->nr_columns)
		form_declare(&output->form, record);
}

/* Adds the status, except "ok", which text does not show. */
static void put_status(struct output *output, const char *status, enum style style)
{
	struct form *form = &output->form;

	form_put(output,
		 &(struct call){ CALL_STRING, style, .name = "status", .text = status ?: "ok" });
	if (!status && form->cells.nr && !is_declared(form, form_field(form, "status")))
		form->cells.cell[0].optional = true;
}

void form_begin(struct output *output, const char *command, const char *status, enum style style)
{
	struct form *form = &output->form;

	form->innermost = form->open;
	form->open[0].fields = form->record ? form->record->fields : NULL;
	form->command = command;
	form->too_deep = form->last_order = form->nr_groups = 0;
	cells_empty(&form->cells);
	cells_begin(&form->cells, &(struct cell_section){ .kind = SECTION_ROW });
	put_status(output, status, style);
}

/* Adds an empty cell for each column of a fixed table that the row lacks. */
static void add_missing(struct form *form)
{
	struct cells *cells = &form->cells;
	unsigned int next = cells->section[0].first;

	cells->open = 0;
	for (unsigned int i = 0; i < form->nr_columns && !cells->failed; i++) {
		const struct field *field = form->columns[i];
		const char *heading = form_heading(field, field->name);
		unsigned int order = field - form->record->fields + 1;

		while (next != CELLS_END && cells->cell[next].order < order)
			next = cells->cell[next].next;
		if ((next == CELLS_END || cells->cell[next].name != heading) &&
		    cells_find(cells, heading) == CELLS_END)
			cells_add(cells, &(struct cell){ .name = heading,
							 .field = field,
							 .kind = kind_of_column(field),
							 .order = order });
	}
}

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

/* Prints the cells of the row side by side. If the last cell has several lines, each further line
 * repeats the other cells. */
static void print_plain_row(struct output *output)
{
	const struct cells *cells = &output->form.cells;
	const struct cell *cell;
	const char *rest = "", *end = rest;

	do {
		size_t column = 0;

		for (cell = cells_first(cells, cells->section); cell;
		     cell = cells_next(cells, cell)) {
			const char *text = cells->text + cell->start;
			size_t size = cell->end - cell->start;
			const char *zeros = cell_zeros(output, cell);

			if (cell->optional)
				continue;
			if (column)
				output_text_part(output, STYLE_PLAIN, " ", 1);
			column += column > 0;
			output_text_part(output, STYLE_PLAIN, zeros, strlen(zeros));
			column += strlen(zeros);
			if (cell->next == CELLS_END) {
				text = *rest ? rest : text;
				end = cells->text + cell->end;
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

static void end_row(struct output *output)
{
	struct form *form = &output->form;
	struct table *table = &output->table;

	if (!table_fits(table, form->command, &form->cells)) {
		add_missing(form);
		table_begin(table, form->command, &form->cells);
	}
	table_put_row(table, &form->cells);
}

/* Adds a cell that is a copy of another cell, with its text. */
static void copy_cell(struct cells *cells, struct cell cell)
{
	cells_add(cells, &cell);
	if (cells->failed)
		return;
	cells->cell[cells->open_cell].start = cell.start;
	cells->cell[cells->open_cell].end = cell.end;
}

/* Writes the row with the cells of one row of a section in addition. first: index of the first of
 * these cells, or CELLS_END. Returns the index of the first cell of the section's next row. */
static unsigned int end_copy(struct output *output, unsigned int first)
{
	struct cells *cells = &output->form.cells;
	const struct cell_section row = cells->section[0];
	size_t nr = cells->nr, used = cells->used;
	unsigned int at;

	cells->open = 0;
	cells->section[0].first = cells->section[0].last = CELLS_END;
	for (at = row.first; at != CELLS_END; at = cells->cell[at].next)
		copy_cell(cells, cells->cell[at]);
	for (at = first; at != CELLS_END && cells->cell[at].row == cells->cell[first].row;
	     at = cells->cell[at].next) {
		const struct cell cell = cells->cell[at];

		add_or_share_cell(output, &cell, 1);
		cells_repeat(cells, cell.start, cell.end - cell.start);
	}
	end_row(output);
	cells->section[0] = row;
	cells->nr = nr;
	cells->used = used;
	return at;
}

static const struct cell_section *next_section(const struct cells *cells,
					       const struct cell_section *section)
{
	return section->next == CELLS_END ? NULL : &cells->section[section->next];
}

/* Writes the row, or a copy of the row for each object of a list. */
static void end_rows(struct output *output)
{
	const struct cells *cells = &output->form.cells;
	const struct cell_section *section;
	bool copied = false;

	for (section = cells->section; section; section = next_section(cells, section)) {
		unsigned int at = section->kind == SECTION_COPIES ? section->first : CELLS_END;

		for (; at != CELLS_END; copied = true)
			at = end_copy(output, at);
	}
	if (!copied)
		end_row(output);
}

/* --- lines below a row --- */

/* Writes a line. label: 0 if the line is below a row. If there is no row, label is the width of the
 * widest heading, after which all values are aligned. */
static void put_below_line(struct output *output, const struct cell_section *section, size_t label)
{
	const struct cells *cells = &output->form.cells;
	const struct cell *first = cells_first(cells, section), *cell;
	char heading[HEADING_MAX];
	size_t size = *section->heading == '.' ? 0 : column_heading(section->heading, heading);
	bool aligned = size && label;
	struct pen pen = table_line(&output->table, aligned ? 0 : LINE_INDENT);

	if (size)
		pen_put(&pen, 0, STYLE_PLAIN, heading, size, size);
	if (aligned)
		pen_put(&pen, label + COLUMN_GAP, STYLE_PLAIN, "", 0, 0);
	else if (size)
		pen_put(&pen, 0, STYLE_PLAIN, ": ", 2, 2);
	for (cell = first; cell; cell = cells_next(cells, cell)) {
		if (cell != first)
			pen_put(&pen, 0, STYLE_PLAIN, cell->name, strlen(cell->name), 0);
		pen_put(&pen, 0, cell->style, cells->text + cell->start, cell->end - cell->start,
			0);
	}
	pen_end_line(&pen);
}

static size_t widest_label(const struct cells *cells)
{
	size_t widest = 0;

	for (size_t i = 0; i < cells->nr_sections; i++) {
		const struct cell_section *section = &cells->section[i];
		size_t size = section->kind == SECTION_LINE ? strlen(section->heading) : 0;

		if (size > widest && section->first != CELLS_END)
			widest = size;
	}
	return widest;
}

/* Writes all lines and tables below the row. */
static void put_sections(struct output *output)
{
	const struct form *form = &output->form;
	const struct cells *cells = &form->cells;
	size_t label = form->record && form->record->labelled ? widest_label(cells) : 0;
	const struct cell_section *section;

	for (section = cells->section; section; section = next_section(cells, section)) {
		if (section->first == CELLS_END)
			continue;
		if (section->kind == SECTION_LINE)
			put_below_line(output, section, label);
		else if (section->kind == SECTION_TABLE)
			table_put_below(&output->table, cells, section);
	}
}

void form_end(struct output *output)
{
	struct cells *cells = &output->form.cells;
	const struct record *record = output->form.record;
	bool apart = record && record->apart;

	if (cells->failed)
		output->writer.error = ENOMEM;
	if (cells->failed)
		return;
	if (apart)
		output_forget_heading(output);
	if (record && record->plain) {
		print_plain_row(output);
		cells_clean(cells);
	} else {
		cells_clean(cells);
		end_rows(output);
	}
	put_sections(output);
	if (apart) {
		output_forget_heading(output);
		output_text_end(output);
	}
}
