/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of diff: answers, or where one is open, objects in a list of it. A field of the other
 * dump has the name of the open one's with "other_" before it. */
#pragma once

#include "diff/diff.h"

struct output;
struct record;

/* The identity of both dumps, and what is the same in both. */
void show_pair(struct output *output, const struct pair *pair);
extern const struct record show_pair_record;

/* Of frames: the totals, the changes from use to use, and the largest of them. */
void show_diff_row(struct output *output, const struct pair *pair, const struct diff_row *row);
void show_diff_summary(struct output *output, enum diff_part part,
		       const struct diff_summary *summary);
