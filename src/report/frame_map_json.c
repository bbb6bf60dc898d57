/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the use of physical memory as fields of a JSON answer. */
#include "report/frame_map.h"
#include "cli/show_kernel.h"

/* Lists the slab caches that have colours. */
static void json_caches(struct output *output, const struct frame_map *map)
{
	if (!map->nr_caches)
		return;
	output_list_begin(output, "caches");
	for (size_t i = 0; i < map->nr_caches; i++) {
		output_object_begin(output, NULL);
		output_string(output, "slab_cache", map->cache[i].name);
		output_count(output, "frames", map->frames[SHADE_CACHE + i]);
		output_object_end(output);
	}
	output_list_end(output);
}

/* Adds a use with its total. The total includes all parts of the use. */
static void json_use(struct output *output, const struct frame_map *map, enum shade shade)
{
	enum page_use_kind use = shade_texts[shade].use;
	uint64_t frames = 0;
	bool has_parts = false;

	for (unsigned int i = 0; i < NR_SHADES; i++)
		if (shade_texts[i].use == use) {
			frames += map->frames[i];
			has_parts |=
				shade_texts[i].part && map->frames[i] && !frame_map_cache(map, i);
		}
	if (!frames)
		return;
	output_object_begin(output, NULL);
	output_string(output, "use", page_use_names[use]);
	output_count(output, "frames", frames);
	output_count(output, "size", frame_map_size(map, frames));
	if (has_parts)
		output_object_begin(output, "parts");
	for (unsigned int i = 0; has_parts && i < NR_SHADES; i++)
		if (shade_texts[i].part && shade_texts[i].use == use)
			output_count(output, shade_texts[i].part, map->frames[i]);
	if (has_parts)
		output_object_end(output);
	if (shade == SHADE_SLAB)
		json_caches(output, map);
	output_object_end(output);
}

static void json_zone(struct output *output, const struct zone *zone)
{
	output_object_begin(output, NULL);
	show_zone(output, zone);
	output_object_end(output);
}

static void json_shade(struct output *output, const struct frame_map *map, unsigned int shade)
{
	const struct shade_text *text = &shade_texts[shade];
	const struct map_cache *cache = frame_map_cache(map, shade);

	output_string(output, "use", text->part && !cache ? text->part : page_use_names[text->use]);
	if (cache)
		output_string(output, "slab_cache", cache->name);
}

/* Returns true if some of the cell's memory is in the dump and some is not. */
static bool is_partly(const struct map_cell *cell)
{
	return cell->in_dump && cell->in_dump < cell->frames;
}

static bool looks_alike(const struct map_cell *a, const struct map_cell *b)
{
	return a->shade == b->shade && a->state == b->state && a->damaged == b->damaged &&
	       is_partly(a) == is_partly(b);
}

/* Lists the cells of the map. Neighbouring cells with equal properties are joined. */
static void json_cells(struct output *output, const struct frame_map *map)
{
	size_t next;

	output_list_begin(output, "map");
	for (size_t i = 0; i < map->nr_cells; i = next) {
		const struct map_cell *cell = &map->cell[i];
		uint64_t first = i * map->cell_frames;

		for (next = i + 1; next < map->nr_cells && looks_alike(&map->cell[next], cell);)
			next++;
		if (cell->shade == NR_SHADES)
			continue;
		output_object_begin(output, NULL);
		output_hex(output, "start", frame_map_size(map, first));
		output_count(output, "cells", next - i);
		json_shade(output, map, cell->shade);
		output_string(output, "state", page_state_names[cell->state]);
		if (is_partly(cell))
			output_boolean(output, "partly", true);
		if (cell->damaged)
			output_boolean(output, "damaged", true);
		output_object_end(output);
	}
	output_list_end(output);
}

/* Lists the shades of the map. The field "spread" contains the number of frames in each of
 * STRIP_BINS equal parts of memory. */
static void json_shades(struct output *output, const struct frame_map *map)
{
	output_list_begin(output, "shades");
	for (unsigned int i = 0; i < NR_SHADES; i++) {
		if (!map->frames[i])
			continue;
		output_object_begin(output, NULL);
		json_shade(output, map, i);
		output_count(output, "frames", map->frames[i]);
		output_list_begin(output, "spread");
		for (unsigned int n = 0; map->use_known && n < STRIP_BINS; n++)
			output_count(output, NULL, map->strip[i][n]);
		output_list_end(output);
		output_object_end(output);
	}
	output_list_end(output);
	output_count(output, "spread_frames", map->strip_frames);
}

void frame_map_json(const struct frame_map *map, struct output *output)
{
	output_list_begin(output, "frames");
	for (unsigned int i = 0; i < NR_SHADES; i++)
		if (!shade_texts[i].part)
			json_use(output, map, i);
	output_list_end(output);
	output_list_begin(output, "zones");
	for (size_t i = 0; i < map->nr_zones; i++)
		json_zone(output, &map->zone[i]);
	output_list_end(output);
	if (map->zones_cut)
		output_count(output, "zones_left_out", map->zones_cut);
	json_shades(output, map);
	output_count(output, "map_cell", frame_map_size(map, map->cell_frames));
	json_cells(output, map);
}
