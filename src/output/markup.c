/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/markup.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "output/writer.h"

struct markup {
	bool (*take)(void *arg, const char *data, size_t size);
	void *arg;
	bool failed;
	struct writer writer;
};

static void give(void *arg, const char *data, size_t size)
{
	struct markup *markup = arg;

	if (!markup->failed && size && !markup->take(markup->arg, data, size))
		markup->failed = true;
}

struct markup *markup_create(bool (*take)(void *arg, const char *data,
					  size_t size),
			     void *arg)
{
	struct markup *markup = calloc(1, sizeof(*markup));

	if (!markup)
		return NULL;
	markup->take = take;
	markup->arg = arg;
	markup->writer.fd = -1;
	markup->writer.sink = give;
	markup->writer.sink_arg = markup;
	return markup;
}

bool markup_finish(struct markup *markup)
{
	writer_flush(&markup->writer);
	return !markup->failed;
}

void markup_destroy(struct markup *markup)
{
	free(markup);
}

uint64_t markup_written(const struct markup *markup)
{
	return markup->writer.flushed + markup->writer.used;
}

void markup_own(struct markup *markup, const char *text)
{
	writer_put(&markup->writer, text, strlen(text));
}

static void put_character(struct markup *markup, const char *text,
			  unsigned int size)
{
	switch (*text) {
	case '<':
		markup_put(markup, "&lt;");
		break;
	case '>':
		markup_put(markup, "&gt;");
		break;
	case '&':
		markup_put(markup, "&amp;");
		break;
	case '"':
		markup_put(markup, "&quot;");
		break;
	case '\'':
		markup_put(markup, "&#39;");
		break;
	default:
		writer_put(&markup->writer, text, size);
	}
}

/* Code points that XML does not have are no text either. */
static bool is_text(uint32_t code)
{
	return !printable_steers(code) && (code & 0xfffe) != 0xfffe;
}

void markup_text(struct markup *markup, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		uint32_t code;
		unsigned int size = utf8_length(text, left, &code);

		if (size && is_text(code))
			put_character(markup, text, size);
		else
			markup_put(markup, "?");
		text += size ? size : 1;
		left -= size ? size : 1;
	}
}

/* A conversion of a format: "%5.1f", "%llx". */
struct conversion {
	unsigned int width;  /* filled with zeros */
	unsigned int digits; /* behind the point */
	unsigned int longs;  /* how many l */
	bool size;           /* z */
	char kind;
};

static const char *read_digits(const char *at, unsigned int *value)
{
	for (*value = 0; *at >= '0' && *at <= '9' && *value < 100; at++)
		*value = 10 * *value + (unsigned int)(*at - '0');
	return at;
}

/* Reads it at format, which is behind a percent sign; returns what follows. */
static const char *read_conversion(const char *format,
				   struct conversion *conversion)
{
	*conversion = (struct conversion){ .digits = 6 };
	format = read_digits(format, &conversion->width);
	if (*format == '.')
		format = read_digits(format + 1, &conversion->digits);
	for (; *format == 'l' || *format == 'z'; format++) {
		conversion->longs += *format == 'l';
		conversion->size |= *format == 'z';
	}
	conversion->kind = *format;
	return format + (*format != '\0');
}

/* Without zeros behind the point; no exponent, whatever the value. */
static void put_double(struct markup *markup, unsigned int digits, double value)
{
	char text[64];
	int size = snprintf(text, sizeof(text), "%.*f", (int)digits,
			    value > -1e12 && value < 1e12 ? value : 0);

	if (memchr(text, '.', (size_t)size)) {
		while (text[size - 1] == '0')
			size--;
		size -= text[size - 1] == '.';
	}
	writer_put(&markup->writer, text, (size_t)size);
}

static uint64_t take_number(const struct conversion *conversion, va_list *args)
{
	bool is_signed = conversion->kind == 'd';

	if (conversion->size)
		return va_arg(*args, size_t);
	if (conversion->longs > 1)
		return va_arg(*args, unsigned long long);
	if (conversion->longs)
		return is_signed ? (uint64_t)va_arg(*args, long) :
				   va_arg(*args, unsigned long);
	return is_signed ? (uint64_t)va_arg(*args, int) :
			   va_arg(*args, unsigned int);
}

static void put_number(struct markup *markup,
		       const struct conversion *conversion, va_list *args)
{
	uint64_t value = take_number(conversion, args);
	bool negative = conversion->kind == 'd' && (int64_t)value < 0;
	char digits[DECIMAL_DIGITS_MAX];
	unsigned int size = conversion->kind == 'x' ?
				    format_hex(digits, value) :
				    format_count(digits, negative ? -value :
								    value);

	if (negative)
		markup_put(markup, "-");
	for (unsigned int i = size; i < conversion->width; i++)
		markup_put(markup, "0");
	writer_put(&markup->writer, digits, size);
}

static void put_value(struct markup *markup,
		      const struct conversion *conversion, va_list *args)
{
	char one[2] = "";

	switch (conversion->kind) {
	case 's':
		markup_text(markup, va_arg(*args, const char *));
		break;
	case 'c':
		*one = (char)va_arg(*args, int);
		markup_text(markup, one);
		break;
	case 'f':
		put_double(markup, conversion->digits, va_arg(*args, double));
		break;
	case '%':
		markup_put(markup, "%");
		break;
	default:
		put_number(markup, conversion, args);
	}
}

void markup_format(struct markup *markup, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	while (*format) {
		size_t plain = strcspn(format, "%");
		struct conversion conversion;

		writer_put(&markup->writer, format, plain);
		format += plain;
		if (!*format)
			break;
		format = read_conversion(format + 1, &conversion);
		put_value(markup, &conversion, &args);
	}
	va_end(args);
}
