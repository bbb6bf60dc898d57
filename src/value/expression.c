/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Expressions of C, made of the steps of value.h. Integers are computed with 64 bits, or with fewer if
 * both sides have fewer, as in C. Functions for the levels of precedence call each other; the depth of
 * parentheses and unary operators is limited. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "types/types.h"
#include "value/symbol_word.h"
#include "value/value.h"

enum { MOST_DEPTH = 64, HEX_WORD = 8 };

struct parser {
	const struct value_memory *memory;
	const char *at;
	struct error *err;
	unsigned int depth;
	unsigned int word; /* the size of a pointer */
};

static bool parse_binary(struct parser *parser, unsigned int level, struct value *value);
static bool parse_unary(struct parser *parser, struct value *value);

static void skip_blanks(struct parser *parser)
{
	while (*parser->at && strchr(" \t\n", *parser->at))
		parser->at++;
}

/* Takes a token of punctuation. */
static bool take(struct parser *parser, const char *token)
{
	skip_blanks(parser);
	if (!starts_with(parser->at, token))
		return false;
	parser->at += strlen(token);
	return true;
}

static bool expected(struct parser *parser, const char *what)
{
	skip_blanks(parser);
	return fail(parser->err, ERROR_USAGE, "%s is missing %s%s%s", what,
		    *parser->at ? "before \"" : "at the end of the expression", parser->at,
		    *parser->at ? "\"" : "");
}

static bool expect(struct parser *parser, const char *token)
{
	char what[8];

	snprintf(what, sizeof(what), "\"%s\"", token);
	return take(parser, token) || expected(parser, what);
}

static bool enter(struct parser *parser)
{
	return ++parser->depth < MOST_DEPTH ||
	       fail(parser->err, ERROR_USAGE, "the expression is nested too deeply");
}

static struct value number_value(const struct parser *parser, uint64_t number, unsigned int size,
				 bool is_signed)
{
	return value_of_number(ctype_integer(size, is_signed, parser->word), number);
}

/* --- numbers --- */

/* Is the word hexadecimal without 0x? It has at least 8 hexadecimal digits, and a letter. */
static bool is_hex_word(const char *at, size_t length)
{
	bool letter = false;

	for (size_t i = 0; i < length; i++) {
		if (hex_value(at[i]) < 0)
			return false;
		letter |= !isdigit((unsigned char)at[i]);
	}
	return letter && length >= HEX_WORD && length <= 16;
}

/* Returns the number of letters of a suffix of C, such as "UL", at the end of the word. */
static size_t suffix_length(const char *at, size_t length)
{
	size_t nr = 0;

	while (nr < 3 && nr + 1 < length && strchr("uUlL", at[length - nr - 1]))
		nr++;
	return nr;
}

/* Reads an octal number, which begins with 0. */
static enum number number_octal(const char *at, const char *end, uint64_t *number)
{
	for (*number = 0; at < end; at++) {
		if (*at < '0' || *at > '7')
			return NO_NUMBER;
		if (*number >> 61)
			return TOO_LARGE;
		*number = *number << 3 | (uint64_t)(*at - '0');
	}
	return NUMBER;
}

static bool parse_number(struct parser *parser, size_t length, struct value *value)
{
	const char *at = parser->at;
	size_t suffix = is_hex_word(at, length) ? 0 : suffix_length(at, length);
	bool is_hex = is_hex_word(at, length) || number_has_prefix(at, at + length);
	bool is_unsigned = suffix && (memchr(at + length - suffix, 'u', suffix) ||
				      memchr(at + length - suffix, 'U', suffix));
	enum number kind;
	uint64_t number;

	kind = is_hex ? number_hex(at, at + length - suffix, &number) :
	       *at == '0' && length - suffix > 1 ?
			number_octal(at, at + length - suffix, &number) :
			number_decimal(at, at + length - suffix, &number);
	if (kind == TOO_LARGE)
		return number_too_large(at, at + length, parser->err);
	if (kind != NUMBER)
		return fail(parser->err, ERROR_USAGE, "\"%.*s\" is no number: %s", (int)length, at,
			    *at == '0' ? "a number that begins with 0 is octal, as in C" :
					 "a hexadecimal number begins with 0x");
	parser->at += length;
	*value = number_value(parser, number, 8, !is_unsigned && number <= INT64_MAX);
	return true;
}

/* Reads a character such as 'a'. */
static bool parse_character(struct parser *parser, struct value *value)
{
	const char *at = parser->at;

	if (!at[1] || at[1] == '\\' || at[2] != '\'')
		return fail(parser->err, ERROR_USAGE, "%s: characters have the form 'a'", at);
	*value = number_value(parser, (unsigned char)at[1], 4, true);
	parser->at += 3;
	return true;
}

/* --- types --- */

static size_t name_length(const char *at)
{
	size_t length = 0;

	while (isalnum((unsigned char)at[length]) || at[length] == '_' || at[length] == '$')
		length++;
	return length;
}

static bool is_keyword(const char *at, size_t length)
{
	static const char words[] = "struct union enum unsigned signed const volatile long short";
	char word[16];

	if (length >= sizeof(word))
		return false;
	memcpy(word, at, length);
	word[length] = '\0';
	return text_list_has(words, word);
}

static bool names_symbol(const struct parser *parser, const char *name)
{
	struct kernel_symbol symbol;

	return symbol_lookup_find(parser->memory->kernel->symbols, name, &symbol, NULL);
}

/* Returns the end of the words and stars that may be the text of a type. *words: how many words it has,
 * *stars: how many stars. */
static const char *end_of_type(const char *at, unsigned int *words, unsigned int *stars)
{
	size_t length;

	for (*words = *stars = 0;;) {
		at += strspn(at, " ");
		length = *stars ? 0 : name_length(at);
		if (length && at[length] == '#') /* NAME#2 */
			length += 1 + name_length(at + length + 1);
		if (length)
			++*words;
		else if (*at == '*')
			++*stars;
		else
			return at;
		at += length ? length : 1;
	}
}

/* Takes a type in front of `closing`. If the words there are no type, returns false: then *failed is set
 * if they cannot be anything else, and the error is set. */
static bool take_type(struct parser *parser, char closing, struct ctype *type, bool *failed)
{
	unsigned int words, stars;
	const char *start, *end;
	char text[128];
	bool sure;

	*failed = false;
	skip_blanks(parser);
	start = parser->at;
	end = end_of_type(start, &words, &stars);
	if (!words || *end != closing || isdigit((unsigned char)*start))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(end - start), start);
	sure = stars || words > 1 || strchr(text, '#') || is_keyword(start, name_length(start));
	if (!sure && names_symbol(parser, text))
		return false;
	if (!value_type(parser->memory->kernel, text, type, sure ? parser->err : NULL)) {
		*failed = sure;
		return false;
	}
	parser->at = end;
	return true;
}

/* Takes "(TYPE)" of sizeof and offsetof up to `closing`, or fails. */
static bool need_type(struct parser *parser, char closing, struct ctype *type)
{
	bool failed;

	return take_type(parser, closing, type, &failed) || (!failed && expected(parser, "a type"));
}

static bool parse_sizeof(struct parser *parser, struct value *value)
{
	const char *start = parser->at;
	bool failed = false;
	struct ctype type;
	uint64_t size;

	if (take(parser, "(") && take_type(parser, ')', &type, &failed)) {
		parser->at++;
		size = ctype_describe(&type).size;
	} else {
		parser->at = start;
		if (failed || !parse_unary(parser, value))
			return false;
		size = value->untyped ? value->untyped : ctype_describe(&value->type).size;
	}
	*value = number_value(parser, size, parser->word, false);
	return true;
}

static bool parse_offsetof(struct parser *parser, struct value *value)
{
	struct value zero;
	struct ctype type;
	char path[256];
	size_t length;

	if (!expect(parser, "(") || !need_type(parser, ',', &type))
		return false;
	parser->at++;
	skip_blanks(parser);
	length = strcspn(parser->at, ")");
	snprintf(path, sizeof(path), "%.*s", (int)(length < sizeof(path) ? length : 0), parser->at);
	zero = value_at(type, 0);
	if (!*path)
		return expected(parser, "a member");
	if (!value_path(parser->memory, &zero, path, value, parser->err))
		return false;
	if (value->bit_size)
		return fail(parser->err, ERROR_USAGE,
			    "%s is a bit field, which has no offset in bytes", path);
	parser->at += length;
	*value = number_value(parser, value->address, parser->word, false);
	return expect(parser, ")");
}

/* --- names --- */

/* Returns the length of a symbol: [MODULE:]NAME[@FILE][:CPU]. A name may have a part such as ".isra.0" or
 * ".12". */
static size_t symbol_length(const char *at)
{
	size_t length = name_length(at), more;

	for (;;) {
		const char *next = at + length;

		if (*next == '.' && isdigit((unsigned char)next[1]))
			more = 1 + name_length(next + 1);
		else if (*next == ':' && (more = name_length(next + 1)))
			more++;
		else if (*next == '@' && (more = strcspn(next + 1, " :()[]+-*&|^<>")))
			more++;
		else
			return length;
		length += more;
	}
}

static bool find_name(const struct parser *parser, const char *name, struct value *value)
{
	const struct value_memory *memory = parser->memory;

	for (size_t i = memory->nr_names; i--;)
		if (!strcmp(memory->names[i].name, name)) {
			*value = memory->names[i].value;
			return true;
		}
	return false;
}

static bool parse_name(struct parser *parser, struct value *value)
{
	size_t length = symbol_length(parser->at);
	char name[SYMBOL_NAME_MAX];
	struct ctype type;
	int64_t number;

	if (length >= sizeof(name))
		return fail(parser->err, ERROR_USAGE, "names of symbols are shorter than %zu bytes",
			    sizeof(name));
	memcpy(name, parser->at, length);
	name[length] = '\0';
	if (is_hex_word(name, length) && !names_symbol(parser, name))
		return parse_number(parser, length, value);
	parser->at += length;
	if (*name == '$' && find_name(parser, name + 1, value))
		return true;
	if (!strcmp(name, "sizeof"))
		return parse_sizeof(parser, value);
	if (!strcmp(name, "offsetof"))
		return parse_offsetof(parser, value);
	if (value_symbol(parser->memory->kernel, name, value, parser->err))
		return true;
	if (!value_enumerator(parser->memory->kernel, name, &type, &number, parser->err))
		return false;
	*value = value_of_number(type, (uint64_t)number);
	return true;
}

static bool parse_primary(struct parser *parser, struct value *value)
{
	skip_blanks(parser);
	if (take(parser, "("))
		return enter(parser) && parse_binary(parser, 0, value) && parser->depth-- &&
		       expect(parser, ")");
	if (isdigit((unsigned char)*parser->at))
		return parse_number(parser, name_length(parser->at), value);
	if (*parser->at == '\'')
		return parse_character(parser, value);
	return name_length(parser->at) ? parse_name(parser, value) :
					 expected(parser, "a variable or number");
}

/* --- after and before a value --- */

static bool parse_index(struct parser *parser, struct value *value)
{
	struct value index;
	uint64_t number;

	return enter(parser) && parse_binary(parser, 0, &index) && parser->depth-- &&
	       value_number(parser->memory, &index, &number, parser->err) &&
	       value_index(parser->memory, value, (int64_t)number, value, parser->err) &&
	       expect(parser, "]");
}

static bool parse_postfix(struct parser *parser, struct value *value)
{
	size_t length;

	if (!parse_primary(parser, value))
		return false;
	for (;;) {
		if (take(parser, "[")) {
			if (!parse_index(parser, value))
				return false;
			continue;
		}
		if (!take(parser, "->") && !take(parser, "."))
			return true;
		skip_blanks(parser);
		length = name_length(parser->at);
		if (!length)
			return expected(parser, "a member");
		if (!value_member(parser->memory, value, parser->at, length, value, parser->err))
			return false;
		parser->at += length;
	}
}

static bool take_address(struct parser *parser, struct value *value)
{
	if (!value->in_memory)
		return fail(parser->err, ERROR_USAGE, "& needs something in memory, not a number");
	if (value->bit_size)
		return fail(parser->err, ERROR_USAGE, "a bit field has no address");
	if (value->untyped)
		value->type = (struct ctype){ .word = (uint8_t)parser->word };
	*value = value_of_number(ctype_pointer_to(value->type), value->address);
	return true;
}

/* Returns the integer type of a number in an operation: at least an int. */
static struct ctype promoted(const struct parser *parser, const struct value *value)
{
	struct ctype_facts facts = ctype_describe(&value->type);

	return ctype_integer(facts.size > 4 ? 8 : 4,
			     facts.is_signed || facts.size < 4 || value->bit_size, parser->word);
}

static bool parse_operator(struct parser *parser, char operator, struct value * value)
{
	struct ctype type;
	uint64_t number;

	if (operator== '*')
		return value_dereference(parser->memory, value, value, parser->err);
	if (operator== '&')
		return take_address(parser, value);
	if (!value_number(parser->memory, value, &number, parser->err))
		return false;
	type = promoted(parser, value);
	if (operator== '!') {
		*value = number_value(parser, !number, 4, true);
		return true;
	}
	*value = value_of_number(type, operator== '-' ? -number :
				       operator== '~' ? ~number :
							number);
	return true;
}

static bool parse_cast(struct parser *parser, struct ctype type, struct value *value)
{
	return parse_unary(parser, value) &&
	       value_cast(parser->memory, value, type, value, parser->err);
}

static bool parse_unary(struct parser *parser, struct value *value)
{
	const char *start;
	struct ctype type;
	bool failed, done;
	char operator;

	skip_blanks(parser);
	start = parser->at;
	if (!enter(parser))
		return false;
	if (*start && strchr("-+~!*&", *start)) {
		operator= * parser->at++;
		done = parse_unary(parser, value) && parse_operator(parser, operator, value);
	} else if (take(parser, "(") && take_type(parser, ')', &type, &failed)) {
		parser->at++;
		done = parse_cast(parser, type, value);
	} else if (parser->at > start && failed) {
		return false;
	} else {
		parser->at = start;
		done = parse_postfix(parser, value);
	}
	parser->depth--;
	return done;
}

/* --- between two values --- */

static const char *const levels[][3] = {
	{ "|" }, { "^" }, { "&" }, { "<<", ">>" }, { "+", "-" }, { "*", "/", "%" },
};
enum { NR_LEVELS = sizeof(levels) / sizeof(levels[0]) };

static const char *take_operator(struct parser *parser, unsigned int level)
{
	for (unsigned int i = 0; i < 3 && levels[level][i]; i++)
		if (take(parser, levels[level][i]))
			return levels[level][i];
	return NULL;
}

static bool is_pointer(const struct value *value)
{
	enum ctype_kind kind = ctype_describe(&value->type).kind;

	return kind == CTYPE_POINTER || kind == CTYPE_ARRAY;
}

/* Adds a number of elements to a pointer, or subtracts two pointers. */
static bool compute_pointer(struct parser *parser, char operator, struct value * left,
			    const struct value *right)
{
	struct ctype_facts facts = ctype_describe(&left->type);
	uint64_t a, b, size = ctype_describe(&facts.target).size;

	if (!value_as_address(parser->memory, left, &a, parser->err) ||
	    !value_as_address(parser->memory, right, &b, parser->err))
		return false;
	if (!size)
		size = 1; /* void and functions, as GCC does */
	if (is_pointer(right)) {
		*left = number_value(parser, (a - b) >> 63 ? -((b - a) / size) : (a - b) / size, 8,
				     true);
		return operator== '-' ||
			fail(parser->err, ERROR_USAGE, "two pointers can only be subtracted");
	}
	*left = value_of_number(ctype_pointer_to(facts.target), operator== '+' ? a + b * size :
										 a - b * size);
	if (operator!= '+' && operator!= '-')
		return fail(parser->err, ERROR_USAGE,
			    "a pointer takes only + and -: cast it to (unsigned long)");
	return true;
}

static bool divide(struct parser *parser, char operator, bool is_signed, uint64_t a, uint64_t b,
		   uint64_t *number)
{
	int64_t as = (int64_t)a, bs = (int64_t)b;

	*number = 0;
	if (!b)
		return fail(parser->err, ERROR_USAGE, "division by zero");
	if (is_signed && bs == -1)
		*number = operator== '/' ? -a : 0;
	else if (is_signed)
		*number = (uint64_t)(operator== '/' ? as / bs : as % bs);
	else
		*number = operator== '/' ? a / b : a % b;
	return true;
}

static bool compute(struct parser *parser, char operator, struct value * left,
		    const struct value *right)
{
	struct ctype type = promoted(parser, left), other = promoted(parser, right);
	struct ctype_facts facts = ctype_describe(&type), more = ctype_describe(&other);
	bool is_signed = facts.is_signed;
	uint64_t a, b, number = 0;

	if (!value_number(parser->memory, left, &a, parser->err) ||
	    !value_number(parser->memory, right, &b, parser->err))
		return false;
	if (operator!= '<' && operator!= '>') { /* a shift has the type of its left side */
		if (more.size > facts.size)
			is_signed = more.is_signed;
		else if (more.size == facts.size)
			is_signed &= more.is_signed;
		if (more.size > facts.size)
			facts.size = more.size;
	} else if (b >= 8 * facts.size) {
		return fail(parser->err, ERROR_USAGE,
			    "a number of %" PRIu64 " bits is shifted by %" PRIu64, 8 * facts.size,
			    b);
	}
	switch (operator) {
	case '|': number = a | b; break;
	case '^': number = a ^ b; break;
	case '&': number = a & b; break;
	case '<': number = a << b; break;
	case '>': number = is_signed ? (uint64_t)((int64_t)a >> b) : a >> b; break;
	case '+': number = a + b; break;
	case '-': number = a - b; break;
	case '*': number = a * b; break;
	default:
		if (!divide(parser, operator, is_signed, a, b, &number))
			return false;
	}
	*left = number_value(parser, number, (unsigned int)facts.size, is_signed);
	return value_number(parser->memory, left, &left->number, parser->err);
}

static bool parse_binary(struct parser *parser, unsigned int level, struct value *value)
{
	const char *operator;
	struct value right;

	if (level == NR_LEVELS)
		return parse_unary(parser, value);
	if (!parse_binary(parser, level + 1, value))
		return false;
	while ((operator= take_operator(parser, level))) {
		if (!parse_binary(parser, level + 1, &right))
			return false;
		if (is_pointer(value) ? !compute_pointer(parser, *operator, value, &right) :
		    is_pointer(&right) && *operator== '+' ?
					!compute_pointer(parser, *operator, & right, value) :
					!compute(parser, *operator, value, &right))
			return false;
		if (!is_pointer(value) && is_pointer(&right) && *operator== '+')
			*value = right;
	}
	return true;
}

bool value_expression(const struct value_memory *memory, const char *text, struct value *value,
		      struct error *err)
{
	struct parser parser = {
		.memory = memory,
		.at = text,
		.err = err,
		.word = kernel_pointer_size(memory->kernel),
	};

	if (!parse_binary(&parser, 0, value))
		return false;
	skip_blanks(&parser);
	return !*parser.at ||
	       fail(err, ERROR_USAGE, "\"%s\" is not expected here in an expression", parser.at);
}
