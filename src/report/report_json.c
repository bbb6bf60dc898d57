/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes a report as one JSON answer. */
#include "report/report.h"

#include "cli/show_kernel.h"
#include "cli/show_backtrace.h"
#include "cli/show_host.h"
#include "cli/show_panic.h"
#include "cli/show_wait.h"
#include "query/annotate.h"

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

static void json_region(struct output *output, const struct space_map *map, size_t index)
{
	const struct region_map *use = &map->region[index];
	const char *gap = space_map_gap_before(map, index);
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
