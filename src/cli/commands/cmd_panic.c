/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "cli/commands/show_report.h"
#include "cli/show_backtrace.h"
#include "cli/show_panic.h"

enum { LONGEST_LINE = 2048 + 1 }; /* COMMAND_LINE_SIZE in asm/setup.h, and a NUL */

/* Adds the kernel's command line. Since 2.6.20 (30d7e0d466b3), saved_command_line is a pointer to
 * the text. In older kernels it is the text itself, which is not a valid pointer, so nothing is
 * added. */
static void state_command_line(struct session *session)
{
	struct kernel *kernel = session->kernel;
	char text[LONGEST_LINE];
	uint64_t address;

	if (kernel_symbol(kernel, "saved_command_line", &address, NULL) &&
	    kernel_read_pointer(kernel, address, &address, NULL) &&
	    kernel_read_text(kernel, address, text, sizeof(text)) && *text)
		output_string(session->output, "command_line", text);
}

/* What the kernel's own report says about its end. */
struct shown_verdict {
	struct output *output;
	struct oops_verdict verdict;
};

static void put_verdict_text(const void *arg)
{
	const struct shown_verdict *shown = arg;

	show_verdict_text(shown->output, &shown->verdict);
}

static void put_verdict_field(const void *arg)
{
	const struct shown_verdict *shown = arg;

	show_verdict_json(shown->output, &shown->verdict);
}

/* Explains the report that ended the kernel, and what its bad pointer is in the dump. */
static bool explain(struct session *session, const struct panic *panic,
		    struct oops_verdict *verdict, struct error *err)
{
	const struct oops_report *report = &panic->log.report[panic->ended_by - 1];
	struct annotator *annotator;

	if (!oops_explain(&panic->log, panic->ended_by - 1, verdict, err))
		return false;
	annotator = annotator_create(session->kernel, NULL, TEXT_OF_DUMP, &panic->log);
	if (!annotator)
		return out_of_memory(err);
	verdict_use_kernel(verdict, &panic->log, report, session->kernel, annotator);
	annotator_destroy(annotator);
	return true;
}

static bool show_panic(struct session *session, const struct panic *panic, enum trace_wish wish,
		       struct error *err)
{
	struct shown_verdict shown = { .output = session->output };
	bool known = panic->end == END_PANIC && panic->ended_by;

	if (known && !explain(session, panic, &shown.verdict, err)) {
		oops_verdict_release(&shown.verdict);
		return false;
	}
	known = known && shown.verdict.nr;
	if (known)
		output_in_text(session->output, put_verdict_text, &shown);
	output_begin(session->output, "panic", NULL, show_panic_status(panic));
	if (known)
		output_in_records(session->output, put_verdict_field, &shown);
	show_panic_fields(session, panic, wish);
	state_command_line(session);
	output_end(session->output);
	oops_verdict_release(&shown.verdict);
	return true;
}

struct panic_options {
	unsigned int all;
};

static bool commands_panic_run(struct session *session, char **words, struct error *err)
{
	const struct panic_options *given = session->given;
	struct panic panic;
	bool found = panic_read(session->kernel, &panic, err);

	(void)words;
	if (found)
		found = show_panic(session, &panic, given->all ? TRACE_ALL : TRACE_PANICKED, err);
	if (found && !panic.log_known)
		session_complain(session, NULL, &panic.log_trouble);
	if (found && !panic.cpus_known)
		session_complain(session, NULL, &panic.cpus_trouble);
	session_complain_of_damages(session, &panic.damages);
	panic_release(&panic);
	return found;
}

static const struct command_option options[] = {
	{ "a", AT(panic_options, all), .help = "also show the frames and registers of every CPU" },
	{ 0 }
};

static const struct record record = {
	.labelled = true,
	.fields =
		FIELDS(HIDDEN("verdict"), LINE("message", .heading = "panic"), LINE("report"),
		       LINE("cause"), LINE("cpu"), LINE("task"),
		       LINE("pid", .heading = "task", TEXT(.before = "pid ")),
		       LINE("comm", .heading = "task"),
		       LINE("task_by", .heading = "task", TEXT(.join = " ")), LINE("time"),
		       LINE("ip", .heading = "at"),
		       LINE("symbol", .heading = "at", TEXT(.join = " ")),
		       LINE("region", .heading = "at"),
		       LINE("registers", .heading = "", .pairs = 3, .width = 6, TEXT(.join = "  ")),
		       LINE("oops_in_progress", .heading = "oops", TEXT(.after = " in progress")),
		       LINE("tainted"), LINE("taints", .heading = "tainted", TEXT(.join = " ")),
		       LINE("command_line", .heading = "cmdline"),
		       LINE("trace", .heading = "", .fields = show_trace_fields),
		       LINE("reports", .heading = "", .fields = show_panic_reports),
		       LINE("more_reports", .heading = "", TEXT(.after = " more reports")),
		       LINE("hardware_errors", .heading = "", .fields = show_hardware_errors),
		       LINE("cpus", .heading = "", .fields = show_panic_cpus),
		       LINE("other_cpus", .heading = "", .fields = show_panic_registers)),
};

const struct command command_panic = {
	.name = "panic",
	.group = GROUP_KERNEL,
	.common = true,
	.options = options,
	.given_size = GIVEN(panic_options),
	.record = &record,
	.summary = "the cause of the crash, and what each CPU ran",
	.details = "Shows what happened, by the report that ended the kernel; the message of\n"
		   "panic(); the first line of the last report in the log, such as an oops; the\n"
		   "CPU and its task; the CPU's registers and what they point to; the kernel's\n"
		   "command line; the CPU's frames, as bt shows them; then what each CPU ran. The\n"
		   "registers were saved by QEMU, or for kdump by the CPUs themselves. If the\n"
		   "kernel did not panic, the answer says so.",
	.rests_on = RESTS_ON_WALKS,
	.run = commands_panic_run,
};
