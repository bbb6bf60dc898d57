/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/commands/show_definition.h"
#include "cli/show_value.h"
#include "cli/words.h"
#include "kernel/kernel.h"
#include "value/symbol_word.h"
#include "value/value.h"

struct p_options {
	unsigned int base; /* 10 or 16; 0: not given */
};

/* Is the word the name of a symbol, and no other expression? */
static bool is_name(const char *word)
{
	const char *at = word;

	if (!isalpha((unsigned char)*at) && *at != '_')
		return false;
	while (isalnum((unsigned char)*at) || strchr("_:@", *at) ||
	       (*at == '.' && isdigit((unsigned char)at[1])) ||
	       (*at && strchr("./-", *at) && memchr(word, '@', (size_t)(at - word))))
		if (!*at++)
			return true;
	return false;
}

static const char *why_untyped(const struct session *session, const char *expression)
{
	struct kernel_symbol symbol;
	uint64_t address;

	if (symbol_word_find(session->kernel, expression, &symbol, &address, NULL) && symbol.module)
		return "without the debug file of its module (.ko.debug)";
	return session->kernel->vmlinux ? "from DWARF or BTF" : "without a vmlinux";
}

/* Shows a variable without a type as words, or as bytes if these are not whole words. */
static void put_words(const struct value_show *show, const struct value *value)
{
	struct output *output = show->session->output;
	const unsigned int pointer = kernel_pointer_size(show->memory->kernel);
	const unsigned int word = value->untyped % pointer ? 1 : pointer;
	char text[SHOWN_IN_TEXT * 8] = "";
	uint64_t number, nr = value->untyped / word;

	output_list_begin(output, "value");
	for (uint64_t i = 0; i < nr && i < SHOWN_IN_TEXT && !show->unreadable->code; i++) {
		if (!kernel_read_number(show->memory->kernel, value->address + i * word, word,
					&number, show->unreadable))
			break;
		output_hex(output, NULL, number);
		text_append(text, sizeof(text), "%s%0*" PRIx64, i ? " " : "", word == 1 ? 2 : 1,
			    number);
	}
	output_list_end(output);
	output_remark(output, "text", text, STYLE_PLAIN);
}

static void put_short(const struct value_show *show, const struct value *value, const char *text)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	uint64_t number;

	if (show->base || (facts.kind != CTYPE_UNSIGNED && facts.kind != CTYPE_SIGNED) ||
	    !value_number(show->memory, value, &number, NULL) || number <= 9)
		output_remark(show->session->output, "text", text, STYLE_PLAIN);
	else
		output_remarkf(show->session->output, "text", "%s (0x%" PRIx64 ")", text,
			       facts.size < 8 ? number & ~(UINT64_MAX << 8 * facts.size) : number);
}

/* Text has a row for a value that is a number or a text, and lines for all others. */
static void put_value(const struct value_show *show, const char *argument,
		      const struct value *value)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	struct output *output = show->session->output;
	bool parts = facts.kind == CTYPE_STRUCT || facts.kind == CTYPE_UNION ||
		     facts.kind == CTYPE_ARRAY;
	bool fits, as_words = value->untyped && facts.kind == CTYPE_VOID;
	char text[1024], type[256];
	struct kernel_symbol symbol;
	uint64_t address;
	bool has_symbol;

	fits = !as_words && show_value_short(show, value, text, sizeof(text)) &&
	       (!parts || *text == '"');
	if (parts && !fits)
		show_definition_hide(show->session);
	ctype_declare(&value->type, "", type, sizeof(type));
	output_begin(output, "p", argument, NULL);
	has_symbol = is_name(argument) &&
		     symbol_word_find(show->session->kernel, argument, &symbol, &address, NULL);
	if (has_symbol)
		output_string(output, "name", symbol.name);
	else
		output_remark(output, "name", argument, STYLE_PLAIN);
	output_string(output, "expression", argument);
	if (value->untyped)
		output_string_if(output, "type", NULL);
	else
		output_string(output, "type", type);
	if (*value->type_source)
		output_string(output, "type_source", value->type_source);
	output_hex_if(output, "address", value->in_memory, value->address);
	/* An array that was declared without a length has the size of its symbol. */
	output_count(output, "size",
		     as_words		       ? value->untyped :
		     facts.size || !has_symbol ? facts.size :
						 symbol.size);
	if (as_words) {
		put_words(show, value);
	} else {
		show_value_record(show, value);
		if (fits)
			put_short(show, value, text);
	}
	output_end(output);
	if (parts && !fits) {
		show_value_lines(show, argument, value, 0);
		show_definition_unhide(show->session);
	}
}

static bool show_expression(struct session *session, const char *argument, struct error *err)
{
	const struct p_options *given = session->given;
	const struct value_memory memory = { .kernel = session->kernel };
	struct error unreadable = { 0 };
	const struct value_show show = { session, &memory, given->base ?: session->base, false,
					 &unreadable };
	struct value value;
	char text[600];

	if (!value_expression(&memory, argument, &value, err))
		return false;
	if (!value.untyped && ctype_describe(&value.type).kind == CTYPE_VOID)
		return fail(err, ERROR_NO_ANSWER, "not a variable, but code, at %" PRIx64,
			    value.address);
	if (value.in_memory &&
	    value_missing(&memory, value.address, ctype_describe(&value.type).size, err))
		return false;
	put_value(&show, argument, &value);
	if (value.untyped) {
		snprintf(text, sizeof(text),
			 "%.*s: its type is not known %s; a cast gives it one: *(TYPE *)&%.*s",
			 SYMBOL_NAME_MAX / 3, argument, why_untyped(session, argument),
			 SYMBOL_NAME_MAX / 3, argument);
		session_say(session, text);
	}
	if (unreadable.code)
		session_complain_of_answer(session, argument, &unreadable);
	return true;
}

/* If this is the name of a per-CPU variable, shows the type and place of each copy, as crash does. */
static bool show_places(struct session *session, const char *name)
{
	char all[SYMBOL_NAME_MAX + 16], one[sizeof(all)], type[256];
	struct output *output = session->output;
	unsigned int cpu = 0;
	struct value value;
	bool shown = false;

	if (!is_name(name) || value_symbol(session->kernel, name, &value, NULL) ||
	    (size_t)snprintf(all, sizeof(all), "%s:all", name) >= sizeof(all))
		return false;
	while (symbol_word_of_cpu(session->kernel, all, &cpu, one, sizeof(one)) &&
	       value_symbol(session->kernel, one, &value, NULL)) {
		ctype_declare(&value.type, "", type, sizeof(type));
		output_begin(output, "p", name, NULL);
		output_string(output, "name", one);
		output_string_if(output, "type", value.untyped ? NULL : type);
		output_hex(output, "address", value.address);
		output_count(output, "size", ctype_describe(&value.type).size ?: value.untyped);
		output_remark(output, "text", "", STYLE_PLAIN);
		output_end(output);
		shown = true;
	}
	if (shown)
		session_say(session,
			    "these are the places of the copies; NAME:CPU and NAME:all show values");
	return shown;
}

/* Shows the expression, or, if it contains NAME:all, the expression for each CPU. */
static void show_copies(struct session *session, const char *expression)
{
	char one[2048];
	unsigned int cpu = 0;
	struct error err;

	while (symbol_word_of_cpu(session->kernel, expression, &cpu, one, sizeof(one)) &&
	       !session_interrupted(session))
		if (!show_expression(session, one, &err))
			session_complain(session, one, &err);
	if (!cpu && !show_places(session, expression) &&
	    !show_expression(session, expression, &err))
		session_complain(session, expression, &err);
}

static bool p_run(struct session *session, char **words, struct error *err)
{
	char text[2048] = "";
	bool names = true;

	for (char **word = words; *word; word++) {
		names &= is_name(*word);
		text_append(text, sizeof(text), "%s%s", word > words ? " " : "", *word);
	}
	if (strlen(text) + 1 == sizeof(text) && !names)
		return fail(err, ERROR_USAGE, "the expression is too long");
	if (!names)
		show_copies(session, text);
	for (; names && *words && !session_interrupted(session); words++)
		show_copies(session, *words);
	return true;
}

static const struct command_option options[] = {
	{ "x", AT(p_options, base), .set_to = 16, .group = 'x',
	  .help = "show numbers in hexadecimal" },
	{ "d", AT(p_options, base), .set_to = 10, .group = 'x', .help = "show numbers in decimal" },
	{ 0 },
};

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("name", .width = 24),
					  HIDDEN("expression"),
					  COLUMN("type", .width = 27),
					  HIDDEN("type_source"),
					  COLUMN("address"),
					  HIDDEN("size"),
					  HIDDEN("value"),
					  COLUMN("text", .heading = "value", .rank = KEPT),
					  { 0 } },
};

const struct command command_p = {
	.name = "p",
	.meant_by = "print output inspect",
	.group = GROUP_MEMORY,
	.options = options,
	.arguments = ARGUMENTS({ "EXPR", WORD_SYMBOL, 1, .most = MANY }),
	.given_size = GIVEN(p_options),
	.record = &record,
	.summary = "value of a variable or an expression, by its type",
	.details = "EXPR is an expression of C: a variable, a number, a cast such as\n"
		   "(struct page *)ADDR, . -> [N] * & + - * / % << >> & | ^ ~, parentheses,\n"
		   "sizeof, offsetof, and enumerators. | and >> stand in parentheses. Numbers are\n"
		   "decimal, or hexadecimal with 0x, or with 8 digits and a letter among them.\n"
		   "MODULE:NAME and NAME@FILE choose among variables of one name; NAME:CPU and\n"
		   "NAME:all are copies of a per-CPU variable; NAME alone shows their places.\n"
		   "Several names are shown one by one.\n"
		   "Types come from DWARF or BTF. BTF has no types of most variables: kwalk knows\n"
		   "the types of 70, and shows others as numbers. px and pd are p -x and p -d.",
	.rests_on = RESTS_ON_WALKS,
	.takes_values = true,
	.run = p_run,
};
