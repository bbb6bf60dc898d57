/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The addresses in a line of text, explained. */
#pragma once

#include "cli/command.h"
#include "query/annotate.h"

/* Below a line that was printed as text: a line for each address in it. In JSON: the field
 * "addresses" of the open answer, a list of objects with input, kind and text; left out
 * if there are none. Words that cannot be read are reported. name: of the text, for these
 * reports ("oops.txt"); number: of the line, from 1. */
void show_annotations(struct session *session, struct annotator *annotator, const char *name,
		      size_t number, const char *line, size_t size);

/* The same for the command annotate: in JSON an answer for each address. */
void show_annotation_answers(struct session *session, struct annotator *annotator, const char *name,
			     size_t number, const char *line, size_t size);
