/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing columns, and writing the answers that were kept. */
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "base/text.h"
#include "output/output_state.h"

static void repeat_call(struct output *output, const struct kept_call *call)
{
	const char *text = output->kept->text;

	output_put(output, &(struct call){
				   call->kind,
				   call->style,
				   call->name_at == NO_TEXT ? call->name : text + call->name_at,
				   call->number,
				   call->kind == CALL_STRING ? text + call->number : NULL,
			   });
}

/* Returns the index after the calls of the field that begins at this call. */
static size_t field_end(const struct kept *kept, size_t at)
{
	unsigned int depth = 0;

	do {
		enum call_kind kind = kept->call[at++].kind;

		depth += kind == CALL_LIST || kind == CALL_OBJECT;
		depth -= kind == CALL_END_LIST || kind == CALL_END_OBJECT;
	} while (depth);
	return at;
}

/* Repeats a list of objects, or an object, as a text that contains JSON. */
static void repeat_as_json(struct output *output, const char *name, size_t at, size_t end)
{
	struct kept_call first = output->kept->call[at];
	struct csv *csv = &output->csv;
	const char *text;

	first.name = NULL;
	csv_start(csv);
	output->format = OUTPUT_JSON;
	output->records = &csv->cell;
	output->comma = false;
	repeat_call(output, &first);
	while (++at < end)
		repeat_call(output, &output->kept->call[at]);
	text = csv_take(csv);
	output->format = OUTPUT_TEXT;
	output->records = &output->writer;
	output_string(output, name, text);
}

static void repeat_field(struct output *output, size_t at, const struct field *field)
{
	const struct kept_call *call = output->kept->call;
	size_t end = field_end(output->kept, at);
	bool is_nested = call[at].kind == CALL_OBJECT ||
			 (call[at].kind == CALL_LIST && call[at + 1].kind >= CALL_LIST &&
			  call[at + 1].kind <= CALL_OBJECT);

	if (!is_records(output) && is_nested && !field->fields && !field->pairs) {
		repeat_as_json(output, field->name, at, end);
		return;
	}
	for (; at < end; at++)
		repeat_call(output, &call[at]);
}

/* Repeats the field that is chosen as a column. */
static void repeat_column(struct output *output, const struct kept_row *row,
			  const struct field *field)
{
	const struct kept *kept = output->kept;
	const char *value = kept_header(kept, row, field->name);
	bool is_text = !is_records(output);
	size_t at = row->first;

	if (value && (output->format == OUTPUT_JSON ||
		      (is_text && value == kept_header(kept, row, "status"))))
		return; /* output_begin() has stated it */
	while (at < row->end && !same_name(kept->call[at].name, field->name))
		at = field_end(kept, at);
	if (value)
		output_string(output, field->name, value);
	else if (at < row->end)
		repeat_field(output, at, field);
	else if (output->format == OUTPUT_CSV)
		output_null(output, field->name);
}

static void repeat_row(struct output *output, const struct kept_row *row)
{
	const struct kept *kept = output->kept;

	output_begin_styled(output, row->command,
			    row->input == NO_TEXT ? NULL : kept->text + row->input, row->status,
			    row->style);
	for (unsigned int i = 0; i < kept->nr_columns; i++)
		repeat_column(output, row, &kept->field[i]);
	for (size_t at = row->first, end; at < row->end; at = end) {
		end = field_end(kept, at);
		if (kept->nr_columns &&
		    (output->format != OUTPUT_JSON || !kept->call[at].is_common ||
		     is_one_of(kept->call[at].name, kept->column, kept->nr_columns)))
			continue;
		for (; at < end; at++)
			repeat_call(output, &kept->call[at]);
	}
	output_end(output);
}

static int compare_rows(const void *one, const void *other)
{
	const struct kept_row *a = one, *b = other;
	int order = (a->key_kind > b->key_kind) - (a->key_kind < b->key_kind);

	if (!order && a->key_kind == KEY_TEXT)
		order = strcmp(a->key_text, b->key_text);
	else if (!order && a->key_kind != KEY_UNKNOWN)
		order = (a->key > b->key) - (a->key < b->key);
	if (!order)
		return a->number < b->number ? -1 : 1;
	return a->downwards && a->key_kind != KEY_UNKNOWN && b->key_kind != KEY_UNKNOWN ? -order :
											  order;
}

static void kept_write(struct output *output)
{
	struct kept *kept = output->kept;

	if (!is_kept(kept) || output->answering)
		return;
	for (size_t i = 0; i < kept->nr; i++)
		if (kept->row[i].key_kind == KEY_TEXT)
			kept->row[i].key_text = kept->text + kept->row[i].key;
	if (kept->key && !kept->err.code &&
	    !sort_items(kept->row, kept->nr, sizeof(*kept->row), compare_rows, NULL))
		out_of_memory(&kept->err);
	kept->repeats = true;
	for (size_t i = 0; i < kept->nr && !kept->err.code; i++)
		repeat_row(output, &kept->row[i]);
	kept->repeats = false;
	kept->nr = kept->nr_calls = kept->used = 0;
}

/* --- the choice --- */

static bool read_columns(struct kept *kept, char *words, struct error *err)
{
	for (char *name; (name = strsep(&words, ","));) {
		if (kept->nr_columns == TABLE_COLUMNS_MAX)
			return fail(err, ERROR_USAGE, "-O: at most %d columns can be chosen",
				    TABLE_COLUMNS_MAX);
		if (is_one_of(name, kept->column, kept->nr_columns))
			return fail(err, ERROR_USAGE, "-O: the column %.64s was given twice", name);
		kept->column[kept->nr_columns++] = name;
	}
	return true;
}

bool output_choose(struct output *output, const char *columns, const char *key,
		   const char *const *known, size_t nr_known, struct error *err)
{
	struct kept *kept = output->kept;
	size_t size = columns ? strlen(columns) + 1 : 0;

	if (!kept || kept->on || (!columns && !key))
		return true;
	kept->words = malloc(size + (key ? strlen(key) + 1 : 0));
	if (!kept->words)
		return out_of_memory(err);
	kept->downwards = key && *key == '-';
	if (key)
		kept->key = strcpy(kept->words + size, key + kept->downwards);
	if (columns && !read_columns(kept, strcpy(kept->words, columns), err))
		return false;
	kept->declared = output->form.record;
	kept->is_unchecked = !known;
	if (known && !kept_check(kept, known, nr_known, err))
		return false;
	kept->flush = kept_write;
	kept->on = true;
	return true;
}

struct kept *output_keep(struct output *output, struct kept *kept)
{
	struct kept *before = output->kept;

	if (before && before->on) { /* its names end, and the rows of its record */
		output_forget_heading(output);
		form_declare(&output->form, before->declared);
	}
	output->kept = kept;
	return before;
}
