/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/show_panic.h"
#include "linux/crash/panic.h"
#include "linux/printk/log.h"
#include "output/output.h"
#include "query/annotate.h"

/* What a process wrote is an empty line. */
static bool read_cause(struct first_report *first)
{
	struct oops_lines *lines = &first->read.lines;
	const struct log_page *log = first->log;

	for (size_t i = 0; i < log->nr_cause; i++)
		if (!log_lines_add(lines,
				   &(struct log_record){ .text = log->cause[i].of_process ?
									 "" :
									 log->cause[i].text }))
			return false;
	oops_lines_end(lines);
	return oops_reports_of_lines(&first->read, 0, NULL, NULL, NULL) && first->read.nr;
}

/* Reads the report in log->cause, which must exist longer than *first. */
static void first_report_make(struct first_report *first, const struct log_page *log)
{
	*first = (struct first_report){ .log = log };
	first->known = read_cause(first) && oops_explain(&first->read, 0, &first->verdict, NULL);
}

/* all members may be zero */
static void first_report_release(struct first_report *first)
{
	oops_verdict_release(&first->verdict);
	oops_reports_release(&first->read);
}

void log_note_json(const struct log_note *note, struct output *output)
{
	output_string(output, "text", note->text);
	output_string_if(output, "file", note->file);
	output_count_if(output, "line", *note->file, note->line);
}

/* Adds what the dump says about a word of line `at` of the report. word: NULL for the first explained word. */
static void put_note(const struct first_report *first, struct output *output, size_t at,
		     const char *word, size_t size)
{
	const struct log_line *line = &first->log->cause[first->read.lines.line[at].last - 1];

	for (size_t i = 0; i < line->nr_notes; i++) {
		const struct log_note *note = &line->note[i];

		if (word && (strlen(note->word) != size || memcmp(note->word, word, size) != 0))
			continue;
		log_note_json(note, output);
		return;
	}
}

static void put_call(const struct first_report *first, struct output *output,
		     const struct oops_symbol *symbol, size_t line, bool sure)
{
	output_object_begin(output, NULL);
	show_symbol_json(output, symbol);
	output_boolean(output, "sure", sure);
	put_note(first, output, line, NULL, 0);
	output_object_end(output);
}

/* The place, and its callers. The place is often listed again as the first caller. */
static void put_calls(const struct first_report *first, struct output *output)
{
	const struct oops_report *report = &first->read.report[0];
	const struct oops_context *place = oops_report_context(report);

	output_list_begin(output, "calls");
	if (place && *place->where.name)
		put_call(first, output, &place->where, place->ip_line, true);
	for (size_t i = 0; i < report->nr_frames; i++) {
		const struct oops_frame *frame = &report->frame[i];

		if (*frame->symbol.name &&
		    !(i == 0 && place && oops_symbol_is_same(&place->where, &frame->symbol)))
			put_call(first, output, &frame->symbol, frame->line, !frame->guessed);
	}
	output_list_end(output);
}

static void put_registers(const struct first_report *first, struct output *output)
{
	const struct oops_context *context = oops_report_context(&first->read.report[0]);

	output_list_begin(output, "registers");
	for (size_t i = 0; context && i < context->nr_regs; i++) {
		const struct oops_number *reg = &context->reg[i];
		const char *line = first->read.lines.line[reg->line].text;

		if (reg->damaged)
			continue;
		output_object_begin(output, NULL);
		output_string(output, "register", reg->name);
		output_hex(output, "value", reg->value);
		put_note(first, output, reg->line, line + reg->at, reg->size);
		output_object_end(output);
	}
	output_list_end(output);
}

void first_report_json(const struct first_report *first, struct output *output)
{
	const struct oops_report *report = first->read.report;
	const struct oops_verdict *verdict = &first->verdict;

	if (!first->known)
		return;
	output_object_begin(output, "first_report");
	output_string(output, "report", oops_kinds[report->kind].name);
	show_verdict_json(output, verdict);
	output_count_if(output, "cpu", report->has_cpu, report->cpu);
	if (report->has_pid)
		output_integer(output, "pid", report->pid);
	output_string_if(output, "comm", report->comm);
	if (*verdict->place.name)
		show_symbol_json(output, &verdict->place);
	output_hex_if(output, "fault_address", report->has_address, report->address.value);
	put_calls(first, output);
	put_registers(first, output);
	output_object_end(output);
}

/* The parts of a report that consist of lists. */

/* --- findings --- */

static void take_place(void *arg, enum check check, const char *text)
{
	struct findings *findings = arg;
	struct finding_place place = { check, strdup(text) };

	if (place.text && array_add(&findings->place, &findings->nr_places, &findings->room_places,
				    &place, sizeof(place)))
		return;
	free(place.text);
	findings->cut = true;
}

static bool findings_has_trouble(const struct findings *findings, enum check check)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (findings->finding[i].status != CHECK_OK && findings->finding[i].check == check)
			return true;
	return false;
}

/* Returns true if the check found more than one place. A single place is not listed, because the
 * message contains it. */
static bool has_places(const struct findings *findings, enum check check)
{
	size_t nr = 0;

	for (size_t i = 0; i < findings->nr_places; i++)
		nr += findings->place[i].check == check;
	return nr > 1;
}

static void take_finding(void *arg, enum check check, enum check_status status, const char *message)
{
	struct findings *findings = arg;
	struct finding finding = {
		.check = check,
		.status = status,
		.message = strdup(message),
		.has_places = status > CHECK_INAPPLICABLE &&
			      !findings_has_trouble(findings, check) && has_places(findings, check),
	};

	if (!finding.message || !array_add(&findings->finding, &findings->nr, &findings->room,
					   &finding, sizeof(finding))) {
		free(finding.message);
		findings->cut = true;
	}
}

static void findings_make(struct findings *findings, struct kernel *kernel)
{
	struct checker checker = {
		.kernel = kernel,
		.tell = take_finding,
		.place = take_place,
		.arg = findings,
	};

	*findings = (struct findings){ 0 };
	check_kernel(&checker);
}

/* all members of findings may be zero */
static void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++)
		free(findings->finding[i].message);
	for (size_t i = 0; i < findings->nr_places; i++)
		free(findings->place[i].text);
	free(findings->finding);
	free(findings->place);
	*findings = (struct findings){ 0 };
}

/* The state while the log is read. During this time, the lines of the page are a ring buffer. */
struct log_page_reading {
	struct log_page *page;
	struct kernel *kernel;
	const char *cause;
	bool in_cause;
};

static void log_line_set(struct log_line *line, const struct log_record *record)
{
	line->has_time = record->has_time;
	line->ts_nsec = record->ts_nsec;
	line->has_level = record->has_level;
	line->level = record->level;
	line->of_process = log_is_of_process(record);
	line->cut = snprintf(line->text, sizeof(line->text), "%s", record->text) >=
		    (int)sizeof(line->text);
}

/* If the record belongs to the first report of trouble, adds the record to that report. A report
 * begins only with a line of the kernel, and not with a line that a process wrote to the log. */
static void take_cause(struct log_page_reading *reading, const struct log_record *record)
{
	struct log_page *page = reading->page;

	if (!page->nr_cause && !log_is_of_process(record) && *reading->cause &&
	    starts_with(record->text, reading->cause))
		reading->in_cause = true;
	if (!reading->in_cause || page->nr_cause == LOG_CAUSE_LINES)
		return;
	log_line_set(&page->cause[page->nr_cause++], record);
	/* print_oops_end_marker() in kernel/panic.c prints this at the end of a report */
	reading->in_cause = !starts_with(record->text, "---[ end ");
}

static bool take_record(void *arg, const struct log_record *record)
{
	struct log_page_reading *reading = arg;
	struct log_page *page = reading->page;

	log_line_set(&page->line[page->nr_records++ % LOG_PAGE_LINES], record);
	take_cause(reading, record);
	return !kernel_stopped(reading->kernel);
}

/* Rotates the ring buffer, so that the oldest line is the first element. */
static bool straighten(struct log_page *page)
{
	size_t at = page->nr_records % LOG_PAGE_LINES;
	struct log_line *line;

	page->nr = page->nr_records < LOG_PAGE_LINES ? page->nr_records : LOG_PAGE_LINES;
	if (page->nr < LOG_PAGE_LINES || !at)
		return true;
	line = calloc(LOG_PAGE_LINES, sizeof(*line));
	if (!line)
		return out_of_memory(&page->why);
	memcpy(line, page->line + at, (LOG_PAGE_LINES - at) * sizeof(*line));
	memcpy(line + LOG_PAGE_LINES - at, page->line, at * sizeof(*line));
	free(page->line);
	page->line = line;
	return true;
}

static void log_page_add_note(void *arg, const struct annotation *annotation)
{
	struct log_line *line = arg;
	struct log_note *note = &line->note[line->nr_notes];

	if (annotation->trouble || !annotation->text || line->nr_notes == LOG_LINE_NOTES)
		return;
	snprintf(note->word, sizeof(note->word), "%.*s", (int)annotation->size,
		 annotation->line + annotation->at);
	snprintf(note->text, sizeof(note->text), "%s", annotation->text);
	if (annotation->whatis && annotation->whatis->has_line) {
		strcpy(note->file, annotation->whatis->line.path);
		note->line = annotation->whatis->line.line;
	}
	line->nr_notes++;
}

static void log_page_explain(struct log_line *lines, size_t nr, struct kernel *kernel)
{
	struct oops_lines text = { .listener = kernel->listener };
	struct annotator *annotator;

	for (size_t i = 0; i < nr; i++)
		if (!log_lines_add(&text, &(struct log_record){ .text = lines[i].text,
								.has_time = lines[i].has_time,
								.ts_nsec = lines[i].ts_nsec }))
			break;
	annotator = annotator_create_of_log(kernel, &text);
	for (size_t i = 0; annotator && i < nr && !kernel_stopped(kernel); i++)
		annotator_record(annotator, log_page_add_note, &lines[i]);
	annotator_destroy(annotator);
}

/* Reads the log. This cannot fail, because the result contains reasons for missing parts. cause:
 * the start of the line that begins the trouble, or "" if there is no trouble. */
static void log_page_make(struct log_page *page, struct kernel *kernel, const char *cause)
{
	struct log_page_reading reading = {
		.page = page,
		.kernel = kernel,
		.cause = cause,
		.in_cause = false,
	};

	*page = (struct log_page){ 0 };
	page->line = calloc(LOG_PAGE_LINES, sizeof(*page->line));
	page->cause = calloc(LOG_CAUSE_LINES, sizeof(*page->cause));
	if (!page->line || !page->cause) {
		out_of_memory(&page->why);
		return;
	}
	page->known = log_each(kernel, take_record, &reading, &page->damages, &page->why) &&
		      straighten(page);
	if (!page->known)
		return;
	log_page_explain(page->line, page->nr, kernel);
	log_page_explain(page->cause, page->nr_cause, kernel);
}

/* all members of page may be zero */
static void log_page_release(struct log_page *page)
{
	free(page->line);
	free(page->cause);
	page->line = page->cause = NULL;
}

/* --- the report --- */

static void report_find_end(struct report *report)
{
	struct kernel *kernel = report->kernel;

	report->has_panic = panic_read(kernel, &report->panic, &report->why_panic);
	report->has_signature =
		report->has_panic && signature_of(kernel, &report->panic, &report->signature);
}

static void report_find_frames(struct report *report)
{
	report->has_frames = frame_map_make(&report->frames, report->kernel, &report->slabs,
					    &report->why_frames);
}

static void find_survey(struct report *report)
{
	dump_survey(report->kernel->dump, &report->survey);
}

static void find_findings(struct report *report)
{
	findings_make(&report->findings, report->kernel);
}

static void report_find_space(struct report *report)
{
	space_map_make(&report->space, report->kernel);
}

static void find_processes(struct report *report)
{
	process_map_make(&report->processes, report->kernel, true);
	blocked_find(report->kernel, &report->blocked);
}

static void find_amounts(struct report *report)
{
	amounts_of_slabs(&report->slabs, report->kernel);
	amounts_of_areas(&report->areas, report->kernel);
}

static void find_log(struct report *report)
{
	const struct log_report *cause = report->has_panic ? panic_cause(&report->panic) : NULL;
	char text[PANIC_TEXT + sizeof(panic_line)] = "";

	if (cause)
		snprintf(text, sizeof(text), "%s", cause->text);
	else if (report->has_panic && *report->panic.message)
		snprintf(text, sizeof(text), "%s%s", panic_line, report->panic.message);
	log_page_make(&report->log, report->kernel, text);
	first_report_make(&report->first, &report->log);
}

/* Facts are not gathered here, but when the report is written, because the parts that are gathered
 * here may find reasons to doubt a fact. The map of frames needs the largest slab caches, so it is
 * made after the amounts. */
void report_make(struct report *report, struct session *session, const struct pair *pair)
{
	void (*const parts[])(struct report * report) = {
		find_survey,  report_find_end,	  find_findings,  report_find_space,
		find_amounts, report_find_frames, find_processes, find_log,
	};
	const size_t nr = sizeof(parts) / sizeof(parts[0]);

	*report = (struct report){ .kernel = session->kernel, .pair = pair };
	for (size_t i = 0; i < nr && !session_interrupted(session); i++) {
		parts[i](report);
		session_progress(session, i + 1, nr);
	}
	report->whole = !session_interrupted(session);
}

void report_release(struct report *report)
{
	panic_release(&report->panic);
	frame_map_release(&report->frames);
	process_map_release(&report->processes);
	blocked_release(&report->blocked);
	findings_release(&report->findings);
	first_report_release(&report->first);
	log_page_release(&report->log);
}
