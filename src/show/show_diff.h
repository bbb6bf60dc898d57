/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of diff: answers, or where one is open, objects in a list of it. A field of the other dump has the name of the open one's with "other_"
 * before it. */
#pragma once

#include "diff/compare.h"

struct output;

/* What the dumps are, and what they have in common. */
void show_pair(struct output *output, const struct pair *pair);

void show_fact_diff(struct output *output, const struct fact_diff *diff);
void show_region_diff(struct output *output, const struct region_diff *diff);
void show_mapping_diff(struct output *output, const struct pair *pair,
		       const struct mapping_diff *diff);
/* The totals, the changes from use to use, and the largest of them. */
void show_frames_diff(struct output *output, const struct frames_diff *diff);
void show_task_diff(struct output *output, const struct task_diff *diff);
void show_area_diff(struct output *output, const struct pair *pair,
		    const struct area_diff *diff);
void show_module_diff(struct output *output, const struct module_diff *diff);
void show_diff_summary(struct output *output, enum diff_part part,
		       const struct diff_summary *summary);
