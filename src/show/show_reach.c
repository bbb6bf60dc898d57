/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_reach.h"

#include "reach/reach.h"

/* The rows of one frame. */
struct rows {
	struct session *session;
	const char *argument;
	size_t nr;
};

static void fields(struct output *output, const struct reached *reached)
{
	const struct device_dma *dma = reached->dma;
	const struct dma_translation *translation = &reached->translation;

	output_string(output, "device", dma->function->name);
	output_hex(output, "bus", translation->bus);
	output_count_if(output, "page_size", translation->page_size,
			translation->page_size);
	output_string_if(output, "level", reached->level);
	output_boolean(output, "readable", translation->readable);
	output_boolean(output, "writable", translation->writable);
	output_string(output, "dma", device_dma_name(dma));
	output_json_only_begin(output);
	if (dma->function->has_mask)
		output_hex(output, "dma_mask", dma->function->dma_mask);
	output_json_only_end(output);
}

static bool show_row(const struct reached *reached, void *arg)
{
	struct rows *rows = arg;
	struct session *session = rows->session;

	output_begin(session->output, session->command->name, rows->argument,
		     "ok");
	output_hex(session->output, "physical", reached->translation.physical);
	fields(session->output, reached);
	output_string(session->output, "note", "-");
	output_end(session->output);
	rows->nr++;
	return !session_interrupted(session);
}

/* No device: the columns are the same. */
static void show_none(const struct rows *rows, uint64_t paddr, bool whole)
{
	struct output *output = rows->session->output;

	output_begin(output, rows->session->command->name, rows->argument,
		     "ok");
	output_hex(output, "physical", paddr);
	output_string_if(output, "device", NULL);
	output_hex_if(output, "bus", false, 0);
	output_count_if(output, "page_size", false, 0);
	output_string_if(output, "level", NULL);
	output_string_if(output, "readable", NULL);
	output_string_if(output, "writable", NULL);
	output_string_if(output, "dma", NULL);
	output_string(output, "note",
		      whole ? "no device reaches it" : "none found so far");
	output_end(output);
}

void show_reach_rows(struct session *session, const struct reach *reach,
		     const char *argument, uint64_t paddr)
{
	struct rows rows = { .session = session, .argument = argument };

	reach_each(reach, paddr, show_row, &rows);
	if (!rows.nr)
		show_none(&rows, paddr, reach->io.whole);
}

static bool show_item(const struct reached *reached, void *arg)
{
	struct session *session = arg;

	output_object_begin(session->output, NULL);
	fields(session->output, reached);
	output_object_end(session->output);
	return !session_interrupted(session);
}

static void show_unknown(struct session *session, const struct io_map *map)
{
	struct output *output = session->output;

	output_list_begin(output, "unknown");
	for (size_t i = map->first_unknown;
	     i < map->nr && !session_interrupted(session); i++) {
		const struct device_dma *dma = &map->device[i].dma;

		if (dma->entrance.reach != DMA_UNKNOWN)
			continue;
		output_object_begin(output, NULL);
		output_string(output, "device", dma->function->name);
		output_string(output, "message", dma->entrance.trouble.message);
		output_object_end(output);
	}
	output_list_end(output);
}

void show_reach_list(struct session *session, const struct reach *reach,
		     const char *name, uint64_t paddr)
{
	output_list_begin(session->output, name);
	reach_each(reach, paddr, show_item, session);
	output_list_end(session->output);
	if (reach->io.map.nr_unknown)
		show_unknown(session, &reach->io.map);
}

void show_reach_gap(struct session *session, const struct reach *reach)
{
	struct error err;

	if (reach->io.whole)
		return;
	fail(&err, reach->io.gap.code, "there may be more devices: %.440s",
	     reach->io.gap.message);
	session_complain(session, NULL, &err);
}
