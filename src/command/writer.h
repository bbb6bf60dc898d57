/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes and numbers through one fixed buffer to a descriptor. Numbers are
 * spelled out here because printf costs more than a whole page-table walk.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct writer {
	int fd;
	int error; /* errno of the first write that failed; what follows is dropped */
	void (*before)(void *arg); /* called before each write; may be NULL */
	void *before_arg;
	size_t used;
	char buffer[65536];
};

/* At most this many characters, not terminated; they return how many. */
#define HEX_DIGITS_MAX 16
#define DECIMAL_DIGITS_MAX 20
unsigned int hex_width(uint64_t value); /* digits without leading zeros */
unsigned int format_hex(char *to, uint64_t value);
unsigned int format_count(char *to, uint64_t value);
unsigned int format_decimal(char *to, int64_t value);

void writer_flush(struct writer *writer);
/* Slow half of writer_put(): the buffer is full. */
void writer_put_slow(struct writer *writer, const void *data, size_t size);

static inline void writer_put(struct writer *writer, const void *data,
			      size_t size)
{
	if (size > sizeof(writer->buffer) - writer->used) {
		writer_put_slow(writer, data, size);
		return;
	}
	memcpy(writer->buffer + writer->used, data, size);
	writer->used += size;
}

/* Room for size bytes (fewer than the buffer has): write there, and add to used. */
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

void writer_put_text(struct writer *writer, const char *text);
void writer_put_spaces(struct writer *writer, size_t count);
void writer_put_hex(struct writer *writer, uint64_t value);
void writer_put_count(struct writer *writer, uint64_t value);
void writer_put_decimal(struct writer *writer, int64_t value);
/* A JSON key with its colon, behind a comma or not. */
void writer_put_key(struct writer *writer, const char *name, bool comma);
/* A JSON string in quotes; bytes that are no UTF-8 become U+FFFD. */
void writer_put_quoted(struct writer *writer, const char *text);
