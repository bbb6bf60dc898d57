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
	struct writer *records; /* in JSON the whole answer; in CSV one cell */
	/* CSV: number of lists and objects open in the cell, and whether the innermost is a list of
	 * plain values, with '|' between them. */
	unsigned int depth;
	bool plain;
	bool answering; /* an answer is open */
	bool in_item; /* an item of the answer is open */
	bool printed; /* CSV was printed to standard output */
	void (*at_end)(void *arg);
	void *at_end_arg;
	bool comma; /* JSON: a comma is needed before the next element */
	const char *request; /* JSON: borrowed; the id for answers; NULL: none */
	uint64_t nr_answers; /* number of answers since the request began */
	/* Text mode: */
	enum colour_wish colour;
	int screen_fd; /* text is fitted to this terminal, also if a pager receives the text */
	bool measured; /* the size was measured, and cannot change without a terminal */
	struct line line; /* free text on a screen */
	/* The kernel allocates pages of memory when they are touched: large, rarely used members
	 * are at the start of one struct, or at the end of another. */
	struct csv csv;
	struct form form;
	struct table table;
	struct writer writer;
};

/* Are answers records? Then all fields are stated. */
static inline bool output_json(const struct output *output)
{
	return output->format != OUTPUT_TEXT;
}

/* Appends to a line of free text. A newline ends the line. */
void output_text_part(struct output *output, enum style style, const char *text, size_t size);
void output_text_end(struct output *output);
