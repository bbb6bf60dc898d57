/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one JSON answer. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/report.h"
#include "show/show_kernel.h"
#include "show/show_panic.h"

/* Why a part is not known. */
static void json_unknown(struct output *output, const char *part,
			 const struct error *why)
{
	output_object_begin(output, NULL);
	output_string(output, "part", part);
	output_string(output, "message", why->message);
	output_object_end(output);
}

/* --- the dump, the kernel, its end --- */

static void json_dump(struct output *output, const struct report *report)
{
	const struct dump *dump = report->kernel->dump;

	output_string(output, "dump", dump->file.path);
	output_string(output, "format", dump->format_name);
	if (dump->warning[0])
		output_string(output, "trouble", dump->warning);
	output_object_begin(output, "pages");
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++)
		if (report->survey.bytes[state] && state != PAGE_ABSENT)
			output_count(output, page_state_names[state],
				     kernel_pfn(report->kernel, report->survey.bytes[state]));
	output_object_end(output);
}

static void json_fact(struct output *output, const struct told_fact *fact)
{
	output_object_begin(output, NULL);
	output_string(output, "fact", fact_name(fact->id));
	output_string(output, "value", fact->value);
	output_string(output, "source", fact->source);
	output_string_if(output, "doubt", fact->doubt);
	output_list_begin(output, "sources");
	for (size_t i = 0; i < fact->nr_voices; i++) {
		output_object_begin(output, NULL);
		output_string(output, "source", fact->voice[i].source);
		output_string(output, "value", fact->voice[i].value);
		output_string(output, "verdict",
			      fact_verdict_names[fact->voice[i].verdict]);
		output_object_end(output);
	}
	output_list_end(output);
	output_object_end(output);
}

static void json_kernel(struct output *output, const struct report *report)
{
	show_identity(output, report->kernel);
	output_list_begin(output, "facts");
	for (size_t i = 0; i < report->facts.nr; i++)
		json_fact(output, &report->facts.fact[i]);
	output_list_end(output);
}

static void json_end(const struct report *report, struct session *session)
{
	struct output *output = session->output;
	char hash[24];

	if (!report->has_panic)
		return;
	if (report->has_signature) {
		snprintf(hash, sizeof(hash), "%016" PRIx64,
			 report->signature.hash);
		output_string(output, "signature", hash);
	}
	if (report->panic.has_uptime)
		output_seconds(output, "uptime", report->panic.uptime);
	output_object_begin(output, "panic");
	output_string(output, "status", show_panic_status(&report->panic));
	show_panic_fields(session, &report->panic);
	output_object_end(output);
}

static void json_findings(struct output *output,
			  const struct findings *findings)
{
	output_list_begin(output, "findings");
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *finding = &findings->finding[i];

		output_object_begin(output, NULL);
		output_string(output, "check", check_rows[finding->check].name);
		output_string(output, "status",
			      check_status_names[finding->status]);
		output_string(output, "message", finding->message);
		output_string(output, "more", check_rows[finding->check].command);
		if (finding->has_places)
			output_list_begin(output, "places");
		for (size_t n = 0; finding->has_places && n < findings->nr_places;
		     n++)
			if (findings->place[n].check == finding->check)
				output_string(output, NULL,
					      findings->place[n].text);
		if (finding->has_places)
			output_list_end(output);
		output_object_end(output);
	}
	output_list_end(output);
}

/* --- the address space --- */

static void json_region(struct output *output, const struct space_map *map,
			size_t index)
{
	const struct region_map *use = &map->region[index];
	const char *gap = space_map_gap_before(map, index);
	const char *name = region_names[use->region.kind];

	output_object_begin(output, NULL);
	output_string(output, "region", name ? name : "unknown");
	output_hex(output, "start", use->region.first);
	output_hex(output, "end", use->region.last);
	output_count(output, "size", use->region.last - use->region.first + 1);
	output_string_if(output, "kaslr_gap_before", gap);
	if (use->scanned && !map->why_tables.code) {
		output_count(output, "mapped", region_mapped(use));
		output_count(output, "writable", use->writable);
		if (map->has_no_execute) {
			output_count(output, "executable", use->executable);
			output_count(output, "writable_executable", use->both);
		}
		output_count(output, "ranges", use->nr_ranges);
		if (use->unreadable)
			output_count(output, "unreadable", use->unreadable);
		if (use->corrupt)
			output_count(output, "corrupt", use->corrupt);
	}
	if (use->nr_ranges) {
		output_hex(output, "first_mapped", use->first_mapped);
		output_hex(output, "last_mapped", use->last_mapped);
	}
	output_object_end(output);
}

static void json_open(struct output *output, const struct space_map *map)
{
	output_object_begin(output, "write_execute");
	output_count(output, "ranges", map->open_ranges);
	output_count(output, "size", map->open_bytes);
	output_list_begin(output, "list");
	for (size_t i = 0; i < map->nr_open; i++) {
		output_object_begin(output, NULL);
		output_hex(output, "start", map->open[i].first);
		output_hex(output, "end", map->open[i].last);
		output_string_if(output, "region", map->open[i].region);
		output_object_end(output);
	}
	output_list_end(output);
	output_object_end(output);
}

static void json_aliases(struct output *output, const struct space_map *map)
{
	output_object_begin(output, "aliases");
	output_count(output, "ranges", map->alias_ranges);
	output_count(output, "size", map->alias_bytes);
	output_boolean(output, "all_compared", !map->aliases_cut);
	output_list_begin(output, "list");
	for (size_t i = 0; i < map->nr_alias; i++) {
		output_object_begin(output, NULL);
		output_hex(output, "physical", map->alias[i].paddr);
		output_count(output, "size", map->alias[i].size);
		output_hex(output, "protected", map->alias[i].protected_at);
		output_hex(output, "writable", map->alias[i].writable_at);
		output_object_end(output);
	}
	output_list_end(output);
	output_object_end(output);
}

static void json_space(struct output *output, const struct space_map *map)
{
	output_list_begin(output, "regions");
	for (size_t i = 0; i < map->nr; i++)
		json_region(output, map, i);
	output_list_end(output);
	if (map->why_tables.code)
		return;
	output_boolean(output, "tables_whole", map->whole);
	if (map->has_no_execute)
		json_open(output, map);
	if (!map->why_aliases.code)
		json_aliases(output, map);
}

/* --- physical memory --- */

/* The caches that have a colour; the rest of the frames is of others. */
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

/* A use, in all: its parts are among its frames. */
static void json_use(struct output *output, const struct frame_map *map,
		     enum shade shade)
{
	enum page_use_kind use = shade_texts[shade].use;
	uint64_t frames = 0;
	bool has_parts = false;

	for (unsigned int i = 0; i < NR_SHADES; i++)
		if (shade_texts[i].use == use) {
			frames += map->frames[i];
			has_parts |= shade_texts[i].part && map->frames[i] &&
				     !frame_map_cache(map, i);
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
			output_count(output, shade_texts[i].part,
				     map->frames[i]);
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

static void json_shade(struct output *output, const struct frame_map *map,
		       unsigned int shade)
{
	const struct shade_text *text = &shade_texts[shade];
	const struct map_cache *cache = frame_map_cache(map, shade);

	output_string(output, "use",
		      text->part && !cache ? text->part :
					     page_use_names[text->use]);
	if (cache)
		output_string(output, "slab_cache", cache->name);
}

/* Neighbouring cells that look alike are one item. */
static void json_cells(struct output *output, const struct frame_map *map)
{
	size_t next;

	output_list_begin(output, "map");
	for (size_t i = 0; i < map->nr_cells; i = next) {
		const struct map_cell *cell = &map->cell[i];
		uint64_t first = map->first + i * map->cell_frames;

		for (next = i + 1; next < map->nr_cells &&
				   map->cell[next].shade == cell->shade &&
				   map->cell[next].state == cell->state;)
			next++;
		if (cell->shade == NR_SHADES)
			continue;
		output_object_begin(output, NULL);
		output_hex(output, "start", frame_map_size(map, first));
		output_count(output, "cells", next - i);
		json_shade(output, map, cell->shade);
		output_string(output, "state", page_state_names[cell->state]);
		output_object_end(output);
	}
	output_list_end(output);
}

static void json_frames(struct output *output, const struct frame_map *map)
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
	output_count(output, "map_cell", frame_map_size(map, map->cell_frames));
	json_cells(output, map);
}

/* --- who has how much --- */

static void json_process(struct output *output, const struct process_use *use)
{
	const char state[] = { use->state, '\0' };

	output_object_begin(output, NULL);
	output_integer(output, "pid", use->pid);
	output_string(output, "comm", use->comm);
	output_string_if(output, "state", state);
	if (use->has_rss)
		output_count(output, "rss", use->rss);
	if (use->has_tables) {
		output_count(output, "own", use->own);
		output_count(output, "shared", use->shared);
		output_count(output, "page_tables", use->tables);
		output_boolean(output, "tables_whole", use->whole);
	} else {
		output_string(output, "message", use->why.message);
	}
	output_object_end(output);
}

static void json_processes(struct output *output, const struct process_map *map)
{
	if (!map->known)
		return;
	output_object_begin(output, "tasks");
	output_count(output, "tasks", map->nr_tasks);
	output_count(output, "processes", map->nr_processes);
	output_count(output, "rss", map->rss);
	output_count(output, "page_tables", map->tables);
	output_count(output, "damages", map->damages.nr);
	output_list_begin(output, "list");
	for (size_t i = 0; i < map->nr; i++)
		json_process(output, &map->process[i]);
	output_list_end(output);
	output_object_end(output);
}

static void json_amounts(struct output *output, const char *name,
			 const char *what, const char *counted,
			 const struct amounts *amounts)
{
	if (!amounts->known)
		return;
	output_object_begin(output, name);
	output_count(output, "number", amounts->nr_all);
	output_count(output, "size", amounts->size);
	output_string_if(output, "damage", amounts->damage.message);
	output_list_begin(output, "list");
	for (size_t i = 0; i < amounts->nr; i++) {
		const struct amount *amount = &amounts->item[i];

		output_object_begin(output, NULL);
		output_string(output, what, amount->name);
		output_count(output, "size", amount->size);
		output_count(output, counted, amount->nr);
		if (amount->has_active) {
			output_count(output, "active", amount->active);
			output_count(output, "objects", amount->objects);
		}
		if (amount->damaged)
			output_boolean(output, "damaged", true);
		output_object_end(output);
	}
	output_list_end(output);
	output_object_end(output);
}

static void json_log(struct output *output, const struct log_page *page)
{
	if (!page->known)
		return;
	output_object_begin(output, "log");
	output_count(output, "records", page->nr_records);
	output_list_begin(output, "list");
	for (size_t i = 0; i < page->nr; i++) {
		const struct log_line *line = &page->line[i];

		output_object_begin(output, NULL);
		if (line->has_time)
			output_seconds(output, "time", line->ts_nsec);
		if (line->has_level)
			output_count(output, "level", line->level);
		output_string(output, "text", line->text);
		if (line->nr_notes)
			output_list_begin(output, "addresses");
		for (size_t n = 0; n < line->nr_notes; n++) {
			output_object_begin(output, NULL);
			output_string(output, "input", line->note[n].word);
			output_string(output, "text", line->note[n].text);
			output_object_end(output);
		}
		if (line->nr_notes)
			output_list_end(output);
		output_object_end(output);
	}
	output_list_end(output);
	output_object_end(output);
}

void report_unknown(const struct report *report,
		    void (*visit)(void *arg, const char *part,
				  const struct error *why),
		    void *arg)
{
	const struct {
		const char *part;
		bool known;
		const struct error *why;
	} parts[] = {
		{ "panic", report->has_panic, &report->why_panic },
		{ "regions", !report->space.why_regions.code,
		  &report->space.why_regions },
		{ "page-table", !report->space.why_tables.code,
		  &report->space.why_tables },
		{ "aliases",
		  report->space.why_tables.code ||
			  !report->space.why_aliases.code,
		  &report->space.why_aliases },
		{ "memory", report->has_frames, &report->why_frames },
		{ "frames", !report->has_frames || report->frames.use_known,
		  &report->frames.why_use },
		{ "zones", !report->has_frames || !report->frames.why_zones.code,
		  &report->frames.why_zones },
		{ "tasks", report->processes.known, &report->processes.why },
		{ "slabs", report->slabs.known, &report->slabs.why },
		{ "areas", report->areas.known, &report->areas.why },
		{ "log", report->log.known, &report->log.why },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!parts[i].known)
			visit(arg, parts[i].part, parts[i].why);
}

static void visit_unknown(void *arg, const char *part, const struct error *why)
{
	json_unknown(arg, part, why);
}

void report_json(const struct report *report, struct session *session)
{
	struct output *output = session->output;

	json_dump(output, report);
	json_kernel(output, report);
	json_end(report, session);
	json_findings(output, &report->findings);
	json_space(output, &report->space);
	if (report->has_frames)
		json_frames(output, &report->frames);
	json_processes(output, &report->processes);
	json_amounts(output, "slabs", "slab_cache", "slabs", &report->slabs);
	json_amounts(output, "areas", "caller", "areas", &report->areas);
	json_log(output, &report->log);
	if (report->pair)
		changes_json(report->pair, output);
	output_list_begin(output, "unknown");
	report_unknown(report, visit_unknown, output);
	output_list_end(output);
	output_boolean(output, "whole", report->whole);
}
