/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Explains the addresses in a line of text. */
#pragma once

#include "cli/command.h"
#include "query/annotate.h"

/* A line of a text. The pointers are borrowed. */
struct annotated_line {
	const char *name; /* name of the text in messages: "oops.txt" */
	size_t number; /* counted from 1 */
	const char *text;
	size_t size;
};

/* Shows a line for each address in the given line, which was printed before. In JSON, adds the
 * field "addresses" to the open answer: a list of objects with the fields input, kind and text. The
 * field is left out if the line has no addresses. Words that cannot be read are reported. */
void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line);

/* The same for the command annotate: in JSON, each address is a separate answer. */
void show_annotation_answers(struct session *session, struct annotator *annotator,
			     const struct annotated_line *line);
