/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the addresses in a text such as an oops, a log or a mail. Explains each address once, line
 * by line. */
#pragma once

#include "query/text_item.h"
#include "query/whatis.h"

struct annotator; /* defined in annotate.c */
struct text_identity; /* query/text_identity.h */

/* Makes an annotator. process: the process to which all user addresses in the text belong,
 * borrowed. If process is NULL, the text must name the process ("PID: 1 Comm: init"). Returns NULL
 * if there is not enough memory. */
struct annotator *annotator_create(struct kernel *kernel, const struct process *process,
				   enum text_origin origin);
void annotator_destroy(struct annotator *annotator); /* may be NULL */

/* Reads lines that later annotations need: lines that name the process of other lines, and lines
 * that show KASLR's offset of a boot. Must be called with all lines, in their order, before the
 * first call of annotator_line(). */
void annotator_read(struct annotator *annotator, const char *text, size_t size);

/* Returns whether the boot is this one to which a line (counted from 0) belongs. All lines must have been read. The
 * result is valid until the next call. */
const struct text_identity *annotator_identity(struct annotator *annotator, size_t line);

/* An explained word in a line. The word is an address, or should be an address but cannot be read.
 * All pointers are borrowed during the visit. */
struct annotation {
	size_t at, size; /* offset and size of the word in the line, in bytes */
	const struct whatis *whatis; /* meaning of the address; NULL: only text or trouble is set */
	const char *text; /* the explanation in one line */
	const struct error *trouble; /* why the word cannot be read; NULL: it can be read */
};

/* Counts the next lines, separated by newlines, without explaining them. */
void annotator_skip(struct annotator *annotator, const char *line, size_t size);

/* Calls visit for each annotation of the next line, from left to right. A text with newlines counts
 * as several lines. */
void annotator_line(struct annotator *annotator, const char *line, size_t size,
		    void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* Writes the meaning of a register of the kernel in the dump. Returns false if the value says nothing. */
bool annotator_register(struct annotator *annotator, uint64_t value, char text[WHATIS_TEXT]);
