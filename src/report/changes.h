/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The differences between the dump of a report and another dump. */
#pragma once

#include "diff/diff.h"

struct output;

enum {
	MOST_CHANGES = 200, /* most rows of a part to show; further rows are only counted */
	CHANGED_RUNS = 20, /* runs of frames to show */
};

/* Adds the object "diff" to the open answer: the dumps, and for each part the rows and summaries of
 * the command diff. */
void changes_json(const struct pair *pair, struct output *output);
