/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the dump and another one, as a part of its report: compared when it is
 * written, as there is no bound to what may differ. */
#include "report/changes.h"

#include <stdio.h>

#include "output/output.h"
#include "show/show_diff.h"

/* Another row that differs: is it among those to be told? */
static bool count(struct changes *changes, enum diff_status status)
{
	if (status == DIFF_SAME)
		return false;
	if (changes->nr_rows == MOST_CHANGES) {
		changes->left_out++;
		return false;
	}
	changes->nr_rows++;
	return true;
}

static bool goes_on(const struct changes *changes)
{
	return !pair_stopped(changes->pair);
}

static bool visit_fact(const struct fact_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (count(changes, diff->status))
		changes->rows->fact(diff, changes);
	return goes_on(changes);
}

static bool visit_region(const struct region_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (count(changes, diff->status))
		changes->rows->region(diff, changes);
	return goes_on(changes);
}

static bool visit_mapping(const struct mapping_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (count(changes, diff->status))
		changes->rows->mapping(diff, changes);
	return goes_on(changes);
}

static bool visit_frames(const struct frames_diff *diff, void *arg)
{
	struct changes *changes = arg;

	changes->rows->frames(diff, changes);
	return goes_on(changes);
}

static bool visit_task(const struct task_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (count(changes, diff->status))
		changes->rows->task(diff, changes);
	return goes_on(changes);
}

static bool visit_area(const struct area_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (count(changes, diff->status))
		changes->rows->area(diff, changes);
	return goes_on(changes);
}

/* A module that another boot loaded elsewhere is the same one. */
static bool visit_module(const struct module_diff *diff, void *arg)
{
	struct changes *changes = arg;

	if (diff->status != DIFF_MOVED && count(changes, diff->status))
		changes->rows->module(diff, changes);
	return goes_on(changes);
}

void changes_compare(struct changes *changes, enum diff_part part)
{
	const struct diff_visitor visitor = {
		.fact = visit_fact,
		.region = visit_region,
		.mapping = visit_mapping,
		.frames = visit_frames,
		.task = visit_task,
		.area = visit_area,
		.module = visit_module,
		.arg = changes,
		.nr_runs = CHANGED_RUNS,
	};

	changes->nr_rows = 0;
	changes->left_out = 0;
	diff_compare(part, changes->pair, &visitor, &changes->summary[part]);
}

/* --- as JSON --- */

static void json_fact(const struct fact_diff *diff, struct changes *changes)
{
	show_fact_diff(changes->arg, diff);
}

static void json_region(const struct region_diff *diff, struct changes *changes)
{
	show_region_diff(changes->arg, diff);
}

static void json_mapping(const struct mapping_diff *diff,
			 struct changes *changes)
{
	show_mapping_diff(changes->arg, changes->pair, diff);
}

static void json_frames(const struct frames_diff *diff, struct changes *changes)
{
	show_frames_diff(changes->arg, diff);
}

static void json_task(const struct task_diff *diff, struct changes *changes)
{
	show_task_diff(changes->arg, diff);
}

static void json_area(const struct area_diff *diff, struct changes *changes)
{
	show_area_diff(changes->arg, changes->pair, diff);
}

static void json_module(const struct module_diff *diff, struct changes *changes)
{
	show_module_diff(changes->arg, diff);
}

static void json_damages(struct output *output, const struct changes *changes,
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
		snprintf(text, sizeof(text), "in the other dump, %s",
			 other->message);
		output_string(output, NULL, text);
	}
	output_list_end(output);
}

static void json_part(struct output *output, struct changes *changes,
		      enum diff_part part)
{
	output_object_begin(output, NULL);
	output_string(output, "part", diff_part_names[part]);
	output_list_begin(output, "list");
	changes_compare(changes, part);
	output_list_end(output);
	if (changes->left_out)
		output_count(output, "left_out", changes->left_out);
	if (!changes->summary[part].compared)
		output_string(output, "message",
			      changes->summary[part].why.message);
	json_damages(output, changes, part);
	output_object_end(output);
}

void changes_json(const struct pair *pair, struct output *output)
{
	static const struct changes_rows rows = {
		.fact = json_fact,
		.region = json_region,
		.mapping = json_mapping,
		.frames = json_frames,
		.task = json_task,
		.area = json_area,
		.module = json_module,
	};
	struct changes changes = { .pair = pair, .rows = &rows, .arg = output };

	output_object_begin(output, "diff");
	output_list_begin(output, "dumps");
	show_pair(output, pair);
	output_list_end(output);
	output_list_begin(output, "parts");
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		if (goes_on(&changes))
			json_part(output, &changes, part);
	output_list_end(output);
	output_list_begin(output, "summary");
	for (enum diff_part part = 0; part < NR_DIFF_PARTS; part++)
		if (changes.summary[part].compared)
			show_diff_summary(output, part, &changes.summary[part]);
	output_list_end(output);
	output_object_end(output);
}
