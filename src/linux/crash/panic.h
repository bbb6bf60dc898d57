/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The end of the kernel, and the tasks that CPUs ran at that time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "linux/crash/log_reports.h"
#include "linux/crash/trace.h"
#include "base/error.h"
#include "dump/registers.h"
#include "linux/task/task.h"

struct kernel;

enum panic_end {
	END_UNKNOWN, /* neither its variables nor its log are known */
	END_OUTSIDE, /* the kernel ran, and was stopped or dumped from outside */
	END_PANIC, /* panic(), or a crash without it: with kdump an oops can end a kernel */
};

/* A line of the log that may name the cause. */
enum { PANIC_TEXT = 512 };

struct cpu_run {
	bool has_cpu; /* the number of the CPU is known */
	unsigned int cpu;
	bool has_base;
	uint64_t base; /* start of its per-CPU memory */
	uint64_t task; /* address of the task that it ran; 0: unknown */
	bool has_name; /* About the task: */
	int32_t pid;
	char comm[TASK_COMM_MAX];
	bool has_registers;
	struct registers registers;
};

struct panic {
	enum panic_end end;
	char message[PANIC_TEXT]; /* message of panic(); "": not in the log */
	char report[PANIC_TEXT]; /* the line that began the last report of trouble; "": none */
	/* From the log's lines after report, and after message. */
	struct trace report_trace, message_trace;
	struct log_reports reports; /* all reports; owned */
	bool has_uptime;
	uint64_t uptime; /* time of the end of the log, in nanoseconds of its clock */
	bool has_time;
	uint64_t time; /* seconds since 1970, by the kernel's clock */
	bool has_clock;
	uint64_t clock; /* seconds since 1970 when the dump was taken, by the timekeeper */
	int64_t cpu; /* the CPU that panicked; -1: unknown, or none did */
	bool has_tainted, has_oops;
	uint64_t tainted; /* bits as in /proc/sys/kernel/tainted */
	uint64_t oops_in_progress;
	/* The task of that CPU according to the log; used if memory does not show the task. */
	bool log_has_task;
	int32_t log_pid;
	char log_comm[TASK_COMM_MAX];
	struct cpu_run *run; /* owned; in the order of CPUs */
	size_t nr_runs;
	bool log_known; /* false: log_trouble has the reason */
	struct error log_trouble;
	bool cpus_known; /* false: cpus_trouble has the reason, and runs come from notes */
	struct error cpus_trouble;
	struct damages damages; /* damages of the log */
};

/* Reads what is known. False with err: interrupted, or out of memory; then nothing needs to be
 * released. */
bool panic_read(struct kernel *kernel, struct panic *panic, struct error *err);
void panic_release(struct panic *panic);

/* The entry of the CPU that panicked; NULL: no CPU panicked, or unknown. */
const struct cpu_run *panic_run(const struct panic *panic);

/* The text that panic() prints before its message. */
extern const char panic_line[29];

/* Did the report end the kernel? Then the message of panic() only repeats the report, or is
 * missing. */
bool panic_by_report(const struct panic *panic);

/* The first report that may be the cause; NULL: no such report, or the message itself names the
 * cause. */
const struct log_report *panic_cause(const struct panic *panic);

/* The letters of a set of taints, in the order of their bits; '?' for unknown bits. */
enum { TAINTS_MAX = 65 };
void taint_letters(uint64_t tainted, char letters[TAINTS_MAX]);
