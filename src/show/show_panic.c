/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "show/show_panic.h"

#include <inttypes.h>
#include <stdio.h>

#include "areas/region.h"
#include "base/text.h"
#include "kernel/arch.h"

enum { NSEC = 1000000000 };

const char *show_register_name(const struct session *session,
			       const struct registers *registers,
			       enum cpu_register which)
{
	if (!registers_have(registers, which))
		return NULL;
	return register_name(which, session->kernel->arch->pointer_size);
}

struct code_target show_code_target(struct session *session, uint64_t ip)
{
	const struct region *region = kernel_region(session->kernel, ip, NULL);
	struct code_target target = {
		.region = region ? region_names[region->kind] : NULL,
	};

	if (!kernel_symbol_text(session->kernel, ip, target.symbol))
		target.symbol[0] = '\0';
	return target;
}

const char *show_panic_end(const struct panic *panic)
{
	switch (panic->end) {
	case END_PANIC:
		return *panic->message ? panic->message :
		       *panic->report  ? panic->report :
					 "it crashed; its log does not say why";
	case END_OUTSIDE:
		return "did not panic; stopped from outside";
	default:
		return "whether it panicked is not known";
	}
}

static void json_registers(struct session *session,
			   const struct registers *registers)
{
	struct output *output = session->output;

	output_object_begin(output, "registers");
	for (enum cpu_register i = 0; i < NR_CPU_REGISTERS; i++) {
		const char *name = show_register_name(session, registers, i);

		if (name)
			output_hex(output, name, registers->value[i]);
	}
	output_object_end(output);
}

static void json_run(struct session *session, const struct cpu_run *run)
{
	struct output *output = session->output;
	struct code_target target;

	if (run->has_name) {
		output_integer(output, "pid", run->pid);
		output_string(output, "comm", run->comm);
	}
	if (run->task)
		output_hex(output, "task", run->task);
	if (!run->has_registers)
		return;
	target = show_code_target(session, run->registers.value[CPU_IP]);
	output_hex(output, "ip", run->registers.value[CPU_IP]);
	if (*target.symbol)
		output_string(output, "symbol", target.symbol);
	output_string(output, "region", target.region);
	json_registers(session, &run->registers);
}

static void json_cpus(struct session *session, const struct panic *panic)
{
	struct output *output = session->output;

	output_list_begin(output, "cpus");
	for (size_t i = 0; i < panic->nr_runs; i++) {
		output_object_begin(output, NULL);
		if (panic->run[i].has_cpu)
			output_count(output, "cpu", panic->run[i].cpu);
		json_run(session, &panic->run[i]);
		output_object_end(output);
	}
	output_list_end(output);
}

static void json_taints(struct output *output, const struct panic *panic)
{
	char letters[TAINTS_MAX];

	if (!panic->has_tainted)
		return;
	taint_letters(panic->tainted, letters);
	output_count(output, "tainted", panic->tainted);
	output_string(output, "taints", letters);
}

const char *show_panic_status(const struct panic *panic)
{
	static const char *const states[] = {
		[END_UNKNOWN] = "unknown",
		[END_OUTSIDE] = "no-panic",
		[END_PANIC] = "ok",
	};

	return states[panic->end];
}

static void json_reports(struct output *output,
			 const struct log_reports *reports)
{
	if (!reports->nr)
		return;
	output_list_begin(output, "reports");
	for (size_t i = 0; i < reports->nr; i++) {
		const struct log_report *report = &reports->report[i];

		output_object_begin(output, NULL);
		output_string(output, "text", report->text);
		if (report->has_time) {
			output_seconds(output, "time", report->first);
			output_seconds(output, "last_time", report->last);
		}
		output_count(output, "count", report->count);
		output_object_end(output);
	}
	output_list_end(output);
	if (reports->more)
		output_count(output, "more_reports", reports->more);
}

void log_report_text(const struct log_report *report,
		     char text[LOG_REPORT_TEXT])
{
	*text = '\0';
	if (report->has_time)
		text_append(text, LOG_REPORT_TEXT,
			    "[%5" PRIu64 ".%06" PRIu64 "] ",
			    report->first / NSEC, report->first % NSEC / 1000);
	text_append(text, LOG_REPORT_TEXT, "%s", report->text);
	if (report->count > 1)
		text_append(text, LOG_REPORT_TEXT, " (%zu times)",
			    report->count);
}

void show_reports(struct session *session, const struct log_reports *reports,
		  const char *but, const char *heading)
{
	char text[LOG_REPORT_TEXT];

	for (size_t i = 0; i < reports->nr; i++) {
		const struct log_report *report = &reports->report[i];

		if (but && report->count == 1 && !strcmp(report->text, but))
			continue;
		log_report_text(report, text);
		output_textf(session->output, "%s%s\n", heading, text);
	}
	if (reports->more)
		output_textf(session->output, "%s%zu more\n", heading,
			     reports->more);
}

void show_panic_fields(struct session *session, const struct panic *panic)
{
	const struct cpu_run *run = panic_run(panic);
	struct output *output = session->output;

	output_string(output, "message", show_panic_end(panic));
	if (*panic->report)
		output_string(output, "report", panic->report);
	json_reports(output, &panic->reports);
	if (panic->has_time)
		output_count(output, "crash_time", panic->time);
	if (panic->cpu >= 0)
		output_integer(output, "cpu", panic->cpu);
	if (panic->end == END_PANIC && !(run && run->has_name) &&
	    panic->log_has_task) {
		output_integer(output, "pid", panic->log_pid);
		output_string(output, "comm", panic->log_comm);
	}
	if (run)
		json_run(session, run);
	if (panic->has_oops)
		output_count(output, "oops_in_progress",
			     panic->oops_in_progress);
	json_taints(output, panic);
	json_cpus(session, panic);
}

static void json_signature(struct output *output,
			   const struct signature *signature)
{
	char hash[24];

	snprintf(hash, sizeof(hash), "%016" PRIx64, signature->hash);
	output_string(output, "signature", hash);
	output_object_begin(output, "crash");
	output_string_if(output, "title", signature->title);
	output_string_if(output, "function", signature->trace.function);
	output_list_begin(output, "frames");
	for (size_t i = 0; i < signature->trace.nr_frames; i++)
		output_string(output, NULL, signature->trace.frame[i]);
	output_list_end(output);
	if (signature->guessed)
		output_boolean(output, "guessed", true);
	output_object_end(output);
}

void show_end(struct session *session, const struct panic *panic,
	      const struct signature *signature)
{
	struct output *output = session->output;

	if (signature)
		json_signature(output, signature);
	if (panic->has_uptime)
		output_seconds(output, "uptime", panic->uptime);
	output_object_begin(output, "panic");
	output_string(output, "status", show_panic_status(panic));
	show_panic_fields(session, panic);
	output_object_end(output);
}
