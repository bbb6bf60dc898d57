/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "oops/transport.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* --- bytes --- */

/* What stands for one byte, or, as the mark of UTF-8, for none: names of HTML, and blanks that must not be broken, of
 * UTF-8, or of UTF-8 that was taken for Latin-1 and encoded again. */
static const struct {
	const char *bytes;
	int byte;
} forms[] = {
	{ "&lt;", '<' },      { "&gt;", '>' },
	{ "&amp;", '&' },     { "&quot;", '"' },
	{ "&apos;", '\'' },   { "&nbsp;", ' ' },
	{ "\xc2\xa0", ' ' },  { "\xc3\x82\xc2\xa0", ' ' },
	{ "\xc3\x82 ", ' ' }, { "\xef\xbb\xbf", -1 },
};

/* Reads a number of HTML, as in "&#60;". Returns its size, or 0 if it is none of a byte that lines contain. */
static size_t entity(const char *at, size_t left, int *byte)
{
	unsigned int code = 0, i = 2;
	int base = 10, digit;

	if (left < 4 || at[1] != '#')
		return 0;
	if ((at[2] | 0x20) == 'x')
		base = 16, i = 3;
	for (; i < left && i < 8 && (digit = hex_value(at[i])) >= 0 && digit < base; i++)
		code = code * (unsigned int)base + (unsigned int)digit;
	if (i == left || at[i] != ';' ||
	    ((code < ' ' || code > '~') && code != '\t' && code != 0xa0))
		return 0;
	*byte = code == 0xa0 ? ' ' : (int)code;
	return i + 1;
}

/* The size of the escape sequence (ECMA-48, 5.4): CSI, the string of a title (OSC), or another. */
static size_t escape(const char *at, size_t left)
{
	size_t size = 1;

	if (left > 1 && at[1] == ']') {
		while (size < left && at[size] != '\a' && at[size] != '\n' && at[size] != '\x1b')
			size++;
		if (size + 1 < left && at[size] == '\x1b' && at[size + 1] == '\\')
			return size + 2;
		return size + (size < left && at[size] == '\a');
	}
	if (left > 1 && at[1] == '[')
		for (size = 2; size < left && at[size] >= '0' && at[size] <= '?';)
			size++;
	while (size < left && at[size] >= ' ' && at[size] <= '/')
		size++;
	return size + (size < left && at[size] >= '0' && at[size] <= '~');
}

/* Reads one byte that is not plain, or several. Returns how many, and sets *byte, which is -1 if they are no part
 * of the text. */
static size_t decode(const char *at, size_t left, char before, int *byte)
{
	size_t size;

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		size = strlen(forms[i].bytes);
		*byte = forms[i].byte;
		if (left >= size && !memcmp(at, forms[i].bytes, size))
			return size;
	}
	*byte = (unsigned char)*at;
	if (*at == '&') {
		size = entity(at, left, byte);
		return size ? size : 1;
	}
	if (*at & 0x80) {
		if (*at == '\xa0' && !(before & 0x80)) /* of Latin-1 */
			*byte = ' ';
		return 1;
	}
	*byte = *at == '\x1b' || (*at == '\r' && !before) ? -1 : *at == '\r' ? ' ' : '?';
	return *at == '\x1b' ? escape(at, left) : 1;
}

static size_t lower_digits(const char *at)
{
	return strspn(at, "0123456789abcdef");
}

/* Where a mail lost its encoding, a no-break space became 'A': "FS: A0000000000000000". The kernel prints
 * lower-case digits, so that the letter next to 16 of them is none. */
static void mend_blanks(char *text)
{
	char *at = text;

	while ((at = strchr(at, 'A'))) {
		bool before = (at == text || at[-1] == ' ' || at[-1] == ':') &&
			      lower_digits(at + 1) == 16 && !isalnum((unsigned char)at[17]);
		bool after = at - text > 16 && (at[1] == ' ' || !at[1]) &&
			     lower_digits(at - 16) == 16 && !isalnum((unsigned char)at[-17]);

		if (before || after)
			*at = ' ';
		at++;
	}
}

size_t clean_bytes(char *text, size_t size, const struct listener *listener)
{
	size_t used = 0;
	int byte;

	for (size_t at = 0, steps = 1; at < size && !listener_stops_at(listener, steps); steps++) {
		byte = (unsigned char)text[at];
		if ((byte >= ' ' && byte < 0x7f && byte != '&') || byte == '\t' || byte == '\n')
			at++;
		else
			at += decode(text + at, size - at, used ? text[used - 1] : '\0', &byte);
		if (byte >= 0)
			text[used++] = (char)byte;
	}
	return used;
}

/* --- lines --- */

char *clean_utf16(const char *text, size_t *size, bool *failed, const struct listener *listener)
{
	const uint8_t *bytes = (const uint8_t *)text;
	bool is_big = *size >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff;
	bool is_little = *size >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe;
	char *found = is_big || is_little ? malloc(*size) : NULL, *to = found;

	*failed = !found && (is_big || is_little);
	if (!found)
		return NULL;
	for (size_t i = 2; i + 1 < *size && !listener_stops_at(listener, i); i += 2) {
		unsigned int unit =
			is_big ? bytes[i] << 8 | bytes[i + 1] : bytes[i + 1] << 8 | bytes[i];

		if (unit >= 0x80 && unit < 0x800)
			*to++ = (char)(0xc0 | unit >> 6);
		*to++ = (char)(unit < 0x80 ? unit : unit < 0x800 ? 0x80 | (unit & 0x3f) : '?');
	}
	*size = (size_t)(to - found);
	return found;
}

static int upper_hex(char digit)
{
	return islower((unsigned char)digit) ? -1 : hex_value(digit);
}

/* The byte that "=3D" stands for, or -1. Quoted-printable has upper-case digits, the kernel prints lower-case
 * ones, so that "pte=2068" is in doubt. *sure: it is not. */
static int quoted_byte(const char *at, const char *end, bool *sure)
{
	int high = end - at > 2 ? upper_hex(at[1]) : -1, low = high < 0 ? -1 : upper_hex(at[2]);

	*sure = high > 9 || low > 9 || end - at == 3 ||
		(end - at > 3 && (at[3] == '\n' || at[3] == '\r'));
	return low < 0 ? -1 : high << 4 | low;
}

/* Several soft breaks show that a text is quoted-printable, in which each '=' belongs to the encoding. A file with
 * headers of a mail or other text has other '=', too. There, only lines that were broken within a word, and are as long
 * as encoders make them (76 bytes), show it: lines that end with "IL =" were broken by a mailer. */
static void find_soft_breaks(struct clean *clean, const char *text)
{
	enum { LONG_LINE = 70 };
	size_t breaks = 0, in_words = 0, long_ones = 0, escapes = 0, others = 0;
	const char *at = text, *after;
	bool sure;

	for (; (at = memchr(at, '=', (size_t)(clean->end - at))); at = after) {
		if (listener_stops_at(clean->listener, breaks + escapes + others + 1))
			return;
		for (after = at + 1; after < clean->end && *after == '\r';)
			after++;
		if (after < clean->end && *after == '\n') {
			bool in_word = at > text && isalnum((unsigned char)at[-1]);

			breaks++;
			in_words += in_word;
			while (at > text && at[-1] != '\n' && after - at <= LONG_LINE)
				at--;
			long_ones += in_word && after - at >= LONG_LINE;
		} else if (quoted_byte(at, clean->end, &sure) >= 0) {
			escapes += sure;
			after = at + 3;
		} else if (after < clean->end) {
			others++;
		}
	}
	clean->pure = !others;
	if (clean->pure)
		clean->soft =
			(in_words || escapes) && breaks && (long_ones || breaks + escapes > 1);
	else
		clean->soft = long_ones > 1 ? LONG_LINE : 0;
}

void clean_start(struct clean *clean, const char *text, size_t size,
		 const struct listener *listener)
{
	*clean = (struct clean){ .at = text, .end = text + size, .listener = listener };
	if (size)
		find_soft_breaks(clean, text);
}

/* Copies a line of quoted-printable. A newline within the line becomes a blank. */
static char *copy_quoted(const struct clean *clean, const char *at, const char *end, char *to)
{
	bool sure = false;

	for (size_t steps = 1; at < end && !listener_stops_at(clean->listener, steps); steps++) {
		int byte = *at == '=' ? quoted_byte(at, end, &sure) : -1;

		if (!clean->pure && !sure)
			byte = -1;
		*to++ = byte < 0 ? *at : byte == '\n' || byte == '\r' ? ' ' : (char)byte;
		at += byte < 0 ? 1 : 3;
	}
	return to;
}

size_t clean_marks(const char *line, const char *end, unsigned int most, unsigned int *nr)
{
	const char *at = line, *mark;

	for (*nr = 0; *nr < most; ++*nr) {
		mark = at + (at < end && *at == ' ');
		if (mark == end || *mark != '>')
			break;
		at = mark + 1;
	}
	return (size_t)(at - line) + (*nr && at < end && *at == ' ');
}

/* If the line at `next` has marks of quotation of the line `first`, or fewer of them, returns the text
 * after them. In the middle of "<48>", '>' is no such mark. */
static const char *skip_marks(const char *first, const char *next, const char *end,
			      const char *written, const char *written_end)
{
	enum { MOST_DIGITS = 16, MOST_MARKS = 64 };
	unsigned int nr;
	size_t size = clean_marks(next, end, MOST_MARKS, &nr);
	const size_t most = clean_marks(first, end, MOST_MARKS, &nr);
	const char *digits = written_end;

	if (size > most)
		size = most;
	while (digits > written && written_end - digits < MOST_DIGITS && hex_value(digits[-1]) >= 0)
		digits--;
	if (memcmp(first, next, size) != 0 || (digits > written && digits[-1] == '<'))
		return next;
	return next + size;
}

/* A line that was broken for the mail ends with '='. If "=0A" is before it, the text, too, has a new line. */
static bool is_broken(const struct clean *clean, const char *line, const char **end)
{
	static const char newline[] = "=0A=";
	size_t size = (size_t)(*end - line);

	if (!clean->soft || size < clean->soft || (*end)[-1] != '=')
		return false;
	if (size >= strlen(newline) && !memcmp(*end - strlen(newline), newline, strlen(newline))) {
		*end -= strlen(newline);
		return false;
	}
	--*end;
	if (clean->at < clean->end)
		return true;
	/* The rest of the word is missing, so the text ends before it. */
	while (*end > line && !isspace((unsigned char)(*end)[-1]))
		--*end;
	return false;
}

bool clean_next(struct clean *clean, char *to, size_t *size)
{
	const char *first = clean->at, *line, *end, *newline;
	char *at = to;
	bool broken;

	if (clean->at == clean->end)
		return false;
	do {
		line = clean->at;
		newline = memchr(line, '\n', (size_t)(clean->end - line));
		clean->at = newline ? newline + 1 : clean->end;
		clean->line++;
		for (end = newline ? newline : clean->end; end > line && end[-1] == '\r';)
			end--;
		broken = is_broken(clean, line, &end);
		if (line > first)
			line = skip_marks(first, line, end, to, at);
		if (clean->soft)
			at = copy_quoted(clean, line, end, at);
		else
			at = mempcpy(at, line, (size_t)(end - line));
	} while (broken && !listener_stops_at(clean->listener, clean->line));
	*size = clean_bytes(to, (size_t)(at - to), clean->listener);
	to[*size] = '\0';
	mend_blanks(to);
	return true;
}
