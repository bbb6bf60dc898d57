/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The definition of struct output, only for the files that implement output.h. */
#pragma once

#include "output/csv.h"
#include "output/form.h"
#include "output/kept.h"
#include "output/output.h"
#include "output/table.h"

struct output {
	enum output_format format;
	struct writer *records; /* receives a whole answer of JSON, or one cell of CSV */
	/* For CSV: the number of open lists and objects in the cell. plain: the innermost of them
	 * is a list of plain values, which are joined with '|'. */
	unsigned int depth;
	bool plain;
	bool answering; /* an answer is open */
	bool in_item; /* an item of the answer is open */
	bool printed; /* CSV rows were printed to standard output */
	void (*at_end)(void *arg);
	void *at_end_arg;
	bool comma; /* JSON: a comma is needed before the next element */
	/* id of the request whose answers are written, as JSON text; borrowed; NULL: no request */
	const char *request;
	uint64_t nr_answers; /* number of answers since the request began */
	struct kept *kept; /* borrowed; NULL: answers are not kept */
	/* Text mode: */
	enum colour_wish colour;
	/* descriptor of the terminal to which text is fitted, even if a pager receives the text */
	int screen_fd;
	/* the size was measured once, and does not change because there is no terminal */
	bool measured;
	struct cells line; /* a line of free text that has not ended, if line_needed() */
	/* Large members that are rarely used are at the start or the end of a struct. The kernel
	 * allocates a page of memory only when it is touched, so the pages of unused members take
	 * no memory. */
	struct csv csv;
	struct form form;
	struct table table;
	struct writer writer;
};

/* Returns true if answers are records (JSON or CSV), which contain all fields. */
static inline bool is_records(const struct output *output)
{
	return output->format != OUTPUT_TEXT;
}

/* Writes what a call states, also if answers are kept. */
void output_put(struct output *output, const struct call *call);
/* Writes the waiting rows of CSV, but no answers that are kept. */
void output_end_csv(struct output *output);

/* Appends text to a line of free text. A newline ends the line. */
void output_text_part(struct output *output, enum style style, const char *text, size_t size);
void output_text_end(struct output *output);
