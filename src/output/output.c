/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON is streamed: a library that builds trees was measured at about 100
 * allocations per answer, more work than the answer itself. */
#include "output/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/table.h"
#include "output/writer.h"

struct output {
	struct writer writer;
	struct table table;
	bool json;
	void (*at_end)(void *arg);
	void *at_end_arg;
	bool comma; /* JSON: the next element needs a comma before it */
	/* Text mode: */
	unsigned int hidden; /* depth of objects, whose fields are not shown */
	bool in_list;
	unsigned int nr_items; /* shown items of the open list */
	bool held_objects; /* the open list has no column */
	unsigned int nr_notes;
	char note[8][512]; /* below the open row */
};

struct output *output_create(int fd, bool json)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return NULL;
	output->writer.fd = fd;
	output->json = json;
	output->table.address_digits = 16;
	return output;
}

void output_destroy(struct output *output)
{
	if (!output)
		return;
	output_flush(output);
	free(output);
}

bool output_json(const struct output *output)
{
	return output->json;
}

void output_set_address_width(struct output *output, unsigned int digits)
{
	output->table.address_digits = digits;
}

unsigned int output_address_width(const struct output *output)
{
	return output->table.address_digits;
}

void output_flush(struct output *output)
{
	writer_flush(&output->writer);
}

bool output_is_terminal(const struct output *output)
{
	return isatty(output->writer.fd);
}

bool output_is_seen(const struct output *output)
{
	return output->writer.fd != STDOUT_FILENO || output_is_terminal(output);
}

int output_failed(const struct output *output)
{
	return output->writer.error;
}

void output_before_write(struct output *output, void (*before)(void *arg),
			 void *arg)
{
	output->writer.before = before;
	output->writer.before_arg = arg;
}

int output_redirect(struct output *output, int fd)
{
	int previous = output->writer.fd;

	output_flush(output);
	output->writer.fd = fd;
	output->writer.error = 0;
	output_forget_heading(output);
	return previous;
}

void output_forget_heading(struct output *output)
{
	table_forget_heading(&output->table);
}

/* Puts the comma and the key before a value or an opening bracket. */
static void json_key(struct output *output, const char *name)
{
	if (name)
		writer_put_key(&output->writer, name, output->comma);
	else if (output->comma)
		writer_put_byte(&output->writer, ',');
	output->comma = true;
}

static void json_string(struct output *output, const char *name,
			const char *value)
{
	json_key(output, name);
	writer_put_quoted(&output->writer, value);
}

static void json_open(struct output *output, const char *name, char bracket)
{
	json_key(output, name);
	writer_put_byte(&output->writer, bracket);
	output->comma = false;
}

static void json_close(struct output *output, char bracket)
{
	writer_put_byte(&output->writer, bracket);
	output->comma = true;
}

static void json_begin(struct output *output, const char *command,
		       const char *input, const char *status)
{
	output->comma = false;
	json_open(output, NULL, '{');
	json_string(output, "command", command);
	if (input)
		json_string(output, "input", input);
	json_string(output, "status", status);
}

/* A cell, or an item of the open list. */
static void text_value(struct output *output, const char *name,
		       enum cell_kind kind, const char *value, size_t size)
{
	if (output->hidden)
		return;
	if (!output->in_list)
		table_cell(&output->table, name, kind, false);
	else if (output->nr_items++)
		table_put(&output->table, "|", 1);
	table_put(&output->table, value, size);
}

static void text_begin(struct output *output, const char *command,
		       const char *status)
{
	struct table *table = &output->table;

	table_begin_row(table, command);
	table_cell(table, "status", CELL_STRING, !strcmp(status, "ok"));
	table_put(table, status, strlen(status));
}

void output_begin(struct output *output, const char *command,
		  const char *input, const char *status)
{
	if (output->json)
		json_begin(output, command, input, status);
	else
		text_begin(output, command, status);
}

static void put_notes(struct output *output)
{
	for (unsigned int i = 0; i < output->nr_notes; i++) {
		writer_put(&output->writer, "  ", 2);
		writer_put_clean(&output->writer, output->note[i],
				 strlen(output->note[i]));
		writer_put_byte(&output->writer, '\n');
	}
}

void output_end(struct output *output)
{
	if (output->json) {
		if (output->at_end)
			output->at_end(output->at_end_arg);
		json_close(output, '}');
		writer_put_byte(&output->writer, '\n');
	} else {
		table_end_row(&output->table, &output->writer);
		put_notes(output);
	}
	output->nr_notes = 0;
}

void output_at_end(struct output *output, void (*add)(void *arg), void *arg)
{
	output->at_end = add;
	output->at_end_arg = arg;
}

/* A value as it stands: in JSON a number, or one with its quotes. */
static void put(struct output *output, const char *name, enum cell_kind kind,
		const char *value, size_t size)
{
	if (output->json) {
		json_key(output, name);
		writer_put(&output->writer, value, size);
	} else {
		text_value(output, name, kind, value, size);
	}
}

void output_hex(struct output *output, const char *name, uint64_t value)
{
	char quoted[4 + HEX_DIGITS_MAX] = "\"0x";
	unsigned int size = 3 + format_hex(quoted + 3, value);

	quoted[size] = '"';
	if (output->json)
		put(output, name, CELL_HEX, quoted, size + 1);
	else
		put(output, name, CELL_HEX, quoted + 3, size - 3);
}

void output_integer(struct output *output, const char *name, int64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];

	put(output, name, CELL_COUNT, digits, format_decimal(digits, value));
}

void output_count(struct output *output, const char *name, uint64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];

	put(output, name, CELL_COUNT, digits, format_count(digits, value));
}

void output_boolean(struct output *output, const char *name, bool value)
{
	const char *text = value ? "yes" : "no";

	if (output->json)
		text = value ? "true" : "false";
	put(output, name, CELL_STRING, text, strlen(text));
}

void output_string(struct output *output, const char *name, const char *value)
{
	if (!value)
		return;
	if (output->json)
		json_string(output, name, value);
	else
		text_value(output, name, CELL_STRING, value, strlen(value));
}

void output_hex_if(struct output *output, const char *name, bool known,
		   uint64_t value)
{
	if (known)
		output_hex(output, name, value);
	else if (!output->json)
		text_value(output, name, CELL_HEX, "", 0);
}

void output_count_if(struct output *output, const char *name, bool known,
		     uint64_t value)
{
	if (known)
		output_count(output, name, value);
	else if (!output->json)
		text_value(output, name, CELL_COUNT, "", 0);
}

void output_string_if(struct output *output, const char *name,
		      const char *value)
{
	if (value && *value)
		output_string(output, name, value);
	else if (!output->json)
		output_string(output, name, "");
}

void output_list_begin(struct output *output, const char *name)
{
	if (output->json) {
		json_open(output, name, '[');
	} else if (!output->hidden) {
		table_cell(&output->table, name, CELL_STRING, false);
		output->in_list = true;
		output->nr_items = 0;
		output->held_objects = false;
	}
}

void output_list_end(struct output *output)
{
	if (output->json) {
		json_close(output, ']');
	} else if (!output->hidden) {
		if (output->held_objects)
			table_drop_cell(&output->table);
		output->in_list = false;
	}
}

void output_object_begin(struct output *output, const char *name)
{
	if (output->json) {
		json_open(output, name, '{');
	} else {
		output->hidden++;
		output->held_objects = true;
	}
}

void output_object_end(struct output *output)
{
	if (output->json)
		json_close(output, '}');
	else
		output->hidden--;
}

void output_json_only_begin(struct output *output)
{
	output->hidden++;
}

void output_json_only_end(struct output *output)
{
	output->hidden--;
}

void output_error(struct output *output, const char *command,
		  const char *input, const char *message)
{
	if (!output->json)
		return;
	json_begin(output, command, input, "error");
	json_string(output, "message", message);
	output_end(output);
}

void output_note(struct output *output, const char *fmt, ...)
{
	va_list args;

	if (output->nr_notes == sizeof(output->note) / sizeof(output->note[0]))
		return;
	va_start(args, fmt);
	vsnprintf(output->note[output->nr_notes++], sizeof(output->note[0]),
		  fmt, args);
	va_end(args);
}

void output_note_more(struct output *output, const char *fmt, ...)
{
	char *line = output->note[output->nr_notes - 1];
	size_t used = strlen(line);
	va_list args;

	va_start(args, fmt);
	vsnprintf(line + used, sizeof(output->note[0]) - used, fmt, args);
	va_end(args);
}

void output_text_line(struct output *output, const char *line, size_t size)
{
	if (output->json)
		return;
	writer_put_clean(&output->writer, line, size);
	writer_put_byte(&output->writer, '\n');
	output_forget_heading(output);
}

void output_own_text(struct output *output, const char *text)
{
	if (output->json)
		return;
	writer_put(&output->writer, text, strlen(text));
	output_forget_heading(output);
}

void output_textf(struct output *output, const char *fmt, ...)
{
	size_t length = strlen(fmt);
	bool ends_line = length && fmt[length - 1] == '\n';
	va_list args;
	char *text;
	int size;

	if (output->json)
		return;
	va_start(args, fmt);
	size = vasprintf(&text, fmt, args);
	va_end(args);
	if (size < 0)
		return;
	writer_put_clean(&output->writer, text, (size_t)size - ends_line);
	free(text);
	if (ends_line)
		writer_put_byte(&output->writer, '\n');
	output_forget_heading(output);
}
