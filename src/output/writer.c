/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/writer.h"

#include <errno.h>
#include <unistd.h>

#include "base/printable.h"

/* The two hexadecimal digits of each byte. */
#define WITH_LAST(FIRST)                                                                           \
	FIRST "0" FIRST "1" FIRST "2" FIRST "3" FIRST "4" FIRST "5" FIRST "6" FIRST "7" FIRST      \
	      "8" FIRST "9" FIRST "a" FIRST "b" FIRST "c" FIRST "d" FIRST "e" FIRST "f"
static const char digit_pairs[] =
	WITH_LAST("0") WITH_LAST("1") WITH_LAST("2") WITH_LAST("3") WITH_LAST("4") WITH_LAST("5")
		WITH_LAST("6") WITH_LAST("7") WITH_LAST("8") WITH_LAST("9") WITH_LAST("a")
			WITH_LAST("b") WITH_LAST("c") WITH_LAST("d") WITH_LAST("e") WITH_LAST("f");

unsigned int format_hex(char *to, uint64_t value)
{
	unsigned int digits = (63 - __builtin_clzll(value | 1)) / 4 + 1, i = digits;

	for (; i > 1; value >>= 8) {
		i -= 2;
		memcpy(to + i, digit_pairs + 2 * (value & 255), 2);
	}
	if (i)
		*to = digit_pairs[2 * (value & 15) + 1];
	return digits;
}

unsigned int format_decimal(char *to, int64_t value)
{
	if (value >= 0)
		return format_count(to, value);
	*to = '-';
	return 1 + format_count(to + 1, -(uint64_t)value);
}

int writer_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno != EINTR)
			return errno;
		if (written < 0)
			continue;
		data += written;
		size -= written;
	}
	return 0;
}

static void write_out(struct writer *writer, const char *data, size_t size)
{
	if (writer->closed) {
		writer->overran |= size > 0;
		return;
	}
	writer->flushed += size;
	if (size && writer->before)
		writer->before(writer->before_arg);
	if (writer->fd < 0 && writer->sink)
		writer->sink(writer->sink_arg, data, size);
	else if (!writer->error)
		writer->error = writer_all(writer->fd, data, size);
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

void writer_end_line(struct writer *writer)
{
	writer_put_byte(writer, '\n');
	if (++writer->lines != writer->most_lines)
		return;
	writer_flush(writer);
	writer->closed = true;
}

void writer_restart(struct writer *writer)
{
	if (writer->closed)
		writer_flush(writer);
	writer->closed = writer->overran = false;
	writer->lines = 0;
}

/* Returns the size of the first piece of the text. The piece has at most `most` bytes, and does not
 * end within a UTF-8 character. */
static size_t piece_size(const char *text, size_t size, size_t most)
{
	size_t piece = most;

	if (size <= most)
		return size;
	while (piece > most - UTF8_LENGTH_MAX && ((unsigned char)text[piece] & 0xc0) == 0x80)
		piece--;
	return piece;
}

void writer_put_clean(struct writer *writer, const char *text, size_t size)
{
	enum { MOST = 4096 };

	while (size) {
		size_t piece = piece_size(text, size, MOST);
		char *to = writer_room(writer, piece);

		memcpy(to, text, piece);
		writer->used += printable_clean(to, piece);
		text += piece;
		size -= piece;
	}
}

static void writer_put_escaped(struct writer *writer, uint32_t code)
{
	static const char letters[] = { ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't' };
	char escape[6] = "\\u";

	if (code < sizeof(letters) && letters[code]) {
		escape[1] = letters[code];
		writer_put(writer, escape, 2);
		return;
	}
	for (unsigned int i = 0; i < 4; i++)
		escape[2 + i] = "0123456789abcdef"[code >> (12 - 4 * i) & 15];
	writer_put(writer, escape, sizeof(escape));
}

/* Writes the character at `at`, and escapes or replaces it if JSON or a terminal requires this.
 * Returns the number of bytes that the character has in the text. */
static size_t put_special(struct writer *writer, const char *at)
{
	size_t size = strnlen(at, UTF8_LENGTH_MAX);
	uint32_t code = 0;
	unsigned int length = utf8_length(at, size, &code);

	if (!length) {
		writer_put(writer, "\xef\xbf\xbd", 3);
		return 1;
	}
	if (code == '"' || code == '\\') {
		writer_put_byte(writer, '\\');
		writer_put_byte(writer, *at);
	} else if (printable_steers(code)) {
		writer_put_escaped(writer, code);
	} else {
		writer_put(writer, at, length);
	}
	return length;
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

enum { SHORT_TEXT = 64 };

void writer_put_key(struct writer *writer, const char *name, bool comma)
{
	char *to = writer_room(writer, KEY_MOST);
	size_t size = strnlen(name, KEY_MOST - 4);

	*to = ',';
	to += comma;
	*to++ = '"';
	memcpy(to, name, size);
	memcpy(to + size, "\":", 2);
	writer->used += comma + size + 3;
}

/* Writes a text, if it is short and has no special characters. If not, writes nothing and returns
 * false. */
static bool put_short(struct writer *writer, const char *text)
{
	size_t size = strlen(text);
	char *to;

	if (size > SHORT_TEXT - 2 || !printable_is_bare(text, size))
		return false;
	to = writer_room(writer, SHORT_TEXT);
	*to++ = '"';
	memcpy(to, text, size);
	to[size] = '"';
	writer->used += size + 2;
	return true;
}

void writer_put_quoted(struct writer *writer, const char *text)
{
	const char *at = text;

	if (put_short(writer, text))
		return;
	writer_put_byte(writer, '"');
	while (*at) {
		const char *start = at;

		while (is_plain((unsigned char)*at))
			at++;
		writer_put(writer, start, at - start);
		if (*at)
			at += put_special(writer, at);
	}
	writer_put_byte(writer, '"');
}
