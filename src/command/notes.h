/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of text under an answer's row, put together before the row is written. */
#pragma once

#include <stddef.h>

#include "command/output.h"

enum { MAX_NOTES = 8, NOTE_SIZE = 512 };

/* What does not fit is cut off. */
struct notes {
	char line[MAX_NOTES][NOTE_SIZE];
	size_t nr; /* 0 to begin with */
};

/* A line. */
void notes_add(struct notes *notes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* More of the last one. */
void notes_append(struct notes *notes, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* After output_end(); nothing in JSON. */
void notes_print(const struct notes *notes, struct output *output);
