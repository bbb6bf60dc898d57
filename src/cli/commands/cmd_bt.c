/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/show_backtrace.h"
#include "cli/show_task.h"
#include "cli/show_wait.h"
#include "linux/crash/panic.h"
#include "linux/crash/panic_cpus.h"

/* `cpus`: -a, all CPUs. `all`: -A, all CPUs and all tasks. */
struct bt_options {
	unsigned int cpus, all;
	unsigned int lines; /* -l, which changes nothing: source lines are always shown */
	unsigned int words, meant; /* meant: how often -F is given */
	unsigned int group; /* with all threads of their processes */
	const char *list; /* of CPUs; NULL: not given */
};

struct bt {
	struct session *session;
	struct panic panic; /* registers of the tasks that were running on CPUs */
};

// clang-format off
#define FRAME_FIELDS \
	COLUMN("frame", .heading = "#", .width = 2, .rank = KEPT), \
	COLUMN("sp", .rank = 4), \
	COLUMN("address", .rank = 6), \
	COLUMN("stack", .heading = "on", .width = 4, .rank = 6), \
	COLUMN("exception", .heading = "on", TEXT(.join = " ")), \
	COLUMN("sure", .heading = "where", TEXT(.no = "?"), .rank = KEPT), \
	COLUMN("user", .heading = "where", TEXT(.yes = "user mode")), \
	COLUMN("symbol", .heading = "where", TEXT(.join = " ")), \
	COLUMN("module", .heading = "where", \
		TEXT(.join = " ", .before = "[", .after = "]")), \
	COLUMN("inlined", .heading = "where", \
		TEXT(.join = " ", .yes = "(inlined)")), \
	COLUMN("file", .heading = "where", TEXT(.join = " at ")), \
	COLUMN("line", .heading = "where", TEXT(.join = ":")), \
	COLUMN("tracer", .heading = "where", \
		TEXT(.join = "  ", .before = "<address replaced by ", .after = ">")), \
	COLUMN("interrupted", .heading = "where", \
		TEXT(.join = "  ", .yes = "<interrupted>")), \
	LINE("cpu_registers", .heading = "CPU", .pairs = 3, .width = 6, \
		TEXT(.join = "  ")), \
	COLUMN("waits", .fields = show_wait_fields), \
	LINE("registers", .pairs = 3, .width = 6, TEXT(.join = "  ")), \
	LINE("shown_words", .heading = ""), \
	HIDDEN("words"), \
	LINE("doubt")

static const struct record record = {
	.fields = FIELDS(COLUMN("pid", .rank = 4), COLUMN("comm", .rank = 3),
					  HIDDEN("task"), COLUMN("cpu", .rank = 2), FRAME_FIELDS),
};

/* Under the line of show_task_heading(). */
static const struct record record_of_one = {
	.fields = FIELDS(HIDDEN("pid"), HIDDEN("comm"), HIDDEN("task"), HIDDEN("cpu"),
					  FRAME_FIELDS),
};
// clang-format on

static const struct cpu_run *run_of(const struct bt *bt, const struct task *task)
{
	for (size_t i = 0; i < bt->panic.nr_runs; i++)
		if (bt->panic.run[i].task == task->address)
			return &bt->panic.run[i];
	return NULL;
}

static void bt_complain(struct bt *bt, const char *argument, const struct traced *traced,
			const struct error *why)
{
	struct error err = *why;

	if (traced->run && traced->run->has_cpu)
		fail(&err, why->code, "CPU %u: %.400s", traced->run->cpu, why->message);
	else if (traced->task)
		fail(&err, why->code, "pid %" PRId32 " (%s): %.400s", traced->task->pid,
		     traced->task->comm, why->message);
	session_complain(bt->session, argument, &err);
}

static void bt_show(struct bt *bt, const char *argument, struct traced traced)
{
	const struct bt_options *given = bt->session->given;
	struct error err;

	if (given->meant)
		traced.words = given->meant > 1 ? WORDS_MEANT_FULLY : WORDS_MEANT;
	else if (given->words)
		traced.words = WORDS_AS_NUMBERS;
	if (!show_backtrace(bt->session, "bt", argument, &traced, &err))
		bt_complain(bt, argument, &traced, &err);
}

static void bt_show_task(struct bt *bt, const char *argument, const struct task *task)
{
	bt_show(bt, argument, (struct traced){ .task = task, .run = run_of(bt, task) });
}

/* Shows the only task of the answer, whose pid and name are not repeated in each row of text. */
static void bt_show_alone(struct bt *bt, const char *argument, const struct task *task)
{
	output_declare(bt->session->output, &record_of_one);
	show_task_heading(bt->session, task);
	bt_show_task(bt, argument, task);
}

static bool bt_show_cpus(struct bt *bt, struct error *err)
{
	if (!bt->panic.nr_runs)
		return fail(err, ERROR_NO_ANSWER, "%s",
			    bt->panic.cpus_known ? "no CPU is known" :
						   bt->panic.cpus_trouble.message);
	for (size_t i = 0; i < bt->panic.nr_runs && !session_interrupted(bt->session); i++)
		bt_show(bt, NULL, (struct traced){ .run = &bt->panic.run[i] });
	return true;
}

/* Shows all CPUs, and then the tasks that were not running. */
static void bt_show_all(struct bt *bt, const struct task_list *tasks)
{
	bt_show_cpus(bt, NULL);
	for (size_t i = 0; i < tasks->nr && !session_interrupted(bt->session); i++)
		if (!run_of(bt, &tasks->task[i]))
			bt_show_task(bt, NULL, &tasks->task[i]);
}

/* Shows the CPUs from first to last (inclusive). Returns false if there is none. */
static bool bt_show_range(struct bt *bt, uint64_t first, uint64_t last, struct error *err)
{
	bool found = false;

	for (size_t i = 0; i < bt->panic.nr_runs && !session_interrupted(bt->session); i++) {
		const struct cpu_run *run = &bt->panic.run[i];

		if (!run->has_cpu || run->cpu < first || run->cpu > last)
			continue;
		found = true;
		bt_show(bt, NULL, (struct traced){ .run = run });
	}
	return found || session_interrupted(bt->session) ||
	       fail(err, ERROR_NO_ANSWER, "the machine has no CPU %" PRIu64 "%s%.300s", first,
		    bt->panic.cpus_known ? "" : " that is known: ",
		    bt->panic.cpus_known ? "" : bt->panic.cpus_trouble.message);
}

/* Reads decimal digits at *at, and moves *at after them. */
static bool read_cpu(const char **at, uint64_t *cpu)
{
	const char *start = *at;

	for (*cpu = 0; **at >= '0' && **at <= '9' && *cpu < UINT32_MAX; ++*at)
		*cpu = *cpu * 10 + (uint64_t)(**at - '0');
	return *at != start;
}

/* Reads N or N-M at *at, and moves *at to the comma after it or to the end. Returns false if something
 * else is there. */
static bool read_cpus(const char **at, uint64_t *first, uint64_t *last)
{
	if (!read_cpu(at, first))
		return false;
	*last = *first;
	if (**at == '-' && (++*at, !read_cpu(at, last)))
		return false;
	return *last >= *first && (!**at || (**at == ',' && (*at)[1]));
}

/* Shows the CPUs of a list such as "0,2-4", or "all", in the order of the list. */
static bool bt_show_list(struct bt *bt, const char *list, struct error *err)
{
	uint64_t first, last;

	if (!strcmp(list, "all"))
		return bt_show_cpus(bt, err);
	for (const char *at = list; at == list || *at; at += *at == ',')
		if (!read_cpus(&at, &first, &last))
			return fail(err, ERROR_USAGE,
				    "%.60s: not a list of CPUs, such as 0,2-4 or all", list);
	for (const char *at = list; *at && !session_interrupted(bt->session); at += *at == ',')
		if (!read_cpus(&at, &first, &last) || !bt_show_range(bt, first, last, err))
			return false;
	return true;
}

/* Is the task meant, or with -g a thread of its process? */
static bool bt_means(const struct bt *bt, const struct task_list *tasks, size_t i,
		     const struct task_word *word)
{
	const struct bt_options *given = bt->session->given;

	return given->group ? parse_task_match_group(tasks, i, word) :
			      parse_task_match(&tasks->task[i], word) > 0;
}

/* only: there are no other words. */
static void bt_show_word(struct bt *bt, const struct task_list *tasks, const char *argument,
			 bool only)
{
	struct task_word word = parse_task_word(bt->session->kernel, argument);
	const struct task *found = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < tasks->nr; i++)
		if (bt_means(bt, tasks, i, &word)) {
			found = &tasks->task[i];
			nr++;
		}
	if (nr == 1 && only) {
		bt_show_alone(bt, argument, found);
	} else if (nr) {
		for (size_t i = 0; i < tasks->nr && !session_interrupted(bt->session); i++)
			if (bt_means(bt, tasks, i, &word))
				bt_show_task(bt, argument, &tasks->task[i]);
	} else if (!session_interrupted(bt->session)) {
		session_complain_of_task(bt->session, argument);
	}
}

/* Without arguments: shows the process that the command set chose, or else the CPU that panicked,
 * or else all CPUs. */
static bool bt_show_usual(struct bt *bt, struct error *err)
{
	struct session *session = bt->session;
	const struct cpu_run *run = panic_run(&bt->panic);

	if (session->chosen.has_process && session->chosen.process.has_task) {
		bt_show_alone(bt, NULL, &session->chosen.process.task);
		return true;
	}
	if (run) {
		struct task task = { .address = run->task, .pid = run->pid, .idle_cpu = -1 };

		snprintf(task.comm, sizeof(task.comm), "%s", run->comm);
		if (run->has_name) {
			output_declare(session->output, &record_of_one);
			show_task_heading(session, &task);
		}
		bt_show(bt, NULL, (struct traced){ .run = run });
		return true;
	}
	return bt_show_cpus(bt, err);
}

static bool bt_answer(struct bt *bt, char **words, struct error *err)
{
	const struct bt_options *given = bt->session->given;
	const struct task_list *tasks;

	if (given->list)
		return bt_show_list(bt, given->list, err);
	if (given->cpus)
		return bt_show_cpus(bt, err);
	if (!given->all && !*words)
		return bt_show_usual(bt, err);
	tasks = task_all(bt->session->kernel, err);
	if (!tasks)
		return false;
	if (given->all)
		bt_show_all(bt, tasks);
	for (char **word = words; *word && !session_interrupted(bt->session); word++)
		bt_show_word(bt, tasks, *word, !words[1]);
	session_complain_of_damages(bt->session, &tasks->damages);
	return true;
}

/* The log is needed only to answer for the CPU that panicked, so it is not read for other
 * answers. */
static bool bt_run(struct session *session, char **words, struct error *err)
{
	const struct bt_options *given = session->given;
	struct bt bt = { .session = session, .panic = { .cpu = -1 } };
	bool usual = !*words && !given->all && !given->cpus && !given->list &&
		     !session->chosen.has_process;
	bool done = usual ? panic_read(session->kernel, &bt.panic, err) :
			    panic_find_runs(session->kernel, &bt.panic, err);

	done = done && bt_answer(&bt, words, err);
	panic_release(&bt.panic);
	return done;
}

static const struct command_option options[] = {
	{ "a", AT(bt_options, cpus), .group = 'W', .alone = true,
	  .help = "the task that each CPU ran" },
	{ "A", AT(bt_options, all), .group = 'W', .alone = true,
	  .help = "every CPU, then every task that no CPU ran" },
	{ "c", WORD_TEXT, AT(bt_options, list), .value = "CPUS", .group = 'W', .alone = true,
	  .help = "the tasks that these CPUs ran: 0,2-4 or all" },
	{ "f", AT(bt_options, words), .help = "also the words of each frame" },
	{ "F", AT(bt_options, meant), .counts = true,
	  .help = "the words with symbols, and [CACHE] for objects of slabs;\n"
		  "-FF: [ADDR:CACHE]" },
	{ "g", AT(bt_options, group), .help = "all threads of the processes" },
	{ "l", AT(bt_options, lines), .help = "accepted: source lines are always shown" },
	{ 0 }
};

const struct command command_bt = {
	.name = "bt",
	.meant_by = "backtrace where",
	.group = GROUP_PROCESSES,
	.common = true,
	.options = options,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = MANY }),
	.given_size = GIVEN(bt_options),
	.record = &record,
	.summary = "the functions on the stacks of tasks and CPUs",
	.details =
		"For each frame, the innermost first: the stack pointer, the address of the\n"
		"code, the stack (task, irq, softirq, nmi, exception, entry), the symbol, and\n"
		"file, line and inlined functions if vmlinux has them. \"?\" marks a word on the\n"
		"stack that may be a return address; such words are shown if kwalk cannot\n"
		"unwind further, or the kernel has no data to unwind. Below the frame of an\n"
		"interrupt, an exception or a system call are the registers that were saved\n"
		"there; \"interrupted\" marks the code that these registers belong to.\n"
		"\"replaced\" marks a return address that a tracer of the kernel had replaced.\n"
		"\"doubt\" names words of the task that other words of the dump contradict.\n"
		"Without PROCESS: the process chosen by set, else the CPU that panicked, else\n"
		"every CPU.",
	.rests_on = RESTS_ON_WALKS,
	.run = bt_run,
};
