/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes answers. JSON is written as a stream, and not built as a tree first. A library that builds
 * trees was measured: it needs about 100 allocations per answer, which take longer than finding the
 * answer. */
#include "output/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output/output_state.h"

/* Returns true if cells that only text has are needed. */
static bool wants_text(const struct output *output)
{
	return !is_records(output) && !(is_kept(output->kept) && output->kept->nr_columns);
}

/* Returns true if values are written without quotes. This is the case in CSV cells, and in lists of
 * plain values in cells. */
static bool is_bare(const struct output *output)
{
	return output->format == OUTPUT_CSV &&
	       (!output->depth || (output->depth == 1 && output->plain));
}

/* Writes what precedes a value or an opening bracket: a comma if necessary, and the key. */
static void json_key(struct output *output, const char *name)
{
	if (output->format == OUTPUT_CSV && !output->depth)
		csv_begin_cell(&output->csv, name);
	else if (name)
		writer_put_key(output->records, name, output->comma);
	else if (output->comma)
		writer_put_byte(output->records, is_bare(output) ? '|' : ',');
	output->comma = true;
}

static void json_string(struct output *output, const char *name, const char *value)
{
	json_key(output, name);
	if (is_bare(output))
		csv_put_text(&output->csv, value);
	else
		writer_put_quoted(output->records, value);
}

static void json_open(struct output *output, const char *name, char bracket)
{
	bool csv = output->format == OUTPUT_CSV;

	/* In CSV, a list of plain values is joined with '|', but a list that contains an object
	 * must be JSON. The list becomes JSON when its first object begins. */
	if (csv && output->depth == 1 && output->plain) {
		writer_put_byte(output->records, '[');
		output->plain = false;
	}
	json_key(output, name);
	output->plain = csv && (output->depth ? output->plain : bracket == '[');
	output->depth += csv;
	if (!output->plain)
		writer_put_byte(output->records, bracket);
	output->comma = false;
}

static void json_close(struct output *output, char bracket)
{
	if (!output->plain)
		writer_put_byte(output->records, bracket);
	output->depth -= output->format == OUTPUT_CSV;
	output->comma = true;
}

/* Writes a field or a value as JSON, or as CSV. */
static void put_record(struct output *output, const struct call *call)
{
	char digits[CALL_DIGITS_MAX];
	const char *text = digits;
	size_t size = call_digits(call, digits);
	bool quoted = call->kind == CALL_HEX && !is_bare(output);

	switch (call->kind) {
	case CALL_LIST: json_open(output, call->name, '['); return;
	case CALL_OBJECT: json_open(output, call->name, '{'); return;
	case CALL_END_LIST: json_close(output, ']'); return;
	case CALL_END_OBJECT: json_close(output, '}'); return;
	case CALL_STRING: json_string(output, call->name, call->text); return;
	case CALL_UNKNOWN: return;
	case CALL_NULL: text = is_bare(output) ? "" : "null"; break;
	case CALL_BOOLEAN: text = call->number ? "true" : "false"; break;
	default: break;
	}
	json_key(output, call->name);
	writer_put(output->records, quoted ? "\"0x" : "0x",
		   call->kind == CALL_HEX ? 2 + quoted : 0);
	writer_put(output->records, text, text == digits ? size : strlen(text));
	writer_put(output->records, "\"", quoted);
}

/* Stores or shows what a function of output.h states. */
static void state(struct output *output, const struct call *call)
{
	if (is_kept(output->kept))
		kept_put(output, call);
	else
		output_put(output, call);
}

void output_put(struct output *output, const struct call *call)
{
	if (is_records(output))
		put_record(output, call);
	else
		form_put(output, call);
}

static void json_begin(struct output *output, const char *command)
{
	output->comma = false;
	output->nr_answers++;
	if (output->format == OUTPUT_CSV)
		csv_begin_row(&output->csv, command, &output->writer);
	else
		json_open(output, NULL, '{');
	if (output->request && output->format == OUTPUT_JSON) {
		json_key(output, "id");
		writer_put(&output->writer, output->request, strlen(output->request));
	}
}

void output_begin(struct output *output, const char *command, const char *input, const char *status)
{
	output_begin_styled(output, command, input, status, status ? STYLE_PLAIN : STYLE_GOOD);
}

void output_begin_styled(struct output *output, const char *command, const char *input,
			 const char *status, enum style style)
{
	output->answering = true;
	if (is_kept(output->kept)) {
		kept_begin(output, command, input, status, style);
		return;
	}
	if (!is_records(output)) {
		form_begin(output, command, status, style);
		return;
	}
	json_begin(output, command);
	if (output->format == OUTPUT_CSV && output->kept && output->kept->nr_columns)
		return; /* CSV has only the chosen columns */
	json_string(output, "command", command);
	output_string(output, "input", input);
	json_string(output, "status", status ? status : "ok");
}

void output_end(struct output *output)
{
	struct kept *kept = output->kept;

	output->answering = false;
	if (kept)
		kept->is_common = true;
	if (is_records(output) && output->at_end && !(kept && kept->repeats))
		output->at_end(output->at_end_arg);
	if (kept)
		kept->is_common = false;
	if (is_kept(kept)) {
		kept_end(output);
	} else if (output->format == OUTPUT_CSV) {
		csv_end_row(&output->csv, &output->writer);
	} else if (output->format == OUTPUT_JSON) {
		json_close(output, '}');
		writer_end_line(&output->writer);
	} else {
		form_end(output);
	}
}

void output_item_begin(struct output *output, const char *command, const char *status)
{
	output->in_item = output->answering;
	if (output->in_item) {
		output_object_begin(output, NULL);
		output_string(output, "status", status ? status : "ok");
	} else {
		output_begin(output, command, NULL, status);
	}
}

void output_item_end(struct output *output)
{
	if (output->in_item)
		output_object_end(output);
	else
		output_end(output);
	output->in_item = false;
}

void output_at_end(struct output *output, void (*add)(void *arg), void *arg)
{
	output->at_end = add;
	output->at_end_arg = arg;
}

void output_hex(struct output *output, const char *name, uint64_t value)
{
	state(output, &(struct call){ .kind = CALL_HEX, .name = name, .number = value });
}

void output_integer(struct output *output, const char *name, int64_t value)
{
	state(output,
	      &(struct call){ .kind = CALL_INTEGER, .name = name, .number = (uint64_t)value });
}

void output_count(struct output *output, const char *name, uint64_t value)
{
	state(output, &(struct call){ .kind = CALL_COUNT, .name = name, .number = value });
}

void output_seconds(struct output *output, const char *name, uint64_t nsec)
{
	state(output, &(struct call){ .kind = CALL_SECONDS, .name = name, .number = nsec });
}

void output_boolean(struct output *output, const char *name, bool value)
{
	output_boolean_styled(output, name, value, STYLE_PLAIN);
}

void output_boolean_styled(struct output *output, const char *name, bool value, enum style style)
{
	state(output, &(struct call){ CALL_BOOLEAN, style, .name = name, .number = value });
}

void output_null(struct output *output, const char *name)
{
	state(output, &(struct call){ .kind = CALL_NULL, .name = name });
}

void output_rights(struct output *output, bool writable, bool executable)
{
	output_boolean_styled(output, "writable", writable,
			      style_of_writable(writable, executable));
	output_boolean_styled(output, "executable", executable,
			      style_of_executable(writable, executable));
}

void output_pid(struct output *output, int64_t pid, const char *comm)
{
	output_integer(output, "pid", pid);
	output_string(output, "comm", comm);
}

void output_range(struct output *output, uint64_t first, uint64_t last)
{
	output_hex(output, "start", first);
	output_hex(output, "end", last);
}

void output_string(struct output *output, const char *name, const char *value)
{
	output_word(output, name, value, STYLE_PLAIN);
}

void output_word(struct output *output, const char *name, const char *value, enum style style)
{
	if (value)
		state(output, &(struct call){ CALL_STRING, style, .name = name, .text = value });
}

static void put_unknown(struct output *output, const char *name, enum cell_kind kind)
{
	state(output, &(struct call){ .kind = CALL_UNKNOWN, .name = name, .number = kind });
}

void output_hex_if(struct output *output, const char *name, bool known, uint64_t value)
{
	if (known)
		output_hex(output, name, value);
	else
		put_unknown(output, name, CELL_HEX);
}

void output_count_if(struct output *output, const char *name, bool known, uint64_t value)
{
	if (known)
		output_count(output, name, value);
	else
		put_unknown(output, name, CELL_COUNT);
}

void output_string_if(struct output *output, const char *name, const char *value)
{
	if (value && *value)
		output_string(output, name, value);
	else
		put_unknown(output, name, CELL_STRING);
}

/* Adds a cell that only text has. "": the value is unknown. */
static void put_remark(struct output *output, const char *name, const char *text, enum style style)
{
	struct kept *kept = output->kept;
	unsigned int part = OF_BOTH;

	if (kept)
		part = kept->part, kept->part = OF_TEXT;
	if (*text)
		output_word(output, name, text, style);
	else
		put_unknown(output, name, CELL_STRING);
	if (kept)
		kept->part = part;
}

void output_summary(struct output *output, const char *name,
		    void (*make)(const void *arg, char *text, size_t size), const void *arg)
{
	char text[1024];

	if (!wants_text(output))
		return;
	*text = '\0';
	make(arg, text, sizeof(text));
	put_remark(output, name, text, STYLE_PLAIN);
}

void output_remark(struct output *output, const char *name, const char *text, enum style style)
{
	if (text && wants_text(output))
		put_remark(output, name, text, style);
}

void output_remarkf(struct output *output, const char *name, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (!wants_text(output))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_remark(output, name, text, STYLE_PLAIN);
}

void output_in_text(struct output *output, void (*put)(const void *arg), const void *arg)
{
	if (is_kept(output->kept))
		kept_put_part(output, true, put, arg);
	else if (!is_records(output))
		put(arg);
}

void output_in_records(struct output *output, void (*put)(const void *arg), const void *arg)
{
	if (is_kept(output->kept))
		kept_put_part(output, false, put, arg);
	else if (is_records(output))
		put(arg);
}

void output_list_begin(struct output *output, const char *name)
{
	state(output, &(struct call){ .kind = CALL_LIST, .name = name });
}

void output_list_end(struct output *output)
{
	state(output, &(struct call){ .kind = CALL_END_LIST });
}

void output_strings(struct output *output, const char *name, const char *const *values, size_t nr)
{
	output_list_begin(output, name);
	for (size_t i = 0; i < nr; i++)
		output_string(output, NULL, values[i]);
	output_list_end(output);
}

void output_object_begin(struct output *output, const char *name)
{
	state(output, &(struct call){ .kind = CALL_OBJECT, .name = name });
}

void output_object_end(struct output *output)
{
	state(output, &(struct call){ .kind = CALL_END_OBJECT });
}

void output_error_kind(struct output *output, enum error_code code)
{
	if (!wants_text(output))
		output_string(output, "error", error_kinds[code]);
}

void output_trouble(struct output *output, const struct error *err)
{
	struct kept *kept = output->kept;

	if (kept)
		kept->is_common = true;
	output_string(output, "message", err->message);
	output_error_kind(output, err->code);
	if (kept)
		kept->is_common = false;
}

void output_error(struct output *output, const struct output_complaint *complaint)
{
	struct writer *writer = &output->writer;
	struct kept *kept = output->kept;
	uint64_t lines, most = writer->most_lines;
	bool closed;

	if (!is_records(output))
		return;
	output->kept = NULL; /* it is written at once */
	if (writer->most_lines)
		output_end_csv(output);
	lines = writer->lines;
	closed = writer->closed;
	if (closed)
		writer_flush(writer); /* drops buffered bytes, which are beyond the limit */
	writer->closed = false;
	writer->most_lines = 0;
	json_begin(output, complaint->command);
	json_string(output, "command", complaint->command);
	output_string(output, "input", complaint->input);
	json_string(output, "status", "error");
	output_trouble(output, complaint->err);
	if (complaint->has_pid)
		output_integer(output, "pid", complaint->pid);
	output_string(output, "script", complaint->script);
	output_end(output);
	if (most)
		output_end_csv(output);
	if (closed)
		writer_flush(writer);
	writer->closed = closed;
	writer->lines = lines;
	writer->most_lines = most;
	output->kept = kept;
}

void output_request(struct output *output, const char *id)
{
	output->request = id;
	output->nr_answers = 0;
}

void output_request_end(struct output *output, bool good)
{
	uint64_t nr = output->nr_answers;

	output_set_format(output, OUTPUT_JSON); /* the command may have chosen another format */
	output_begin(output, "end", NULL, good ? NULL : "error");
	output_count(output, "answers", nr);
	output_end(output);
	output->request = NULL;
}

void output_none(struct output *output, const char *command, uint64_t written)
{
	if (output_written(output) != written)
		return;
	if (output->format == OUTPUT_TEXT) {
		output_text(output, "none\n");
	} else if (output->format == OUTPUT_JSON && command) {
		output_begin(output, command, NULL, NULL);
		output_count(output, "rows", 0);
		output_end(output);
	}
}
