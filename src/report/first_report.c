/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include <string.h>

#include "cli/show_verdict.h"
#include "linux/crash/log_reports.h"
#include "linux/printk/log.h"
#include "output/output.h"

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

void first_report_make(struct first_report *first, const struct log_page *log)
{
	*first = (struct first_report){ .log = log };
	first->known = read_cause(first) && oops_explain(&first->read, 0, &first->verdict, NULL);
}

void first_report_release(struct first_report *first)
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
