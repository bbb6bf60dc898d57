/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Physical memory as a map: rows of cells, each a run of frames. Rows without memory are one
 * gap, which says how much is missing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "html/picture.h"

enum {
	WIDE = 1000,
	TOP = 22,
	MAP_AT = 112,
	MAP_WIDE = 704,
	ZONE_AT = MAP_AT + MAP_WIDE + 12,
	GAP = 20,        /* height of a gap */
	MAP_HIGH = 620,  /* of all rows, about */
	LABEL_EVERY = 30, /* at least so far apart, but around gaps */
	LEGEND_COLUMNS = 3,
	LEGEND_WIDE = 280,
	LEGEND_HIGH = 22,
};

/* What cells are coloured by. */
struct coloring {
	/* The shade that a cell shows; NR_SHADES: nothing. */
	unsigned int (*of)(const struct map_cell *cell);
	const char *label[NR_SHADES];
};

/* Where rows are drawn. */
struct layout {
	const struct frame_map *map;
	size_t nr_rows;
	double *y; /* owned; of each row */
	bool *gap; /* owned; the row begins a gap, or is within one */
	double row_high, end;
};


static bool has_memory(const struct frame_map *map, size_t row)
{
	for (size_t i = row * MAP_COLUMNS;
	     i < (row + 1) * MAP_COLUMNS && i < map->nr_cells; i++)
		if (map->cell[i].frames)
			return true;
	return false;
}

static void place_rows(struct layout *layout)
{
	double y = TOP;
	size_t shown = 0;

	for (size_t i = 0; i < layout->nr_rows; i++) {
		layout->gap[i] = !has_memory(layout->map, i);
		shown += !layout->gap[i];
	}
	layout->row_high = shown ? (double)MAP_HIGH / (double)shown : 12;
	if (layout->row_high > 12)
		layout->row_high = 12;
	for (size_t i = 0; i < layout->nr_rows; i++) {
		bool within = i && layout->gap[i] && layout->gap[i - 1];

		layout->y[i] = within ? layout->y[i - 1] : y;
		if (!within)
			y += layout->gap[i] ? GAP : layout->row_high;
	}
	layout->end = y;
}

static bool layout_make(struct layout *layout, const struct frame_map *map)
{
	*layout = (struct layout){
		.map = map,
		.nr_rows = (map->nr_cells + MAP_COLUMNS - 1) / MAP_COLUMNS,
	};
	layout->y = calloc(layout->nr_rows + 1, sizeof(*layout->y));
	layout->gap = calloc(layout->nr_rows + 1, sizeof(*layout->gap));
	if (layout->y && layout->gap)
		place_rows(layout);
	return layout->y && layout->gap;
}

static void layout_release(struct layout *layout)
{
	free(layout->y);
	free(layout->gap);
}

static uint64_t row_paddr(const struct layout *layout, size_t row)
{
	const struct frame_map *map = layout->map;

	return frame_map_size(map,
			      map->first + row * MAP_COLUMNS * map->cell_frames);
}

/* --- cells --- */

/* The cells of one look in a row, as parts of a path. */
static bool draw_cells(struct markup *markup, const struct layout *layout,
		       size_t row, unsigned int look,
		       const struct coloring *coloring, bool open)
{
	const struct frame_map *map = layout->map;
	double wide = (double)MAP_WIDE / MAP_COLUMNS;
	size_t first = row * MAP_COLUMNS, next;
	size_t end = first + MAP_COLUMNS;

	end = end < map->nr_cells ? end : map->nr_cells;
	for (size_t i = first; i < end; i = next) {
		next = i + 1;
		if (coloring->of(&map->cell[i]) != look)
			continue;
		while (next < end && coloring->of(&map->cell[next]) == look)
			next++;
		if (!open)
			markup_format(markup, "<path class=\"%s\" d=\"",
				      shade_class(look));
		open = true;
		markup_format(markup, "M%.2f %.2fh%.2fv%.2fh-%.2fz",
			      MAP_AT + wide * (double)(i - first),
			      layout->y[row], wide * (double)(next - i),
			      layout->row_high, wide * (double)(next - i));
	}
	return open;
}

static void draw_looks(struct markup *markup, const struct layout *layout,
		       const struct coloring *coloring)
{
	char label[LABEL_TEXT];

	for (unsigned int look = 0; look < NR_SHADES; look++) {
		bool open = false;

		for (size_t row = 0; row < layout->nr_rows; row++)
			if (!layout->gap[row])
				open = draw_cells(markup, layout, row, look,
						  coloring, open);
		if (open)
			markup_format(markup, "\"><title>%s</title></path>\n",
				      coloring->label[look] ?
					      coloring->label[look] :
					      shade_label(layout->map, look,
							  label));
	}
}

/* Cells that are of another use, but have damage in them. */
static void draw_marks(struct markup *markup, const struct layout *layout)
{
	const struct frame_map *map = layout->map;
	double wide = (double)MAP_WIDE / MAP_COLUMNS;
	bool open = false;

	for (size_t i = 0; i < map->nr_cells; i++) {
		const struct map_cell *cell = &map->cell[i];

		if (!cell->damaged && !cell->unreadable)
			continue;
		markup_own(markup, open ? "" : "<path class=\"mark\" d=\"");
		open = true;
		markup_format(markup, "M%.2f %.2fh%.2fv%.2fh-%.2fz",
			      MAP_AT + wide * (double)(i % MAP_COLUMNS) - .5,
			      layout->y[i / MAP_COLUMNS] - .5, wide + 1,
			      layout->row_high + 1, wide + 1);
	}
	if (open)
		markup_put(markup,
			   "\"><title>some struct page is damaged, or not in the dump</title></path>\n");
}

/* --- what stands around them --- */

static void draw_gap(struct markup *markup, const struct layout *layout,
		     size_t row)
{
	size_t end = row;
	char text[SIZE_TEXT];

	while (end < layout->nr_rows && layout->gap[end])
		end++;
	markup_format(
		markup,
		"<text class=\"soft\" x=\"%d\" y=\"%.1f\">no memory for %s</text>\n",
		MAP_AT + 4, layout->y[row] + 14,
		size_text(row_paddr(layout, end) - row_paddr(layout, row),
			  text));
}

static void draw_addresses(struct markup *markup, const struct layout *layout)
{
	double last = -LABEL_EVERY;
	size_t every = 1;

	while ((double)every * layout->row_high < LABEL_EVERY)
		every *= 2;
	for (size_t i = 0; i < layout->nr_rows; i++) {
		bool begins = layout->gap[i] && !(i && layout->gap[i - 1]);
		bool follows = i && layout->gap[i - 1] && !layout->gap[i];

		if (begins)
			draw_gap(markup, layout, i);
		if (layout->gap[i] && !begins)
			continue;
		if (layout->y[i] < last + 14 ||
		    (i && !begins && !follows && i % every != 0))
			continue;
		last = layout->y[i];
		markup_format(
			markup,
			"<text class=\"mono soft right\" x=\"%d\" y=\"%.1f\">%" PRIx64
			"</text>\n",
			MAP_AT - 8, last + 10, row_paddr(layout, i));
	}
}

/* Where a frame is, from above; frames beyond the map are at its end. */
static double frame_y(const struct layout *layout, uint64_t pfn)
{
	const struct frame_map *map = layout->map;
	uint64_t in_row = MAP_COLUMNS * map->cell_frames, row;

	if (pfn <= map->first)
		return layout->y[0];
	row = (pfn - map->first) / in_row;
	if (row >= layout->nr_rows)
		return layout->end;
	return layout->y[row] + (layout->gap[row] ? 0 : layout->row_high) *
					(double)((pfn - map->first) % in_row) /
					(double)in_row;
}

static void draw_zones(struct markup *markup, const struct layout *layout)
{
	const struct frame_map *map = layout->map;
	double free_from = 0;

	for (size_t i = 0; i < map->nr_zones; i++) {
		const struct zone *zone = &map->zone[i];
		double from = frame_y(layout, zone->start_pfn);
		double to = frame_y(layout, zone->start_pfn + zone->spanned);
		double text = from + 11 < free_from ? free_from : from + 11;

		if (zone->start_pfn + zone->spanned <= map->asked ||
		    zone->start_pfn >= map->first + map->nr_frames)
			continue;
		markup_format(
			markup,
			"<path class=\"edge\" d=\"M%d %.1fh6V%.1fh-6\"/>\n",
			ZONE_AT - 6, from + .5, to < from + 2 ? from + 2 : to);
		free_from = text + 16;
		if (text < layout->end + 10)
			markup_format(
				markup,
				"<text x=\"%d\" y=\"%.1f\">node %" PRIu64
				" %s</text>\n",
				ZONE_AT + 8, text, zone->node, zone->name);
	}
}

/* --- the two maps --- */

static unsigned int look_of_use(const struct map_cell *cell)
{
	return cell->shade;
}

/* Shades that say it: SHADE_UNKNOWN: not in the dump; SHADE_RESERVED: a part of it is;
 * SHADE_FREE: left out as zeros; SHADE_FILE: it is there. */
static unsigned int look_of_content(const struct map_cell *cell)
{
	if (!cell->frames)
		return NR_SHADES;
	if (cell->state == PAGE_TRUNCATED || cell->state == PAGE_DAMAGED)
		return SHADE_DAMAGED;
	if (!cell->in_dump)
		return SHADE_UNKNOWN;
	if (cell->in_dump < cell->frames)
		return SHADE_RESERVED;
	return cell->state == PAGE_ZERO ? SHADE_FREE : SHADE_FILE;
}

static const struct coloring by_use = { .of = look_of_use };

static const struct coloring by_content = {
	.of = look_of_content,
	.label = {
		[SHADE_FILE] = "in the dump",
		[SHADE_FREE] = "left out, as it is all zeros",
		[SHADE_RESERVED] = "a part of it is in the dump",
		[SHADE_UNKNOWN] = "not in the dump",
		[SHADE_DAMAGED] = "cut off or damaged in the file",
	},
};

static void draw_map(struct markup *markup, const struct layout *layout,
		     const struct coloring *coloring)
{
	draw_looks(markup, layout, coloring);
	draw_addresses(markup, layout);
	draw_zones(markup, layout);
}

static void draw_scale(struct markup *markup, const struct frame_map *map)
{
	char cell[SIZE_TEXT], row[SIZE_TEXT];

	markup_format(
		markup,
		"<text class=\"soft\" x=\"%d\" y=\"13\">a cell: %s, a row: %s</text>\n",
		MAP_AT, size_text(frame_map_size(map, map->cell_frames), cell),
		size_text(frame_map_size(map, MAP_COLUMNS * map->cell_frames), row));
}

void picture_frames_rows(struct markup *markup, const struct frame_map *map)
{
	struct layout layout;
	size_t end;

	if (layout_make(&layout, map))
		markup_format(markup, "%.4f %" PRIx64, layout.row_high,
			      frame_map_size(map, MAP_COLUMNS * map->cell_frames));
	for (size_t i = 0; layout.y && layout.gap && i < layout.nr_rows; i = end) {
		for (end = i; end < layout.nr_rows && !layout.gap[end];)
			end++;
		if (end > i)
			markup_format(markup, " %.4f %.4f %" PRIx64, layout.y[i],
				      layout.y[end - 1] + layout.row_high,
				      row_paddr(&layout, i));
		else
			end++;
	}
	layout_release(&layout);
}

/* What the colours are, below a picture that is alone: a page has its table of uses. */
static void draw_legend(struct markup *markup, const struct layout *layout)
{
	unsigned int at = 0;
	char label[LABEL_TEXT];

	for (unsigned int i = 0; i < NR_SHADES; i++) {
		double x = MAP_AT + LEGEND_WIDE * (at % LEGEND_COLUMNS);
		double y = layout->end + LEGEND_HIGH * (1 + at / LEGEND_COLUMNS);

		if (!layout->map->frames[i])
			continue;
		at++;
		markup_format(
			markup,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"18\" height=\"12\"/><text x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			shade_class(i), x, y - 10, x + 24, y,
			shade_label(layout->map, i, label));
	}
}

static double legend_high(const struct frame_map *map)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < NR_SHADES; i++)
		nr += map->frames[i] != 0;
	return LEGEND_HIGH *
	       ((nr + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS + 1);
}

void picture_frames(struct markup *markup, const struct frame_map *map,
		    enum picture_place place)
{
	struct layout layout;
	double legend = place == PICTURE_ALONE ? legend_high(map) : 0;

	if (layout_make(&layout, map)) {
		picture_begin(
			markup, place, "frames", WIDE, layout.end + 8 + legend,
			"Physical memory by use",
			map->use_known ?
				"A map of physical memory, from left to right and from above. Each cell has the colour of what most of its frames are used for; red frames are around cells with damage. Slabs have the colour of the cache that has most of them. At the right, nodes and zones. The table of uses has all numbers." :
				"A map of physical memory. What its frames are used for cannot be known: all are hatched.");
		draw_scale(markup, map);
		draw_map(markup, &layout, &by_use);
		draw_marks(markup, &layout);
		if (place == PICTURE_ALONE)
			draw_legend(markup, &layout);
		picture_end(markup);
	}
	layout_release(&layout);
}

void picture_contents(struct markup *markup, const struct frame_map *map,
		      enum picture_place place)
{
	struct layout layout;

	if (layout_make(&layout, map)) {
		picture_begin(
			markup, place, "contents", WIDE, layout.end + 8,
			"Physical memory by what of it is in the dump",
			"The same map. Filled cells are in the dump; of others a part is, or they are all zeros and were left out for that; hatched cells are not in the dump, crossed ones are cut off or damaged.");
		draw_scale(markup, map);
		draw_map(markup, &layout, &by_content);
		picture_end(markup);
	}
	layout_release(&layout);
}
