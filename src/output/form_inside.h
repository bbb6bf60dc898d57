/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions that only the files that implement form.h use. */
#pragma once

#include "output/output_state.h"

/* Finds the row for a field of the innermost open object. Returns NULL if the tables of fields have
 * none. name: NULL for a value in a list, which has no row. */
const struct field *form_field(const struct form *form, const char *name);
unsigned int form_order(struct form *form, const struct field *field);
bool form_begin_cell(struct output *output, const struct field *field, const char *name,
		     enum cell_kind kind, enum style style);
struct open *form_push(struct form *form, enum open_kind kind, const struct field *fields);
void form_print_plain_row(struct output *output);

static inline const char *form_heading(const struct field *field, const char *name)
{
	return field && field->heading ? field->heading : name;
}

static inline enum field_place form_place(const struct field *field)
{
	return field ? field->place : IN_ROW;
}

static inline bool form_is_hidden(const struct form *form)
{
	return form->innermost->kind == OPEN_HIDDEN;
}

/* Returns true if the fields of the open object are shown in one row. */
static inline bool form_is_in_line(const struct form *form)
{
	return form->innermost->in_line;
}

static inline const struct field_text *form_text(const struct field *field)
{
	static const struct field_text usual = { 0 };

	return field && field->text ? field->text : &usual;
}

static inline const char *form_join(const struct field *field)
{
	const char *join = form_text(field)->join;

	return join ? join : ", ";
}

static inline void form_put(struct output *output, bool below, const char *text, size_t size)
{
	if (below)
		below_put(&output->form.below, text, size);
	else
		table_put(&output->table, text, size);
}

static inline void form_put_text(struct output *output, bool below, const char *text)
{
	if (text && *text)
		form_put(output, below, text, strlen(text));
}

/* Returns the zeros to be written before the digits of an address. Returns "" if the field is not
 * an address. size: number of digits. */
static inline const char *form_address_zeros(const struct output *output, const struct field *field,
					     size_t size)
{
	return field && field->kind == KIND_ADDRESS && size ?
		       hex_zeros(size, output->table.address_digits) :
		       "";
}

/* Returns the zeros to be written before a hexadecimal number that is not in a column. All these
 * numbers have as many digits as an address. size: number of digits without zeros. */
static inline const char *form_zeros(const struct output *output, enum cell_kind kind, size_t size)
{
	return kind == CELL_HEX ? hex_zeros(size, output->table.address_digits) : "";
}

/* Adds a value to an open list. */
static inline void form_put_item(struct output *output, struct open *open,
				 const struct cell_text *value)
{
	if (open->nr_items++ && open->lines)
		form_begin_cell(output, open->list, "", value->kind, value->style);
	else if (open->nr_items > 1)
		form_put(output, open->below, open->join, open->join_size);
	form_put(output, open->below, value->text, value->size);
}
