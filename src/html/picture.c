/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all pictures have in common. */
#include "html/picture.h"

#include <inttypes.h>
#include <stdio.h>

const char *shade_class(unsigned int shade)
{
	static const char *const classes[NR_SHADES + 1] = {
		[SHADE_FREE] = "u-free",
		[SHADE_FREE_PERCPU] = "u-freecpu",
		[SHADE_FILE] = "u-file",
		[SHADE_SHMEM] = "u-shmem",
		[SHADE_ANON] = "u-anon",
		[SHADE_KSM] = "u-ksm",
		[SHADE_HUGETLB] = "u-hugetlb",
		[SHADE_MOVABLE] = "u-movable",
		[SHADE_ZSMALLOC] = "u-zsmalloc",
		[SHADE_CACHE] = "u-slab1",
		[SHADE_CACHE + 1] = "u-slab2",
		[SHADE_CACHE + 2] = "u-slab3",
		[SHADE_CACHE + 3] = "u-slab4",
		[SHADE_CACHE + 4] = "u-slab5",
		[SHADE_CACHE_LAST] = "u-slab6",
		[SHADE_SLAB] = "u-slab",
		[SHADE_LARGE_KMALLOC] = "u-kmalloc",
		[SHADE_VMALLOC] = "u-vmalloc",
		[SHADE_OTHER] = "u-other",
		[SHADE_PAGE_TABLE] = "u-table",
		[SHADE_KERNEL] = "u-kernel",
		[SHADE_RESERVED] = "u-reserved",
		[SHADE_OFFLINE] = "u-offline",
		[SHADE_GUARD] = "u-guard",
		[SHADE_UNACCEPTED] = "u-unaccepted",
		[SHADE_HWPOISON] = "u-hwpoison",
		[SHADE_UNREADABLE] = "u-unreadable",
		[SHADE_DAMAGED] = "u-damaged",
		[SHADE_UNKNOWN] = "u-unknown",
		[NR_SHADES] = "u-void",
	};

	return classes[shade <= NR_SHADES ? shade : NR_SHADES];
}

_Static_assert(MAP_CACHES == 6, "a colour and a pattern each");

const char *shade_label(const struct frame_map *map, unsigned int shade,
			char text[LABEL_TEXT])
{
	const struct map_cache *cache = frame_map_cache(map, shade);

	if (cache)
		snprintf(text, LABEL_TEXT, "slab of %s", cache->name);
	else if (shade == SHADE_SLAB && map->nr_caches)
		snprintf(text, LABEL_TEXT, "slab, all others");
	else
		snprintf(text, LABEL_TEXT, "%s", shade_texts[shade].label);
	return text;
}

const char *size_text(uint64_t bytes, char text[SIZE_TEXT])
{
	static const char *const units[] = { "B",   "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	unsigned int unit = 0;

	while (size >= 1023.5 && unit < 6) {
		size /= 1024;
		unit++;
	}
	if (size < 100 && size - (double)(uint64_t)size >= 0.05)
		snprintf(text, SIZE_TEXT, "%.1f %s", size, units[unit]);
	else
		snprintf(text, SIZE_TEXT, "%.0f %s", size, units[unit]);
	return text;
}

/* One of a slab cache: its colour, and lines that tell it from other colours. */
static void put_cache_pattern(struct markup *markup, unsigned int number,
			      const char *lines)
{
	markup_format(
		markup,
		"<pattern id=\"slab%u\" width=\"3\" height=\"3\" patternUnits=\"userSpaceOnUse\"><rect class=\"s%u\" width=\"3\" height=\"3\"/><path class=\"s-line\" d=\"%s\"/></pattern>",
		number, number, lines);
}

static void put_cache_patterns(struct markup *markup)
{
	static const char *const lines[MAP_CACHES] = {
		"M0 3l3 -3",	   "M0 1.5h3",	     "M1.5 0v3",
		"M0 0l3 3",	   "M1 1.5h1",	     "M0 1.5h3M1.5 0v3",
	};

	for (unsigned int i = 0; i < MAP_CACHES; i++)
		put_cache_pattern(markup, i + 1, lines[i]);
}

/* Hatched: unknown. Crossed: damaged. Thinly hatched: in part. */
void picture_patterns(struct markup *markup)
{
	markup_put(markup,
		   "<defs>"
		   "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
		   "<rect class=\"h-paper\" width=\"6\" height=\"6\"/>"
		   "<path class=\"h-line\" d=\"M-1 1l2 -2M0 6l6 -6M5 7l2 -2\"/></pattern>"
		   "<pattern id=\"sparse\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">"
		   "<rect class=\"u-reserved\" width=\"10\" height=\"10\"/>"
		   "<path class=\"h-line\" d=\"M0 10l10 -10\"/></pattern>"
		   "<pattern id=\"cross\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
		   "<rect class=\"h-paper\" width=\"6\" height=\"6\"/>"
		   "<path class=\"h-bad\" d=\"M0 0l6 6M0 6l6 -6\"/></pattern>");
	put_cache_patterns(markup);
	markup_put(markup, "</defs>\n");
}

void picture_begin(struct markup *markup, enum picture_place place,
		   const char *id, double width, double height,
		   const char *title, const char *description)
{
	markup_format(
		markup,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" viewBox=\"0 0 %.1f %.1f\" role=\"img\" aria-labelledby=\"%s-t %s-d\"",
		width, height, id, id);
	if (place == PICTURE_ALONE)
		markup_format(markup, " width=\"%.0f\" height=\"%.0f\"", width,
			      height);
	markup_format(markup,
		      ">\n<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">%s</desc>\n",
		      id, title, id, description);
	if (place == PICTURE_IN_PAGE)
		return;
	markup_put(markup, "<style>\n");
	markup_own(markup, picture_style);
	markup_put(markup, "</style>\n");
	picture_patterns(markup);
	markup_put(markup,
		   "<rect class=\"u-void\" width=\"100%\" height=\"100%\"/>\n");
}

void picture_end(struct markup *markup)
{
	markup_put(markup, "</svg>\n");
}

void picture_swatch(struct markup *markup, unsigned int shade)
{
	markup_format(
		markup,
		"<svg class=\"swatch\" viewBox=\"0 0 18 12\" aria-hidden=\"true\"><rect class=\"%s\" width=\"18\" height=\"12\"/><rect class=\"frame\" x=\".5\" y=\".5\" width=\"17\" height=\"11\"/></svg>",
		shade_class(shade));
}

void picture_bar(struct markup *markup, const char *class, double part,
		 const char *rest_class, double rest)
{
	markup_put(markup,
		   "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
	markup_format(markup, "<rect class=\"%s\" width=\"%.2f\" height=\"8\"/>",
		      class, 100 * part);
	if (rest > 0)
		markup_format(
			markup,
			"<rect class=\"%s\" x=\"%.2f\" width=\"%.2f\" height=\"8\"/>",
			rest_class, 100 * part, 100 * rest);
	markup_put(markup, "</svg>");
}

void picture_strip(struct markup *markup, const struct frame_map *map,
		   unsigned int shade)
{
	markup_format(
		markup,
		"<svg class=\"strip\" viewBox=\"0 0 %u 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		(unsigned int)STRIP_BINS);
	for (unsigned int i = 0; i < STRIP_BINS; i++) {
		uint64_t frames = map->strip[shade][i];
		double part = (double)frames / (double)map->strip_frames;

		if (frames)
			markup_format(
				markup,
				"<rect class=\"%s\" x=\"%u\" width=\"1\" y=\"%.2f\" height=\"%.2f\"/>",
				shade_class(shade), i, 7 - 7 * part,
				1 + 7 * part);
	}
	markup_put(markup, "</svg>");
}
