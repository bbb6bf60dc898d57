/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* How the kernel ended, and which tasks its CPUs ran then. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"
#include "oops/report.h"

struct kernel;
struct log_record;

/* --- the reports in the log --- */

/* Adds the lines of the next record of the dump's log. The first record has the number 1, which its lines have as
 * first and last. *lines must be zeroed before the first call. Returns false if memory runs out. */
bool log_lines_add(struct oops_lines *lines, const struct log_record *record);

enum { REPORT_TEXT = 512, MOST_REPORTS = 32 };

struct log_report {
	char text[REPORT_TEXT]; /* the first line of the first report of this kind */
	char title[REPORT_TEXT]; /* text without numbers, made by signature_title() */
	bool serious; /* the report can end a kernel, unlike a warning */
	bool has_time;
	uint64_t first, last; /* nanoseconds since boot; valid if has_time */
	size_t line; /* of text */
	size_t count;
	/* The CPU and the task of the first report of this kind. */
	bool has_cpu, has_pid;
	uint32_t cpu;
	int32_t pid;
	char comm[OOPS_COMM]; /* "": not in the report */
	/* The report is of the OOM killer, and this memory cgroup has reached its limit: its path. ""
	 * in other cases. Reports of other groups are other kinds. */
	char memory_cgroup[REPORT_TEXT];
};

/* All reports of problems in the log, one entry for each kind of report. The first serious report
 * often shows the cause of the crash. Must be zeroed before the first call. */
struct log_reports {
	struct log_report *report; /* owned */
	size_t nr, room;
	size_t more; /* number of reports that were not stored because the array report is full */
};

/* --- the end --- */

enum { TRACE_FRAMES = 5 };

struct trace {
	char function[FUNCTION_NAME]; /* "name" or "name [module]"; "": unknown */
	char frame[TRACE_FRAMES][FUNCTION_NAME]; /* callers; frame[0] is the caller of function */
	size_t nr_frames;
	bool has_callers; /* the report has callers without "?", perhaps only machinery */
	/* Callers with "?": addresses on the stack that may be left from earlier calls. */
	char guess[TRACE_FRAMES][FUNCTION_NAME];
	size_t nr_guesses;
};

enum panic_end {
	END_UNKNOWN, /* neither the variables nor the log of the kernel can be read */
	END_OUTSIDE, /* the kernel ran until it was stopped or dumped from outside */
	END_PANIC, /* panic(), or an oops that started the kdump kernel */
};

/* The size of a buffer for one line of the log. */
enum { PANIC_TEXT = 512 };

struct cpu_run {
	bool has_cpu; /* cpu is known */
	unsigned int cpu;
	bool has_base;
	uint64_t base; /* start of the CPU's per-CPU memory */
	uint64_t task; /* address of the task that the CPU ran; 0: unknown */
	bool has_name; /* pid and comm are known */
	int32_t pid;
	char comm[TASK_COMM_MAX];
	bool has_registers;
	struct registers registers;
	bool is_unplaced; /* no registers, because it is not known which of the dump's they are */
};

struct panic {
	enum panic_end end;
	char message[PANIC_TEXT]; /* the message of panic(); "": not in the log */
	char report[PANIC_TEXT]; /* first line of the last report of a serious problem; "": none */
	struct trace trace; /* of report, if panic_by_report(); else of message */
	struct log_reports reports; /* all kinds of reports in the log; owned */
	struct oops_reports log; /* the kernel's own lines, and the reports in them; owned */
	size_t ended_by; /* 1 + index in log.report of the one that ended the kernel; 0: not known */
	bool has_uptime;
	uint64_t uptime; /* of the clock or of the last line of the log, in nanoseconds since boot */
	bool has_time;
	uint64_t time; /* when the kernel ended, in seconds since 1970 */
	bool has_clock;
	uint64_t clock; /* when the dump was taken (timekeeper), in seconds since 1970 */
	int64_t cpu; /* the CPU that panicked; -1: unknown, or no CPU panicked */
	bool has_tainted, has_oops;
	uint64_t tainted; /* bits as in /proc/sys/kernel/tainted */
	uint64_t oops_in_progress;
	/* The task of the CPU that panicked, from the log. Used if the task cannot be read from
	 * memory. */
	bool log_has_task;
	int32_t log_pid;
	char log_comm[OOPS_COMM];
	struct cpu_run *run; /* owned; in the order of CPUs */
	size_t nr_runs;
	bool log_known; /* false: log_trouble contains the reason */
	struct error log_trouble;
	bool cpus_known; /* false: cpus_trouble has the reason, and run is made from notes */
	struct error cpus_trouble;
	struct damages damages; /* damage of the log */
};

/* Fills *panic as far as the dump allows. If the user stops the work, or if there is not enough
 * memory, returns false and sets err. Then the caller need not release *panic. */
bool panic_read(struct kernel *kernel, struct panic *panic, struct error *err);
void panic_release(struct panic *panic);

/* Returns the entry of the CPU that panicked, or NULL if no CPU panicked or if the CPU is
 * unknown. */
const struct cpu_run *panic_run(const struct panic *panic);

/* The text that panic() prints before its message. */
extern const char panic_line[29];

/* Returns the first report in the log that may be the cause of the panic. Returns NULL if there is
 * no such report, or if the message of panic() itself names the cause. */
const struct log_report *panic_cause(const struct panic *panic);

/* --- the signature --- */

/* Makes the title of text: replaces numbers, names of tasks and text in brackets by #. Writes at
 * most `size` bytes to the buffer `to`. */
void signature_title(const char *text, char *to, size_t size);

/* The signature of a crash consists of the parts that are equal on different boots and machines:
 * the message without its numbers, the function, and its callers. */
struct signature {
	char title[PANIC_TEXT]; /* message with '#' instead of numbers; "": not in the log */
	struct trace trace; /* the trace of the report or message in title */
	bool guessed; /* true: all frames of trace are doubtful (marked with "?" in the log) */
	uint64_t hash; /* hash of title, function and callers */
};

/* Makes the signature of a crash that panic_read() found. Returns false if the kernel did not
 * crash, or if its end is unknown. */
bool signature_of(struct kernel *kernel, const struct panic *panic, struct signature *signature);
