/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of the address space. */
#include <inttypes.h>
#include <stdio.h>

#include "html/picture.h"

/* The colour of a region: of what it mostly maps. */
static const char *region_class(enum region_kind kind)
{
	switch (kind) {
	case REGION_DIRECT_MAP:
		return "u-file";
	case REGION_VMALLOC:
		return "u-vmalloc";
	case REGION_VMEMMAP:
		return "u-anon";
	case REGION_KERNEL_IMAGE:
		return "u-kernel";
	case REGION_MODULES:
		return "u-slab";
	case REGION_KMAP:
	case REGION_FIXMAP:
	case REGION_VSYSCALL:
		return "u-movable";
	case REGION_CPU_ENTRY_AREA:
	case REGION_ESPFIX:
	case REGION_LDT_REMAP:
		return "u-table";
	case REGION_EFI_RUNTIME:
	case REGION_KASAN_SHADOW:
		return "u-other";
	case REGION_USER:
		return "u-ksm";
	case REGION_NEEDS_TYPES:
	case REGION_UNKNOWN:
		return "u-unknown";
	default:
		return "u-free";
	}
}

static bool is_empty(enum region_kind kind)
{
	return kind == REGION_HOLE || kind == REGION_GUARD_HOLE ||
	       kind == REGION_NON_CANONICAL;
}

static const char *name_of(const struct region_map *use)
{
	const char *name = region_names[use->region.kind];

	return name ? name : "not known";
}

static double bytes_of(const struct region *region)
{
	return (double)(region->last - region->first) + 1;
}

/* --- linear: bars, the next one showing a part of the one above --- */

enum { WIDE = 1000, BAR = 34, STEP = 104, LABEL_ROOM = 78 };

/* Regions within [first, last] of one bar at y. */
struct linear_bar {
	uint64_t first, last;
	double y;
};

static double place_x(const struct linear_bar *bar, uint64_t address)
{
	return WIDE * ((double)(address - bar->first) /
		       ((double)(bar->last - bar->first) + 1));
}

static void draw_region(struct markup *markup, const struct linear_bar *bar,
			const struct region_map *use)
{
	uint64_t first = use->region.first > bar->first ? use->region.first :
							  bar->first;
	uint64_t last = use->region.last < bar->last ? use->region.last :
						       bar->last;
	double x = place_x(bar, first), width;

	if (first > last)
		return;
	width = WIDE * (((double)(last - first) + 1) /
			((double)(bar->last - bar->first) + 1));
	markup_format(
		markup,
		"<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\"><title>%s, %" PRIx64
		" to %" PRIx64 "</title></rect>\n",
		region_class(use->region.kind), x, bar->y,
		width < 1 ? 1.0 : width, BAR, name_of(use), use->region.first,
		use->region.last);
	if (width >= LABEL_ROOM)
		markup_format(
			markup,
			"<text class=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			x + width / 2, bar->y + BAR + 17, name_of(use));
}

static void draw_bar(struct markup *markup, const struct space_map *map,
		     const struct linear_bar *bar)
{
	markup_format(
		markup,
		"<text class=\"mono soft\" x=\"0\" y=\"%.1f\">%" PRIx64
		"</text><text class=\"mono soft right\" x=\"%d\" y=\"%.1f\">%" PRIx64
		"</text>\n",
		bar->y - 5, bar->first, WIDE, bar->y - 5, bar->last);
	for (size_t i = 0; i < map->nr; i++)
		draw_region(markup, bar, &map->region[i]);
	markup_format(
		markup,
		"<rect class=\"frame\" x=\".5\" y=\"%.1f\" width=\"%d\" height=\"%d\"/>\n",
		bar->y, WIDE - 1, BAR);
}

/* Which part of a bar the one below it shows. */
static void draw_zoom(struct markup *markup, const struct linear_bar *above,
		      const struct linear_bar *below)
{
	double left = place_x(above, below->first);
	double right = place_x(above, below->last);

	markup_format(
		markup,
		"<path class=\"zoom\" d=\"M%.2f %.1fL0.5 %.1fM%.2f %.1fL%.1f %.1f\"/>\n",
		left, above->y + BAR, below->y - 18, right, above->y + BAR,
		WIDE - .5, below->y - 18);
}

/* First address of the kernel's part; and of its image and what lies above. */
static uint64_t first_of(const struct space_map *map, bool image)
{
	for (size_t i = 0; i < map->nr; i++) {
		enum region_kind kind = map->region[i].region.kind;

		if (image ? kind == REGION_KERNEL_IMAGE :
			    kind != REGION_USER && kind != REGION_NON_CANONICAL)
			return map->region[i].region.first;
	}
	return 0;
}

void picture_space_linear(struct markup *markup, const struct space_map *map,
			  enum picture_place place)
{
	uint64_t last = map->nr ? map->region[map->nr - 1].region.last : 0;
	struct linear_bar bar[3] = {
		{ 0, last, 20 },
		{ first_of(map, false), last, 20 + STEP },
		{ first_of(map, true), last, 20 + 2 * STEP },
	};
	unsigned int nr = !bar[1].first ? 1 : bar[2].first ? 3 : 2;

	picture_begin(markup, place, "linear", WIDE, 20 + STEP * nr - 40,
		      "The address space, to scale",
		      "Bars of the whole address space, of the kernel's part, and on 64-bit kernels of its top, where the image and modules lie. Widths are in proportion to sizes; regions too narrow to be seen are a line. The table of regions has all numbers.");
	for (unsigned int i = 0; i < nr; i++) {
		if (i)
			draw_zoom(markup, &bar[i - 1], &bar[i]);
		draw_bar(markup, map, &bar[i]);
	}
	picture_end(markup);
}

/* --- logarithmic: a row for each region --- */

enum {
	ROW = 23,
	TOP = 46,
	NAME_AT = 138,
	BAR_AT = 272,
	BAR_END = 660,
	TEXT_AT = 672,
	SMALLEST = 12, /* bits: a page */
};

struct log_scale {
	unsigned int bits; /* of the whole space */
};

static double log_width(const struct log_scale *scale, double bytes)
{
	double bits = 0, all = scale->bits - SMALLEST;

	while (bytes >= 2) {
		bytes /= 2;
		bits++;
	}
	bits += bytes - 1 - SMALLEST; /* nearly its logarithm between powers of two */
	if (bits < 0.25)
		bits = 0.25;
	return (BAR_END - BAR_AT) * bits / all;
}

static void draw_grid(struct markup *markup, const struct log_scale *scale,
		      double height)
{
	char text[SIZE_TEXT];

	for (unsigned int bits = SMALLEST; bits < scale->bits;
	     bits += scale->bits > 32 ? 8 : 4) {
		double x = BAR_AT + (double)(BAR_END - BAR_AT) *
					    (bits - SMALLEST) /
					    (scale->bits - SMALLEST);

		markup_format(
			markup,
			"<path class=\"grid\" d=\"M%.1f %dV%.1f\"/><text class=\"soft middle\" x=\"%.1f\" y=\"%d\">%s</text>\n",
			x, TOP - 10, height, x, TOP - 16,
			size_text(UINT64_C(1) << bits, text));
	}
	markup_format(
		markup,
		"<text class=\"soft\" x=\"0\" y=\"%d\">START</text><text class=\"soft\" x=\"%d\" y=\"%d\">REGION</text><text class=\"soft\" x=\"%d\" y=\"%d\">SIZE, AND MAPPED OF IT</text>\n",
		TOP - 16, NAME_AT, TOP - 16, TEXT_AT, TOP - 16);
}

/* What is mapped, as a text behind the bar. */
static void draw_amount(struct markup *markup, const struct space_map *map,
			size_t index, double y)
{
	const struct region_map *use = &map->region[index];
	double size = bytes_of(&use->region);
	const char *gap = space_map_gap_before(map, index);
	char text[SIZE_TEXT];

	markup_format(markup, "<text x=\"%d\" y=\"%.1f\">%s", TEXT_AT, y + 14,
		      size_text(use->region.last - use->region.first +
					(size < 1.8e19),
				text));
	if (use->region.kind == REGION_NEEDS_TYPES)
		markup_put(markup, ", needs types");
	if (gap)
		markup_format(markup, ", KASLR's gap before %s", gap);
	else if (use->region.kind == REGION_USER)
		markup_put(markup, ", by process: see below");
	else if (!use->scanned || map->why_tables.code)
		markup_own(markup, is_empty(use->region.kind) ?
					   "" :
					   ", mapped: unknown");
	else if (region_mapped(use))
		markup_format(markup, ", %s",
			      size_text(region_mapped(use), text));
	else if (!is_empty(use->region.kind) && !use->unreadable)
		markup_put(markup, ", nothing");
	if (use->unreadable)
		markup_format(markup, ", unknown of %s",
			      size_text(use->unreadable, text));
	if (use->corrupt)
		markup_format(markup, ", damaged %s",
			      size_text(use->corrupt, text));
	markup_put(markup, "</text>\n");
}

static void draw_part(struct markup *markup, const struct log_scale *scale,
		      const char *class, uint64_t bytes, double y,
		      double height)
{
	if (bytes)
		markup_format(
			markup,
			"<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"/>\n",
			class, BAR_AT, y, log_width(scale, (double)bytes),
			height);
}

static void draw_row(struct markup *markup, const struct space_map *map,
		     const struct log_scale *scale, size_t index, double y)
{
	const struct region_map *use = &map->region[index];
	bool empty = is_empty(use->region.kind);
	char start[20];

	snprintf(start, sizeof(start), "%0*" PRIx64, scale->bits > 32 ? 16 : 8,
		 use->region.first);
	markup_format(
		markup,
		"<text class=\"mono soft\" x=\"0\" y=\"%.1f\">%s</text><text class=\"%s\" x=\"%d\" y=\"%.1f\">%s</text>\n",
		y + 14, start,
		empty ? "soft" : "", NAME_AT, y + 14, name_of(use));
	if (!use->scanned && !empty && use->region.kind != REGION_USER)
		draw_part(markup, scale, "u-unknown",
			  use->region.last - use->region.first, y + 3, 13);
	draw_part(markup, scale, region_class(use->region.kind),
		  region_mapped(use), y + 3, 13);
	draw_part(markup, scale, "u-unreadable", use->unreadable, y + 12, 5);
	draw_part(markup, scale, "u-damaged", use->corrupt, y + 12, 5);
	markup_format(
		markup,
		"<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%.2f\" height=\"13\"/>\n",
		empty ? "dash" : "frame", BAR_AT, y + 3,
		log_width(scale, bytes_of(&use->region)));
	draw_amount(markup, map, index, y);
}

void picture_space(struct markup *markup, const struct space_map *map,
		   enum picture_place place)
{
	uint64_t last = map->nr ? map->region[map->nr - 1].region.last : 0;
	struct log_scale scale = { last >> 32 ? 64 : 32 };
	double height = TOP + (double)ROW * map->nr;

	picture_begin(markup, place, "regions", WIDE, height,
		      "The regions of the address space, and what is mapped in each",
		      "A row for each region in the order of addresses. The outline is as long as the logarithm of its size, the filled part as that of what the kernel's page table maps in it; broken outlines are holes. Hatched: not known, as the tables are not in the dump.");
	draw_grid(markup, &scale, height);
	for (size_t i = 0; i < map->nr; i++)
		draw_row(markup, map, &scale, i, TOP + (double)ROW * i);
	picture_end(markup);
}
