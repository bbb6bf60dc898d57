/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only for the files that implement struct output. */
#pragma once

#include "output/csv.h"
#include "output/form.h"
#include "output/line.h"
#include "output/output.h"
#include "output/table.h"
#include "output/writer.h"

struct output {
	enum output_format format;
	struct writer *records; /* for JSON the whole answer, for CSV one cell */
	/* For CSV: the number of lists and objects that are open in the cell, and whether the
	 * innermost is a list of plain values, which are joined with '|'. */
	unsigned int depth;
	bool plain;
	bool answering; /* an answer is open */
	bool in_item; /* an item of the answer is open */
	bool printed; /* CSV was printed to standard output */
	void (*at_end)(void *arg);
	void *at_end_arg;
	bool comma; /* JSON: a comma is needed before the next element */
	const char *request; /* JSON text of the id for answers, borrowed; NULL: no request */
	uint64_t nr_answers; /* number of answers since the request began */
	/* Text mode: */
	enum colour_wish colour;
	int screen_fd; /* text is fitted to this terminal, even if a pager receives the text */
	bool measured; /* the size was measured, and is fixed because there is no terminal */
	struct line line; /* free text on a screen */
	/* Large members that are rarely used are at the start or at the end of a struct, because
	 * the kernel allocates pages of memory only when they are touched. */
	struct csv csv;
	struct form form;
	struct table table;
	struct writer writer;
};

/* Are answers records, either JSON or CSV? Records have all fields. */
static inline bool output_json(const struct output *output)
{
	return output->format != OUTPUT_TEXT;
}

/* Appends text to a line of free text. A newline ends the line. */
void output_text_part(struct output *output, enum style style, const char *text, size_t size);
void output_text_end(struct output *output);
