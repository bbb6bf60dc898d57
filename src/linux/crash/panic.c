/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/panic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/crash/panic_cpus.h"
#include "linux/crash/rust_name.h"
#include "linux/crash/title.h"
#include "base/text.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "linux/printk/log.h"

/* --- the log --- */

// clang-format off
/* A line that starts with one of these texts begins a report of a serious problem. The texts are
 * from all releases. */
static const char *const reports[] = {
	"BUG: ", "kernel BUG at ", "general protection fault",
	"Unable to handle kernel", "sysrq: Trigger a crash",
	"SysRq : Trigger a crash", "watchdog: BUG: ", "NMI watchdog: BUG: ",
	"NMI watchdog: Watchdog detected", "watchdog: Watchdog detected",
	"Uhhuh. NMI received", "mce: [Hardware Error]: ",
	"Insufficient stack space to handle exception", "SError Interrupt on CPU",
	rust_panic,
};
/* A line that starts with one of these texts begins a report, unless an earlier line has begun the
 * same report. */
static const char *const late_reports[] = {
	"Oops: ", "invalid opcode: ", "divide error: ", "double fault: ",
	"stack segment: ", "int3: ", "traps: PANIC: double fault", "Bad pagetable: ",
	"Internal error: ", rust_bug,
};
/* A line that starts with one of these texts begins a warning. A warning ends the kernel only if
 * panic_on_warn is set. */
static const char *const warnings[] = {
	"WARNING: CPU: ", "WARNING: at ", "UBSAN: ", "WARNING: possible ", "WARNING: suspicious ",
	"WARNING: inconsistent lock state", "WARNING: bad unlock balance",
};
/* The message of panic() starts with one of these texts if the log contains an earlier report of
 * the cause. */
static const char *const generic[] = {
	"Fatal exception", "Aiee, killing interrupt handler", "Attempted to kill",
	"hung_task: ", "softlockup: ", "Hard LOCKUP", "Watchdog detected", "Oops",
	"Fatal machine check", "Fatal local machine check", "panic_on_taint set",
	"kernel stack overflow", "Asynchronous SError Interrupt",
};
/* The message of panic() starts with one of these texts if a person or the hypervisor ended the kernel,
 * usually because the kernel did not answer any more. An earlier report may show why. */
static const char *const requested[] = {
	"sysrq triggered crash", "NMI: Not continuing",
};
// clang-format on
/* The line before the report of a BUG() or a warning (CUT_HERE, include/asm-generic/bug.h). */
static const char cut_here[] = "------------[ cut here";
/* The text that panic() prints before its message. */
const char panic_line[] = "Kernel panic - not syncing: ";

struct panic_search {
	struct panic *panic;
	size_t nr, report_at; /* records read so far; number of the record that began the report */
	bool in_report; /* the line with the task of the last report was not found yet */
	char warning[PANIC_TEXT]; /* first line of the last warning after the report; "": none */
	struct trace warning_trace;
	/* First line of the first report of a hung task, and its trace; "": none. A report of another
	 * hung task usually follows from the first one. */
	char hung[PANIC_TEXT];
	struct trace hung_trace;
};

static void keep_line(char to[PANIC_TEXT], const char *text)
{
	snprintf(to, PANIC_TEXT, "%.*s", (int)strcspn(text, "\n"), text);
}

static void take_task(struct panic_search *search, const char *text)
{
	struct panic *panic = search->panic;
	struct log_task task;

	if (!log_task_of_line(text, &task))
		return;
	panic->log_has_task = true;
	panic->log_pid = task.pid;
	panic->cpu = task.cpu;
	strcpy(panic->log_comm, task.comm);
	search->in_report = false;
}

/* Returns true for "INFO: task cat:17 blocked for more than 120 seconds." (check_hung_task()).
 * Since 6.15 other lines start with "INFO: task", too: they name the owner of the lock for which
 * the task waits. */
static bool reports_hung_task(const char *text)
{
	return starts_with(text, "INFO: task ") && strstr(text, " blocked ") &&
	       strstr(text, " for more than ");
}

/* Recognises the first line of a warning. Newer kernels (7.2) print the place before the CPU:
 * "WARNING: mm/slub.c:123 at foo+0x1/0x2, CPU#0: cat/17". */
static bool warns_of(const char *text)
{
	return after_any(text, warnings, sizeof(warnings) / sizeof(*warnings)) ||
	       (starts_with(text, "WARNING: ") && strstr(text, ", CPU#"));
}

static bool panic_is_late(const char *text)
{
	return after_any(text, late_reports, sizeof(late_reports) / sizeof(*late_reports));
}

static bool panic_begins_report(const struct panic_search *search, const char *text)
{
	bool late = panic_is_late(text);

	if (!late && (after_any(text, reports, sizeof(reports) / sizeof(*reports)) ||
		      reports_hung_task(text)))
		return true;
	return late &&
	       (!*search->panic->report || search->nr - search->report_at > log_report_lines(text));
}

/* Is this the message of check_panic_on_warn()? Since 6.2 the message starts with the origin of the
 * warning, so the whole message is searched. */
static bool ends_warning(const char *message)
{
	return strstr(message, "panic_on_warn set");
}

static bool is_generic(const char *message)
{
	return after_any(message, generic, sizeof(generic) / sizeof(*generic)) ||
	       ends_warning(message);
}

static bool is_requested(const char *message)
{
	return after_any(message, requested, sizeof(requested) / sizeof(*requested));
}

static void take_panic(struct panic_search *search, const char *message)
{
	struct panic *panic = search->panic;

	keep_line(panic->message, message);
	/* An earlier report that did not end the kernel may be about another task. Read the task
	 * again, unless the message only repeats the last report. */
	search->in_report = search->in_report || !panic->log_has_task || !is_generic(message) ||
			    ends_warning(message);
	if (*search->warning && ends_warning(message)) {
		strcpy(panic->report, search->warning);
		panic->report_trace = search->warning_trace;
	}
	if (*search->hung && starts_with(message, "hung_task: ")) {
		strcpy(panic->report, search->hung);
		panic->report_trace = search->hung_trace;
	}
}

static enum log_report_line kind_of_line(const char *text, bool begins, bool warns)
{
	if (begins)
		return panic_is_late(text) ? REPORT_LINE_LATE : REPORT_LINE_SERIOUS;
	return warns ? REPORT_LINE_WARNING : REPORT_LINE_OTHER;
}

static void take_message(struct panic_search *search, const struct log_record *record)
{
	struct panic *panic = search->panic;
	const char *text = record->text;

	bool begins = panic_begins_report(search, text);
	bool warns = warns_of(text);

	log_reports_take(&panic->reports, record, kind_of_line(text, begins, warns));
	if (begins && !*search->hung && reports_hung_task(text))
		keep_line(search->hung, text);
	if (begins) {
		keep_line(panic->report, text);
		rust_panic_add(panic->report, PANIC_TEXT, strchr(text, '\n'));
		search->report_at = search->nr;
		search->in_report = true;
		*search->warning = '\0';
	} else if (warns) {
		keep_line(search->warning, text);
	} else if (starts_with(text, panic_line)) {
		take_panic(search, text + strlen(panic_line));
	} else if (search->nr == search->report_at + 1 && !starts_with(text, cut_here)) {
		rust_panic_add(panic->report, PANIC_TEXT, text);
	} else if (search->in_report && starts_with(text, "CPU: ")) {
		take_task(search, text);
	}
}

static void continue_trace(struct trace *trace, bool begins, const char *text)
{
	if (begins)
		trace_start(trace);
	else
		trace_take(trace, text);
}

static bool panic_visit(void *arg, const struct log_record *record)
{
	struct panic_search *search = arg;
	struct panic *panic = search->panic;
	const char *text = record->text;

	search->nr++;
	if (record->has_time) {
		panic->has_uptime = true;
		panic->uptime = record->ts_nsec;
	}
	/* Ignore lines that processes wrote to the log. */
	if (record->has_level && record->facility != LOG_KERNEL)
		return true;
	take_message(search, record);
	continue_trace(&panic->report_trace,
		       search->report_at == search->nr ||
			       (*panic->report && starts_with(text, panic->report)),
		       text);
	continue_trace(&search->warning_trace,
		       *search->warning && starts_with(text, search->warning), text);
	continue_trace(&search->hung_trace, *search->hung && starts_with(text, search->hung), text);
	continue_trace(&panic->message_trace, starts_with(text, panic_line), text);
	return true;
}

static bool search_log(struct kernel *kernel, struct panic *panic, struct error *err)
{
	struct panic_search search = { .panic = panic };

	panic->log_known =
		log_each(kernel, panic_visit, &search, &panic->damages, &panic->log_trouble);
	if (panic->log_known || panic->log_trouble.code != ERROR_INTERRUPTED)
		return true;
	*err = panic->log_trouble;
	panic_release(panic);
	return false;
}

/* --- variables --- */

/* Reads the value of an int variable. Returns false if it is unknown. */
static bool read_int(struct kernel *kernel, const char *name, int64_t *value)
{
	uint64_t address, number;

	if (!kernel_symbol(kernel, name, &address, NULL) ||
	    !kernel_read_number(kernel, address, 4, &number, NULL))
		return false;
	*value = (int32_t)number;
	return true;
}

/* Reads CRASHTIME from VMCOREINFO. crash_save_vmcoreinfo() adds CRASHTIME when the kdump kernel is
 * started. */
static void read_time(struct kernel *kernel, struct panic *panic)
{
	struct bytes value;
	char text[24];
	unsigned long long time;

	if (!vmcoreinfo_find(kernel->note, "CRASHTIME", &value) || value.size >= sizeof(text))
		return;
	snprintf(text, sizeof(text), "%.*s", (int)value.size, (const char *)value.data);
	panic->has_time = sscanf(text, "%20llu", &time) == 1;
	panic->time = panic->has_time ? time : 0;
}

/* Determines how the kernel ended, and which CPU panicked. The variable panic_cpu is -1 until a CPU
 * panics or starts the kdump kernel. The variable crashing_cpu is -1 until a CPU starts the kdump
 * kernel (kernel/panic.c and arch/x86/kernel/reboot.c of 4.5). Kernels before 4.5 have no
 * panic_cpu, and their crashing_cpu is initially 0. So in these kernels crashing_cpu = 0 alone
 * proves nothing. */
static void read_end(struct kernel *kernel, struct panic *panic)
{
	int64_t panic_cpu = -1, crashing_cpu = -1, oops, old;
	bool knows = read_int(kernel, "panic_cpu", &panic_cpu);

	read_int(kernel, "crashing_cpu", &crashing_cpu);
	read_time(kernel, panic);
	panic->has_clock = log_clock(kernel, &panic->clock);
	if (!knows && !crashing_cpu && !panic->has_time)
		crashing_cpu = -1;
	if (panic_cpu >= 0 || crashing_cpu >= 0 || panic->has_time)
		panic->end = END_PANIC;
	else if (knows)
		panic->end = END_OUTSIDE;
	else if (panic->log_known)
		panic->end = *panic->message ? END_PANIC : END_OUTSIDE;
	if (panic->end != END_PANIC)
		panic->cpu = -1;
	else if (crashing_cpu >= 0)
		panic->cpu = crashing_cpu;
	else if (panic_cpu >= 0)
		panic->cpu = panic_cpu;
	panic->has_oops = read_int(kernel, "oops_in_progress", &oops);
	panic->oops_in_progress = panic->has_oops ? (uint64_t)oops : 0;
	/* in old kernels the variable is an int, called tainted */
	panic->has_tainted = kernel_read_variable(kernel, "tainted_mask", &panic->tainted);
	if (!panic->has_tainted && read_int(kernel, "tainted", &old)) {
		panic->has_tainted = true;
		panic->tainted = (uint32_t)old;
	}
}

bool panic_read(struct kernel *kernel, struct panic *panic, struct error *err)
{
	*panic = (struct panic){ .cpu = -1 };
	if (!search_log(kernel, panic, err))
		return false;
	read_end(kernel, panic);
	if (panic_find_runs(kernel, panic, err))
		return true;
	panic_release(panic);
	return false;
}

void panic_release(struct panic *panic)
{
	log_reports_release(&panic->reports);
	free(panic->run);
	panic->run = NULL;
	panic->nr_runs = 0;
}

/* Finds the entry of the CPU that panicked, by the number of the CPU. If the entry has no number,
 * the pid in the CPU's note must be the pid in the log. */
const struct cpu_run *panic_run(const struct panic *panic)
{
	for (size_t i = 0; i < panic->nr_runs && panic->end == END_PANIC; i++) {
		const struct cpu_run *run = &panic->run[i];

		if (run->has_cpu ? run->cpu == panic->cpu :
				   panic->log_has_task && panic->log_pid &&
					   panic->log_pid == run->registers.pid)
			return run;
	}
	return NULL;
}

bool panic_by_report(const struct panic *panic)
{
	return *panic->report && (!*panic->message || is_generic(panic->message));
}

static const struct log_report *find_warning(const struct panic *panic)
{
	char title[REPORT_TEXT];

	signature_title(panic->report, title, sizeof(title));
	for (size_t i = 0; i < panic->reports.nr; i++)
		if (!strcmp(panic->reports.report[i].title, title))
			return &panic->reports.report[i];
	return NULL;
}

const struct log_report *panic_cause(const struct panic *panic)
{
	if (panic->end == END_PANIC && !panic_by_report(panic) && !is_requested(panic->message))
		return NULL;
	if (panic->end == END_PANIC && ends_warning(panic->message))
		return find_warning(panic);
	for (size_t i = 0; i < panic->reports.nr; i++)
		if (panic->reports.report[i].serious)
			return &panic->reports.report[i];
	return NULL;
}
