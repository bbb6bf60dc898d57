/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of text below the row of an answer, buffered until the row is written. */
#pragma once

#include <stddef.h>

#include "output/output.h"

enum { MAX_NOTES = 8, NOTE_SIZE = 512 };

/* Text and lines that do not fit are cut off. */
struct notes {
	char line[MAX_NOTES][NOTE_SIZE];
	size_t nr; /* 0 at first */
};

/* Adds a line. */
void notes_add(struct notes *notes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Appends to the last line. */
void notes_append(struct notes *notes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Call it after output_end(); JSON mode prints none. */
void notes_print(const struct notes *notes, struct output *output);
