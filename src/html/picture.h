/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures of a report, as SVG: in its page, or alone in a file. Each has a title and a
 * description for those who do not see it; colours are classes of style.c. */
#pragma once

#include "output/markup.h"
#include "report/frame_map.h"
#include "report/space_map.h"

/* Where a picture stands. */
enum picture_place { PICTURE_IN_PAGE, PICTURE_ALONE };

/* The regions, to scale: the linear one, and with a logarithmic scale of sizes. */
void picture_space_linear(struct markup *markup, const struct space_map *map,
			  enum picture_place place);
void picture_space(struct markup *markup, const struct space_map *map,
		   enum picture_place place);
/* Physical memory by use, with its zones; and by what of it is in the dump. */
void picture_frames(struct markup *markup, const struct frame_map *map,
		    enum picture_place place);
void picture_contents(struct markup *markup, const struct frame_map *map,
		      enum picture_place place);
/* Where its rows lie, for the script that enlarges it, as a value of an attribute: height and bytes of a row,
 * then from above each stretch of rows without a gap: its top and bottom in the picture, and the physical
 * address of its first byte. */
void picture_frames_rows(struct markup *markup, const struct frame_map *map);
/* Where in memory the frames of one use are: a row of a table. */
void picture_strip(struct markup *markup, const struct frame_map *map,
		   unsigned int shade);
/* A bar of the part of the whole, of a class of style.c; 0 to 1. */
void picture_bar(struct markup *markup, const char *class, double part,
		 const char *rest_class, double rest);
/* The colour of a use, for legends. */
void picture_swatch(struct markup *markup, unsigned int shade);

/* <svg ...> with its title and description, and the styles that a file of its own needs; id:
 * unique in the page. */
void picture_begin(struct markup *markup, enum picture_place place,
		   const char *id, double width, double height,
		   const char *title, const char *description);
void picture_end(struct markup *markup);
/* Patterns that pictures of a page have in common. */
void picture_patterns(struct markup *markup);
/* Style sheets: of pictures, and of the page (style.c). */
extern const char picture_style[], page_style[], page_script[];

/* A size for people: "243.1 MiB". */
enum { SIZE_TEXT = 24 };
const char *size_text(uint64_t bytes, char text[SIZE_TEXT]);

/* The class of a shade: "u-file". */
const char *shade_class(unsigned int shade);
/* What it is for people: "page cache", "slab of dentry". */
enum { LABEL_TEXT = 96 };
const char *shade_label(const struct frame_map *map, unsigned int shade,
			char text[LABEL_TEXT]);
