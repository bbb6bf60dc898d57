/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Explains the addresses in lines of text. */
#pragma once

#include "cli/command.h"
#include "query/annotate.h"

/* A line of a text. The pointers are borrowed. */
struct annotated_line {
	const char *name; /* name of the text for messages, for example "oops.txt" */
	size_t number; /* counted from 1 */
	const char *text;
	size_t size;
};

/* Explains each address of the given line, which was already printed: text has one line for each
 * address. JSON has the field "addresses" in the open answer, which is a list of objects with the
 * fields input, kind and text. If the line contains no addresses, the field is left out. Words that
 * cannot be read are reported. */
void show_annotations(struct session *session, struct annotator *annotator,
		      const struct annotated_line *line);

/* Like show_annotations(), for the command annotate: in JSON, each address is a separate answer. */
void show_annotation_answers(struct session *session, struct annotator *annotator,
			     const struct annotated_line *line);
