/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The end of the kernel, and the tasks that CPUs ran then. */
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
	END_OUTSIDE, /* it ran, and was stopped or dumped as it was */
	END_PANIC, /* or a crash without one, as an oops ends a kernel that has kdump */
};

/* A line of the log that may name the cause. */
enum { PANIC_TEXT = 512 };

struct cpu_run {
	bool has_cpu; /* its number is known */
	unsigned int cpu;
	bool has_base;
	uint64_t base; /* of its per-CPU memory */
	uint64_t task; /* address of the task that it ran; 0: unknown */
	bool has_name; /* of the task: */
	int32_t pid;
	char comm[TASK_COMM_MAX];
	bool has_registers;
	struct registers registers;
};

struct panic {
	enum panic_end end;
	char message[PANIC_TEXT]; /* of panic(); "": none in the log */
	char report[PANIC_TEXT]; /* the line that began the last report of trouble, or "" */
	struct trace report_trace, message_trace; /* from the lines of the log after them */
	struct log_reports reports; /* all of them; owned */
	bool has_uptime;
	uint64_t uptime; /* when the log ends, in nanoseconds of its clock */
	bool has_time;
	uint64_t time; /* seconds since 1970, by the kernel's clock */
	int64_t cpu; /* the CPU that panicked; -1: unknown, or none did */
	bool has_tainted, has_oops;
	uint64_t tainted; /* bits as in /proc/sys/kernel/tainted */
	uint64_t oops_in_progress;
	/* The task of that CPU by the log; used if memory does not show it. */
	bool log_has_task;
	int32_t log_pid;
	char log_comm[TASK_COMM_MAX];
	struct cpu_run *run; /* owned; by CPU */
	size_t nr_runs;
	bool log_known; /* otherwise log_trouble has the reason */
	struct error log_trouble;
	bool cpus_known; /* otherwise cpus_trouble has the reason, and runs are from notes */
	struct error cpus_trouble;
	struct damages damages; /* of the log */
};

/* Unknown members are left out. False with err: interrupted, or out of memory; then there is
 * nothing to release. */
bool panic_read(struct kernel *kernel, struct panic *panic, struct error *err);
void panic_release(struct panic *panic);

/* The run of the CPU that panicked; NULL: no CPU panicked, or it is not known which. */
const struct cpu_run *panic_run(const struct panic *panic);

/* What panic() prints before its message. */
extern const char panic_line[29];

/* Did the report end the kernel? Then the message only confirms it, or there is none. */
bool panic_by_report(const struct panic *panic);

/* The first report that can be the cause; NULL: the log has none, or the message itself names
 * the cause. */
const struct log_report *panic_cause(const struct panic *panic);

/* The letters of a set of taints, in the order of their bits; '?' for one that is newer. */
enum { TAINTS_MAX = 65 };
void taint_letters(uint64_t tainted, char letters[TAINTS_MAX]);
