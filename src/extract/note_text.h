/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The text of VMCOREINFO for a written dump: the kernel's own text, completed with known facts of
 * the kernel. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"

struct kernel;

struct note_text {
	char *text; /* owned: free() it; lines, each with its newline */
	size_t size, room;
	bool failed; /* out of memory: some lines are missing */
};

/* Composes the note. The kernel's own lines do not change; missing facts are added. If neither the
 * dump nor its memory has a note, a new note gets the lines that other tools read, as far as they
 * are known and not doubtful. The note is empty if these do not suffice to find a page table.
 * False: out of memory. */
bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err);

/* Adds a line, unless the text already has a line with this key. */
void note_text_add(struct note_text *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value in the line with this key, borrowed. False: there is no such line. */
bool note_text_find(const struct note_text *note, const char *key, struct bytes *value);

/* Removes all lines with this key. */
void note_text_remove(struct note_text *note, const char *key);
