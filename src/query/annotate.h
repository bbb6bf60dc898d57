/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds the addresses in a text such as an oops, a log or a mail. Explains each address once, line
 * by line. */
#pragma once

#include "query/text_item.h"
#include "query/whatis.h"

struct annotator; /* defined in annotate.c */
struct text_identity; /* query/text_identity.h */

/* Makes an annotator. process: the process to which all user addresses in the text belong,
 * borrowed. If process is NULL, the text must name the process ("PID: 1 Comm: init"). reports: all that was read from
 * the text, borrowed; NULL: only annotator_register() will be called. Returns NULL if there is not enough memory. */
struct annotator *annotator_create(struct kernel *kernel, const struct process *process,
				   enum text_origin origin, const struct oops_reports *reports);
void annotator_destroy(struct annotator *annotator); /* may be NULL */

/* Makes an annotator of the dump's log, and takes its lines, which log_lines_add() has added (linux/crash/panic.h).
 * Returns NULL if there is not enough memory. */
struct annotator *annotator_create_of_log(struct kernel *kernel, struct oops_lines *lines);

/* Returns whether the boot is this one to which a line belongs. The result is valid until the next call. */
const struct text_identity *annotator_identity(struct annotator *annotator, size_t line);
/* How much later the dump's log ends than this line was printed: text_identifier_age(). */
bool annotator_age(struct annotator *annotator, const struct oops_line *line, uint64_t *usec);

/* An explained word in a line. The word is an address, or should be an address but cannot be read.
 * All pointers are borrowed during the visit. */
struct annotation {
	const char *line;
	size_t at, size; /* offset and size of the word in the line, in bytes */
	const struct whatis *whatis; /* meaning of the address; NULL: only text or trouble is set */
	const char *text; /* the explanation in one line */
	const struct error *trouble; /* why the word cannot be read; NULL: it can be read */
};

/* Calls visit for each annotation of a line, from left to right. line: index in struct oops_lines */
void annotator_line(struct annotator *annotator, size_t line,
		    void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* The same for the lines of the log's next record. visit: NULL to leave the record out */
void annotator_record(struct annotator *annotator,
		      void (*visit)(void *arg, const struct annotation *annotation), void *arg);

/* Writes the meaning of a register of the kernel in the dump. Returns false if the value says nothing. */
bool annotator_register(struct annotator *annotator, uint64_t value, char text[WHATIS_TEXT]);
