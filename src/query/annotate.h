/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds the addresses in a text such as an oops, a log or a mail, line by line, and explains each
 * address once. */
#pragma once

#include "query/text_item.h"
#include "query/whatis.h"

struct annotator; /* defined in annotate.c */

/* Returns NULL if memory is exhausted. process: the process that user addresses belong to,
 * borrowed. NULL: the process that the text names ("PID: 1 Comm: init"), if it is in the dump. */
struct annotator *annotator_create(struct kernel *kernel, const struct process *process);
void annotator_destroy(struct annotator *annotator); /* NULL is fine */

/* Call this with all lines, in order, before the first call of annotator_line(). Some lines name
 * the process of other lines, or show KASLR's offset for the boot that other lines belong to. */
void annotator_read(struct annotator *annotator, const char *text, size_t size);

/* An address with its explanation, or a word that should be an address but cannot be read. All
 * pointers are borrowed during the visit. */
struct annotation {
	size_t at, size; /* offset and size of the word in the line, in bytes */
	const struct whatis *whatis; /* NULL: only text or trouble is set */
	const char *text; /* the explanation, one line */
	const struct error *trouble; /* NULL: no trouble */
};

/* Counts the next line without explaining it. A text with newlines counts as several lines. */
void annotator_skip(struct annotator *annotator, const char *line, size_t size);

/* Calls visit for each annotation of the next line, from left to right. A text with newlines counts
 * as several lines. */
void annotator_line(struct annotator *annotator, const char *line, size_t size,
		    void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* Call this after the last line. Returns true if the text ends too early, for example in the middle
 * of registers. *line: the line where the unfinished part begins, counted from 1. */
bool annotator_cut(const struct annotator *annotator, size_t *line, struct error *err);
