/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a report as one JSON answer. */
#include "cli/show_backtrace.h"
#include "cli/show_kernel.h"
#include "cli/show_panic.h"
#include "cli/show_wait.h"
#include "query/annotate.h"
#include "report/frame_map.h"
#include "report/report.h"

/* --- the map of frames --- */

/* Writes the use of physical memory as fields of a JSON answer. */

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

/* Adds fields to the open JSON answer. */
static void frame_map_json(const struct frame_map *map, struct output *output)
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

/* Adds the meaning of each register. Leaves out all numbers without a meaning. */
static void json_register_texts(struct session *session, const struct registers *registers)
{
	struct annotator *annotator = annotator_create(session->kernel, NULL, TEXT_OF_DUMP, NULL);
	char text[WHATIS_TEXT];

	output_object_begin(session->output, "register_texts");
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = show_register_name(session, registers, i);

		if (annotator && name && registers->value[i] && !kernel_stopped(session->kernel) &&
		    annotator_register(annotator, registers->value[i], text))
			output_string(session->output, name, text);
	}
	annotator_destroy(annotator);
	output_object_end(session->output);
}

static void json_end(const struct report *report, struct session *session)
{
	const struct panic *panic = &report->panic;
	const struct cpu_run *run = panic_run(panic);
	struct output *output = session->output;

	if (!report->has_panic)
		return;
	show_end(session, panic, report->has_signature ? &report->signature : NULL, TRACE_ALL);
	output_list_begin(output, "panic_unknown");
	if (!panic->log_known)
		output_string(output, NULL, panic->log_trouble.message);
	if (!panic->cpus_known)
		output_string(output, NULL, panic->cpus_trouble.message);
	output_list_end(output);
	output_object_begin(output, "register_symbols");
	for (enum cpu_register i = 0; run && i < NR_CPU_REGISTERS; i++) {
		const char *name = show_register_name(session, &run->registers, i);
		char symbol[SYMBOL_TEXT];

		if (name && query_symbol_text(report->kernel, run->registers.value[i], symbol))
			output_string(output, name, symbol);
	}
	output_object_end(output);
	if (run)
		json_register_texts(session, &run->registers);
}

/* If the dump is an extract, adds its level, because an extract lacks the parts that the level
 * leaves out. Also adds whether it was scrubbed, because a scrubbed dump contains no texts. */
static void json_extract(struct output *output, const struct dump *dump)
{
	output_string_if(output, "extract", extract_level_names[dump->extract]);
	if (dump->scrubbed)
		output_boolean(output, "scrubbed", true);
}

static void json_findings(struct output *output, const struct findings *findings)
{
	output_list_begin(output, "findings");
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *finding = &findings->finding[i];

		output_object_begin(output, NULL);
		show_finding(output, finding->check, finding->status, finding->message);
		output_string(output, "more", check_rows[finding->check].command);
		if (finding->has_places)
			output_list_begin(output, "places");
		for (size_t n = 0; finding->has_places && n < findings->nr_places; n++)
			if (findings->place[n].check == finding->check)
				output_string(output, NULL, findings->place[n].text);
		if (finding->has_places)
			output_list_end(output);
		output_object_end(output);
	}
	output_list_end(output);
}

/* --- the address space --- */

/* If the region with this index is a hole whose size KASLR chose (on x86-64), returns the name of
 * the region after the hole. If it is not, returns NULL. KASLR moves the bases of the direct map,
 * vmalloc and vmemmap up, each by a random part of the remaining space: kernel_randomize_memory() in
 * arch/x86/mm/kaslr.c. So only a hole before one of these three regions is such a gap. */
static const char *gap_before(const struct space_map *map, size_t index)
{
	enum region_kind kind;

	if (index + 1 >= map->nr || !(map->region[index].region.last >> 32) ||
	    map->region[index].region.kind != REGION_HOLE || !map->has_kaslr_offset ||
	    !map->kaslr_offset)
		return NULL;
	kind = map->region[index + 1].region.kind;
	return kind == REGION_DIRECT_MAP || kind == REGION_VMALLOC || kind == REGION_VMEMMAP ?
		       region_names[kind] :
		       NULL;
}

static void json_region(struct output *output, const struct space_map *map, size_t index)
{
	const struct region_map *use = &map->region[index];
	const char *gap = gap_before(map, index);
	const char *name = region_names[use->region.kind];

	output_object_begin(output, NULL);
	output_string(output, "region", name ? name : "unknown");
	output_range(output, use->region.first, use->region.last);
	output_count(output, "size", use->region.last - use->region.first + 1);
	output_string_if(output, "kaslr_gap_before", gap);
	if (use->scanned && !map->why_tables.code) {
		output_count(output, "mapped", use->mapped);
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

static void report_json_open(struct output *output, const struct space_map *map)
{
	output_object_begin(output, "write_execute");
	output_count(output, "ranges", map->open_ranges);
	output_count(output, "size", map->open_bytes);
	output_list_begin(output, "list");
	for (size_t i = 0; i < map->nr_open; i++) {
		output_object_begin(output, NULL);
		output_range(output, map->open[i].first, map->open[i].last);
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
		report_json_open(output, map);
	if (!map->why_aliases.code)
		json_aliases(output, map);
}

/* --- users of memory, by size --- */

static void report_json_damages(struct output *output, const struct damages *damages)
{
	output_list_begin(output, "damage");
	for (size_t i = 0; i < damages->nr && i < MAX_DAMAGES; i++)
		output_string(output, NULL, damages->error[i].message);
	output_list_end(output);
}

static void json_process(struct output *output, const struct process_use *use)
{
	const char state[] = { use->state, '\0' };

	output_object_begin(output, NULL);
	output_pid(output, use->pid, use->comm);
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
	output_count(output, "kernel_threads", map->nr_kernel_threads);
	output_boolean(output, "all_compared", !map->shared_cut);
	output_count(output, "damages", map->damages.nr);
	report_json_damages(output, &map->damages);
	output_list_begin(output, "list");
	for (size_t i = 0; i < map->nr; i++)
		json_process(output, &map->process[i]);
	output_list_end(output);
	output_object_end(output);
}

/* The stacks of the tasks that the groups of the field "blocked" name. */
static void json_blocked_traces(struct session *session, const struct blocked *blocked)
{
	struct output *output = session->output;

	output_list_begin(output, "blocked_traces");
	for (size_t i = 0; i < blocked->nr && i < MOST_BLOCKED_GROUPS; i++) {
		const struct task *task = blocked->group[i].longest;

		output_object_begin(output, NULL);
		output_pid(output, task->pid, task->comm);
		output_list_begin(output, "trace");
		show_task_trace(session, task);
		output_list_end(output);
		output_object_end(output);
	}
	output_list_end(output);
}

static void json_amounts(struct output *output, const char *name, const char *what,
			 const char *counted, const struct amounts *amounts)
{
	if (!amounts->known)
		return;
	output_object_begin(output, name);
	output_count(output, "number", amounts->nr_all);
	output_count(output, "size", amounts->size);
	output_count(output, "unsized", amounts->nr_unsized);
	output_string_if(output, "damage", amounts->damage.message);
	output_list_begin(output, "list");
	for (size_t i = 0; i < amounts->nr; i++) {
		const struct amount *amount = &amounts->item[i];

		output_object_begin(output, NULL);
		output_string(output, what, amount->name);
		output_count(output, "size", amount->size);
		output_count(output, counted, amount->nr);
		if (amount->has_active) {
			output_count_if(output, "allocated", amount->has_allocated,
					amount->allocated);
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

static void json_log_line(struct output *output, const struct log_line *line)
{
	output_object_begin(output, NULL);
	if (line->has_time)
		output_seconds(output, "time", line->ts_nsec);
	if (line->has_level)
		output_count(output, "level", line->level);
	output_string(output, "text", line->text);
	if (line->cut)
		output_boolean(output, "cut", true);
	if (line->nr_notes)
		output_list_begin(output, "addresses");
	for (size_t n = 0; n < line->nr_notes; n++) {
		output_object_begin(output, NULL);
		output_string(output, "input", line->note[n].word);
		log_note_json(&line->note[n], output);
		output_object_end(output);
	}
	if (line->nr_notes)
		output_list_end(output);
	output_object_end(output);
}

static void json_log(struct output *output, const struct log_page *page)
{
	if (!page->known)
		return;
	output_list_begin(output, "cause");
	for (size_t i = 0; i < page->nr_cause; i++)
		json_log_line(output, &page->cause[i]);
	output_list_end(output);
	output_object_begin(output, "log");
	output_count(output, "records", page->nr_records);
	report_json_damages(output, &page->damages);
	output_list_begin(output, "list");
	for (size_t i = 0; i < page->nr; i++)
		json_log_line(output, &page->line[i]);
	output_list_end(output);
	output_object_end(output);
}

static void json_unknown_parts(struct output *output, const struct report *report)
{
	const struct {
		const char *part;
		bool known;
		const struct error *why;
	} parts[] = {
		{ "panic", report->has_panic, &report->why_panic },
		{ "regions", !report->space.why_regions.code, &report->space.why_regions },
		{ "page-table", !report->space.why_tables.code, &report->space.why_tables },
		{ "aliases", report->space.why_tables.code || !report->space.why_aliases.code,
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

	output_list_begin(output, "unknown");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!parts[i].known)
			show_unknown(output, parts[i].part, parts[i].why);
	output_list_end(output);
}

void report_answer(const struct report *report, struct session *session)
{
	struct output *output = session->output;

	output_begin(output, "report", NULL, NULL);
	show_dump(output, report->kernel, &report->survey);
	json_extract(output, report->kernel->dump);
	show_identity(output, report->kernel);
	show_host(session, &report->panic);
	show_facts(output, report->kernel, true);
	json_end(report, session);
	json_findings(output, &report->findings);
	json_space(output, &report->space);
	if (report->has_frames)
		frame_map_json(&report->frames, output);
	json_processes(output, &report->processes);
	show_blocked(session, &report->blocked);
	json_blocked_traces(session, &report->blocked);
	json_amounts(output, "slabs", "slab_cache", "slabs", &report->slabs);
	json_amounts(output, "areas", "caller", "areas", &report->areas);
	json_log(output, &report->log);
	first_report_json(&report->first, output);
	if (HAVE_DIFF && report->pair)
		changes_json(report->pair, output);
	json_unknown_parts(output, report);
	output_boolean(output, "whole", report->whole);
	output_end(output);
}
