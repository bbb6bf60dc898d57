/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* How the kernel ended, and which tasks its CPUs ran then. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "linux/crash/log_reports.h"
#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"
#include "oops/report.h"

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

struct kernel;

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

/* Did the problem in panic->report end the kernel? If so, the message of panic() only repeats the
 * report, or is missing. */
bool panic_by_report(const struct panic *panic);

/* Returns the first report in the log that may be the cause of the panic. Returns NULL if there is
 * no such report, or if the message of panic() itself names the cause. */
const struct log_report *panic_cause(const struct panic *panic);
