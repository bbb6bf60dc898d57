/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the files of struct output, and no others. */
#pragma once

#include "output/csv.h"
#include "output/form.h"
#include "output/line.h"
#include "output/output.h"
#include "output/table.h"
#include "output/writer.h"

struct output {
	enum output_format format;
	struct writer *records; /* of JSON: the writer, of CSV: a cell */
	/* CSV: the depth within lists and objects of the open cell, and whether that is a
	 * list of plain values, with '|' between them. */
	unsigned int depth;
	bool plain;
	bool answering; /* an answer is open, */
	bool in_item; /* and an item in it */
	bool printed; /* CSV was, to standard output */
	void (*at_end)(void *arg);
	void *at_end_arg;
	bool comma; /* JSON: the next element needs a comma before it */
	const char *request; /* JSON: borrowed; the id that answers have; NULL: none */
	uint64_t nr_answers; /* since the request */
	/* Text mode: */
	enum colour_wish colour;
	int screen_fd; /* what text is fitted to: a pager takes it in between */
	bool measured; /* it is no terminal, whose size may change */
	struct line line; /* free text on a screen */
	/* Memory is used page by page, as it is touched: large, rarely used members are at the
	 * start of one struct, or at the end of another. */
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

/* Appends to a line of free text, and ends it. */
void output_text_part(struct output *output, enum style style, const char *text, size_t size);
void output_text_end(struct output *output);
