/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The addresses in a text, line by line, each explained once: an oops, a log, a mail. */
#pragma once

#include "query/text_item.h"
#include "query/whatis.h"

struct annotator; /* opaque */

/* process: the one that user addresses are of; borrowed; NULL: the one that the text
 * names ("PID: 1 Comm: init"), if the dump has it. NULL: out of memory. */
struct annotator *annotator_create(struct kernel *kernel, const struct process *process);
void annotator_destroy(struct annotator *annotator); /* NULL is fine */

/* To be called with all lines, in order, before the first is explained: some say of others
 * which process they are of, or of which boot, by the offset of KASLR. */
void annotator_read(struct annotator *annotator, const char *text, size_t size);

/* One explained address, or a word that cannot be read. Borrowed during the visit. */
struct annotation {
	size_t at, size; /* in the line */
	const struct whatis *whatis; /* NULL: there is only text, or trouble */
	const char *text; /* one line */
	const struct error *trouble; /* NULL: none */
};

/* The next line, or lines, if newlines divide them, is not to be explained. */
void annotator_skip(struct annotator *annotator, const char *line, size_t size);

/* Calls visit for each annotation of the next line, from left to right. Lines that
 * newlines divide count as such. */
void annotator_line(struct annotator *annotator, const char *line, size_t size,
		    void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* After the last line: whether the text ends where it should not, as in the middle of
 * registers. line: where that began, from 1. */
bool annotator_cut(const struct annotator *annotator, size_t *line, struct error *err);
