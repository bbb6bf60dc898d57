/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/panic.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/vmcoreinfo.h"
#include "linux/crash/panic_cpus.h"
#include "linux/printk/log.h"
#include "oops/function.h"
#include "oops/report_parts.h"
#include "symbols/symbol_lookup.h"

/* --- titles: messages without the parts that differ between boots --- */

/* Returns the length of the number at the start of text, or 0 if text starts with no number. A word
 * of four or more hexadecimal digits counts as a number only if at least one digit is decimal. */
static size_t number_length(const char *text)
{
	size_t hex = strspn(text, "0123456789abcdefABCDEF");
	size_t decimal = strspn(text, "0123456789");

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		return 2 + strspn(text + 2, "0123456789abcdefABCDEF");
	if (hex >= 4 && strcspn(text, "0123456789") < hex && !isalnum((unsigned char)text[hex]) &&
	    text[hex] != '_')
		return hex;
	return decimal;
}

// clang-format off
/* The text of messages before and after the name of a task. If `behind` is NULL, the name is at the
 * end of the message. A name may contain any characters, and the pid may be printed after the name.
 * The messages are from check_hung_task(), bad_page(), print_bad_pte(), __schedule_bug(),
 * check_preemption_disabled() and __warn() of 7.2. */
static const struct {
	const char *before, *behind;
} names[] = {
	{ "INFO: task ", " blocked " },
	{ "BUG: Bad page state in process ", "  pfn:" },
	{ "BUG: Bad page map in process ", "  pte:" },
	{ "BUG: scheduling while atomic: ", NULL },
	{ "] code: ", NULL },
	{ ", CPU#", NULL },
};
// clang-format on

/* Returns the length of the name of a task at text + at, or 0 if no name begins there. */
static size_t name_length(const char *text, size_t at)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t length = strlen(names[i].before);
		const char *behind;

		if (at < length || strncmp(text + at - length, names[i].before, length) != 0)
			continue;
		if (!names[i].behind)
			return strlen(text + at);
		behind = strstr(text + at, names[i].behind);
		return behind ? (size_t)(behind - text) - at : 0;
	}
	return 0;
}

/* Returns the length of the part at text + at that differs between boots. Returns 0 if no such part
 * begins there. in_word: the character before text + at belongs to a word. */
static size_t varying_length(const char *text, size_t at, bool in_word)
{
	const char *close = text[at] == '[' ? strchr(text + at, ']') : NULL;
	size_t name = name_length(text, at);

	if (name)
		return name;
	if (close)
		return (size_t)(close - text) - at + 1;
	return in_word ? 0 : number_length(text + at);
}

void signature_title(const char *text, char *to, size_t size)
{
	size_t from = 0, at = 0;
	bool in_word = false;

	while (text[from] && at + 1 < size) {
		size_t skip = varying_length(text, from, in_word);
		char c = text[from];

		in_word = !skip && (isalnum((unsigned char)c) || c == '_');
		to[at++] = skip ? '#' : c;
		from += skip ? skip : 1;
	}
	to[at] = '\0';
}

/* --- the reports in the log --- */

// clang-format off
/* A line that starts with one of these texts reports a problem, and that is all. The texts are from
 * mm/memory-failure.c, block/blk-core.c, fs/buffer.c and file systems. */
static const char starts[] =
	"Memory failure: |EXT4-fs error |EXT3-fs error |EXT2-fs error |BTRFS error |"
	"BTRFS critical |F2FS-fs error ";

/* A line that contains one of these texts, too. The start of the line is the name of a device or a
 * driver. The texts are from drivers/nvme/host/pci.c, drivers/ata/libata-eh.c,
 * drivers/scsi/scsi_error.c and fs/xfs. */
static const char parts[] =
	"I/O error, dev |Buffer I/O error on dev| medium error, dev | timeout, aborting|"
	": exception Emask |: Internal error |: Corruption |: metadata I/O error |"
	": rejecting I/O to offline device|: device offline error, dev ";

/* A person ended the kernel. */
static const char crashes[] = "sysrq: Trigger a crash|SysRq : Trigger a crash";
// clang-format on

bool log_lines_add(struct oops_lines *lines, const struct log_record *record)
{
	const size_t number = lines->nr ? lines->line[lines->nr - 1].last + 1 : 1;
	const struct oops_line line = {
		.first = number,
		.last = number,
		.has_time = record->has_time,
		.usec = record->ts_nsec / 1000,
		.nsec = record->ts_nsec % 1000,
		.caller_kind = !record->has_caller	       ? 0 :
			       record->caller & LOG_CALLER_CPU ? 'C' :
								 'T',
		.caller = record->caller & ~LOG_CALLER_CPU,
	};

	return oops_lines_add(lines, &line, record->text);
}

/* Does the line say that a person ended the kernel? It belongs to no report. */
static bool log_line_is_crash(const char *text)
{
	return after_any(text, crashes);
}

static bool is_problem(const char *text)
{
	return after_any_mark(text, parts) || log_line_is_crash(text) || after_any(text, starts);
}

/* Is it a report that can end a kernel? `line` is the first one that begins it. */
static bool log_line_is_serious(const char *line)
{
	const struct oops_title *title = oops_title_find(line);

	switch (title ? title->kind : OOPS_PANIC) {
	case OOPS_WARNING:
	case OOPS_UBSAN:
	case OOPS_RCU_STALL:
	case OOPS_OOM:
	case OOPS_SEGFAULT:
	case OOPS_PANIC: return false;
	default: return !(title->is & TITLE_ANYWHERE);
	}
}

/* Copies a line that begins a report, with the next one if the report of a Rust panic goes on there (1.73). */
static void log_report_text(const struct oops_lines *lines, size_t line, char text[REPORT_TEXT])
{
	const struct oops_line *first = &lines->line[line];

	snprintf(text, REPORT_TEXT, "%s", first->text);
	if (after_start(text, "rust_kernel: ") && first->text[first->size - 1] == ':' &&
	    line + 1 < lines->nr && !after_start(first[1].text, "------------[ cut here"))
		text_append(text, REPORT_TEXT, " %s", first[1].text);
}

/* Counts the report of which these are the first line, the task and the cgroup. */
static void add_report(struct log_reports *reports, const struct oops_lines *lines,
		       struct log_report *new)
{
	const struct oops_line *line = &lines->line[new->line];
	size_t at = 0;

	log_report_text(lines, new->line, new->text);
	signature_title(new->text, new->title, sizeof(new->title));
	new->has_time = line->has_time;
	new->first = new->last = line->usec * 1000 + line->nsec;
	new->count = 1;
	while (at < reports->nr &&
	       (strcmp(reports->report[at].title, new->title) != 0 ||
		strcmp(reports->report[at].memory_cgroup, new->memory_cgroup) != 0))
		at++;
	if (at < reports->nr) {
		reports->report[at].last = new->last;
		reports->report[at].count++;
	} else if (reports->nr == MOST_REPORTS ||
		   !array_add(&reports->report, &reports->nr, &reports->room, new, sizeof(*new))) {
		reports->more++;
	}
}

/* Counts a report. */
static void log_reports_take(struct log_reports *reports, const struct oops_lines *lines,
			     const struct oops_report *report)
{
	struct log_report new = {
		.line = oops_title_find(lines->line[report->first].text) ? report->first :
									   report->head,
		.serious = log_line_is_serious(lines->line[report->title].text),
		.has_cpu = report->has_cpu,
		.has_pid = report->has_pid,
		.cpu = report->cpu,
		.pid = report->pid,
	};

	strcpy(new.comm, report->comm);
	strcpy(new.memory_cgroup, report->memory_cgroup);
	add_report(reports, lines, &new);
}

static int compare_reports(const void *one, const void *other)
{
	const struct log_report *a = one, *b = other;

	return a->line < b->line ? -1 : a->line > b->line;
}

/* Counts problems that one line reports, such as errors of disks, from lines that are in no report. Then sorts all by
 * their first occurrence. Fails only if lines->listener stops it. */
static bool log_reports_complete(struct log_reports *reports, const struct oops_lines *lines,
				 struct error *err)
{
	for (size_t i = 0; i < lines->nr; i++) {
		if (oops_lines_stopped(lines, err))
			return false;
		if (is_problem(lines->line[i].text))
			add_report(reports, lines,
				   &(struct log_report){
					   .line = i,
					   .serious = log_line_is_crash(lines->line[i].text) });
	}
	if (reports->nr)
		qsort(reports->report, reports->nr, sizeof(*reports->report), compare_reports);
	return true;
}

static void log_reports_release(struct log_reports *reports)
{
	free(reports->report);
	*reports = (struct log_reports){ 0 };
}

/* --- the trace of a report --- */

/* The function in which a report began, and its callers, without machinery. */

/* What was read so far. */
struct position {
	struct trace *trace;
	bool has_place; /* a place was found, although perhaps without a function */
	bool in_trampoline; /* the last caller was a trampoline */
};

/* Is the function the same as the function before a trampoline? */
static bool is_repeated(const struct position *progress, const char *function)
{
	const struct trace *trace = progress->trace;

	return progress->in_trampoline &&
	       !strcmp(trace->nr_frames ? trace->frame[trace->nr_frames - 1] : trace->function,
		       function);
}

/* The padding before a function, __pfx_foo, has no calls: "? __pfx_foo+0x10/0x10" is a pointer to foo() on
 * the stack. */
static void take_guess(struct trace *trace, const struct oops_frame *frame, const char *function)
{
	if (trace->nr_guesses < TRACE_FRAMES && !frame->in_machinery &&
	    !starts_with(function, "__pfx_"))
		strcpy(trace->guess[trace->nr_guesses++], function);
}

static void take_frame(struct position *progress, const struct oops_frame *frame)
{
	struct trace *trace = progress->trace;
	char function[FUNCTION_NAME];
	bool repeated;

	oops_symbol_function(&frame->symbol, function);
	if (!*function)
		return;
	if (frame->guessed) {
		take_guess(trace, frame, function);
		return;
	}
	trace->has_callers = true;
	repeated = is_repeated(progress, function);
	progress->in_trampoline = function_is_trampoline(function);
	if (repeated || frame->in_machinery)
		return;
	if (!*trace->function)
		strcpy(trace->function, function);
	else if (trace->nr_frames < TRACE_FRAMES &&
		 /* the first line of the trace may repeat the place of the report */
		 (trace->nr_frames || strcmp(trace->function, function) != 0))
		strcpy(trace->frame[trace->nr_frames++], function);
}

/* If the first place is after lines of callers, these were the functions of an NMI. Then the guesses
 * are from its stack, and the callers of the code that it interrupted follow. After a jump to a
 * wrong address, the caller is in lr (arm64). */
static void take_place(struct position *progress, const struct oops_lines *lines,
		       const struct oops_context *context)
{
	const char *line = lines->line[context->ip_line].text;
	struct trace *trace = progress->trace;
	char function[FUNCTION_NAME];

	if (*trace->function || !oops_part_shows_place(line + strspn(line, " \t")))
		return;
	oops_symbol_function(*context->where.name ? &context->where : &context->link, function);
	if (!rust_is_panic_machinery(function))
		strcpy(trace->function, function);
	if (context->in_trace && !progress->has_place)
		trace->nr_guesses = 0;
	progress->has_place = true;
}

static void trace_of_report(const struct oops_lines *lines, const struct oops_report *report,
			    struct trace *trace)
{
	struct position progress = { .trace = trace };
	const struct oops_context *context = report->context, *end = context + report->nr_contexts;

	*trace = (struct trace){ .nr_frames = 0 };
	for (size_t i = 0; i < report->nr_frames; i++) {
		while (context < end && context->ip_line < report->frame[i].line)
			take_place(&progress, lines, context++);
		take_frame(&progress, &report->frame[i]);
	}
	while (context < end)
		take_place(&progress, lines, context++);
}

/* --- the log --- */

// clang-format off
/* The message of panic() starts with one of these texts if the log contains an earlier report of
 * the cause. */
static const char generic[] =
	"Fatal exception|Aiee, killing interrupt handler|Attempted to kill|hung_task: |"
	"softlockup: |Hard LOCKUP|Watchdog detected|Oops|Fatal machine check|"
	"Fatal local machine check|panic_on_taint set|kernel stack overflow|"
	"Asynchronous SError Interrupt";
/* The message of panic() starts with one of these texts if a person or the hypervisor ended the kernel,
 * usually because the kernel did not answer any more. An earlier report may show why. */
static const char requested[] = "sysrq triggered crash|NMI: Not continuing";
// clang-format on
/* The text that panic() prints before its message. */
const char panic_line[] = "Kernel panic - not syncing: ";

/* Is this the message of check_panic_on_warn()? Since 6.2 the message starts with the origin of the
 * warning, so the whole message is searched. */
static bool ends_warning(const char *message)
{
	return strstr(message, "panic_on_warn set");
}

static bool is_generic(const char *message)
{
	return after_any(message, generic) || ends_warning(message);
}

static bool is_requested(const char *message)
{
	return after_any(message, requested);
}

/* Did the problem in panic->report end the kernel? If so, the message of panic() only repeats the
 * report, or is missing. */
static bool panic_by_report(const struct panic *panic)
{
	return *panic->report && (!*panic->message || is_generic(panic->message));
}

/* A report that may have ended the kernel. */
struct suspect {
	bool found;
	size_t first, head; /* lines: its first one, and the one that names it */
	struct trace trace;
};

struct log_search {
	struct panic *panic;
	bool no_memory;
	/* The last ones; the first hung task, because other hung tasks usually follow from it. */
	struct suspect serious, warning, hung;
	size_t message; /* the line of the last panic() */
};

static void suspect(struct log_search *search, struct suspect *suspect,
		    const struct oops_report *report)
{
	suspect->found = true;
	suspect->first = report->first;
	suspect->head = report->head;
	trace_of_report(&search->panic->log.lines, report, &suspect->trace);
}

static void visit_report(void *arg, const struct oops_report *report)
{
	struct log_search *search = arg;
	const struct oops_lines *lines = &search->panic->log.lines;
	struct suspect *last;

	if (!report->of || report->kind == OOPS_SEGFAULT || report->kind == OOPS_PANIC)
		return;
	log_reports_take(&search->panic->reports, lines, report);
	if (report->kind == OOPS_HUNG_TASK && !search->hung.found)
		suspect(search, &search->hung, report);
	last = log_line_is_serious(lines->line[report->head].text) ? &search->serious :
								     &search->warning;
	if (!last->found || last->head < report->head)
		suspect(search, last, report);
}

static bool visit_record(void *arg, const struct log_record *record)
{
	struct log_search *search = arg;
	struct panic *panic = search->panic;

	if (record->has_time) {
		panic->has_uptime = true;
		panic->uptime = record->ts_nsec;
	}
	if (log_is_of_process(record))
		return true;
	search->no_memory = !log_lines_add(&panic->log.lines, record);
	return !search->no_memory;
}

/* Reads the CPU and the task from the first line that names them, from the line `at` on. */
static void read_task(struct panic *panic, size_t at)
{
	struct oops_reading reading;

	for (; at < panic->log.lines.nr && !oops_lines_stopped(&panic->log.lines, NULL); at++) {
		const struct oops_line *line = &panic->log.lines.line[at];
		const struct oops_report *report = &reading.report;

		if (!starts_with(line->text, "CPU: ") || !oops_who_is_line(line->text))
			continue;
		reading = (struct oops_reading){ .phase = OOPS_HEAD };
		oops_who_read(&reading, &(struct oops_part){ line, line->text, at });
		if (!report->has_cpu || !report->has_pid || !*report->comm)
			continue;
		panic->log_has_task = true;
		panic->log_pid = report->pid;
		panic->cpu = report->cpu;
		strcpy(panic->log_comm, report->comm);
		return;
	}
}

static void visit_message(void *arg, const struct oops_report *report)
{
	struct log_search *search = arg;

	if (report->first == search->message)
		trace_of_report(&search->panic->log.lines, report, &search->panic->trace);
}

/* Reads the trace that panic() printed, as if there were no report before it. */
static bool read_message_trace(struct log_search *search, struct error *err)
{
	struct oops_reports reports = { .lines = search->panic->log.lines };
	bool read = oops_reports_of_lines(&reports, search->message, visit_message, search, err);

	reports.lines = (struct oops_lines){ 0 };
	oops_reports_release(&reports);
	return read;
}

/* Finds the report that contains the line, or was shown again there. */
static void find_report(struct panic *panic, size_t line)
{
	for (size_t i = 0; i < panic->log.nr && !panic->ended_by; i++) {
		const struct oops_report *report = &panic->log.report[i];

		for (size_t j = 0; j < report->nr_lines && !panic->ended_by; j++)
			if (report->line[j] == line || report->again == line)
				panic->ended_by = i + 1;
	}
}

static const struct suspect *choose_report(const struct log_search *search)
{
	const char *message = search->panic->message;

	if (search->warning.found && ends_warning(message) &&
	    (!search->serious.found || search->serious.head < search->warning.head))
		return &search->warning;
	if (search->hung.found && starts_with(message, "hung_task: "))
		return &search->hung;
	return &search->serious;
}

/* Finds out what ended the kernel. */
static bool judge_log(struct log_search *search, struct error *err)
{
	struct panic *panic = search->panic;
	const struct oops_lines *lines = &panic->log.lines;
	const struct suspect *report;
	const char *message;

	for (size_t i = 0; i < lines->nr; i++) {
		if (oops_lines_stopped(lines, err))
			return false;
		if ((message = after_start(lines->line[i].text, panic_line))) {
			snprintf(panic->message, sizeof(panic->message), "%s", message);
			search->message = i;
		} else if (log_line_is_crash(lines->line[i].text) &&
			   (!search->serious.found || search->serious.head < i)) {
			search->serious = (struct suspect){ .found = true, .first = i, .head = i };
		}
	}
	report = choose_report(search);
	if (report->found) {
		log_report_text(lines, report->head, panic->report);
		panic->trace = report->trace;
		read_task(panic, report->first);
	}
	/* A report that did not end the kernel may be of another task. */
	if (*panic->message &&
	    (!panic->log_has_task || !is_generic(panic->message) || ends_warning(panic->message)))
		read_task(panic, search->message);
	if (!panic_by_report(panic)) {
		panic->trace = (struct trace){ .nr_frames = 0 };
		if (!*panic->message)
			return true;
		find_report(panic, search->message);
		return read_message_trace(search, err);
	}
	find_report(panic, report->first);
	return true;
}

static bool search_log(struct kernel *kernel, struct panic *panic, struct error *err)
{
	struct log_search search = { .panic = panic };

	panic->log.lines.listener = kernel->listener;
	panic->log_known =
		log_each(kernel, visit_record, &search, &panic->damages, &panic->log_trouble);
	if (!panic->log_known && panic->log_trouble.code == ERROR_INTERRUPTED) {
		*err = panic->log_trouble;
		return false;
	}
	oops_lines_end(&panic->log.lines);
	if (search.no_memory)
		return out_of_memory(err);
	if (!oops_reports_of_lines(&panic->log, 0, visit_report, &search, err))
		return false;
	if (!log_reports_complete(&panic->reports, &panic->log.lines, err))
		return false;
	return judge_log(&search, err);
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
	uint64_t uptime;

	read_int(kernel, "crashing_cpu", &crashing_cpu);
	read_time(kernel, panic);
	panic->has_clock = log_clock(kernel, &panic->clock);
	if (log_uptime(kernel, &uptime) && uptime > panic->uptime) {
		panic->has_uptime = true;
		panic->uptime = uptime;
	}
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
	if (search_log(kernel, panic, err)) {
		read_end(kernel, panic);
		if (panic_find_runs(kernel, panic, err))
			return true;
	}
	panic_release(panic);
	return false;
}

void panic_release(struct panic *panic)
{
	log_reports_release(&panic->reports);
	oops_reports_release(&panic->log);
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

/* --- the signature of the crash --- */

/* Continues *hash, a 64-bit FNV-1a, with the text and its NUL. */
static void add_to_hash(uint64_t *hash, const char *text)
{
	do {
		*hash = (*hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
	} while (*text++);
}

static void hash_all(struct signature *signature)
{
	const struct trace *trace = &signature->trace;

	signature->hash = UINT64_C(0xcbf29ce484222325);
	add_to_hash(&signature->hash, signature->title);
	add_to_hash(&signature->hash, trace->function);
	for (size_t i = 0; i < trace->nr_frames; i++)
		add_to_hash(&signature->hash, trace->frame[i]);
}

/* Finds the function using the registers of the CPU that panicked. Used if the log does not name
 * the function. Registers that QEMU saved (nr_cpus is not 0) do not show the function, because QEMU
 * saved them when panic() was already waiting for a reboot. */
static void function_by_registers(struct kernel *kernel, const struct panic *panic,
				  char function[FUNCTION_NAME])
{
	const struct cpu_run *run = panic_run(panic);
	struct kernel_symbol symbol;

	if (!run || !run->has_registers || kernel->dump->nr_cpus ||
	    !symbol_lookup_at(kernel->symbols, run->registers.value[CPU_IP], &symbol, NULL))
		return;
	function_name(symbol.name, strcspn(symbol.name, "."), function);
	if (function_is_machinery(function))
		*function = '\0';
}

/* After a jump to a wild address, the log may contain only doubtful callers: addresses that may be
 * left on the stack from earlier calls. Uses these callers, because without callers all such
 * crashes would have the same signature. */
static void use_guesses(struct signature *signature)
{
	struct trace *trace = &signature->trace;

	if (trace->nr_frames || !trace->nr_guesses || (trace->has_callers && *trace->function))
		return;
	memcpy(trace->frame, trace->guess, sizeof(trace->frame));
	trace->nr_frames = trace->nr_guesses;
	signature->guessed = true;
}

bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature)
{
	bool by_report = panic_by_report(panic);

	*signature = (struct signature){ .trace = panic->trace };
	if (panic->end != END_PANIC)
		return false;
	signature_title(by_report ? panic->report : panic->message, signature->title,
			sizeof(signature->title));
	if (!*signature->trace.function)
		function_by_registers(kernel, panic, signature->trace.function);
	use_guesses(signature);
	hash_all(signature);
	return *signature->title || *signature->trace.function;
}
