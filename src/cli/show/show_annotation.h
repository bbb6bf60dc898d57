/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses in a line of text, explained. */
#pragma once

#include "cli/command.h"
#include "query/annotate.h"

/* A line of a text; borrowed. */
struct annotated_line {
	const char *name; /* of the text, for reports: "oops.txt" */
	size_t number; /* from 1 */
	const char *text;
	size_t size;
};

/* Below a line that was printed as text: a line for each address in it. In JSON: the field
 * "addresses" of the open answer, a list of objects with input, kind and text; left out
 * if there are none. Words that cannot be read are reported. */
void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line);

/* The same for the command annotate: in JSON an answer for each address. */
void show_annotation_answers(struct session *session, struct annotator *annotator,
			     const struct annotated_line *line);
