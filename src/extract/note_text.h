/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The text of VMCOREINFO for a dump that is written: the kernel's own, completed by what is
 * known of the kernel. */
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

/* The kernel's own lines stay as they are; those for facts that it lacks are added. Where the
 * dump has no note, and none was found in memory, one is composed that has what other tools
 * look for, as far as it is known and not doubtful. It is empty where that is too little for a
 * page table to be found by it. False: out of memory. */
bool note_text_of(struct kernel *kernel, struct note_text *note, struct error *err);

/* Adds a line, unless the text has one of that key. */
void note_text_add(struct note_text *note, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The value of a line, borrowed. False: there is none of that key. */
bool note_text_find(const struct note_text *note, const char *key, struct bytes *value);

/* Takes out all lines of that key. */
void note_text_remove(struct note_text *note, const char *key);
