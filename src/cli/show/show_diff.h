/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shows the rows of diff as answers, or, if an answer is open, as objects in a list of the answer.
 * The names of the other dump's fields begin with "other_". */
#pragma once

#include "diff/diff.h"

struct output;
struct record;

/* Shows the identity of each dump, and what both dumps have in common. */
void show_pair(struct output *output, const struct pair *pair);
extern const struct record show_pair_record;

/* Shows a row. For frames, shows the totals, the changes from one use to another, and the largest
 * of these changes. */
void show_diff_row(struct output *output, const struct pair *pair, const struct diff_row *row);
void show_diff_summary(struct output *output, enum diff_part part,
		       const struct diff_summary *summary);
