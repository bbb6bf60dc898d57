/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The differences between the dump of a report and another dump. */
#pragma once

#include "diff/diff.h"

struct output;

enum {
	/* at most this many rows are shown for each part; further rows are only counted */
	MOST_CHANGES = 200,
	CHANGED_RUNS = 20, /* at most this many runs of frames are shown */
};

/* Adds the object "diff" to the open answer. The object contains a description of both dumps, and,
 * for each part, the rows and the summary that the command diff shows. */
void changes_json(const struct pair *pair, struct output *output);
