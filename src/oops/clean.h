/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Takes a text apart into lines, and undoes what mailers, browsers, editors and terminals do to the bytes
 * of a line: UTF-16, quoted-printable, entities of HTML, escape sequences, no-break spaces. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct clean {
	const char *at, *end; /* the text that was not read yet; borrowed */
	size_t line; /* how many lines of the text were read */
	/* Lines of at least this many bytes go on in the next line if they end with '=' (a soft break of
	 * quoted-printable, RFC 2045, 6.7). 0: no line does. */
	size_t soft;
	bool pure; /* each '=' of the text is quoted-printable */
};

/* If the text begins with a byte order mark of UTF-16, returns it as UTF-8, owned by the caller, with *size
 * bytes. The result is not longer than the text: what needs three bytes becomes '?'. Returns NULL if the
 * text is no UTF-16, or if memory runs out, which *failed shows. */
char *clean_utf16(const char *text, size_t *size, bool *failed);

void clean_start(struct clean *clean, const char *text, size_t size);

/* Writes the next line to `to`, without the newline but with a NUL, and sets *size. It takes at most as many
 * bytes as the lines of the text that it consists of, and one. Returns false if there is none. */
bool clean_next(struct clean *clean, char *to, size_t *size);

/* Removes escape sequences, entities and the like from the text. Other control characters except tabs and
 * newlines become '?'. Returns the new size, which is at most size. */
size_t clean_bytes(char *text, size_t size);

/* The size of the marks of quotation ("> > ") at the start of a line, at most so many, with one blank after them. Sets
 * *nr to their number. */
size_t clean_marks(const char *line, const char *end, unsigned int most, unsigned int *nr);
