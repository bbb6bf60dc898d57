/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "base/printable.h"

#include <string.h>

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static uint64_t word_at(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

/* Returns a word that contains each byte of the text, which has 1 to 8 bytes, and otherwise repeats
 * bytes of the text. */
static uint64_t word_of_rest(const char *text, size_t size)
{
	uint32_t first, last;

	if (size < sizeof(first))
		return EACH_BYTE((unsigned char)text[0]) ^
		       (unsigned char)(text[0] ^ text[size / 2]) ^
		       (uint64_t)(unsigned char)(text[0] ^ text[size - 1]) << 8;
	memcpy(&first, text, sizeof(first));
	memcpy(&last, text + size - sizeof(last), sizeof(last));
	return (uint64_t)first << 32 | last;
}

/* Are all eight bytes of the word between ' ' and '~'? Most text passes this fast test. */
static bool is_plain_word(uint64_t word)
{
	/* The result is not 0 if any byte is not plain, because the expression sets the highest bit
	 * of the lowest such byte. No borrow or carry reaches that byte, because all bytes below it
	 * are plain. */
	return !(((word - EACH_BYTE(0x20)) | word | (word + EACH_BYTE(1))) & EACH_BYTE(0x80));
}

static bool has_byte(uint64_t word, unsigned char byte)
{
	uint64_t zero = word ^ EACH_BYTE(byte);

	return (zero - EACH_BYTE(1)) & ~zero & EACH_BYTE(0x80);
}

static bool is_bare_word(uint64_t word)
{
	return is_plain_word(word) && !has_byte(word, '"') && !has_byte(word, '\\');
}

bool printable_is_bare(const char *text, size_t size)
{
	size_t at = 0;

	for (; size - at > sizeof(uint64_t); at += sizeof(uint64_t))
		if (!is_bare_word(word_at(text + at)))
			return false;
	return at == size || is_bare_word(word_of_rest(text + at, size - at));
}

/* Returns the number of bytes at the start of text that are between ' ' and '~'. */
static size_t plain_length(const char *text, size_t size)
{
	size_t at = 0;

	while (size - at >= sizeof(uint64_t) && is_plain_word(word_at(text + at)))
		at += sizeof(uint64_t);
	if (at < size && size - at < sizeof(uint64_t) &&
	    is_plain_word(word_of_rest(text + at, size - at)))
		return size;
	while (at < size && text[at] >= ' ' && text[at] <= '~')
		at++;
	return at;
}

bool printable_is_plain(const char *text, size_t size)
{
	return plain_length(text, size) == size;
}

static unsigned int continuation_bytes(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef)
		return 2;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 3;
	return 0;
}

/* Can `second` be the second byte of a UTF-8 character whose first byte is `lead`? Table 3-7 of the
 * Unicode standard excludes overlong forms, surrogates, and code points above U+10FFFF. */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
	unsigned char lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	unsigned char highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	return second >= lowest && second <= highest;
}

unsigned int utf8_length(const char *text, size_t size, uint32_t *code)
{
	unsigned char lead = size ? (unsigned char)*text : 0xff;
	unsigned int more = continuation_bytes(lead);

	if (lead < 0x80) {
		*code = lead;
		return 1;
	}
	if (!more || size <= more || !second_byte_fits(lead, (unsigned char)text[1]))
		return 0;
	*code = lead & (0x3fU >> more);
	for (unsigned int i = 1; i <= more; i++) {
		unsigned char byte = (unsigned char)text[i];

		if ((byte & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (byte & 0x3fU);
	}
	return more + 1;
}

struct code_range {
	uint32_t first, last;
};

static bool printable_is_in(const struct code_range *ranges, size_t nr, uint32_t code)
{
	for (size_t i = 0; i < nr; i++) {
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	}
	return false;
}

bool printable_steers(uint32_t code)
{
	// clang-format off
	static const struct code_range steering[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, /* C0, DEL, C1 */
		{ 0x061c, 0x061c }, { 0x200e, 0x200f }, /* direction marks */
		{ 0x2028, 0x2029 },                     /* separators */
		{ 0x202a, 0x202e }, { 0x2066, 0x2069 }, /* embeddings, isolates */
	};
	// clang-format on

	return printable_is_in(steering, sizeof(steering) / sizeof(steering[0]), code);
}

/* Returns the number of bytes of the first character if it may be shown, or 0 if it must be
 * replaced. *taken gets the number of bytes that the character has in text. */
static unsigned int shown_length(const char *text, size_t size, uint32_t *code, unsigned int *taken)
{
	unsigned int length = utf8_length(text, size, code);

	*taken = length ? length : 1;
	return length && !printable_steers(*code) ? length : 0;
}

size_t printable_clean(char *text, size_t size)
{
	size_t from = plain_length(text, size), to = from;

	while (from < size) {
		uint32_t code;
		unsigned int taken, length;

		length = shown_length(text + from, size - from, &code, &taken);
		if (length)
			memmove(text + to, text + from, length);
		else
			text[to] = '?';
		to += length ? length : 1;
		from += taken;
	}
	return to;
}

/* Returns the approximate number of terminal columns of a character. The usual combining marks take
 * no column. The wide blocks of East Asian Width (UAX #11) take two columns. */
static unsigned int columns_of(uint32_t code)
{
	// clang-format off
	static const struct code_range none[] = {
		{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd },
		{ 0x064b, 0x065f }, { 0x200b, 0x200d }, { 0x2060, 0x2064 },
		{ 0x20d0, 0x20f0 }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
		{ 0xfeff, 0xfeff }, { 0xe0000, 0xe0fff },
	};
	static const struct code_range wide[] = {
		{ 0x1100, 0x115f }, { 0x2e80, 0x303e }, { 0x3041, 0xa4cf },
		{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f },
		{ 0xff00, 0xff60 }, { 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f },
		{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
	};
	// clang-format on

	if (printable_is_in(none, sizeof(none) / sizeof(none[0]), code))
		return 0;
	return printable_is_in(wide, sizeof(wide) / sizeof(wide[0]), code) ? 2 : 1;
}

size_t printable_columns(const char *text, size_t size)
{
	size_t at = plain_length(text, size), columns = at;

	while (at < size) {
		unsigned int length, taken;
		uint32_t code;

		length = shown_length(text + at, size - at, &code, &taken);
		columns += length ? columns_of(code) : 1;
		at += taken;
	}
	return columns;
}

enum { IN_NAME = 1, IN_PATH = 2, IN_BOTH = IN_NAME | IN_PATH };

/* Which texts may contain a character. strspn() would make such a table for each text. */
static const unsigned char may_be[256] = {
	['a' ... 'z'] = IN_BOTH, ['A' ... 'Z'] = IN_BOTH, ['0' ... '9'] = IN_BOTH, ['_'] = IN_BOTH,
	['.'] = IN_BOTH,	 ['@'] = IN_BOTH,	  [':'] = IN_BOTH,	   ['-'] = IN_BOTH,
	['$'] = IN_NAME,	 ['/'] = IN_PATH,	  ['~'] = IN_PATH,	   ['+'] = IN_PATH,
	['='] = IN_PATH,	 [','] = IN_PATH,	  ['%'] = IN_PATH,
};

static bool consists_of(const char *text, unsigned int characters)
{
	const char *at = text;

	while (may_be[(unsigned char)*at] & characters)
		at++;
	return at > text && !*at;
}

bool printable_is_name(const char *name)
{
	return consists_of(name, IN_NAME);
}

bool printable_is_path(const char *path)
{
	return consists_of(path, IN_PATH);
}
