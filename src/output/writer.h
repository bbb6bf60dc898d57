/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buffered writing to a descriptor. Numbers are formatted here, because a call of printf() takes
 * longer than a whole page table walk. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

struct writer {
	int fd; /* -1: the output is passed to sink() */
	int error; /* errno of the first write that failed; after it, nothing is written any more */
	void (*before)(void *arg); /* called before each write; may be NULL */
	void *before_arg;
	/* Receives the output if fd is -1. */
	void (*sink)(void *arg, const char *data, size_t size);
	void *sink_arg;
	/* number of bytes that have left the buffer, including bytes that were dropped */
	uint64_t flushed;
	uint64_t lines; /* number of lines that have ended since writer_restart() */
	uint64_t most_lines; /* 0: no limit */
	bool closed; /* the limit was reached, so all further output is dropped */
	bool overran; /* lines were dropped */
	size_t used;
	char buffer[65536];
};

/* The largest number of digits that format_hex() writes. */
#define HEX_DIGITS_MAX 16
/* Each function writes the digits of a number, without a NUL, and returns the number of digits. See
 * also format_count() in base/text.h. */
unsigned int format_hex(char *to, uint64_t value);
unsigned int format_decimal(char *to, int64_t value);

/* Returns the zeros that must precede a number of `size` digits to make it `digits` digits long.
 * digits is at most HEX_DIGITS_MAX. */
static inline const char *hex_zeros(size_t size, size_t digits)
{
	return &"0000000000000000"[HEX_DIGITS_MAX - (size < digits ? digits - size : 0)];
}

/* Writes all bytes without buffering. Continues after signals and partial writes. Returns 0 or an
 * errno. */
int writer_all(int fd, const char *data, size_t size);

void writer_flush(struct writer *writer);
/* Called by writer_put() if the buffer is full. */
void writer_put_slow(struct writer *writer, const void *data, size_t size);

static inline void writer_put(struct writer *writer, const void *data, size_t size)
{
	if (size > sizeof(writer->buffer) - writer->used) {
		writer_put_slow(writer, data, size);
		return;
	}
	memcpy(writer->buffer + writer->used, data, size);
	writer->used += size;
}

/* Returns a place in the buffer for size bytes, which must fit into the buffer. The caller writes
 * there, and adds the number of bytes to writer->used. */
static inline char *writer_room(struct writer *writer, size_t size)
{
	if (size > sizeof(writer->buffer) - writer->used)
		writer_flush(writer);
	return writer->buffer + writer->used;
}

static inline void writer_put_byte(struct writer *writer, char byte)
{
	*writer_room(writer, 1) = byte;
	writer->used++;
}

static inline void writer_put_blanks(struct writer *writer, size_t nr)
{
	enum { MOST = 32 };
	static const char blanks[MOST + 1] = "                                ";

	for (; nr > MOST; nr -= MOST)
		writer_put(writer, blanks, MOST);
	memcpy(writer_room(writer, MOST), blanks, MOST);
	writer->used += nr;
}

/* Ends a line. If this was line number most_lines, all further output is dropped until
 * writer_restart(). */
void writer_end_line(struct writer *writer);
void writer_restart(struct writer *writer);

/* Writes untrusted text. Characters that control a terminal, including newlines, become '?'. */
void writer_put_clean(struct writer *writer, const char *text, size_t size);
/* Writes a JSON key of at most KEY_MOST - 4 bytes, and a colon. If comma is true, writes a comma before
 * them. */
enum { KEY_MOST = 256 };
void writer_put_key(struct writer *writer, const char *name, bool comma);
/* Writes a JSON string. Invalid UTF-8 becomes U+FFFD. Characters that control a terminal are
 * escaped. */
void writer_put_quoted(struct writer *writer, const char *text);
