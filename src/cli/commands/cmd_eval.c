/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in other forms: the commands eval and ascii. */
#include <ctype.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/command.h"
#include "value/symbol_word.h"
#include "value/value.h"

enum { LONGEST = 2048 };

/* Reads a number with one of crash's letters for a unit: 2k, 4M, 1g. */
static bool read_amount(const char *word, uint64_t *value)
{
	static const char units[] = "kmg";
	size_t size = strlen(word);
	const char *unit = size > 1 ? strchr(units, tolower((unsigned char)word[size - 1])) : NULL;
	char digits[32] = "";

	if (!unit || !*unit || !isdigit((unsigned char)*word) || size > sizeof(digits))
		return false;
	memcpy(digits, word, size - 1);
	if (!parse_count(digits, value, NULL) || *value > UINT64_MAX >> 10 * (unit - units + 1))
		return false;
	*value <<= 10 * (unit - units + 1);
	return true;
}

/* Is this a hexadecimal number without 0x, with a letter among its digits? */
static bool is_bare_hex(const char *word)
{
	return !word[strspn(word, "0123456789abcdefABCDEF")] && strpbrk(word, "abcdefABCDEF");
}

/* Appends a word of the expression. As in crash, a symbol stands for its address, and a word of
 * hexadecimal digits, such as fff, is a number. */
static void append_word(struct session *session, const char *word, char text[LONGEST])
{
	const char *blank = *text ? " " : "";
	uint64_t value;

	if (read_amount(word, &value) ||
	    ((isalpha((unsigned char)*word) || *word == '_') &&
	     symbol_word_address(session->kernel, word, &value, NULL)) ||
	    (is_bare_hex(word) && parse_hex(word, &value, NULL)))
		text_append(text, LONGEST, "%s0x%" PRIx64, blank, value);
	else
		text_append(text, LONGEST, "%s%s", blank, word);
}

static bool evaluate(struct session *session, char **words, uint64_t *number, struct error *err)
{
	const struct value_memory memory = { .kernel = session->kernel };
	char text[LONGEST] = "";
	struct value value;

	for (; *words; words++) {
		char *rest = *words, *word;

		while ((word = strsep(&rest, " ")))
			if (*word)
				append_word(session, word, text);
	}
	if (strlen(text) + 1 == LONGEST)
		return fail(err, ERROR_USAGE, "the expression is too long");
	return value_expression(&memory, text, &value, err) &&
	       (value.in_memory ? value_as_address(&memory, &value, number, err) :
				  value_number(&memory, &value, number, err));
}

/* --- eval --- */

static void put_hexadecimal(struct output *output, uint64_t number)
{
	static const char *const units[] = { "GB", "MB", "KB" };
	unsigned int shift = 30;

	output_hex(output, "value", number);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++, shift -= 10)
		if (number && !(number & ((UINT64_C(1) << shift) - 1))) {
			output_remarkf(output, "amount", "%" PRIu64 "%s", number >> shift,
				       units[i]);
			return;
		}
}

static void put_bits(struct output *output, uint64_t number, bool list)
{
	char text[65];

	for (unsigned int bit = 0; bit < 64; bit++)
		text[63 - bit] = number >> bit & 1 ? '1' : '0';
	text[64] = '\0';
	output_string(output, "binary", text);
	if (!list)
		return;
	output_list_begin(output, "bits");
	for (unsigned int bit = 64; bit--;)
		if (number >> bit & 1)
			output_count(output, NULL, bit);
	output_list_end(output);
}

struct eval_options {
	unsigned int bits, wide;
};

static bool run_eval(struct session *session, char **words, struct error *err)
{
	const struct eval_options *given = session->given;
	struct output *output = session->output;
	uint64_t number;
	char octal[32];

	if (!evaluate(session, words, &number, err))
		return false;
	snprintf(octal, sizeof(octal), "%" PRIo64, number);
	output_begin(output, "eval", NULL, NULL);
	put_hexadecimal(output, number);
	output_count(output, "decimal", number);
	if ((int64_t)number < 0)
		output_integer(output, "signed", (int64_t)number);
	output_string(output, "octal", octal);
	put_bits(output, number, given->bits);
	output_end(output);
	return true;
}

static const struct command_option eval_options[] = {
	{ "b", AT(eval_options, bits), .help = "list the bits that are set" },
	{ "l", AT(eval_options, wide), .help = "accepted: numbers always have 64 bits" },
	{ 0 },
};

static const struct record eval_record = {
	.labelled = true,
	.fields = FIELDS(LINE("value", .heading = "hexadecimal", .kind = KIND_PHYSICAL),
			 LINE("amount", .heading = "hexadecimal",
			      TEXT(.before = "(", .after = ")", .join = "  ")),
			 LINE("decimal"),
			 LINE("signed", .heading = "decimal",
			      TEXT(.before = "(", .after = ")", .join = "  ")),
			 LINE("octal"), LINE("binary"),
			 LINE("bits", .heading = "bits set", TEXT(.join = " "))),
};

const struct command command_eval = {
	.name = "eval",
	.meant_by = "calculate convert",
	.group = GROUP_SESSION,
	.options = eval_options,
	.arguments = ARGUMENTS({ "EXPR", WORD_SYMBOL, 1, .most = MANY }),
	.given_size = GIVEN(eval_options),
	.record = &eval_record,
	.summary = "a number in hexadecimal, decimal, octal and binary",
	.details =
		"EXPR is an expression as in p, but a symbol that is a word of its own stands for\n"
		"its address, as in crash, and 2k, 4m and 1g are amounts. Numbers are decimal, or\n"
		"hexadecimal with 0x. | and >> stand in parentheses.",
	.takes_values = true,
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.run = run_eval,
};

/* --- ascii --- */

static void print_table(struct session *session)
{
	for (unsigned int code = 0; code < 0x80; code++) {
		char text[2] = { (char)code, '\0' };

		output_begin(session->output, "ascii", NULL, NULL);
		output_hex(session->output, "value", code);
		output_string(session->output, "text", isprint((int)code) ? text : ".");
		output_end(session->output);
	}
}

/* The bytes are in the order in which they are in memory. */
static bool print_bytes(struct session *session, const char *word, struct error *err)
{
	char text[9];
	uint64_t value;

	if (!parse_hex(word, &value, err))
		return false;
	memcpy(text, &(uint64_t){ htole64(value) }, 8);
	text[8] = '\0';
	for (size_t i = 0; i < 8; i++)
		if (!isprint((unsigned char)text[i]) && (i ? value >> 8 * i : 1))
			text[i] = '.';
	output_begin(session->output, "ascii", word, NULL);
	output_hex(session->output, "value", value);
	output_string(session->output, "text", text);
	output_end(session->output);
	return true;
}

static bool run_ascii(struct session *session, char **words, struct error *err)
{
	if (!*words)
		print_table(session);
	for (; *words; words++)
		if (!print_bytes(session, *words, err))
			session_complain(session, *words, err);
	return true;
}

static const struct record ascii_record = {
	.fields = FIELDS(COLUMN("value", .kind = KIND_PHYSICAL, .rank = KEPT),
			 COLUMN("text", .rank = KEPT)),
};

const struct command command_ascii = {
	.name = "ascii",
	.group = GROUP_SESSION,
	.arguments = ARGUMENTS({ "NUMBER", WORD_NUMBER, .most = MANY }),
	.record = &ascii_record,
	.summary = "the bytes of numbers as text",
	.details = "Numbers are hexadecimal. Shows their bytes in the order of memory of a\n"
		   "little-endian machine; '.' stands for bytes without a character. Without an\n"
		   "argument, shows the table of ASCII.",
	.younger = true,
	.run = run_ascii,
};
