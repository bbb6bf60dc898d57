/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storing answers. kept_write.c writes them. */
#include "output/kept.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"
#include "output/output_state.h"

enum { MOST_MIB = 256 }; /* memory of the answers that wait */

/* The fields that output_begin() states. */
static const char *const header[] = { "command", "input", "status" };

enum { NR_HEADER = sizeof(header) / sizeof(*header) };

/* --- the names --- */

/* Returns the name of the field that alone has this heading, in letters of any case, or NULL. */
static const char *name_under(const struct record *record, const char *heading)
{
	const char *found = NULL;

	for (const struct field *field = record ? record->fields : NULL; field && field->name;
	     field++)
		if (!strcasecmp(field->heading ?: field->name, heading)) {
			if (found)
				return NULL;
			found = field->name;
		}
	return found;
}

/* Fails if no column has this name. A heading becomes the name of its column. */
static bool check_name(const struct kept *kept, const char *option, const char **column,
		       const char *const *known, size_t nr, struct error *err)
{
	enum { MOST = 360 };
	const char *name = *column, *under;
	struct near_name near = { name, 2, NULL };
	char names[MOST + 8] = "", *last;

	if (is_one_of(name, known, nr) || is_one_of(name, header, NR_HEADER))
		return true;
	under = name_under(kept->declared, name);
	if (under && is_one_of(under, known, nr) &&
	    (*option == 'K' || !is_one_of(under, kept->column, kept->nr_columns))) {
		*column = under;
		return true;
	}
	for (size_t i = 0; i < nr; i++) {
		near_name_try(&near, known[i]);
		text_append(names, MOST, " %s", known[i]);
	}
	if (strlen(names) == MOST - 1 && (last = strrchr(names, ' ')))
		strcpy(last, " ...");
	return fail(err, ERROR_USAGE, "-%s: %.64s is not a column%s%s%s known are:%s", option, name,
		    near.nearest ? "; did you mean " : ";", near.nearest ?: "",
		    near.nearest ? "?" : "", names);
}

bool kept_check(struct kept *kept, const char *const *known, size_t nr, struct error *err)
{
	for (unsigned int i = 0; i < kept->nr_columns; i++)
		if (!check_name(kept, "O", &kept->column[i], known, nr, err))
			return false;
	return !kept->key || check_name(kept, "K", &kept->key, known, nr, err);
}

/* Compares the names with the rows of the declared record, for commands whose rows come from data. */
static bool check_declared(struct kept *kept, struct error *err)
{
	const char *known[4 * TABLE_COLUMNS_MAX];
	size_t nr = 0;

	for (const struct field *field = kept->declared ? kept->declared->fields : NULL;
	     field && field->name && nr < sizeof(known) / sizeof(*known); field++)
		known[nr++] = field->name;
	return kept_check(kept, known, nr, err);
}

/* --- the form of chosen columns --- */

/* Makes a column of a field, or with its own form if it is a list of objects. */
static struct field chosen_field(const struct form *form, const struct record *declared,
				 const char *name)
{
	const struct field *field = field_named(declared ? declared->fields : NULL, name) ?:
					    field_named(form->common, name);

	if (!field)
		return (struct field)COLUMN(name, .rank = KEPT);
	if (field->fields || field->pairs)
		return *field;
	return (struct field)COLUMN(name, .kind = field->kind, .width = field->width, .rank = KEPT);
}

static void make_ready(struct output *output)
{
	struct kept *kept = output->kept;

	kept->is_ready = true;
	if (kept->is_unchecked && !check_declared(kept, &kept->err))
		return;
	for (unsigned int i = 0; i < kept->nr_columns; i++)
		kept->field[i] = chosen_field(&output->form, kept->declared, kept->column[i]);
	if (!kept->nr_columns)
		return;
	kept->field[kept->nr_columns] = (struct field){ 0 };
	kept->record = (struct record){ .fields = kept->field, .fixed = true, .chosen = true };
	form_declare(&output->form, NULL);
	form_declare(&output->form, &kept->record);
}

/* --- storing --- */

static size_t keep_text(struct kept *kept, const char *text)
{
	size_t at = kept->used;

	if (!array_add_bytes(&kept->text, &kept->used, &kept->text_room, text, strlen(text) + 1))
		out_of_memory(&kept->err);
	return at;
}

/* Notes the value of the key in the open answer: for a list, its first value. */
static void note_key(struct kept *kept, const struct call *call)
{
	struct kept_row *row = &kept->row[kept->nr - 1];

	if (row->key_kind != KEY_UNKNOWN || call->kind > CALL_STRING ||
	    (call->text && !*call->text))
		return;
	row->key = call->text ? keep_text(kept, call->text) : call->number;
	row->key_kind = KEY_NUMBER;
	if (call->text)
		row->key_kind = KEY_TEXT;
	else if (call->kind == CALL_INTEGER && (int64_t)call->number < 0)
		row->key_kind = KEY_NEGATIVE;
}

const char *kept_header(const struct kept *kept, const struct kept_row *row, const char *name)
{
	if (!strcmp(name, header[0]))
		return row->command;
	if (!strcmp(name, header[1]) && row->input != NO_TEXT)
		return kept->text + row->input;
	return strcmp(name, header[2]) != 0 ? NULL : row->status ?: "ok";
}

void kept_begin(struct output *output, const char *command, const char *input, const char *status,
		enum style style)
{
	struct kept *kept = output->kept;
	struct kept_row row = {
		.command = command,
		.status = status,
		.style = style,
		.first = kept->nr_calls,
		.number = kept->nr,
		.downwards = kept->downwards,
		.key_kind = KEY_UNKNOWN,
	};
	const char *key;

	if (!kept->is_ready)
		make_ready(output);
	kept->depth = 0;
	row.input = input ? keep_text(kept, input) : NO_TEXT;
	if (!array_add(&kept->row, &kept->nr, &kept->room, &row, sizeof(row)))
		out_of_memory(&kept->err);
	if (kept->err.code)
		return;
	key = kept->key ? kept_header(kept, &row, kept->key) : NULL;
	if (key)
		note_key(kept, &(struct call){ .kind = CALL_STRING, .text = key });
}

static void store_call(struct kept *kept, const struct call *call, bool is_common)
{
	struct kept_call stored = {
		.kind = call->kind,
		.style = call->style,
		.is_common = is_common,
		.name_at = NO_TEXT,
		.number = call->text ? keep_text(kept, call->text) : call->number,
	};
	size_t size;

	if (call->name && kept->depth) /* names within objects may end before the answer does */
		stored.name_at = keep_text(kept, call->name);
	else
		stored.name = call->name;
	if (!array_add(&kept->call, &kept->nr_calls, &kept->calls_room, &stored, sizeof(stored)))
		out_of_memory(&kept->err);
	size = kept->used + kept->nr_calls * sizeof(stored) + kept->nr * sizeof(*kept->row);
	if (size > (size_t)MOST_MIB << 20)
		fail(&kept->err, ERROR_SYSTEM,
		     "-K cannot sort more than %d MiB of rows; -O with fewer columns needs less memory, and \"| sort\" has no limit",
		     MOST_MIB);
}

void kept_put(struct output *output, const struct call *call)
{
	struct kept *kept = output->kept;
	bool ends = call->kind == CALL_END_LIST || call->kind == CALL_END_OBJECT;
	bool is_common = kept->is_common && !ends && !kept->depth;

	if (kept->err.code || !kept->nr)
		return;
	kept->depth -= ends;
	if (!kept->depth && !ends) {
		kept->in_key =
			kept->key && kept->part != OF_TEXT && same_name(call->name, kept->key);
		kept->skips = kept->nr_columns && !is_common &&
			      ((call->kind == CALL_UNKNOWN && is_records(output)) ||
			       !is_one_of(call->name, kept->column, kept->nr_columns));
	}
	if (kept->in_key)
		note_key(kept, call);
	if (!kept->skips && (kept->part != OF_RECORDS || kept->nr_columns || is_records(output)))
		store_call(kept, call, is_common);
	kept->depth += call->kind == CALL_LIST || call->kind == CALL_OBJECT;
}

void kept_put_part(struct output *output, bool of_text, void (*put)(const void *arg),
		   const void *arg)
{
	struct kept *kept = output->kept;
	bool is_text = !is_records(output) && !kept->nr_columns;

	/* Records have the key, too, if text shows the answer. */
	if (of_text ? !is_text : is_text && !(kept->key && output->answering))
		return;
	kept->part = !is_text ? OF_BOTH : of_text ? OF_TEXT : OF_RECORDS;
	put(arg);
	kept->part = OF_BOTH;
}

void kept_end(struct output *output)
{
	struct kept *kept = output->kept;

	if (kept->nr)
		kept->row[kept->nr - 1].end = kept->nr_calls;
	if (!kept->key)
		kept->flush(output);
}
