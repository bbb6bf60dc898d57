/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show_panic.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/show_backtrace.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "linux/region.h"
#include "linux/task_members.h"
#include "oops/facts.h"

/* --- counters of hardware errors --- */

/* Errors of the hardware from which the kernel recovered. Linux counts them by type in hwerr_data
 * since 6.18 (kernel/vmcore_info.c). */

struct kernel;

/* enum hwerr_error_type in include/uapi/linux/vmcore.h */
enum hardware_error_type {
	HARDWARE_CPU,
	HARDWARE_MEMORY,
	HARDWARE_PCI,
	HARDWARE_CXL,
	HARDWARE_OTHERS,
	NR_HARDWARE_ERRORS
};

struct hardware_errors {
	uint32_t count;
	uint64_t last; /* the time of the last error, in seconds since 1970 */
};

extern const char *const hardware_error_names[NR_HARDWARE_ERRORS];

const char *const hardware_error_names[NR_HARDWARE_ERRORS] = {
	[HARDWARE_CPU] = "cpu", [HARDWARE_MEMORY] = "memory", [HARDWARE_PCI] = "pci",
	[HARDWARE_CXL] = "cxl", [HARDWARE_OTHERS] = "others",
};

/* Reads the counts of all types. A count is 0 if the kernel has no counts, or if they cannot be
 * read. */
static void hardware_errors_read(struct kernel *kernel,
				 struct hardware_errors errors[NR_HARDWARE_ERRORS])
{
	const struct member *count = kernel_member(kernel, HWERR_COUNT, NULL);
	uint64_t address, size, number;

	memset(errors, 0, NR_HARDWARE_ERRORS * sizeof(*errors));
	if (!count || !kernel_type_size(kernel, "hwerr_info", &size) ||
	    !kernel_symbol(kernel, "hwerr_data", &address, NULL))
		return;
	for (size_t i = 0; i < NR_HARDWARE_ERRORS; i++, address += size) {
		/* an int, or an atomic_t */
		if (!kernel_read_number(kernel, address + count->offset, 4, &number, NULL) ||
		    !kernel_read_member(kernel, address, HWERR_TIME, &errors[i].last, NULL))
			return;
		errors[i].count = (uint32_t)number;
	}
}

enum { NSEC = 1000000000 };

static const char *end_of_crash(const struct kernel *kernel, const struct panic *panic,
				char text[PANIC_END])
{
	if (*panic->message || *panic->report)
		return *panic->message ? panic->message : panic->report;
	if (panic->log_known && kernel->dump->scrubbed)
		return "the kernel crashed; the reason is not known, because the dump is scrubbed";
	if (panic->log_known)
		return "the kernel crashed; the log does not give the reason";
	snprintf(text, PANIC_END,
		 "the kernel crashed; the reason is not known, because the log cannot be read: %s",
		 panic->log_trouble.message);
	return text;
}

const char *show_panic_end(const struct kernel *kernel, const struct panic *panic,
			   char text[PANIC_END])
{
	switch (panic->end) {
	case END_PANIC: return end_of_crash(kernel, panic, text);
	case END_OUTSIDE:
		return kernel->dump->format->running ?
			       "the kernel did not panic; it is running" :
			       "the kernel did not panic; it was stopped from outside";
	default: return "it is not known whether the kernel panicked";
	}
}

/* Adds the symbol and the region at the instruction pointer. Text shows the region only if there is
 * no symbol. */
static void state_code(struct session *session, uint64_t ip)
{
	const struct region *region = region_of(session->kernel, ip, NULL);
	struct output *output = session->output;
	char symbol[SYMBOL_TEXT];
	bool has_symbol = query_symbol_text(session->kernel, ip, symbol);

	output_hex(output, "ip", ip);
	if (has_symbol)
		output_string(output, "symbol", symbol);
	if (region)
		output_word(output, "region", region_names[region->kind],
			    has_symbol ? STYLE_GOOD : STYLE_PLAIN);
}

static void state_run(struct session *session, const struct cpu_run *run)
{
	struct output *output = session->output;

	if (run->has_name)
		output_pid(output, run->pid, run->comm);
	if (run->task)
		output_hex(output, "task", run->task);
	if (run->has_registers) {
		state_code(session, run->registers.value[CPU_IP]);
		show_registers(session, &run->registers);
	}
}

/* Adds the field "interrupted": the code that the CPU executed before an exception or interrupt,
 * for example before the interrupt that stopped the CPU. */
static void show_interrupted(struct session *session, const struct cpu_run *run)
{
	struct backtrace trace = { 0 };
	char symbol[SYMBOL_TEXT];
	size_t i = 0;

	if (run->has_registers)
		unwind_cpu(session->kernel, &run->registers, run->task, &trace, NULL);
	while (i < trace.nr && !trace.frame[i].interrupted)
		i++;
	if (i < trace.nr && trace.frame[i].sure &&
	    query_symbol_text(session->kernel, trace.frame[i].ip, symbol))
		output_string(session->output, "interrupted", symbol);
	backtrace_release(&trace);
}

static void show_panic_state_cpus(struct session *session, const struct panic *panic)
{
	struct output *output = session->output;

	output_list_begin(output, "cpus");
	for (size_t i = 0; i < panic->nr_runs; i++) {
		output_object_begin(output, NULL);
		if (panic->run[i].has_cpu)
			output_count(output, "cpu", panic->run[i].cpu);
		state_run(session, &panic->run[i]);
		show_interrupted(session, &panic->run[i]);
		output_object_end(output);
	}
	output_list_end(output);
}

static void state_taints(struct output *output, const struct panic *panic)
{
	char letters[FACT_TAINTS];

	if (!panic->has_tainted)
		return;
	fact_taint_letters(panic->tainted, letters);
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

const struct field show_panic_cpus[] = { COLUMN("cpu"),
					 COLUMN("pid"),
					 COLUMN("comm"),
					 COLUMN("task"),
					 COLUMN("ip"),
					 COLUMN("symbol", .heading = "where"),
					 COLUMN("region", .heading = "where", .quiet = true),
					 COLUMN("interrupted"),
					 { 0 } };

const struct field show_panic_registers[] = { LINE("cpu", .heading = "CPU"),
					      LINE("registers", .heading = "", .pairs = 3,
						   .width = 6, TEXT(.join = "  ")),
					      { 0 } };

const struct field show_panic_reports[] = { COLUMN("time"),
					    HIDDEN("last_time"),
					    COLUMN("count", .heading = "times"),
					    COLUMN("cpu"),
					    COLUMN("pid", .heading = "task"),
					    COLUMN("comm", .heading = "task", TEXT(.join = " ")),
					    COLUMN("text", .heading = "report of the log"),
					    COLUMN("memory_cgroup", .heading = "report of the log",
						   TEXT(.join = ": ",
							.before = "limit of memory cgroup ")),
					    { 0 } };

static void state_reports(struct output *output, const struct log_reports *reports)
{
	if (!reports->nr)
		return;
	output_list_begin(output, "reports");
	for (size_t i = 0; i < reports->nr; i++) {
		const struct log_report *report = &reports->report[i];

		output_object_begin(output, NULL);
		output_string(output, "text", report->text);
		if (*report->memory_cgroup)
			output_string(output, "memory_cgroup", report->memory_cgroup);
		if (report->has_cpu)
			output_count(output, "cpu", report->cpu);
		if (report->has_pid)
			output_integer(output, "pid", report->pid);
		if (*report->comm)
			output_string(output, "comm", report->comm);
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

void show_panic_utc(uint64_t time, char *text, size_t size)
{
	time_t second = (time_t)time;
	struct tm broken;

	if (gmtime_r(&second, &broken))
		strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &broken);
}

static void name_time(const void *arg, char *text, size_t size)
{
	const struct panic *panic = arg;

	if (panic->has_time || panic->has_clock)
		show_panic_utc(panic->has_time ? panic->time : panic->clock, text, size);
}

const struct field show_hardware_errors[] = { COLUMN("type", .heading = "hardware error"),
					      COLUMN("count", .heading = "times"),
					      HIDDEN("last_time"),
					      COLUMN("last", .heading = "last"),
					      { 0 } };

static void name_last(const void *arg, char *text, size_t size)
{
	const struct hardware_errors *errors = arg;

	show_panic_utc(errors->last, text, size);
}

static void state_hardware_errors(struct session *session)
{
	struct hardware_errors errors[NR_HARDWARE_ERRORS];
	struct output *output = session->output;
	bool any = false;

	hardware_errors_read(session->kernel, errors);
	for (size_t i = 0; i < NR_HARDWARE_ERRORS; i++) {
		if (!errors[i].count)
			continue;
		if (!any)
			output_list_begin(output, "hardware_errors");
		any = true;
		output_object_begin(output, NULL);
		output_string(output, "type", hardware_error_names[i]);
		output_count(output, "count", errors[i].count);
		output_count(output, "last_time", errors[i].last);
		output_summary(output, "last", name_last, &errors[i]);
		output_object_end(output);
	}
	if (any)
		output_list_end(output);
}

/* Adds the first report in the log, because it may show the cause. Adds nothing if it is also the
 * last report. */
static void state_cause(struct output *output, const struct panic *panic)
{
	const struct log_report *cause = panic_cause(panic);

	if (cause && strcmp(cause->text, panic->report) != 0)
		output_string(output, "cause", cause->text);
}

static void state_traces(struct session *session, const struct panic *panic, enum trace_wish wish)
{
	enum { TOP = 8 };
	const struct cpu_run *panicked = panic_run(panic);

	if (!panicked && wish != TRACE_ALL)
		return;
	output_list_begin(session->output, "trace");
	if (panicked)
		show_trace(session, panicked, wish == TRACE_TOP ? TOP : SIZE_MAX);
	for (size_t i = 0; wish == TRACE_ALL && i < panic->nr_runs; i++)
		if (&panic->run[i] != panicked)
			show_trace(session, &panic->run[i], SIZE_MAX);
	output_list_end(session->output);
}

struct shown_cpus {
	struct session *session;
	const struct panic *panic;
};

/* Shows the registers of the CPUs that did not panic. Records contain them in the list of CPUs. */
static void show_panic_put_registers(const void *arg)
{
	const struct shown_cpus *shown = arg;
	const struct panic *panic = shown->panic;
	struct output *output = shown->session->output;

	output_list_begin(output, "other_cpus");
	for (size_t i = 0; i < panic->nr_runs; i++) {
		const struct cpu_run *run = &panic->run[i];

		if (run == panic_run(panic) || !run->has_registers)
			continue;
		output_object_begin(output, NULL);
		if (run->has_cpu)
			output_count(output, "cpu", run->cpu);
		show_registers(shown->session, &run->registers);
		output_object_end(output);
	}
	output_list_end(output);
}

void show_panic_fields(struct session *session, const struct panic *panic, enum trace_wish wish)
{
	const struct cpu_run *run = panic_run(panic);
	struct output *output = session->output;
	char end[PANIC_END];

	output_string(output, "message", show_panic_end(session->kernel, panic, end));
	if (*panic->report)
		output_string(output, "report", panic->report);
	state_cause(output, panic);
	if (panic->has_time)
		output_count(output, "crash_time", panic->time);
	else if (panic->has_clock)
		output_count(output, "dump_time", panic->clock);
	output_summary(output, "time", name_time, panic);
	state_taints(output, panic);
	state_reports(output, &panic->reports);
	state_hardware_errors(session);
	if (panic->cpu >= 0)
		output_integer(output, "cpu", panic->cpu);
	if (panic->end == END_PANIC && !(run && run->has_name) && panic->log_has_task) {
		output_pid(output, panic->log_pid, panic->log_comm);
		output_remark(output, "task_by", "(by the log)", STYLE_PLAIN);
	}
	if (run)
		state_run(session, run);
	if (panic->has_oops)
		output_count(output, "oops_in_progress", panic->oops_in_progress);
	state_traces(session, panic, wish);
	show_panic_state_cpus(session, panic);
	if (wish == TRACE_ALL)
		output_in_text(output, show_panic_put_registers,
			       &(struct shown_cpus){ session, panic });
}

static void state_signature(struct output *output, const struct signature *signature)
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

void show_end(struct session *session, const struct panic *panic, const struct signature *signature,
	      enum trace_wish wish)
{
	struct output *output = session->output;

	if (signature)
		state_signature(output, signature);
	if (panic->has_uptime)
		output_seconds(output, "uptime", panic->uptime);
	output_object_begin(output, "panic");
	output_string(output, "status", show_panic_status(panic));
	show_panic_fields(session, panic, wish);
	output_object_end(output);
}

/* --- reports --- */

void show_verdict_json(struct output *output, const struct oops_verdict *verdict)
{
	output_list_begin(output, "verdict");
	for (size_t i = 0; i < verdict->nr; i++)
		output_string(output, NULL, verdict->sentence[i]);
	output_list_end(output);
}

void show_symbol_json(struct output *output, const struct oops_symbol *symbol)
{
	char text[OOPS_NAME + 32];

	snprintf(text, sizeof(text), "%s+0x%" PRIx64, symbol->name, symbol->offset);
	output_string(output, "symbol", symbol->no_offset ? symbol->name : text);
	output_string_if(output, "module", symbol->module);
}
