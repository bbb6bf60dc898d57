/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the dump of a report and another one. */
#pragma once

#include "diff/diff.h"

struct output;

enum {
	MOST_CHANGES = 200, /* rows of a part; more are counted alone */
	CHANGED_RUNS = 20,  /* of frames */
};

struct changes {
	const struct pair *pair; /* borrowed */
	void (*tell)(const struct diff_row *row, struct changes *changes); /* that differs */
	void *arg; /* of who tells them */
	/* Of the part that was compared last: rows that were told, and that were not. */
	uint64_t nr_rows, left_out;
	struct diff_summary summary[NR_DIFF_PARTS];
};

/* Compares a part, and tells its rows. It may be told in part where the work was stopped. */
void changes_compare(struct changes *changes, enum diff_part part);

/* The object "diff" of the open answer: the dumps, for each part the rows that the command diff
 * has, and its summaries. */
void changes_json(const struct pair *pair, struct output *output);
