/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/writer.h"

#include <errno.h>
#include <unistd.h>

unsigned int hex_width(uint64_t value)
{
	return (63 - __builtin_clzll(value | 1)) / 4 + 1;
}

unsigned int format_hex(char *to, uint64_t value)
{
	unsigned int digits = hex_width(value);

	for (unsigned int i = digits; i-- > 0; value >>= 4)
		to[i] = "0123456789abcdef"[value & 15];
	return digits;
}

unsigned int format_count(char *to, uint64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];
	unsigned int first = sizeof(digits);

	do {
		digits[--first] = '0' + value % 10;
		value /= 10;
	} while (value);
	memcpy(to, digits + first, sizeof(digits) - first);
	return sizeof(digits) - first;
}

unsigned int format_decimal(char *to, int64_t value)
{
	if (value >= 0)
		return format_count(to, value);
	*to = '-';
	return 1 + format_count(to + 1, -(uint64_t)value);
}

static void write_out(struct writer *writer, const char *data, size_t size)
{
	if (size && writer->before)
		writer->before(writer->before_arg);
	while (size && !writer->error) {
		ssize_t written = write(writer->fd, data, size);

		if (written < 0) {
			if (errno != EINTR)
				writer->error = errno;
			continue;
		}
		data += written;
		size -= written;
	}
}

void writer_flush(struct writer *writer)
{
	write_out(writer, writer->buffer, writer->used);
	writer->used = 0;
}

void writer_put_slow(struct writer *writer, const void *data, size_t size)
{
	writer_flush(writer);
	if (size > sizeof(writer->buffer)) {
		write_out(writer, data, size);
		return;
	}
	memcpy(writer->buffer, data, size);
	writer->used = size;
}

/* Most texts are a word or two: copying them by hand beats two library calls. */
void writer_put_text(struct writer *writer, const char *text)
{
	char *to = writer->buffer + writer->used;
	size_t room = sizeof(writer->buffer) - writer->used, size = 0;

	for (; size < room && text[size]; size++)
		to[size] = text[size];
	writer->used += size;
	if (text[size])
		writer_put(writer, text + size, strlen(text + size));
}

void writer_put_spaces(struct writer *writer, size_t count)
{
	static const char spaces[] = "                                ";

	for (; count >= sizeof(spaces); count -= sizeof(spaces) - 1)
		writer_put(writer, spaces, sizeof(spaces) - 1);
	writer_put(writer, spaces, count);
}

void writer_put_hex(struct writer *writer, uint64_t value)
{
	char digits[HEX_DIGITS_MAX];

	writer_put(writer, digits, format_hex(digits, value));
}

void writer_put_count(struct writer *writer, uint64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];

	writer_put(writer, digits, format_count(digits, value));
}

void writer_put_decimal(struct writer *writer, int64_t value)
{
	char digits[DECIMAL_DIGITS_MAX];

	writer_put(writer, digits, format_decimal(digits, value));
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

/*
 * Length of the well-formed multi-byte character at text, 0 where there is
 * none (table 3-7 of the Unicode standard: no overlong forms, no surrogates,
 * nothing beyond U+10FFFF).
 */
static size_t utf8_length(const unsigned char *text)
{
	unsigned int more = continuation_bytes(text[0]);
	unsigned char lowest = text[0] == 0xe0 ? 0xa0 :
			       text[0] == 0xf0 ? 0x90 :
						 0x80;
	unsigned char highest = text[0] == 0xed ? 0x9f :
				text[0] == 0xf4 ? 0x8f :
						  0xbf;

	if (!more || text[1] < lowest || text[1] > highest)
		return 0;
	for (unsigned int i = 2; i <= more; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	return more + 1;
}

static void put_control(struct writer *writer, unsigned char byte)
{
	char escape[6] = "\\u00";

	switch (byte) {
	case '\n':
		writer_put(writer, "\\n", 2);
		return;
	case '\r':
		writer_put(writer, "\\r", 2);
		return;
	case '\t':
		writer_put(writer, "\\t", 2);
		return;
	}
	escape[4] = "0123456789abcdef"[byte >> 4];
	escape[5] = "0123456789abcdef"[byte & 15];
	writer_put(writer, escape, sizeof(escape));
}

/* One character that JSON cannot take as it stands; returns its length. */
static size_t put_special(struct writer *writer, const unsigned char *at)
{
	size_t length = 1;

	if (*at == '"' || *at == '\\') {
		writer_put_byte(writer, '\\');
		writer_put_byte(writer, *at);
	} else if (*at < 0x20) {
		put_control(writer, *at);
	} else {
		length = utf8_length(at);
		if (length)
			writer_put(writer, at, length);
		else
			writer_put(writer, "\xef\xbf\xbd", 3);
	}
	return length ? length : 1;
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

enum { SHORT_TEXT = 64 };

void writer_put_key(struct writer *writer, const char *name, bool comma)
{
	char *start = writer_room(writer, SHORT_TEXT), *to = start;
	unsigned int size = 0;

	*to = ',';
	to += comma;
	*to++ = '"';
	for (; size < SHORT_TEXT - 4 && name[size]; size++)
		*to++ = name[size];
	*to++ = '"';
	*to++ = ':';
	writer->used += (size_t)(to - start);
}

/* Most texts are short and plain. */
static bool put_short(struct writer *writer, const char *text)
{
	char *to = writer_room(writer, SHORT_TEXT);
	unsigned int size = 0;

	*to++ = '"';
	for (; size < SHORT_TEXT - 2 && is_plain((unsigned char)text[size]); size++)
		to[size] = text[size];
	if (text[size])
		return false;
	to[size] = '"';
	writer->used += size + 2;
	return true;
}

void writer_put_quoted(struct writer *writer, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (put_short(writer, text))
		return;
	writer_put_byte(writer, '"');
	while (*at) {
		const unsigned char *start = at;

		while (is_plain(*at))
			at++;
		writer_put(writer, start, at - start);
		if (*at)
			at += put_special(writer, at);
	}
	writer_put_byte(writer, '"');
}
