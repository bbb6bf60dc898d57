/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML and SVG: the only place that writes them. Text is cleaned as for a terminal and
 * escaped, so that nothing of a dump is markup; what is written is XML too (elements are
 * closed, attributes quoted), so that any XML reader can check it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct markup; /* opaque */

/* take() gets what is written, in pieces; false: it could not be kept, and no more is
 * given. NULL: out of memory. */
struct markup *markup_create(bool (*take)(void *arg, const char *data,
					  size_t size),
			     void *arg);
/* Gives what is left to take(). False: something could not be kept. */
bool markup_finish(struct markup *markup);
void markup_destroy(struct markup *markup); /* NULL is fine */

/* Markup of the program's own: a literal, as it is. */
#define markup_put(markup, literal) markup_own(markup, "" literal "")
void markup_own(struct markup *markup, const char *text);
/* The same with values, as printf() takes them: %s and %c are text, cleaned and escaped; of
 * numbers %d, %u, %x and %f, with a width (zeros fill it), precision, and l, ll or z. A double has no more
 * digits behind the point than it needs. */
void markup_format(struct markup *markup, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Text of an element, or of a quoted attribute. */
void markup_text(struct markup *markup, const char *text);
/* Bytes so far. */
uint64_t markup_written(const struct markup *markup);
