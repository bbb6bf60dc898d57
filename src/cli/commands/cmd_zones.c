/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zones of memory, with their free blocks by order and by migrate type. */
#include "cli/command.h"
#include "cli/show_kernel.h"
#include "linux/page/zone.h"
#include "linux/slab/slab_count.h"

static bool answer_zone(const struct zone *zone, void *arg)
{
	struct session *session = arg;
	struct output *output = session->output;
	static const char *const marks[NR_WATERMARKS] = { "min", "low", "high" };

	output_begin(output, "zones", NULL, NULL);
	show_zone(output, zone);
	for (unsigned int i = 0; i < NR_WATERMARKS; i++)
		output_count_if(output, marks[i], zone->has_watermarks, zone->watermark[i]);
	output_list_begin(output, "free_blocks");
	for (unsigned int order = 0; order < zone->nr_orders; order++)
		output_count(output, NULL, zone->free_blocks[order]);
	output_list_end(output);
	output_end(output);
	return !session_interrupted(session);
}

/* Each zone is shown with its watermarks, because a zone with less free memory than a watermark has
 * too little. */
static const struct record zones_record = {
	.fields = FIELDS(COLUMN("node", .rank = 4), COLUMN("zone", .rank = KEPT),
			 COLUMN("start", .rank = 2), COLUMN("end", .rank = 2),
			 COLUMN("spanned", .rank = 1), COLUMN("present", .rank = 2),
			 COLUMN("managed", .rank = 4), COLUMN("free", .rank = KEPT),
			 COLUMN("min", .rank = KEPT), COLUMN("low", .rank = KEPT),
			 COLUMN("high", .rank = KEPT)),
};

/* --- free blocks by migrate type --- */

struct type_rows {
	struct session *session;
	struct free_list_layout layout;
};

static void answer_type(struct type_rows *rows, const struct zone *zone, unsigned int type)
{
	struct session *session = rows->session;
	struct output *output = session->output;
	const char *name = page_migrate_type_name(session->kernel, type);
	uint64_t blocks[ZONE_MOST_ORDERS], frames = 0;
	unsigned int end = 0; /* above the largest order with a free block */
	struct error err;

	if (!page_count_free_blocks(session->kernel, &rows->layout, zone, type, blocks, &err)) {
		session_complain(session, NULL, &err);
		return;
	}
	for (unsigned int order = 0; order < rows->layout.nr_orders; order++) {
		frames += blocks[order] << order;
		if (blocks[order])
			end = order + 1;
	}
	output_begin(output, "zones", NULL, NULL);
	output_count(output, "node", zone->node);
	output_string_if(output, "zone", zone->name);
	output_count(output, "type", type);
	output_string_if(output, "migrate_type", name);
	output_count(output, "free", frames);
	output_count_if(output, "largest_order", end, end - 1);
	output_list_begin(output, "free_blocks");
	for (unsigned int order = 0; order < rows->layout.nr_orders; order++)
		output_count(output, NULL, blocks[order]);
	output_list_end(output);
	output_end(output);
}

static bool answer_types(const struct zone *zone, void *arg)
{
	struct type_rows *rows = arg;

	for (unsigned int type = 0;
	     type < rows->layout.nr_types && !session_interrupted(rows->session); type++)
		answer_type(rows, zone, type);
	return !session_interrupted(rows->session);
}

static const struct record types_record = {
	.fields = FIELDS(COLUMN("node", .rank = 4), COLUMN("zone", .rank = KEPT), HIDDEN("type"),
			 COLUMN("migrate_type", .heading = "TYPE", .width = 11, .rank = KEPT),
			 COLUMN("free", .rank = KEPT),
			 COLUMN("largest_order", .heading = "LARGEST", .rank = 4),
			 COLUMN("free_blocks", .heading = "FREE BLOCKS", .rank = KEPT)),
	.fixed = true,
};

struct zones_options {
	unsigned int types;
};

static bool run_zones(struct session *session, char **words, struct error *err)
{
	const struct zones_options *given = session->given;
	struct type_rows rows = { .session = session };

	(void)words;
	if (!given->types)
		return page_each_zone(session->kernel, answer_zone, session, err);
	if (!slab_has_free_objects(session->kernel))
		return fail(err, ERROR_UNREADABLE,
			    "this extract does not contain the lists of free frames");
	if (!page_free_list_layout(session->kernel, &rows.layout, err))
		return false;
	output_declare(session->output, &types_record);
	return page_each_zone(session->kernel, answer_types, &rows, err);
}

static const struct command_option zones_options[] = {
	{ "m", AT(zones_options, types),
	  .help = "list the free blocks of each zone by migrate type" },
	{ 0 }
};

const struct command command_zones = {
	.name = "zones",
	.group = GROUP_MEMORY,
	.options = zones_options,
	.given_size = GIVEN(zones_options),
	.record = &zones_record,
	.summary = "zones of memory, with their free blocks",
	.details = "For each zone its node, name and physical range (END is the last byte); the\n"
		   "number of its frames: in the range, present, managed by the page allocator,\n"
		   "and free; the watermarks; and the number of free blocks by order, from 0 on.\n"
		   "-m lists the free blocks by migrate type. If memory is fragmented, an\n"
		   "allocation of 2^ORDER frames fails although enough frames are free: no type\n"
		   "that it may use has a block of this order or a larger one.",
	.rests_on = RESTS_ON_FRAMES,
	.run = run_zones,
};
