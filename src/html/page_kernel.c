/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's own memory, its log, and what is not known. */
#include <inttypes.h>

#include "html/page_parts.h"

/* --- slabs and vmalloc --- */

static void put_amount(struct markup *markup, const struct amount *amount,
		       uint64_t most, const char *class, bool slab)
{
	markup_format(markup, "<tr><th scope=\"row\" class=\"%s\">%s</th>",
		      slab ? "m" : "t", *amount->name ? amount->name : "?");
	page_size(markup, amount->size);
	page_count(markup, amount->nr);
	if (slab && amount->has_active)
		markup_format(markup,
			      "<td class=\"n\">%" PRIu64 " of %" PRIu64 "</td>",
			      amount->active, amount->objects);
	else if (slab)
		markup_put(markup, "<td class=\"n soft\">not known</td>");
	markup_put(markup, "<td class=\"m\">");
	picture_bar(markup, class, (double)amount->size / (double)most, "", 0);
	if (amount->damaged)
		markup_put(markup, " <span class=\"bad\">damaged</span>");
	markup_put(markup, "</td></tr>\n");
}

static void put_amounts(struct markup *markup, const struct amounts *amounts,
			const char *caption, const char *columns,
			const char *class, bool slab)
{
	uint64_t most = amounts->nr && amounts->item[0].size ?
				amounts->item[0].size :
				1;
	uint64_t shown = 0;
	char text[SIZE_TEXT], rest[SIZE_TEXT];

	if (!amounts->known) {
		page_not_known(markup, &amounts->why);
		return;
	}
	for (size_t i = 0; i < amounts->nr; i++)
		shown += amounts->item[i].size;
	markup_format(markup, "<p>%" PRIu64 " %s, with %s in all.</p>\n",
		      amounts->nr_all, slab ? "caches" : "callers", size_text(amounts->size, text));
	page_table(markup, caption, columns, true);
	for (size_t i = 0; i < amounts->nr; i++)
		put_amount(markup, &amounts->item[i], most, class, slab);
	page_table_end(markup);
	if (amounts->nr_all > amounts->nr)
		markup_format(markup,
			      "<p class=\"soft\">%" PRIu64
			      " smaller ones, with %s, are left out.</p>\n",
			      amounts->nr_all - amounts->nr,
			      size_text(amounts->size - shown, rest));
	if (amounts->nr_unsized)
		markup_format(markup,
			      "<p class=\"warn\">The size of %" PRIu64
			      " more is not known.</p>\n",
			      amounts->nr_unsized);
	if (amounts->damage.code)
		markup_format(markup, "<p class=\"bad\">Damaged: %s</p>\n",
			      amounts->damage.message);
}

void page_amounts(struct markup *markup, const struct report *report)
{
	page_open(markup, "kernel", "Kernel memory");
	markup_put(markup, "<h3>Slab caches</h3>\n");
	put_amounts(markup, &report->slabs, "Slab caches by size",
		    "=Cache|#Size|#Slabs|#Objects in use|=Size, of the largest",
		    "u-slab", true);
	markup_put(markup, "<h3>vmalloc by caller</h3>\n");
	put_amounts(markup, &report->areas, "Callers of vmalloc by size",
		    "Caller|#Size|#Areas|=Size, of the largest", "u-vmalloc",
		    false);
	page_close(markup);
}

/* --- the log --- */

static void put_line(struct markup *markup, const struct log_line *line)
{
	const char *class = !line->has_level || line->level > 4 ? "" :
			    line->level == 4			? "warn" :
								  "bad";

	markup_put(markup, "<li><span class=\"when mono\">");
	if (line->has_time)
		markup_format(markup, "%.6f", (double)line->ts_nsec / 1e9);
	markup_put(markup, "</span>");
	if (*line->text)
		markup_format(markup, "<code class=\"%s\">%s</code>%s", class,
			      line->text, line->cut ? " (cut)" : "");
	if (line->nr_notes)
		markup_put(markup, "<ul>");
	for (size_t i = 0; i < line->nr_notes; i++)
		markup_format(
			markup,
			"<li class=\"soft\"><code>%s</code>: %s</li>",
			line->note[i].word, line->note[i].text);
	if (line->nr_notes)
		markup_put(markup, "</ul>");
	markup_put(markup, "</li>\n");
}

void page_log(struct markup *markup, const struct report *report)
{
	const struct log_page *page = &report->log;

	page_open(markup, "log", "The end of the log");
	if (!page->known) {
		page_not_known(markup, &page->why);
		page_close(markup);
		return;
	}
	markup_format(markup,
		      "<p>The last %zu of %" PRIu64
		      " records, with what their addresses are. Times are seconds since the boot.</p>\n",
		      page->nr, page->nr_records);
	for (size_t i = 0; i < page->damages.nr && i < MAX_DAMAGES; i++)
		markup_format(markup, "<p class=\"bad\">Damaged: %s</p>\n",
			      page->damages.error[i].message);
	if (page->nr)
		markup_put(markup, "<ol class=\"log\" data-filter=\"\">\n");
	for (size_t i = 0; i < page->nr; i++)
		put_line(markup, &page->line[i]);
	if (page->nr)
		markup_put(markup, "</ol>\n");
	page_close(markup);
}

/* --- what is not known --- */

struct listing {
	struct markup *markup;
	size_t nr;
};

static void put_unknown(void *arg, const char *part, const struct error *why)
{
	struct listing *listing = arg;

	if (!listing->nr++)
		page_table(listing->markup, "Parts that are not known",
			   "=Part|Why", false);
	markup_format(
		listing->markup,
		"<tr><th scope=\"row\" class=\"m\">%s</th><td class=\"t\">%s</td></tr>\n",
		part, why->message);
}

void page_unknown(struct markup *markup, const struct report *report)
{
	struct listing listing = { .markup = markup };

	page_open(markup, "unknown", "Not known");
	report_unknown(report, put_unknown, &listing);
	if (listing.nr)
		page_table_end(markup);
	else
		markup_put(markup,
			   "<p>Every part of this report is known.</p>\n");
	page_close(markup);
}
