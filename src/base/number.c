/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"

bool number_is_bare_hex(const char *text, uint64_t *value)
{
	uint64_t sum = 0;
	unsigned int i = 0;

	for (; i < 16; i++) {
		int digit = hex_value(text[i]);

		if (digit < 0)
			break;
		sum = sum << 4 | (uint64_t)digit;
	}
	*value = sum;
	return i && !text[i];
}

bool number_has_prefix(const char *at, const char *end)
{
	return end - at > 2 && at[0] == '0' && (at[1] | 0x20) == 'x';
}

static bool is_separator(char c)
{
	return c == '_' || c == ',' || c == '\'' || c == '`';
}

static enum number read_digits(const char *at, const char *end, int base, uint64_t *value)
{
	enum number result = at < end ? NUMBER : NO_NUMBER;
	char separator = '\0';

	*value = 0;
	for (const char *start = at; at < end; at++) {
		int digit = hex_value(*at);

		if (digit >= 0 && digit < base) {
			if (__builtin_mul_overflow(*value, base, value) ||
			    __builtin_add_overflow(*value, digit, value))
				result = TOO_LARGE;
		} else if (is_separator(*at) && at > start && at + 1 < end &&
			   !is_separator(at[1]) && (!separator || *at == separator)) {
			separator = *at;
		} else {
			return NO_NUMBER;
		}
	}
	return result;
}

/* Returns true if all groups of digits have four digits, or all have eight. */
static bool has_equal_groups(const char *at, const char *end)
{
	size_t first = 0, digits = 0;

	for (; at < end; at++) {
		if (!is_separator(*at)) {
			digits++;
			continue;
		}
		if (first && digits != first)
			return false;
		first = digits;
		digits = 0;
	}
	return digits == first && (first == 4 || first == 8);
}

static bool has_separator(const char *at, const char *end)
{
	while (at < end && !is_separator(*at))
		at++;
	return at < end;
}

bool number_like_name(const char *at, const char *end)
{
	return at < end && !isdigit((unsigned char)*at) && memchr(at, '_', (size_t)(end - at));
}

enum number number_hex(const char *at, const char *end, uint64_t *value)
{
	if (number_has_prefix(at, end))
		return read_digits(at + 2, end, 16, value);
	if (at < end && !isdigit((unsigned char)*at) && has_separator(at, end) &&
	    !has_equal_groups(at, end))
		return NO_NUMBER;
	return read_digits(at, end, 16, value);
}

enum number number_decimal(const char *at, const char *end, uint64_t *value)
{
	return read_digits(at, end, 10, value);
}

bool number_too_large(const char *at, const char *end, struct error *err)
{
	uint64_t decimal;

	if (number_decimal(at, end, &decimal) == NUMBER)
		return fail(
			err, ERROR_USAGE,
			"the number, read as hexadecimal, does not fit in 64 bits; if it is decimal, write 0x%" PRIx64,
			decimal);
	return fail(err, ERROR_USAGE, "the number does not fit in 64 bits");
}

/* --- characters around numbers --- */

/* A single quote may end what a backtick began, as in old GNU manuals. */
static const char *const wrappings[][2] = {
	{ "[<", ">]" }, { "<", ">" }, { "(", ")" },   { "`", "`" },
	{ "`", "'" },	{ "'", "'" }, { "\"", "\"" },
};

static bool unwrap_once(struct piece *piece)
{
	for (size_t i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++) {
		const char *open = wrappings[i][0], *close = wrappings[i][1];
		size_t size = strlen(open);

		if ((size_t)(piece->end - piece->at) < 2 * size ||
		    strncmp(piece->at, open, size) != 0 ||
		    strncmp(piece->end - size, close, size) != 0)
			continue;
		piece->at += size;
		piece->end -= size;
		piece->in_angles |= strchr(open, '<') != NULL;
		return true;
	}
	return false;
}

/* Returns true if the piece ends with a colon after a number, bracket or quote. In "foo:", the
 * colon is not removed, because it separates a module from a symbol. */
static bool has_colon_behind_number(const struct piece *piece)
{
	const char *colon = piece->end - 1, *at = colon;
	uint64_t value;

	if (colon <= piece->at || *colon != ':')
		return false;
	while (at > piece->at && !strchr("+-/:", at[-1]))
		at--;
	return strchr(">)`'\"", colon[-1]) || number_hex(at, colon, &value) != NO_NUMBER;
}

/* Removes a comma at the end, or a colon after a number. */
static void unwrap_end(struct piece *piece)
{
	bool comma = piece->end - piece->at > 1 && piece->end[-1] == ',' && piece->end[-2] != ',';

	piece->end -= comma || has_colon_behind_number(piece);
}

struct piece piece_unwrap(const char *text)
{
	struct piece piece = { text, strchr(text, '\0'), false };
	bool wrapped = false;

	unwrap_end(&piece);
	while (unwrap_once(&piece))
		wrapped = true;
	if (wrapped)
		unwrap_end(&piece);
	return piece;
}
