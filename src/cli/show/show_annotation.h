/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses in a line of text, explained. */
#pragma once

#include "cli/command.h"
#include "query/annotate.h"

/* A line of a text; borrowed. */
struct annotated_line {
	const char *name; /* name of the text for messages: "oops.txt" */
	size_t number; /* counted from 1 */
	const char *text;
	size_t size;
};

/* Shows a line for each address in a line that was printed before. In JSON: adds the field
 * "addresses" to the open answer, a list of objects with input, kind and text; left out if there
 * are no addresses. Words that cannot be read are reported. */
void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line);

/* The same for the command annotate: in JSON each address has its own answer. */
void show_annotation_answers(struct session *session, struct annotator *annotator,
			     const struct annotated_line *line);
