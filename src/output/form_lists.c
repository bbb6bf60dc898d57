/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists and objects in text answers. */
#include <string.h>

#include "output/form_inside.h"

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
