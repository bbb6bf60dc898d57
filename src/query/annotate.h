/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The addresses in a text, line by line, each explained once: an oops, a log, a mail. */
#pragma once

#include "query/text_item.h"
#include "query/whatis.h"

struct annotator; /* defined in annotate.c */

/* process: owner of user addresses; borrowed; NULL: the process that the text names ("PID: 1 Comm:
 * init"), if the dump has it. Returns NULL if out of memory. */
struct annotator *annotator_create(struct kernel *kernel, const struct process *process);
void annotator_destroy(struct annotator *annotator); /* NULL is fine */

/* Call this with all lines, in order, before the first line is explained: some lines name the
 * process of other lines, or show their boot by KASLR's offset. */
void annotator_read(struct annotator *annotator, const char *text, size_t size);

/* An address with its explanation, or a word that cannot be read. Borrowed during the visit. */
struct annotation {
	size_t at, size; /* place of the word in the line */
	const struct whatis *whatis; /* NULL: only text, or trouble */
	const char *text; /* one line */
	const struct error *trouble; /* NULL: no trouble */
};

/* Skips the next line without explaining it; text with newlines counts as several lines. */
void annotator_skip(struct annotator *annotator, const char *line, size_t size);

/* Calls visit for each annotation of the next line, from left to right. Text with newlines counts
 * as several lines. */
void annotator_line(struct annotator *annotator, const char *line, size_t size,
		    void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* After the last line: does the text end too early, such as in the middle of registers? line: where
 * the unfinished part began, counted from 1. */
bool annotator_cut(const struct annotator *annotator, size_t *line, struct error *err);
