/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: virtual, physical, and of processes. */
#include <inttypes.h>
#include <string.h>

#include "html/page_parts.h"

/* --- the address space --- */

static void put_region(struct markup *markup, const struct space_map *map,
		       size_t index)
{
	const struct region_map *use = &map->region[index];
	const char *name = region_names[use->region.kind];
	const char *gap = space_map_gap_before(map, index);
	bool known = use->scanned && !map->why_tables.code;
	uint64_t size = use->region.last - use->region.first;

	markup_format(
		markup,
		"<tr><th scope=\"row\" class=\"m\">%s%s%s</th><td class=\"m mono\">%" PRIx64
		"</td><td class=\"m mono\">%" PRIx64 "</td>",
		name ? name : "not known without types",
		gap ? ", KASLR's gap before " : "", gap ? gap : "",
		use->region.first, use->region.last);
	page_size(markup, size + (size != UINT64_MAX));
	if (!known) {
		markup_format(markup, "<td class=\"n soft\">%s</td><td></td><td></td><td></td></tr>\n",
			      use->region.kind == REGION_USER ? "by process" :
			      use->region.kind == REGION_NON_CANONICAL ?
								"" :
								"not known");
		return;
	}
	page_size(markup, region_mapped(use));
	page_size(markup, use->writable);
	if (map->has_no_execute || !region_mapped(use))
		page_size(markup, use->executable);
	else
		markup_put(markup, "<td class=\"n soft\">all</td>");
	markup_put(markup, "<td class=\"m\">");
	if (use->unreadable) {
		markup_put(markup, "<span class=\"warn\">not in the dump</span> ");
	}
	if (use->corrupt)
		markup_put(markup, "<span class=\"bad\">damaged</span>");
	markup_put(markup, "</td></tr>\n");
}

static void put_open(struct markup *markup, const struct space_map *map)
{
	char text[SIZE_TEXT];

	markup_put(markup, "<h3>Writable and executable</h3>\n");
	if (!map->has_no_execute) {
		markup_put(
			markup,
			"<p>This paging mode cannot keep pages from being run: all that is writable is executable.</p>\n");
		return;
	}
	if (!map->open_ranges) {
		markup_format(markup, "<p>%s</p>\n",
			      map->whole ? "Nothing of the kernel's half is both." :
					   "Nothing of the part of the tables that could be read is both.");
		return;
	}
	markup_format(markup, "<p>%" PRIu64 " ranges, %s in all.</p>\n",
		      map->open_ranges, size_text(map->open_bytes, text));
	page_table(markup, "Ranges that are writable and executable",
		   "=Start|=End|#Size|Region", false);
	for (size_t i = 0; i < map->nr_open; i++) {
		markup_format(
			markup,
			"<tr><th scope=\"row\" class=\"m mono\">%" PRIx64
			"</th><td class=\"m mono\">%" PRIx64 "</td>",
			map->open[i].first, map->open[i].last);
		page_size(markup, map->open[i].last - map->open[i].first + 1);
		markup_format(markup, "<td>%s</td></tr>\n",
			      map->open[i].region ? map->open[i].region : "");
	}
	page_table_end(markup);
	if (map->open_ranges > map->nr_open)
		markup_format(markup, "<p class=\"soft\">%" PRIu64 " more are left out.</p>\n",
			      map->open_ranges - map->nr_open);
}

static void put_aliases(struct markup *markup, const struct space_map *map)
{
	char text[SIZE_TEXT];

	markup_put(markup, "<h3>Ways around a protection</h3>\n");
	if (map->why_aliases.code) {
		page_not_known(markup, &map->why_aliases);
		return;
	}
	if (map->aliases_cut)
		markup_put(markup,
			   "<p class=\"warn\">There are more protected frames than were compared.</p>\n");
	if (!map->alias_ranges) {
		markup_put(
			markup,
			"<p>No frame that is read-only or code in the image, modules or vmalloc can be written through another address of the kernel.</p>\n");
		return;
	}
	markup_format(
		markup,
		"<p>%" PRIu64 " ranges, %s in all, are read-only or code at one address, and can be written at another.</p>\n",
		map->alias_ranges, size_text(map->alias_bytes, text));
	page_table(markup, "Frames that can be written in spite of their protection",
		   "=Physical|#Size|=Protected at|=Writable at", false);
	for (size_t i = 0; i < map->nr_alias; i++) {
		markup_format(
			markup,
			"<tr><th scope=\"row\" class=\"m mono\">%" PRIx64 "</th>",
			map->alias[i].paddr);
		page_size(markup, map->alias[i].size);
		markup_format(markup,
			      "<td class=\"m mono\">%" PRIx64
			      "</td><td class=\"m mono\">%" PRIx64 "</td></tr>\n",
			      map->alias[i].protected_at,
			      map->alias[i].writable_at);
	}
	page_table_end(markup);
	if (map->alias_ranges > map->nr_alias)
		markup_format(markup, "<p class=\"soft\">%" PRIu64 " more are left out.</p>\n",
			      map->alias_ranges - map->nr_alias);
}

static void put_regions(struct markup *markup, const struct space_map *map)
{
	markup_put(markup, "<figure>\n");
	picture_space(markup, map, PICTURE_IN_PAGE);
	markup_put(
		markup,
		"<figcaption>Each region in the order of addresses: the outline is its size, the filled part what is mapped of it, both on a logarithmic scale. Broken outlines are holes; hatched is not known.</figcaption></figure>\n<figure>\n");
	picture_space_linear(markup, map, PICTURE_IN_PAGE);
	markup_put(
		markup,
		"<figcaption>The same to scale: all addresses, the kernel's part of them, and on 64-bit kernels its top.</figcaption></figure>\n");
	page_table(markup, "Regions, and what the kernel's page table maps in them",
		   "=Region|=Start|=End|#Size|#Mapped|#Writable|#Executable|=Tables",
		   false);
	for (size_t i = 0; i < map->nr; i++)
		put_region(markup, map, i);
	page_table_end(markup);
}

void page_space(struct markup *markup, const struct report *report)
{
	const struct space_map *map = &report->space;

	page_open(markup, "space", "Address space");
	if (map->why_regions.code)
		page_not_known(markup, &map->why_regions);
	else
		put_regions(markup, map);
	if (map->has_kaslr_offset)
		markup_format(
			markup,
			"<p>KASLR moved the kernel by <code>%s%" PRIx64 "</code>.</p>\n",
			map->kaslr_offset < 0 ? "-0x" : "0x",
			map->kaslr_offset < 0 ? -(uint64_t)map->kaslr_offset :
						(uint64_t)map->kaslr_offset);
	if (map->why_tables.code) {
		page_not_known(markup, &map->why_tables);
	} else {
		if (!map->whole)
			markup_put(markup,
				   "<p class=\"warn\">Not all of the page table could be read: these are at least so much.</p>\n");
		put_open(markup, map);
		put_aliases(markup, map);
	}
	page_close(markup);
}

/* --- physical memory --- */

static void put_use(struct markup *markup, const struct frame_map *map,
		    unsigned int shade, uint64_t all)
{
	uint64_t frames = map->frames[shade];
	char label[LABEL_TEXT];

	markup_put(markup, "<tr><th scope=\"row\" class=\"m\">");
	picture_swatch(markup, shade);
	markup_format(markup, "%s</th>", shade_label(map, shade, label));
	page_count(markup, frames);
	page_size(markup, frame_map_size(map, frames));
	if (2000 * frames < all)
		markup_put(markup, "<td class=\"n\">&lt; 0.1 %</td><td>");
	else
		markup_format(markup, "<td class=\"n\">%.1f %%</td><td>",
			      100.0 * (double)frames / (double)all);
	if (map->use_known)
		picture_strip(markup, map, shade);
	markup_put(markup, "</td></tr>\n");
}

static void put_uses(struct markup *markup, const struct frame_map *map)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < NR_SHADES; i++)
		all += map->frames[i];
	page_table(markup, "Uses of frames, and where in memory these are",
		   "=Use|#Frames|#Size|#Part|=From the lowest frame to the highest",
		   false);
	for (unsigned int i = 0; i < NR_SHADES; i++)
		if (map->frames[i])
			put_use(markup, map, i, all);
	page_table_end(markup);
}

static void put_zones(struct markup *markup, const struct frame_map *map)
{
	if (map->why_zones.code) {
		markup_put(markup, "<h3>Zones</h3>\n");
		page_not_known(markup, &map->why_zones);
		return;
	}
	page_table(markup, "Zones of memory",
		   "#Node|=Zone|=Start|=End|#Present|#Managed|#Free", false);
	for (size_t i = 0; i < map->nr_zones; i++) {
		const struct zone *zone = &map->zone[i];

		markup_format(
			markup,
			"<tr><td class=\"n\">%" PRIu64
			"</td><th scope=\"row\" class=\"m\">%s</th><td class=\"m mono\">%" PRIx64
			"</td><td class=\"m mono\">%" PRIx64 "</td>",
			zone->node, zone->name, zone->first,
			zone->last);
		page_size(markup, frame_map_size(map, zone->present));
		if (zone->has_managed)
			page_size(markup, frame_map_size(map, zone->managed));
		else
			markup_put(markup, "<td></td>");
		if (zone->has_free)
			page_size(markup, frame_map_size(map, zone->free));
		else
			markup_put(markup, "<td></td>");
		markup_put(markup, "</tr>\n");
	}
	page_table_end(markup);
	if (map->zones_cut)
		markup_format(markup, "<p class=\"soft\">%zu more are left out.</p>\n",
			      map->zones_cut);
}

/* Is any memory that the kernel manages not in the dump? */
static bool lacks_memory(const struct frame_map *map)
{
	for (size_t i = 0; i < map->nr_cells; i++)
		if (map->cell[i].frames > map->cell[i].in_dump ||
		    map->cell[i].state == PAGE_ZERO)
			return true;
	return false;
}

static void put_content_key(struct markup *markup, unsigned int shade,
			    const char *text)
{
	markup_put(markup, "<li>");
	picture_swatch(markup, shade);
	markup_format(markup, "%s</li>", text);
}

static void put_contents(struct markup *markup, const struct frame_map *map)
{
	markup_put(markup, "<h3>What of it is in the dump</h3>\n");
	if (!lacks_memory(map)) {
		markup_put(markup,
			   "<p>All frames that have a struct page are in the dump.</p>\n");
		return;
	}
	markup_put(markup, "<figure>\n");
	picture_contents(markup, map, PICTURE_IN_PAGE);
	markup_put(markup, "<figcaption><ul class=\"legend\">");
	put_content_key(markup, SHADE_FILE, "in the dump");
	put_content_key(markup, SHADE_FREE, "left out, as it is all zeros");
	put_content_key(markup, SHADE_RESERVED, "a part of it is in the dump");
	put_content_key(markup, SHADE_UNKNOWN,
			"not in the dump: left out, or no memory");
	put_content_key(markup, SHADE_DAMAGED, "cut off or damaged in the file");
	markup_put(markup, "</ul></figcaption></figure>\n");
}

static void put_map(struct markup *markup, const struct frame_map *map)
{
	char text[SIZE_TEXT];

	if (!map->use_known)
		page_not_known(markup, &map->why_use);
	if (map->frames[SHADE_UNREADABLE] || map->frames[SHADE_DAMAGED])
		markup_format(
			markup,
			"<p class=\"bad\">The struct pages of %" PRIu64
			" frames are not in the dump, and those of %" PRIu64
			" make no sense: they are marked.</p>\n",
			map->frames[SHADE_UNREADABLE],
			map->frames[SHADE_DAMAGED]);
	markup_put(markup, "<figure>\n<div class=\"map\" data-rows=\"");
	picture_frames_rows(markup, map);
	markup_put(markup, "\">\n");
	picture_frames(markup, map, PICTURE_IN_PAGE);
	markup_format(
		markup,
		"</div>\n<figcaption>Each cell is %s, in the colour of what most of it is used for, and slabs in that of the cache that has most of them; what a cell hides is in the strips of the table. Where nothing is drawn there are no frames.</figcaption></figure>\n",
		size_text(frame_map_size(map, map->cell_frames), text));
	put_uses(markup, map);
}

void page_memory(struct markup *markup, const struct report *report)
{
	page_open(markup, "memory", "Physical memory");
	if (report->has_frames) {
		put_map(markup, &report->frames);
		put_zones(markup, &report->frames);
		put_contents(markup, &report->frames);
	} else {
		page_not_known(markup, &report->why_frames);
	}
	page_close(markup);
}

/* --- processes --- */

static uint64_t most_of(const struct process_map *map)
{
	uint64_t most = 1;

	for (size_t i = 0; i < map->nr; i++) {
		const struct process_use *use = &map->process[i];

		most = use->own + use->shared > most ? use->own + use->shared :
						       most;
	}
	return most;
}

static void put_process(struct markup *markup, const struct process_use *use,
			uint64_t most)
{
	markup_format(
		markup,
		"<tr><td class=\"n\">%" PRId32
		"</td><th scope=\"row\" class=\"m\">%s</th><td>%c</td>",
		use->pid, use->comm, use->state ? use->state : '?');
	if (use->has_rss)
		page_size(markup, use->rss);
	else
		markup_put(markup, "<td class=\"n soft\">not known</td>");
	if (!use->has_tables) {
		markup_format(
			markup,
			"<td colspan=\"3\" class=\"t warn\">not known: %s</td><td></td></tr>\n",
			use->why.message);
		return;
	}
	page_size(markup, use->own);
	page_size(markup, use->shared);
	page_size(markup, use->tables);
	markup_put(markup, "<td class=\"m\">");
	picture_bar(markup, "u-anon", (double)use->own / (double)most, "u-ksm",
		    (double)use->shared / (double)most);
	if (!use->whole)
		markup_put(markup,
			   " <span class=\"warn\">at least: tables are missing or damaged</span>");
	markup_put(markup, "</td></tr>\n");
}

static void put_processes(struct markup *markup, const struct process_map *map)
{
	uint64_t most = most_of(map);
	char text[SIZE_TEXT];

	page_table(
		markup, "Processes by memory",
		"#PID|=Name|State|#RSS|#Its own|#Shared|#Page tables|=Own (dark) and shared (light)",
		true);
	for (size_t i = 0; i < map->nr; i++)
		put_process(markup, &map->process[i], most);
	page_table_end(markup);
	if (map->nr_processes > map->nr)
		markup_format(markup,
			      "<p class=\"soft\">%zu smaller ones are left out.</p>\n",
			      map->nr_processes - map->nr);
	markup_format(markup, "<p>Page tables of all processes: %s.</p>\n",
		      size_text(map->tables, text));
}

void page_processes(struct markup *markup, const struct report *report)
{
	const struct process_map *map = &report->processes;

	page_open(markup, "processes", "Processes");
	if (map->known) {
		markup_put(
			markup,
			"<p>RSS is what the kernel counted. What a process has of its own and shares is by its page table: a frame that two places map, in one process or several, is shared.</p>\n");
		put_processes(markup, map);
		if (map->shared_cut)
			markup_put(markup,
				   "<p class=\"warn\">Frames beyond 16 TiB were not compared.</p>\n");
		for (size_t i = 0; i < map->damages.nr && i < MAX_DAMAGES; i++)
			markup_format(markup, "<p class=\"bad\">Damaged: %s</p>\n",
				      map->damages.error[i].message);
	} else {
		page_not_known(markup, &map->why);
	}
	page_close(markup);
}
