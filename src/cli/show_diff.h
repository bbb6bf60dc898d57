/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows each row of diff as an answer or, if an answer is open, as an object in a list of that
 * answer. The names of fields for the other dump begin with "other_". */
#pragma once

#include "diff/diff.h"

struct output;
struct record;

/* Shows the identity of each dump, and which properties both dumps share. */
void show_pair(struct output *output, const struct pair *pair);
extern const struct record show_pair_record;

/* Shows a row. For frames, shows the total of each use, the number of frames for each change of
 * use, and the largest changes. */
void show_diff_row(struct output *output, const struct pair *pair, const struct diff_row *row);
void show_diff_summary(struct output *output, enum diff_part part,
		       const struct diff_summary *summary);
