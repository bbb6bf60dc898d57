/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_variable.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "value/symbol_word.h"
#include "value/value.h"
#include "kernel/kernel.h"
#include "linux/module/module_lines.h"

static int64_t signed_value(const struct show_variable *variable, uint64_t element)
{
	unsigned int unused = 64 - 8 * (unsigned int)variable->type.size;

	return (int64_t)(element << unused) >> unused;
}

/* Returns the name of an element's value, or NULL if the value has no name. */
static const char *element_name(const struct show_variable *variable, uint64_t element)
{
	if (variable->as_bytes)
		return NULL;
	/* The kernel's names for these values are false and true (include/linux/stddef.h). */
	if (variable->type.kind == VARIABLE_BOOL && element <= 1)
		return element ? "true" : "false";
	return kernel_enumerator_of(&variable->type, element);
}

static bool is_hexadecimal(const struct show_variable *variable)
{
	return variable->as_bytes || variable->type.kind == VARIABLE_POINTER;
}

static bool is_signed(const struct show_variable *variable)
{
	return variable->type.kind == VARIABLE_SIGNED && !variable->as_bytes;
}

static bool is_string(const struct show_variable *variable)
{
	return variable->type.is_array && variable->type.kind == VARIABLE_CHAR &&
	       !variable->as_bytes;
}

/* --- reading --- */

void show_variable_choose(struct session *session, struct show_variable *variable)
{
	struct variable_type *type = &variable->type;
	uint64_t size;

	variable->typed = module_variable_type(session->kernel, &variable->symbol, type);
	size = variable->typed ? type->size : 0;
	variable->as_bytes =
		(size != 1 && size != 2 && size != 4 && size != 8) || type->kind == VARIABLE_OTHER;
	if (!variable->as_bytes)
		return;
	type->count = variable->typed ? size * type->count : variable->symbol.size;
	type->size = 1;
	type->is_array = true;
}

/* Adds a NUL after each string, because a string in the dump may lack its NUL. */
static void end_strings(struct show_variable *variable)
{
	uint64_t row = variable->type.row, nr = variable->nr;

	if (!row || row > nr)
		row = variable->type.row = nr;
	variable->nr_strings = row ? (nr + row - 1) / row : 0;
	for (uint64_t i = variable->nr_strings; i-- > 0;) {
		uint64_t size = nr - i * row < row ? nr - i * row : row;
		char *to = variable->text + i * (row + 1);

		memmove(to, variable->text + i * row, size);
		to[size] = '\0';
	}
}

static const char *string_of(const struct show_variable *variable, uint64_t nr)
{
	return variable->text + nr * (variable->type.row + 1);
}

static bool read_strings(struct session *session, struct show_variable *variable, struct error *err)
{
	if (!kernel_read_field(session->kernel, variable->address, variable->text, variable->nr,
			       err))
		return false;
	end_strings(variable);
	return true;
}

bool show_variable_read(struct session *session, struct show_variable *variable, struct error *err)
{
	uint64_t size = variable->type.size, count = variable->type.count;

	variable->nr = count < SHOWN_ELEMENTS ? count : SHOWN_ELEMENTS;
	if (is_string(variable))
		return read_strings(session, variable, err);
	for (uint64_t i = 0; i < variable->nr && !session_interrupted(session); i++)
		if (!kernel_read_number(session->kernel, variable->address + i * size, size,
					&variable->element[i], err))
			return false;
	return true;
}

/* --- output --- */

static void put_element(struct output *output, const struct show_variable *variable,
			const char *name, uint64_t element)
{
	const char *word = element_name(variable, element);

	if (word && variable->type.kind == VARIABLE_BOOL)
		output_boolean(output, name, element);
	else if (word)
		output_string(output, name, word);
	else if (is_hexadecimal(variable))
		output_hex(output, name, element);
	else if (is_signed(variable))
		output_integer(output, name, signed_value(variable, element));
	else
		output_count(output, name, element);
}

static void put_strings(struct output *output, const struct show_variable *variable)
{
	output_list_begin(output, "value");
	for (uint64_t i = 0; i < variable->nr_strings; i++)
		output_string(output, NULL, string_of(variable, i));
	output_list_end(output);
}

void show_variable_put(struct output *output, const struct show_variable *variable)
{
	if (variable->nr_strings > 1) {
		put_strings(output, variable);
	} else if (variable->nr_strings) {
		output_string(output, "value", variable->text);
	} else if (!variable->type.is_array) {
		put_element(output, variable, "value", variable->element[0]);
	} else {
		output_list_begin(output, "value");
		for (uint64_t i = 0; i < variable->nr; i++)
			put_element(output, variable, NULL, variable->element[i]);
		output_list_end(output);
	}
}

static void append_element(char *text, size_t size, const struct show_variable *variable,
			   uint64_t element)
{
	const char *word = element_name(variable, element);

	if (word)
		text_append(text, size, "%s", word);
	else if (is_hexadecimal(variable))
		text_append(text, size, variable->as_bytes ? "%02" PRIx64 : "%" PRIx64, element);
	else if (is_signed(variable))
		text_append(text, size, "%" PRId64, signed_value(variable, element));
	else
		text_append(text, size, "%" PRIu64, element);
}

static void make_line(const char *string, char *text, size_t size)
{
	size_t line = strcspn(string, "\n");

	text_append(text, size, "%.*s%s", (int)line, string,
		    string[line + strspn(string + line, "\n")] ? " ..." : "");
}

void show_variable_text(const void *arg, char *text, size_t size)
{
	const struct show_variable *variable = arg;
	uint64_t same, i;

	for (i = 0; i < variable->nr_strings && strlen(text) + 64 < size; i++) {
		text_append(text, size, "%s", i ? ", " : "");
		make_line(string_of(variable, i), text, size);
	}
	if (i < variable->nr_strings)
		text_append(text, size, " ...");
	if (i)
		return;
	for (i = 0; i < variable->nr && strlen(text) + 64 < size; i += same) {
		for (same = 1; i + same < variable->nr; same++)
			if (variable->element[i + same] != variable->element[i])
				break;
		text_append(text, size, "%s", !i ? "" : variable->as_bytes ? " " : ", ");
		append_element(text, size, variable, variable->element[i]);
		if (same > 1)
			text_append(text, size, " (%" PRIu64 " times)", same);
	}
	if (i < variable->nr)
		text_append(text, size, " ...");
	if (!variable->type.is_array && !is_hexadecimal(variable) && variable->element[0] > 9 &&
	    !element_name(variable, variable->element[0]))
		text_append(text, size, " (0x%" PRIx64 ")", variable->element[0]);
}

/* --- beside the memory shown by rd --- */

struct show_variable *show_variable_beside(struct session *session, const char *word)
{
	struct show_variable *variable;

	if (session->front.in_script || session->chosen.table.given ||
	    session->kernel->identity->match == VMLINUX_DIFFERS)
		return NULL;
	variable = calloc(1, sizeof(*variable));
	if (variable &&
	    symbol_word_find(session->kernel, word, &variable->symbol, &variable->address, NULL) &&
	    !value_is_code(session->kernel, &variable->symbol)) {
		show_variable_choose(session, variable);
		if (variable->typed && variable->type.kind < VARIABLE_STRUCT &&
		    show_variable_read(session, variable, NULL))
			return variable;
	}
	free(variable);
	return NULL;
}

void show_variable_fields(struct output *output, const struct show_variable *variable)
{
	if (!variable)
		return;
	output_string(output, "name", variable->symbol.name);
	output_string(output, "type", variable->type.text);
	show_variable_put(output, variable);
}

void show_variable_row(struct row *row, const struct show_variable *variable)
{
	char text[sizeof(row->text) / 2] = "";

	if (!variable)
		return;
	show_variable_text(variable, text, sizeof(text));
	row_text(row, "  ");
	row_text(row, variable->type.text);
	row_text(row, ": ");
	row_text(row, text);
}
