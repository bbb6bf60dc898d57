/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Composes the text of VMCOREINFO for a new dump: the kernel's own text, and known facts that are
 * missing in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

struct kernel;

struct note_text {
	char *text; /* owned, to be freed with free(); lines, each with a newline */
	size_t size, room;
	bool failed; /* memory was exhausted, and lines are missing */
};

/* Composes the note. The kernel's own lines do not change, and missing facts are added. If neither
 * the dump nor its memory has a note, the new note gets the lines that other tools read, as far as
 * they are known and certain. The note is empty if these lines would not be enough to find a page
 * table. Returns false if memory is exhausted. */
bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err);

/* Adds a line, unless the note already has a line with this key. */
void note_text_add(struct note_text *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Finds the value in the line with this key, borrowed from the note. Returns false if there is no
 * such line. */
bool note_text_find(const struct note_text *note, const char *key, struct bytes *value);

/* Removes all lines with this key. */
void note_text_remove(struct note_text *note, const char *key);
