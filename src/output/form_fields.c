/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the rows of fields in the tables of fields. */
#include <string.h>

#include "output/form_inside.h"

/* Returns the index of the row with this name. If there is none, returns the number of rows. fields
 * may be NULL. */
static unsigned int field_index(const struct field *fields, const char *name)
{
	unsigned int i = 0;

	while (fields && fields[i].name && !same_name(fields[i].name, name))
		i++;
	return i;
}

/* Stands for a field that has no row in the table, if the record is labelled or closed: text does
 * not show such a field. */
static const struct field unlisted = { .place = RECORDS_ONLY };

/* Returns true if text shows the values of the field as they are. */
static bool is_shown_as_is(const struct field *field)
{
	const struct field_text *text = form_text(field);

	return !text->before && !text->after && !field->quiet && !field->fields &&
	       field->kind != KIND_ADDRESS;
}

/* Returns true if no other of the fields has the same column. */
static bool is_alone(const struct field *fields, const struct field *field)
{
	const char *heading = form_heading(field, field->name);
	unsigned int nr = 0;

	for (; fields->name; fields++)
		nr += fields->place == IN_ROW &&
		      same_name(form_heading(fields, fields->name), heading);
	return nr == 1;
}

/* Returns the number in form->fixed of the field's cell plus 1, or 0 if it has none. */
static unsigned char fixed_cell(const struct form *form, const struct field *field)
{
	for (unsigned int i = 0; i < form->nr_fixed; i++)
		if (same_name(form->fixed[i].name, form_heading(field, field->name)))
			return (unsigned char)(i + 1);
	return 0;
}

const struct form_known *form_look_up(struct form *form, const struct field *fields,
				      const char *name)
{
	static const struct form_known nameless = { 0 };
	struct form_known *known = form->cache[(uintptr_t)name % FORM_PLACES];
	const struct field *table = fields;
	unsigned int i, order;

	if (!name)
		return &nameless;
	i = order = field_index(fields, name);
	if ((!table || !table[i].name) && form->record &&
	    (form->record->labelled || form->record->closed)) {
		table = &unlisted;
		i = 0;
	} else if (!table || !table[i].name) {
		table = form->common;
		i = field_index(table, name);
	}
	memmove(known + 1, known, (FORM_PLACE - 1) * sizeof(*known));
	*known = (struct form_known){
		.name = name,
		.fields = fields,
		.field = table && (table == &unlisted || table[i].name) ? &table[i] : NULL,
	};
	if (known->field && !is_shown_as_is(known->field))
		return known;
	known->line = known->field && table == fields && known->field->place == BELOW;
	known->cell = (struct cell){
		.name = known->line ? form_join(known->field) : form_heading(known->field, name),
		.field = known->field,
		.order = order + known->line,
	};
	known->bare = !known->field;
	if (!known->field || known->field->place != IN_ROW || known->field->text)
		return known;
	known->bare = !known->field->heading && !(form->record && form->record->fixed);
	known->simple = table == fields && is_alone(fields, known->field);
	if (table == fields && form->record && fields == form->record->fields)
		known->fixed = fixed_cell(form, known->field);
	return known;
}
