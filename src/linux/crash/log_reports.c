/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/crash/log_reports.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/crash/rust_name.h"
#include "linux/crash/title.h"
#include "base/array.h"
#include "base/text.h"
#include "linux/printk/log.h"

// clang-format off
/* A line that starts with one of these texts begins a report of a problem that does not end the
 * kernel. The texts are from kernel/rcu/tree_stall.h, mm/memory-failure.c, block/blk-core.c,
 * fs/buffer.c and file systems. */
static const char *const starts[] = {
	"rcu: INFO: rcu_", "INFO: rcu_", "Memory failure: ", "EXT4-fs error ", "EXT3-fs error ",
	"EXT2-fs error ", "BTRFS error ", "BTRFS critical ", "F2FS-fs error ",
};

/* A line that starts with one of these texts names damaged memory, before a line "kernel BUG at" or
 * "WARNING: " that does not name it. The texts are from lib/list_debug.c, lib/refcount.c and
 * mm/usercopy.c. */
static const char *const damages[] = {
	"list_add corruption", "list_add double add", "list_del corruption", "refcount_t: ",
	"usercopy: Kernel memory ",
};

static const char oom_killer[] = " invoked oom-killer: ";

/* A line that contains one of these texts begins such a report, too. The start of the line is the
 * name of a task, a device or a driver. The texts are from arch/x86/mm/fault.c, mm/oom_kill.c,
 * mm/page_alloc.c, drivers/nvme/host/pci.c, drivers/ata/libata-eh.c, drivers/scsi/scsi_error.c and
 * fs/xfs. */
static const char *const parts[] = {
	": Corrupted page table at address ", oom_killer, ": page allocation failure: ",
	"I/O error, dev ", "Buffer I/O error on dev", " medium error, dev ", " timeout, aborting",
	": exception Emask ", ": Internal error ", ": Corruption ", ": metadata I/O error ",
	": rejecting I/O to offline device", ": device offline error, dev ",
};
// clang-format on

/* All lines of a machine check's report start with this text, so only the first of them begins a
 * report. */
static const char mce[] = "mce: [Hardware Error]: ";
enum { REPORT_LINES = 8, LONG_REPORT_LINES = 16, MOST_LINES_BEFORE_TASK = 64 };

static bool names_damage(const char *text)
{
	return after_any(text, damages, sizeof(damages) / sizeof(*damages));
}

static bool begins_other(const char *text)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(text, parts[i]))
			return true;
	return names_damage(text) || after_any(text, starts, sizeof(starts) / sizeof(*starts));
}

/* Returns the length of the comm at the start of the text. A comm may contain blanks, so the end of
 * the comm is recognised by the text that dump_stack_print_info() and print_tainted() print after
 * it. */
static size_t comm_length(const char *comm)
{
	static const char *const ends[] = { " Kdump: ", " Tainted: ", " Not tainted" };
	size_t length = strcspn(comm, " \n");

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const char *end = strstr(comm, ends[i]);

		if (end && (i == 0 || !strstr(comm, ends[0])))
			length = (size_t)(end - comm);
	}
	return length;
}

bool log_task_of_line(const char *text, struct log_task *task)
{
	const char *pid = strstr(text, " PID: "), *comm = strstr(text, " Comm: ");
	int cpu, number;

	if (!pid || !comm || sscanf(text, "CPU: %9d", &cpu) != 1 || cpu < 0 ||
	    sscanf(pid, " PID: %9d", &number) != 1)
		return false;
	comm += strlen(" Comm: ");
	*task = (struct log_task){ true, true, (uint32_t)cpu, number, "" };
	snprintf(task->comm, sizeof(task->comm), "%.*s", (int)comm_length(comm), comm);
	return true;
}

/* Reads a comm and a pid, such as "cat:17" or "init/1", from the text between name and end.
 * between: the character between comm and pid. */
static void take_pair(const char *name, const char *end, char between, struct log_task *task)
{
	const char *number = memrchr(name, between, (size_t)(end - name));

	if (!number || sscanf(number + 1, "%9d", &task->pid) != 1)
		return;
	task->has_pid = true;
	snprintf(task->comm, sizeof(task->comm), "%.*s", (int)(number - name), name);
}

/* Sets task->cpu to the number of the CPU in the line. Returns the text after the number, or NULL
 * if the line contains no CPU. */
static const char *take_cpu(const char *text, struct log_task *task)
{
	static const char *const words[] = { "CPU#", "CPU: ", " on CPU ", " on cpu ", "]: CPU " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *at = strstr(text, words[i]);
		char *end;

		if (!at || !isdigit((unsigned char)at[strlen(words[i])]))
			continue;
		task->cpu = (uint32_t)strtoul(at + strlen(words[i]), &end, 10);
		task->has_cpu = true;
		return end;
	}
	return NULL;
}

/* Reads the CPU and the task from the first line of a report. The line may contain "INFO: task
 * cat:17 blocked" (check_hung_task()), "CPU#0 stuck for 22s! [cat:17]" (watchdog_timer_fn()),
 * "CPU#0: cat/17" (__warn() of 7.2), or only a CPU and perhaps a pid. */
static void take_first_line(const char *text, struct log_task *task)
{
	const char *name = after_start(text, "INFO: task "), *cpu = take_cpu(text, task);
	const char *end = name ? strstr(name, " blocked ") : NULL;

	if (end)
		take_pair(name, end, ':', task);
	else if (cpu && starts_with(cpu, ": ") && starts_with(text, "WARNING: "))
		take_pair(cpu + 2, cpu + strcspn(cpu, "\n"), '/', task);
	else if (cpu && (name = strstr(cpu, "! [")) && (end = strrchr(name, ']')))
		take_pair(name + 3, end, ':', task);
	else if (cpu)
		task->has_pid = sscanf(cpu, " PID: %9d", &task->pid) == 1;
}

static void log_reports_take_task(struct log_reports *reports, const char *text)
{
	struct log_task task;

	if (reports->records - reports->last_at > MOST_LINES_BEFORE_TASK) {
		reports->open = 0;
	} else if (log_task_of_line(text, &task)) {
		reports->report[reports->open - 1].task = task;
		reports->open = 0;
	}
}

static struct log_report *log_reports_find(struct log_reports *reports,
					   const struct log_report *wanted)
{
	for (size_t i = 0; i < reports->nr; i++)
		if (!strcmp(reports->report[i].title, wanted->title) &&
		    !strcmp(reports->report[i].memory_cgroup, wanted->memory_cgroup))
			return &reports->report[i];
	return NULL;
}

static bool log_reports_add(struct log_reports *reports, const struct log_report *new)
{
	return reports->nr < MOST_REPORTS &&
	       array_add(&reports->report, &reports->nr, &reports->room, new, sizeof(*new));
}

/* Finds the path of the memory cgroup that has reached its limit, in a line of the OOM killer. Sets
 * *length. mem_cgroup_print_oom_info() prints one of the first two lines since 2.6.29 and 3.9,
 * dump_oom_summary() the third since 5.0. */
static const char *group_of_oom(const char *text, size_t *length)
{
	static const char limit[] = " killed as a result of limit of ", group[] = ",oom_memcg=";
	const char *path, *end;

	if ((path = after_start(text, "Memory cgroup stats for ")))
		end = strstr(path, ": cache:");
	else if (starts_with(text, "Task in ") && (path = strstr(text, limit)))
		path += strlen(limit), end = NULL;
	else if (starts_with(text, "oom-kill:") && (path = strstr(text, group)))
		path += strlen(group), end = strstr(path, ",task_memcg=");
	else
		return NULL;
	*length = end ? (size_t)(end - path) : strcspn(path, "\n");
	*length -= !end && *length && path[*length - 1] == ':';
	return *length ? path : NULL;
}

/* Undoes the counting of the OOM killer's last report. */
static void drop_oom(struct log_reports *reports)
{
	size_t at = reports->oom - 1;
	struct log_report *report = &reports->report[at];

	if (--report->count) {
		report->last = reports->oom_before;
		return;
	}
	memmove(report, report + 1, (--reports->nr - at) * sizeof(*report));
	if (reports->open == at + 1)
		reports->open = 0;
	else if (reports->open > at + 1)
		reports->open--;
}

/* The OOM killer's report was counted before the line with its group was read. Counts it as a report
 * of this group. */
static void move_oom(struct log_reports *reports, const char *path, size_t length)
{
	struct log_report moved = reports->report[reports->oom - 1], *same;

	snprintf(moved.memory_cgroup, sizeof(moved.memory_cgroup), "%.*s", (int)length, path);
	same = log_reports_find(reports, &moved);
	if (same) {
		same->count++;
		same->last = moved.last;
	} else if (moved.count == 1) {
		reports->report[reports->oom - 1] = moved;
		return;
	} else {
		moved.count = 1;
		moved.first = moved.last;
		moved.task = (struct log_task){ 0 };
		if (!log_reports_add(reports, &moved))
			return;
	}
	drop_oom(reports);
}

static void take_group(struct log_reports *reports, const char *text)
{
	static const char *const ends[] = { "oom-kill:", "Out of memory: ",
					    "Memory cgroup out of memory: " };
	size_t length;
	const char *path = group_of_oom(text, &length);

	if (path)
		move_oom(reports, path, length);
	if (path || after_any(text, ends, sizeof(ends) / sizeof(*ends)))
		reports->oom = 0;
}

/* "Internal error: " is printed only on arm64. Before this line, mem_abort_decode() and show_pte()
 * in arch/arm64/mm/fault.c may print up to 14 lines that explain an abort. */
unsigned int log_report_lines(const char *text)
{
	return starts_with(text, "Internal error: ") ? LONG_REPORT_LINES : REPORT_LINES;
}

void log_reports_take(struct log_reports *reports, const struct log_record *record,
		      enum log_report_line line)
{
	bool is_mce = starts_with(record->text, mce), is_oom = strstr(record->text, oom_killer);
	bool goes_on;
	struct log_report new = { .count = 0 }, *report;

	reports->records++;
	if (reports->open)
		log_reports_take_task(reports, record->text);
	if (reports->oom)
		take_group(reports, record->text);
	if (line == REPORT_LINE_OTHER && !begins_other(record->text))
		return;
	goes_on = (line == REPORT_LINE_LATE || (is_mce && reports->last_is_mce)) &&
		  reports->last_at &&
		  reports->records - reports->last_at <= log_report_lines(record->text);
	reports->last_at = reports->records;
	reports->last_is_mce = is_mce;
	if (goes_on)
		return;
	reports->open = 0;
	reports->oom = is_oom ? 0 : reports->oom;
	snprintf(new.text, sizeof(new.text), "%.*s", (int)strcspn(record->text, "\n"),
		 record->text);
	rust_panic_add(new.text, sizeof(new.text), strchr(record->text, '\n'));
	signature_title(new.text, new.title, sizeof(new.title));
	new.serious = line == REPORT_LINE_SERIOUS || line == REPORT_LINE_LATE ||
		      names_damage(record->text);
	new.has_time = record->has_time;
	new.first = record->ts_nsec;
	report = log_reports_find(reports, &new);
	if (!report && !log_reports_add(reports, &new)) {
		reports->more++;
		return;
	}
	if (!report) {
		report = &reports->report[reports->nr - 1];
		take_first_line(report->text, &report->task);
		reports->open = *report->task.comm ? 0 : reports->nr;
	}
	if (is_oom) {
		reports->oom = (size_t)(report - reports->report) + 1;
		reports->oom_before = report->last;
	}
	report->last = record->ts_nsec;
	report->count++;
}

void log_reports_release(struct log_reports *reports)
{
	free(reports->report);
	*reports = (struct log_reports){ 0 };
}
