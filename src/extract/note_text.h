/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The text of VMCOREINFO for a dump that is written: the kernel's own, completed with known
 * facts of the kernel. */
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
	bool failed; /* out of memory: lines are missing */
};

/* The kernel's own lines stay as they are; missing facts are added. If there is no note in the
 * dump or its memory, a note is composed with the lines that other tools look for, as far as
 * they are known and not doubtful. If this is too little to find a page table, the note is
 * empty. False: out of memory. */
bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err);

/* Adds a line, unless the text has a line with that key. */
void note_text_add(struct note_text *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value of a line, borrowed. False: there is none of that key. */
bool note_text_find(const struct note_text *note, const char *key, struct bytes *value);

/* Takes out all lines of that key. */
void note_text_remove(struct note_text *note, const char *key);
