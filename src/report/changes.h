/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the dump of a report and another one. */
#pragma once

#include "diff/diff.h"

struct output;

enum {
	MOST_CHANGES = 200, /* rows of a part; more are counted alone */
	CHANGED_RUNS = 20, /* of frames */
};

/* The object "diff" of the open answer: the dumps, for each part the rows that the command diff
 * has, and its summaries. */
void changes_json(const struct pair *pair, struct output *output);
