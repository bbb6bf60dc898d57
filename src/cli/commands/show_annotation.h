/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Explains the addresses in lines of text. */
#pragma once

#include "cli/command.h"
#include "oops/explain.h"
#include "query/annotate.h"

/* A line of a text for messages. The pointers are borrowed. */
struct annotated_line {
	const char *name; /* name of the text, for example "oops.txt" */
	size_t number; /* counted from 1 */
};

/* Explains each address in the next record of the log, which was already printed: text has one line for each
 * address. JSON has the field "addresses" in the open answer, which is a list of objects with the
 * fields input, kind and text. If the record contains no addresses, the field is left out. Words that
 * cannot be read are reported. */
void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line);

/* What the reports of the text say about the words of a line. All pointers are borrowed. */
struct line_notes {
	size_t at; /* index of the line in struct oops_lines */
	const struct oops_line *line;
	const struct oops_note *const *note; /* in the order of the words */
	size_t nr;
};

/* Like show_annotations(), for the command annotate: each address is a separate answer. The notes come first;
 * an address with a note is not explained again. annotator: NULL if no kernel is known. A word that cannot be read is
 * an answer, too. */
void show_annotation_answers(struct session *session, struct annotator *annotator, const char *name,
			     const struct line_notes *notes);
