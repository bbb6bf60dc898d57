/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Composes the text of VMCOREINFO for a new dump from the kernel's text and from known facts that
 * the kernel's text does not contain. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/error.h"

struct kernel;

struct note_text {
	char *text; /* owned, to be freed with free(); each line ends with a newline */
	size_t size, room;
	bool failed; /* memory was exhausted, so lines are missing */
};

/* Composes the note. The kernel's lines do not change, and lines for missing facts are added. If
 * there is no note in the dump's headers or memory, the new note contains the lines that other
 * tools read, as far as their values are known and certain. If these lines would not be enough to
 * find a page table, the new note is empty. Returns false if memory is exhausted. */
bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err);

/* Adds a line, unless the note already has a line with this key. */
void note_text_add(struct note_text *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Finds the value in the line with this key, borrowed from the note. Returns false if there is no
 * such line. */
bool note_text_find(const struct note_text *note, const char *key, struct bytes *value);

/* Removes all lines with this key. */
void note_text_remove(struct note_text *note, const char *key);
