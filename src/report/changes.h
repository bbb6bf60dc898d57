/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The differences between the dump of a report and another dump. */
#pragma once

#include "diff/diff.h"

struct output;

enum {
	MOST_CHANGES = 200, /* most rows shown for each part; further rows are only counted */
	CHANGED_RUNS = 20, /* number of runs of frames shown */
};

/* Adds the object "diff" to the open answer. It contains both dumps and, for each part, the rows
 * and summaries that the command diff shows. */
void changes_json(const struct pair *pair, struct output *output);
