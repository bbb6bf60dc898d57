/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/advice.h"
#include "cli/command.h"
#include "cli/symbol_word.h"
#include "kernel/variable.h"

enum { MOST_ELEMENTS = 4096 };

/* What is shown: elements of one size. */
struct p_value {
	struct kernel_symbol symbol;
	uint64_t address; /* of one CPU's copy, if there are several */
	struct variable_type type; /* size and count are those of bytes where they are shown */
	bool typed; /* the type is known */
	bool as_bytes; /* no number: each byte is shown */
	uint64_t nr; /* elements that are read */
	uint64_t element[MOST_ELEMENTS];
	char text[MOST_ELEMENTS]; /* of an array of characters */
};

static bool refuse_struct(struct session *session, const struct p_value *value, struct error *err)
{
	fail(err, ERROR_NO_ANSWER,
	     "a %.100s of %" PRIu64 " bytes at %" PRIx64
	     "; gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' VMLINUX, then p %.60s, shows its members, and python3 -ic 'import kwalk.drgn; prog = kwalk.drgn.program(\"DUMP\", \"VMLINUX\")', then prog[\"%.60s\"]",
	     value->type.text, value->type.size * value->type.count, value->address,
	     value->symbol.name, value->symbol.name);
	advice_name_files(session->kernel, err);
	return false;
}

/* "init_task.pid", "*init_task.mm", "sizeof(long)". */
static bool refuse_expression(struct session *session, const char *argument, struct error *err)
{
	if (!strpbrk(argument, "*&()[]+-.>"))
		return false;
	fail(err, ERROR_USAGE,
	     "no variable; gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' VMLINUX, then p %.100s, reads expressions of C",
	     argument);
	advice_name_files(session->kernel, err);
	return false;
}

/* Sets the type, or that bytes are shown. */
static bool choose_form(struct session *session, struct p_value *value, struct error *err)
{
	uint64_t size;

	value->typed = kernel_variable_type(session->kernel, &value->symbol, &value->type);
	if (value->typed && value->type.kind == VARIABLE_STRUCT)
		return refuse_struct(session, value, err);
	if (!value->typed && value->symbol.type && strchr("tTwW", value->symbol.type))
		return fail(err, ERROR_NO_ANSWER, "no variable: code, at %" PRIx64, value->address);
	size = value->typed ? value->type.size : 0;
	value->as_bytes = (size != 1 && size != 2 && size != 4 && size != 8) ||
			  value->type.kind == VARIABLE_OTHER;
	if (!value->as_bytes)
		return true;
	value->type.count = value->typed ? size * value->type.count : value->symbol.size;
	value->type.size = 1;
	value->type.is_array = true;
	return value->type.count ||
	       fail(err, ERROR_UNKNOWN,
		    "at %" PRIx64
		    "; neither its type nor its size is known: rd shows what is there",
		    value->address);
}

static int64_t signed_value(const struct p_value *value, uint64_t element)
{
	unsigned int unused = 64 - 8 * (unsigned int)value->type.size;

	return (int64_t)(element << unused) >> unused;
}

/* The name of a value that has one. */
static const char *element_name(const struct p_value *value, uint64_t element)
{
	if (value->as_bytes)
		return NULL;
	/* As the kernel's own enum has them (include/linux/stddef.h). */
	if (value->type.kind == VARIABLE_BOOL)
		return element ? "true" : "false";
	return kernel_enumerator_of(&value->type, element);
}

static bool is_hexadecimal(const struct p_value *value)
{
	return value->as_bytes || value->type.kind == VARIABLE_POINTER;
}

static bool is_signed(const struct p_value *value)
{
	return value->type.kind == VARIABLE_SIGNED && !value->as_bytes;
}

static bool is_string(const struct p_value *value)
{
	return value->type.is_array && value->type.kind == VARIABLE_CHAR && !value->as_bytes;
}

static bool read_elements(struct session *session, struct p_value *value, struct error *err)
{
	uint64_t size = value->type.size;

	value->nr = value->type.count < MOST_ELEMENTS ? value->type.count : MOST_ELEMENTS;
	if (is_string(value))
		return kernel_read_field(session->kernel, value->address, value->text, value->nr,
					 err);
	for (uint64_t i = 0; i < value->nr && !session_interrupted(session); i++)
		if (!kernel_read_number(session->kernel, value->address + i * size, size,
					&value->element[i], err))
			return false;
	return true;
}

/* --- output --- */

static void put_element(struct output *output, const struct p_value *value, const char *name,
			uint64_t element)
{
	const char *word = element_name(value, element);

	if (word)
		output_string(output, name, word);
	else if (is_hexadecimal(value))
		output_hex(output, name, element);
	else if (is_signed(value))
		output_integer(output, name, signed_value(value, element));
	else
		output_count(output, name, element);
}

static void put_value(struct output *output, const struct p_value *value)
{
	if (is_string(value)) {
		output_string(output, "value", value->text);
	} else if (!value->type.is_array) {
		put_element(output, value, "value", value->element[0]);
	} else {
		output_list_begin(output, "value");
		for (uint64_t i = 0; i < value->nr; i++)
			put_element(output, value, NULL, value->element[i]);
		output_list_end(output);
	}
}

static void append_element(char *text, size_t size, const struct p_value *value, uint64_t element)
{
	const char *word = element_name(value, element);

	if (word)
		text_append(text, size, "%s", word);
	else if (is_hexadecimal(value))
		text_append(text, size, value->as_bytes ? "%02" PRIx64 : "%" PRIx64, element);
	else if (is_signed(value))
		text_append(text, size, "%" PRId64, signed_value(value, element));
	else
		text_append(text, size, "%" PRIu64, element);
}

/* As text has it: equal elements once, numbers in both forms, and no more than a line has. */
static void make_text(const void *arg, char *text, size_t size)
{
	const struct p_value *value = arg;
	uint64_t same, i;

	if (is_string(value)) {
		text_append(text, size, "%.*s", (int)strcspn(value->text, "\n"), value->text);
		return;
	}
	for (i = 0; i < value->nr && strlen(text) + 64 < size; i += same) {
		for (same = 1; i + same < value->nr; same++)
			if (value->element[i + same] != value->element[i])
				break;
		text_append(text, size, "%s", !i ? "" : value->as_bytes ? " " : ", ");
		append_element(text, size, value, value->element[i]);
		if (same > 1)
			text_append(text, size, " (%" PRIu64 " times)", same);
	}
	if (i < value->nr)
		text_append(text, size, " ...");
	if (!value->type.is_array && !is_hexadecimal(value) && value->element[0] > 9 &&
	    !element_name(value, value->element[0]))
		text_append(text, size, " (0x%" PRIx64 ")", value->element[0]);
}

static void p_print(struct session *session, const char *argument, const struct p_value *value)
{
	struct output *output = session->output;

	output_begin(output, "p", argument, NULL);
	output_string(output, "name", value->symbol.name);
	output_string_if(output, "type", value->typed ? value->type.text : NULL);
	output_hex(output, "address", value->address);
	output_count(output, "size", value->type.size * value->type.count);
	put_value(output, value);
	output_summary(output, "text", make_text, value);
	output_end(output);
}

static bool p_show(struct session *session, const char *argument, struct p_value *value,
		   struct error *err)
{
	if (!symbol_word_find(session->kernel, argument, &value->symbol, &value->address, err))
		return refuse_expression(session, argument, err);
	if (!choose_form(session, value, err) || !read_elements(session, value, err))
		return false;
	p_print(session, argument, value);
	if (!value->typed) {
		snprintf(value->text, sizeof(value->text),
			 "%.*s: no DWARF or BTF has its type: the bytes are shown", SYMBOL_NAME_MAX,
			 value->symbol.name);
		session_say(session, value->text);
	}
	return value->nr == value->type.count ||
	       fail(err, ERROR_NO_ANSWER,
		    "the first %" PRIu64 " of %" PRIu64 " elements are shown; rd shows all",
		    value->nr, value->type.count);
}

static bool p_answer(struct session *session, const char *argument, struct error *err)
{
	struct p_value *value = calloc(1, sizeof(*value));
	bool shown;

	if (!value)
		return out_of_memory(err);
	shown = p_show(session, argument, value, err);
	free(value);
	return shown;
}

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("name", .width = 24),
					  COLUMN("type", .width = 24),
					  COLUMN("address"),
					  HIDDEN("size"),
					  HIDDEN("value"),
					  COLUMN("text", .heading = "value", .rank = KEPT),
					  { 0 } },
};

const struct command command_p = {
	.name = "p",
	.group = GROUP_MEMORY,
	.arguments = ARGUMENTS({ "VAR", WORD_SYMBOL, 1, .most = MANY }),
	.record = &record,
	.summary = "value of a variable, by its type",
	.details =
		"VAR is the name of a variable of the kernel: MODULE:NAME and NAME@FILE choose,\n"
		"NAME:CPU and NAME:all are copies of a per-CPU variable. The type is that of\n"
		"DWARF or BTF: numbers are decimal, pointers hexadecimal, values of enums\n"
		"names. Of a variable whose type is not known the bytes are shown. Structs\n"
		"and expressions are for gdb and drgn: kwalk says what to type.",
	.addresses = MANY_ADDRESSES,
	.rests_on = RESTS_ON_WALKS,
	.answer = p_answer,
};
