/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a report about the differences between the report's dump and another dump. The dumps
 * are compared while the report is written, because there can be any number of differences, so they
 * are not stored. */
#include "report/report.h"

#include <stdio.h>

#include "diff/diff.h"
#include "output/output.h"
#include "cli/show_diff.h"

struct changes {
	const struct pair *pair; /* borrowed */
	struct output *output;
	/* For the current part: the number of rows that were shown, and the number of further
	 * rows. */
	uint64_t nr_rows, left_out;
	struct diff_summary summary[NR_DIFF_PARTS];
};

static bool changes_goes_on(const struct changes *changes)
{
	return !pair_stopped(changes->pair);
}

/* Returns true if the row shows a difference. A module that another boot loaded at another address
 * does not count as a difference. */
static bool differs(const struct diff_row *row)
{
	return row->part == PART_FRAMES ||
	       (row->status != DIFF_SAME &&
		(row->part != PART_MODULES || row->status != DIFF_MOVED));
}

static bool changes_visit(const struct diff_row *row, void *arg)
{
	struct changes *changes = arg;

	if (!differs(row))
		return changes_goes_on(changes);
	if (changes->nr_rows == MOST_CHANGES) {
		changes->left_out++;
	} else {
		changes->nr_rows += row->part != PART_FRAMES;
		show_diff_row(changes->output, changes->pair, row);
	}
	return changes_goes_on(changes);
}

/* Compares a part. If the user stops the work, the result is incomplete. */
static void changes_compare(struct changes *changes, enum diff_part part)
{
	const struct diff_visitor visitor = {
		.visit = changes_visit,
		.arg = changes,
		.nr_runs = CHANGED_RUNS,
	};

	changes->nr_rows = 0;
	changes->left_out = 0;
	diff_compare(part, changes->pair, &visitor, &changes->summary[part]);
}

static void changes_json_damages(struct output *output, const struct changes *changes,
				 enum diff_part part)
{
	const struct error *this = diff_damage(changes->pair, part, THIS);
	const struct error *other = diff_damage(changes->pair, part, OTHER);
	char text[sizeof(other->message) + 32];

	if (!this && !other)
		return;
	output_list_begin(output, "damage");
	if (this)
		output_string(output, NULL, this->message);
	if (other) {
		snprintf(text, sizeof(text), "in the other dump, %s", other->message);
		output_string(output, NULL, text);
	}
	output_list_end(output);
}

static void json_part(struct output *output, struct changes *changes, enum diff_part part)
{
	output_object_begin(output, NULL);
	output_string(output, "part", diff_part_names[part]);
	output_list_begin(output, "list");
	changes_compare(changes, part);
	output_list_end(output);
	if (changes->left_out)
		output_count(output, "left_out", changes->left_out);
	if (!changes->summary[part].compared)
		output_string(output, "message", changes->summary[part].why.message);
	else if (changes->summary[part].cache_unknown)
		output_boolean(output, "cache_compared", false);
	changes_json_damages(output, changes, part);
	output_object_end(output);
}

void changes_json(const struct pair *pair, struct output *output)
{
	struct changes changes = { .pair = pair, .output = output };

	output_object_begin(output, "diff");
	output_list_begin(output, "dumps");
	show_pair(output, pair);
	output_list_end(output);
	output_list_begin(output, "parts");
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		if (changes_goes_on(&changes))
			json_part(output, &changes, part);
	output_list_end(output);
	output_list_begin(output, "summary");
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		if (changes.summary[part].compared)
			show_diff_summary(output, part, &changes.summary[part]);
	output_list_end(output);
	output_object_end(output);
}
