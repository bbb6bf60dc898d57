/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sections of a page are made of. */
#include <inttypes.h>
#include <string.h>

#include "html/page_tools.h"
#include "html/picture.h"

void page_open(struct markup *markup, const char *id, const char *title)
{
	markup_format(
		markup,
		"<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">%s</h2>\n", id,
		id, title);
}

void page_close(struct markup *markup)
{
	markup_put(markup, "</section>\n");
}

static void put_heading(struct markup *markup, const char *column, size_t size)
{
	char text[64];

	markup_put(markup, "<th scope=\"col\"");
	if (*column == '#')
		markup_put(markup, " class=\"n\"");
	else if (*column == '=')
		markup_put(markup, " class=\"m\"");
	if (*column == '#' || *column == '=') {
		column++;
		size--;
	}
	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, column, size);
	text[size] = '\0';
	markup_format(markup, ">%s</th>", text);
}

void page_table(struct markup *markup, const char *caption, const char *columns,
		bool filter)
{
	markup_format(
		markup,
		"<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"%s\"><table",
		caption);
	if (filter)
		markup_put(markup, " data-filter=\"\"");
	markup_format(markup, "><caption>%s</caption>\n<thead><tr>", caption);
	for (;;) {
		size_t size = strcspn(columns, "|");

		put_heading(markup, columns, size);
		if (!columns[size])
			break;
		columns += size + 1;
	}
	markup_put(markup, "</tr></thead>\n<tbody>\n");
}

void page_table_end(struct markup *markup)
{
	markup_put(markup, "</tbody></table></div>\n");
}

void page_not_known(struct markup *markup, const struct error *why)
{
	markup_format(markup,
		      "<p><span class=\"warn\">Not known:</span> %s.</p>\n",
		      why->message);
}

void page_size(struct markup *markup, uint64_t bytes)
{
	char text[SIZE_TEXT];

	markup_format(markup, "<td class=\"n\">%s</td>",
		      size_text(bytes, text));
}

void page_count(struct markup *markup, uint64_t count)
{
	markup_format(markup, "<td class=\"n\">%" PRIu64 "</td>", count);
}
