/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_reach.h"

#include "query/reach.h"

const struct field reach_fields[] = { HIDDEN("dma_mask"), { 0 } };

struct show_reach_shown {
	struct session *session;
	size_t nr;
};

static bool show_item(const struct reached *reached, void *arg)
{
	struct show_reach_shown *shown = arg;
	struct output *output = shown->session->output;
	const struct device_dma *dma = reached->dma;
	const struct dma_translation *translation = &reached->translation;

	output_object_begin(output, NULL);
	output_string(output, "device", dma->function->name);
	output_hex(output, "bus", translation->bus);
	output_count_if(output, "page_size", translation->page_size, translation->page_size);
	output_string_if(output, "level", reached->level);
	output_boolean(output, "readable", translation->readable);
	output_boolean(output, "writable", translation->writable);
	output_string(output, "dma", device_dma_name(dma));
	if (dma->function->has_mask)
		output_hex(output, "dma_mask", dma->function->dma_mask);
	output_object_end(output);
	shown->nr++;
	return !session_interrupted(shown->session);
}

static void show_reach_show_unknown(struct session *session, const struct io_map *map)
{
	struct output *output = session->output;

	output_list_begin(output, "unknown");
	for (size_t i = map->first_unknown; i < map->nr && !session_interrupted(session); i++) {
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

void show_reach_list(struct session *session, const struct reach *reach, const char *name,
		     uint64_t paddr)
{
	struct show_reach_shown shown = { .session = session };
	bool whole = reach->io.whole;

	output_list_begin(session->output, name);
	reach_each(reach, paddr, show_item, &shown);
	output_list_end(session->output);
	if (!shown.nr)
		output_remark(session->output, "reach",
			      whole ? "no device reaches the frame" : "none found so far",
			      whole ? STYLE_PLAIN : STYLE_CAUTION);
	if (reach->io.map.nr_unknown)
		show_reach_show_unknown(session, &reach->io.map);
}

void show_reach_gap(struct session *session, const struct reach *reach)
{
	if (!reach->io.whole)
		session_complainf(session, NULL, reach->io.gap.code,
				  "devices that are not listed may also reach this memory: %.440s",
				  reach->io.gap.message);
}

void show_why_direct(struct session *session, const struct device_dma *dma)
{
	const struct dma_entrance *entrance = &dma->entrance;

	if (entrance->reach != DMA_DIRECT || !entrance->why_direct)
		return;
	output_string(session->output, "dma_reason", entrance->why_direct);
	if (!entrance->on_machine)
		output_remark(session->output, "why_direct", entrance->why_direct, STYLE_PLAIN);
}
