/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command tasks, and the command set, which chooses a process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ranges.h"
#include "base/sort.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/tables.h"
#include "cli/interrupt.h"
#include "cli/show_task.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "linux/printk/log.h"
#include "output/kept.h"
#include "linux/task/task_info.h"
#include "linux/task/task_times.h"
#include "linux/task/task_witness.h"

struct tasks_options {
	unsigned int args;
	unsigned int roots; /* the arguments are roots of page tables */
	unsigned int kernel, user, leaders, active; /* only such tasks */
	unsigned int groups; /* with all threads of their processes */
	unsigned int ancestors; /* each task after its ancestors */
	unsigned int stack_pointer, times, last_run, since; /* more columns */
	unsigned int summary; /* only the number of tasks in each state */
	const char *policy; /* a list, such as FIFO,RR */
};

static void output_task(struct output *output, const struct task *task)
{
	output_integer(output, "pid", task->pid);
	output_integer(output, "tgid", task->tgid);
	output_string(output, "comm", task->comm);
	output_hex(output, "task", task->address);
	output_hex_if(output, "mm", task->mm, task->mm);
}

/* Writes the state of a task. As in crash, ">" before the state means that a CPU was running the
 * task. */
static void text_state(const void *arg, char *text, size_t size)
{
	const struct task_info *info = arg;

	(void)size; /* there is room for two letters */
	if (info->running)
		*text++ = '>';
	text[0] = info->state;
	text[1] = '\0';
}

/* The state in the words of crash, for kwalk-crash: task_state_string() in its task.c. */
static void text_state_of_crash(const void *arg, char *text, size_t size)
{
	static const char letters[] = "RSDTtZXIP", words[] = "RUINUNSTTRZODEIDPA";
	const struct task_info *info = arg;
	const char *letter = info->state ? strchr(letters, info->state) : NULL;

	snprintf(text, size, "%.2s", letter ? words + 2 * (letter - letters) : "??");
}

/* The names of the scheduling policies: include/uapi/linux/sched.h. ISO is reserved. */
static const char *const policies[] = { "NORMAL", "FIFO", "RR",	      "BATCH",
					"ISO",	  "IDLE", "DEADLINE", "EXT" };
enum { NR_POLICIES = sizeof(policies) / sizeof(*policies) };

struct stated_task {
	struct session *session;
	uint64_t address;
};

static void state_more(const void *arg)
{
	const struct stated_task *task = arg;
	uint32_t uid, policy;
	int32_t adj;

	if (task_oom_score_adj(task->session->kernel, task->address, &adj))
		output_integer(task->session->output, "oom_score_adj", adj);
	if (task_uid(task->session->kernel, task->address, &uid))
		output_count(task->session->output, "uid", uid);
	if (task_policy(task->session->kernel, task->address, &policy) && policy < NR_POLICIES)
		output_string(task->session->output, "policy", policies[policy]);
}

static void output_info(struct session *session, const struct task *task,
			const struct task_facts *facts, const struct task_info *info)
{
	struct output *output = session->output;
	const char state[] = { info->state, '\0' };
	char words[8];

	if (info->has_parent)
		output_integer(output, "ppid", info->parent);
	output_count_if(output, "cpu", info->has_cpu, info->cpu);
	output_summary(output, "shown_state", text_state, info);
	if (session->front.like_crash) {
		text_state_of_crash(info, words, sizeof(words));
		output_string(output, "st", words);
	}
	output_string_if(output, "state", state);
	if (info->running || facts->all_cpus)
		output_boolean(output, "running", info->running);
	output_count_if(output, "total_vm", info->has_total_vm,
			kernel_frame(session->kernel, info->total_vm));
	output_count_if(output, "rss", info->has_rss, info->rss);
	output_hex_if(output, "stack", info->stack, info->stack);
	output_in_records(output, state_more, &(struct stated_task){ session, task->address });
}

/* Shows the command-line arguments of the process, or its environment. If they cannot be read, shows the
 * reason, which is usually that their pages were swapped out. */
static void output_args(struct session *session, const struct task *task, bool environment)
{
	struct output *output = session->output;
	struct task_args args;
	struct error err = { 0 };

	if (!task->mm) {
		output_string_if(output, environment ? "env" : "args", NULL);
	} else if (task_args_read(session->kernel, task, environment, &args, &err)) {
		output_list_begin(output, environment ? "env" : "args");
		for (const char *arg = NULL; (arg = task_args_next(&args, arg));)
			output_string(output, NULL, arg);
		output_list_end(output);
		if (args.cut)
			output_boolean(output, environment ? "env_cut" : "args_cut", true);
	} else {
		output_string(output, environment ? "env_message" : "args_message", err.message);
	}
}

/* The tasks that an argument selects, and the fields to be shown. */
struct tasks_question {
	const char *argument; /* NULL: all tasks are selected */
	struct task_word word; /* valid if mm is 0 */
	uint64_t mm;
	const struct tasks_options *given;
	uint32_t policies; /* a bit for each policy of -y */
	bool as_crash; /* text is rows of crash, which no table holds */
	/* in nanoseconds: the time of the runqueues, and the time since the boot; 0: unknown */
	uint64_t run_clock, uptime;
};

static void text_since(const void *arg, char *text, size_t size)
{
	const uint64_t msec = *(const uint64_t *)arg / 1000000, seconds = msec / 1000;

	snprintf(text, size, "%" PRIu64 " %02u:%02u:%02u.%03u", seconds / 86400,
		 (unsigned int)(seconds / 3600 % 24), (unsigned int)(seconds / 60 % 60),
		 (unsigned int)(seconds % 60), (unsigned int)(msec % 1000));
}

enum { CRASH_LINE = TASK_COMM_MAX + 128 };

/* The line of crash's ps -m, for kwalk-crash. crash counts from the start of the clock for an idle task,
 * whose time is always 0. */
static void line_of_crash(struct kernel *kernel, const struct tasks_question *question,
			  const struct task *task, const struct task_info *info,
			  char line[CRASH_LINE])
{
	char text[32], state[8], cpu[16] = "-";
	uint64_t last, since = question->run_clock;

	if (task_last_run(kernel, task->address, &last) && last <= since)
		since -= last;
	text_since(&since, text, sizeof(text));
	text_state_of_crash(info, state, sizeof(state));
	if (info->has_cpu)
		snprintf(cpu, sizeof(cpu), "%u", info->cpu);
	snprintf(line, CRASH_LINE,
		 "[%s] [%s]  PID: %-7" PRId32 "  TASK: %" PRIx64 "  CPU: %-3s  COMMAND: \"%s\"",
		 text, state, task->pid, task->address, cpu, task->comm);
}

static void output_last_run(struct session *session, const struct tasks_question *question,
			    const struct task *task)
{
	struct output *output = session->output;
	uint64_t last, since;
	bool known = task_last_run(session->kernel, task->address, &last);

	if (question->given->last_run)
		output_count_if(output, "last_arrival", known, last);
	if (!question->given->since)
		return;
	if (!known || last > question->run_clock) {
		output_remark(output, "shown_since", "", STYLE_PLAIN);
		return;
	}
	since = question->run_clock - last;
	output_summary(output, "shown_since", text_since, &since);
	output_seconds(output, "since", since);
}

static void output_seconds_if(struct output *output, const char *name, bool known, uint64_t nsec)
{
	if (known)
		output_seconds(output, name, nsec);
	else
		output_string_if(output, name, NULL);
}

static void output_times(struct session *session, const struct tasks_question *question,
			 const struct task *task)
{
	const struct task_times times = task_times_read(session->kernel, task->address);
	struct output *output = session->output;

	output_seconds_if(output, "run_time", times.has_start && times.start <= question->uptime,
			  question->uptime - times.start);
	output_seconds_if(output, "start_time", times.has_start, times.start);
	output_seconds_if(output, "utime", times.has_used, times.user);
	output_seconds_if(output, "stime", times.has_used, times.system);
}

static void output_wanted(struct session *session, const struct tasks_question *question,
			  const struct task *task, const struct task_info *info)
{
	uint64_t sp = 0;
	bool known = !info->running &&
		     session->kernel->arch->saved_sp(session->kernel, task->address, &sp);

	if (question->given->last_run || question->given->since)
		output_last_run(session, question, task);
	if (question->given->stack_pointer)
		output_hex_if(session->output, "sp", known, sp);
	if (question->given->times)
		output_times(session, question, task);
	if (question->given->args) {
		output_args(session, task, false);
		output_args(session, task, true);
	}
}

/* A row of crash's ps, for kwalk-crash: show_ps_data() of its task.c. Scripts read the words by their places,
 * so all numbers are there, in KB. */
struct crash_row {
	struct session *session;
	const struct task *task;
	const struct task_info *info;
};

struct crash_line {
	struct output *output;
	const char *line;
};

static void put_crash_line(const void *arg)
{
	const struct crash_line *line = arg;

	output_text_line(line->output, line->line, strlen(line->line));
}

static void put_crash_heading(const void *arg)
{
	const struct session *session = arg;

	output_textf(session->output, "%9s %7s  %3s  %-*s  %2s  %7s  %7s  %7s  %s\n", "PID", "PPID",
		     "CPU", (int)(2 * kernel_pointer_size(session->kernel)), "TASK", "ST", "TGID",
		     "VSZ", "RSS", "COMM");
}

/* Writes a size in KB, or "-" if it is unknown. A kernel thread has no memory. */
static void text_kb(bool known, uint64_t bytes, bool is_thread, char text[24])
{
	if (known || is_thread)
		snprintf(text, 24, "%" PRIu64, known ? bytes >> 10 : 0);
	else
		strcpy(text, "-");
}

static void put_crash_row(const void *arg)
{
	const struct crash_row *row = arg;
	const struct task *task = row->task;
	const struct task_info *info = row->info;
	struct kernel *kernel = row->session->kernel;
	const bool is_thread = show_task_is_kernel(kernel, task);
	char state[8], cpu[16] = "-", parent[16] = "-", size[24], rss[24];

	text_state_of_crash(info, state, sizeof(state));
	if (info->has_cpu)
		snprintf(cpu, sizeof(cpu), "%u", info->cpu);
	if (info->has_parent)
		snprintf(parent, sizeof(parent), "%" PRId32, info->parent);
	text_kb(info->has_total_vm, kernel_frame(kernel, info->total_vm), is_thread, size);
	text_kb(info->has_rss, info->rss, is_thread, rss);
	output_textf(row->session->output,
		     "%c %7" PRId32 " %7s  %3s  %*" PRIx64 "  %2s  %7" PRId32
		     "  %7s  %7s  %s%s%s\n",
		     info->running ? '>' : ' ', task->pid, parent, cpu,
		     (int)(2 * kernel_pointer_size(kernel)), task->address, state, task->tgid, size,
		     rss, is_thread ? "[" : "", task->comm, is_thread ? "]" : "");
}

static void tasks_print(struct session *session, const struct tasks_question *question,
			const struct task *task, const struct task_facts *facts)
{
	struct output *output = session->output;
	struct error err = { .code = ERROR_NONE };
	uint64_t root = 0;
	bool has_root = task->mm && task_root(session->kernel, task, &root, &err);
	struct task_info info = task_info_read(session->kernel, facts, task);
	char doubt[TASK_DOUBT], line[CRASH_LINE];

	output_begin(output, "tasks", question->argument, NULL);
	output_task(output, task);
	output_hex_if(output, "root", has_root, root);
	output_info(session, task, facts, &info);
	output_hex_if(output, "active_mm", !task->mm && task->active_mm, task->active_mm);
	output_count_if(output, "idle_cpu", task->idle_cpu >= 0, (uint64_t)task->idle_cpu);
	output_wanted(session, question, task, &info);
	if (session->front.like_crash && question->given->since) {
		line_of_crash(session->kernel, question, task, &info, line);
		output_string(output, "line", line);
	}
	if (task_doubt(session->kernel, task, facts, &info, TASK_WORDS_ALL & ~TASK_WORD_SP, doubt))
		output_string(output, "doubt", doubt);
	output_end(output);
	if (question->as_crash && question->given->since)
		output_in_text(output, put_crash_line, &(struct crash_line){ output, line });
	else if (question->as_crash)
		output_in_text(output, put_crash_row, &(struct crash_row){ session, task, &info });
	if (err.code)
		session_complain(session, question->argument, &err);
}

static bool is_named(const struct tasks_question *question, const struct task *task)
{
	if (!question->argument)
		return true;
	return question->mm ? task->mm == question->mm :
			      parse_task_match(task, &question->word) > 0;
}

/* Do the options want this task? */
static bool is_wanted(const struct session *session, const struct tasks_question *question,
		      const struct task *task, const struct task_facts *facts)
{
	const struct tasks_options *given = question->given;
	uint32_t policy;

	if ((given->kernel || given->user) &&
	    given->kernel != show_task_is_kernel(session->kernel, task))
		return false;
	if (given->leaders && task->pid != task->tgid)
		return false;
	if (given->active && !task_is_running(facts, task))
		return false;
	return !given->policy || (task_policy(session->kernel, task->address, &policy) &&
				  policy < NR_POLICIES && question->policies >> policy & 1);
}

struct wanted_task {
	uint64_t last_run; /* 0: unknown, or not the order */
	size_t at; /* in the list */
};

/* The task that ran last is the first, as in crash. */
static int compare_wanted(const void *left, const void *right)
{
	const struct wanted_task *a = left, *b = right;

	return COMPARE(b->last_run, a->last_run) ?: COMPARE(a->at, b->at);
}

static void print_summary(struct session *session, const struct tasks_question *question,
			  const struct task_list *list, const struct wanted_task *wanted, size_t nr)
{
	static const char states[] = "RSDTtPIZ";
	size_t count[sizeof(states)] = { 0 }; /* the last: unknown */

	for (size_t i = 0; i < nr && !session_interrupted(session); i++) {
		const char state = task_state(session->kernel, list->task[wanted[i].at].address);
		const char *at = state ? strchr(states, state) : NULL;

		count[at ? (size_t)(at - states) : sizeof(states) - 1]++;
	}
	for (size_t i = 0; i < sizeof(states); i++) {
		const char state[] = { states[i], '\0' };

		if (!count[i])
			continue;
		output_begin(session->output, "tasks", question->argument, NULL);
		output_string_if(session->output, "state", state);
		output_count(session->output, "tasks", count[i]);
		output_end(session->output);
	}
}

/* Prints a task after its ancestors, the oldest of which is the first. */
static void print_line(struct session *session, const struct tasks_question *question,
		       const struct task *task, const struct task_facts *facts)
{
	enum { MOST_ANCESTORS = 64 }; /* damaged parents may form a circle */
	const struct task *line[MOST_ANCESTORS];
	size_t nr = 0;

	while (task && nr < MOST_ANCESTORS && (!nr || task != line[nr - 1])) {
		struct task_info info = task_info_read(session->kernel, facts, task);

		line[nr++] = task;
		task = info.has_parent ? task_of_pid(session->kernel, info.parent) : NULL;
	}
	if (nr == MOST_ANCESTORS)
		session_complainf(session, question->argument, ERROR_FORMAT,
				  "pid %" PRId32 ": only %d ancestors are shown", line[0]->pid,
				  MOST_ANCESTORS - 1);
	while (nr--)
		tasks_print(session, question, line[nr], facts);
}

static bool print_wanted(struct session *session, const struct task_list *list,
			 const struct tasks_question *question)
{
	const struct tasks_options *given = question->given;
	struct wanted_task *wanted = calloc(list->nr + 1, sizeof(*wanted));
	struct task_facts facts;
	bool found = false;
	size_t nr = 0;

	if (!wanted)
		return true; /* memory.c reports it */
	task_facts_read(session->kernel, list, &facts);
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++) {
		if (!is_named(question, &list->task[i]) &&
		    !(given->groups && !question->mm &&
		      parse_task_match_group(list, i, &question->word)))
			continue;
		found = true;
		if (!is_wanted(session, question, &list->task[i], &facts))
			continue;
		wanted[nr].at = i;
		if (given->last_run || given->since)
			task_last_run(session->kernel, list->task[i].address, &wanted[nr].last_run);
		nr++;
	}
	sort_items(wanted, nr, sizeof(*wanted), compare_wanted, session->kernel->listener);
	if (given->summary)
		print_summary(session, question, list, wanted, nr);
	for (size_t i = 0; i < nr && !given->summary && !session_interrupted(session); i++)
		(given->ancestors ? print_line : tasks_print)(session, question,
							      &list->task[wanted[i].at], &facts);
	task_facts_release(&facts);
	free(wanted);
	return found || session_interrupted(session);
}

/* Answers for the tasks that the argument selects, or for all tasks if argument is NULL. */
static void tasks_answer(struct session *session, const struct task_list *list,
			 const char *argument, struct tasks_question question)
{
	question.argument = argument;
	question.word = parse_task_word(session->kernel, argument ? argument : "");
	if (!print_wanted(session, list, &question) && argument)
		session_complain_of_task(session, argument);
}

/* Answers for all tasks that use the page table at the address in the argument. These tasks are the
 * threads of one process. */
static void tasks_answer_root(struct session *session, const struct task_list *list,
			      const char *argument, struct tasks_question question)
{
	struct process process;
	struct error err;
	uint64_t root;

	if (!parse_hex(argument, &root, &err) ||
	    !task_process_of_root(session->kernel, root, &process, &err)) {
		session_complain(session, argument, &err);
		return;
	}
	question.argument = argument;
	question.mm = process.mm;
	if (!process.mm || !print_wanted(session, list, &question))
		session_complainf(
			session, argument, ERROR_NO_ANSWER, "%s",
			process.space.root == kernel_space(session->kernel, NULL)->root ?
				"is the kernel's own page table, which belongs to no process" :
				"no task has this table");
}

/* If Ctrl-C stopped the reading of the list, shows all tasks that were found so far. Always returns
 * false. */
static bool list_some(struct session *session, struct tasks_question question, struct error *err)
{
	const struct task_list *some = task_all_so_far(session->kernel);
	enum stop_reason interrupted;

	if (!some || err->code != ERROR_INTERRUPTED)
		return false;
	interrupted = interrupt_put_off();
	tasks_answer(session, some, NULL, question);
	interrupt_resume(interrupted);
	return fail(err, ERROR_INTERRUPTED, "interrupted: there may be more tasks than these %zu",
		    some->nr);
}

/* Reads the policies of -y: names or numbers, separated by commas. */
static bool read_policies(const char *text, uint32_t *set, struct error *err)
{
	for (const char *end; text; text = *end ? end + 1 : NULL) {
		unsigned int i = 0;

		end = text + strcspn(text, ",");
		while (i < NR_POLICIES &&
		       !(strlen(policies[i]) == (size_t)(end - text) &&
			 !strncasecmp(policies[i], text, strlen(policies[i]))) &&
		       !(end - text == 1 && *text == '0' + (int)i))
			i++;
		if (i == NR_POLICIES)
			return fail(err, ERROR_USAGE,
				    "-y %.*s: not a policy: NORMAL, FIFO, RR, BATCH, "
				    "ISO, IDLE, DEADLINE, EXT, or 0 to 7",
				    (int)(end - text < 60 ? end - text : 60), text);
		*set |= UINT32_C(1) << i;
	}
	return true;
}

static bool read_question(struct session *session, struct tasks_question *question,
			  struct error *err)
{
	const struct tasks_options *given = question->given;

	if (given->policy && !read_policies(given->policy, &question->policies, err))
		return false;
	if (given->since && !(question->run_clock = task_run_clock(session->kernel)))
		return fail(err, ERROR_UNKNOWN, "the clocks of the CPUs' runqueues are not known");
	if (given->times && !log_uptime(session->kernel, &question->uptime))
		question->uptime = 0;
	return true;
}

static const struct record summary_record = {
	.fields = FIELDS(COLUMN("state"), COLUMN("tasks")),
};

/* Text shows rows of crash, and not a table of the records. */
static const struct record unseen = { .closed = true };

/* For kwalk-crash, because scripts read the words of crash's rows by their places: word 8 is RSS. Here word 6
 * is TGID, and there %MEM. Other columns are shown as usual. */
static void begin_as_crash(struct session *session, struct tasks_question *question)
{
	const struct tasks_options *given = session->given;

	question->as_crash = session->front.like_crash && !session->columns && !session->sort_key &&
			     !given->summary && !given->last_run && !given->times &&
			     !given->stack_pointer && !given->args;
	if (!question->as_crash)
		return;
	output_declare(session->output, &unseen);
	if (!given->since)
		output_in_text(session->output, put_crash_heading, session);
}

static bool run_tasks(struct session *session, char **words, struct error *err)
{
	const struct tasks_options *given = session->given;
	const struct task_list *tasks = task_all(session->kernel, err);
	struct tasks_question question = { .given = given };
	struct error why;

	if (!read_question(session, &question, &why)) {
		*err = why;
		return false;
	}
	begin_as_crash(session, &question);
	if (given->summary)
		output_declare(session->output, &summary_record);
	if (!tasks)
		return !*words && list_some(session, question, err);
	if (!*words)
		tasks_answer(session, tasks, NULL, question);
	for (; *words && !session_interrupted(session); words++)
		given->roots ? tasks_answer_root(session, tasks, *words, question) :
			       tasks_answer(session, tasks, *words, question);
	session_complain_of_damages(session, &tasks->damages);
	if (question.as_crash)
		output_declare(session->output, session->command->record);
	return true;
}

/* --- set --- */

/* Prints the process. status "none": it is not chosen, but commands take it. If it is a kernel thread, also prints the address space that it borrows, and
 * the owner of that address space. */
static void print_process(struct output *output, const struct process *process,
			  const char *argument, const char *status)
{
	output_begin(output, "set", argument, status);
	if (process->has_task)
		output_task(output, &process->task);
	else
		output_hex(output, "mm", process->mm);
	output_hex_if(output, "root", process->mm, process->space.root);
	if (process->isolated && process->mm)
		output_hex(output, "user_root", process->user.root);
	if (process->borrowed)
		output_hex(output, "active_mm", process->mm);
	show_mm_owner(output, process);
	if (status)
		output_string(
			output, "message",
			"not chosen, but bt, vm and files without a process show it: it ran on the CPU that panicked");
	output_end(output);
}

static const struct choices none = { (const char *const[]){ "none" }, 1 };

struct set_options {
	unsigned int panicked;
};

static const struct command_option set_options[] = {
	{ "p", AT(set_options, panicked), .alone = true, .help = "choose the task that panicked" },
	{ 0 }
};

/* Adds to the message of err that the process that was chosen before stays chosen. */
static void add_chosen(const struct session *session, struct error *err)
{
	const struct process *process = &session->chosen.process;

	if (!session->chosen.has_process)
		return;
	if (process->has_task)
		text_append(err->message, sizeof(err->message),
			    "; pid %" PRId32 " (%s) stays chosen", process->task.pid,
			    process->task.comm);
	else
		text_append(err->message, sizeof(err->message), "; mm %" PRIx64 " stays chosen",
			    process->mm);
}

static const struct choices radices = { (const char *const[]){ "radix", "hex", "dec" }, 3 };

/* As in crash: "hex", "dec", "radix 16", "radix 10", or "radix", which shows it. */
static bool set_radix(struct session *session, char **words, struct error *err)
{
	uint64_t radix = session->base == 16 ? 16 : 10;

	if (!strcmp(*words, "radix") && words[1] &&
	    (!parse_count(words[1], &radix, err) || (radix != 10 && radix != 16)))
		return fail(err, ERROR_USAGE, "radix %.40s: is not 10 or 16", words[1]);
	if (strcmp(*words, "radix") != 0)
		radix = !strcmp(*words, "hex") ? 16 : 10;
	session->base = radix == 16 ? 16 : 0;
	output_textf(session->output, "output radix: %u (%s)\n", (unsigned int)radix,
		     radix == 16 ? "hex" : "decimal");
	return true;
}

static bool run_set(struct session *session, char **words, struct error *err)
{
	const struct set_options *given = session->given;
	struct process process;
	bool left = false;

	if (*words && choices_find(&radices, *words))
		return set_radix(session, words, err);
	if (*words && words[1])
		return fail(err, ERROR_USAGE, "%s: too many arguments", words[1]);

	if (given->panicked) {
		const bool chosen = session->chosen.has_process;

		session->chosen.has_process = false;
		if (!usual_process(session, NULL, &process, NULL)) {
			session->chosen.has_process = chosen;
			fail(err, ERROR_NO_ANSWER, "no task is known to have panicked");
			add_chosen(session, err);
			return false;
		}
		session->chosen.process = process;
		session->chosen.has_process = true;
	}
	if (*words && choices_find(&none, *words)) {
		left = session->chosen.has_process;
		session->chosen.has_process = false;
		words++;
	}
	if (*words && !parse_process(session, *words, &process, err)) {
		add_chosen(session, err);
		session_complain(session, *words, err);
		return true;
	}
	if (*words) {
		session->chosen.process = process;
		session->chosen.has_process = true;
	}
	if (session->chosen.has_process) {
		print_process(session->output, &session->chosen.process, *words, NULL);
		return true;
	}
	if (!left && usual_process(session, NULL, &process, NULL)) {
		print_process(session->output, &process, NULL, "none");
		return true;
	}
	output_begin(session->output, "set", NULL, "none");
	output_string(session->output, "message",
		      left ? "no process is chosen any more" :
			     NO_PROCESS SET_CHOOSES " PID|NAME|TASK|MM");
	output_end(session->output);
	return true;
}

static const struct command_option tasks_options[] = {
	{ "a", AT(tasks_options, args),
	  .help = "also show the arguments and the environment, if their memory is\n"
		  "in the dump (a process can change them)" },
	{ "r", AT(tasks_options, roots),
	  .help = "the tasks whose page table is at ROOT, a physical address\n"
		  "or a value of CR3 or TTBR" },
	{ "k", AT(tasks_options, kernel), .group = 'k', .help = "only kernel threads" },
	{ "u", AT(tasks_options, user), .group = 'k', .help = "only tasks of user processes" },
	{ "G", AT(tasks_options, leaders), .help = "only the first thread of each process" },
	{ "A", AT(tasks_options, active), .help = "only the tasks that CPUs ran" },
	{ "y", WORD_TEXT, AT(tasks_options, policy), .value = "POLICY",
	  .help = "only tasks with this policy of the scheduler, such as FIFO,RR" },
	{ "g", AT(tasks_options, groups), .help = "with all threads of their processes" },
	{ "p", AT(tasks_options, ancestors), .help = "each task after its ancestors" },
	{ "l", AT(tasks_options, last_run),
	  .help = "also when the task was last given a CPU, in nanoseconds; the\nlast is shown first" },
	{ "m", AT(tasks_options, since),
	  .help = "also how long ago this was: days hours:minutes:seconds" },
	{ "s", AT(tasks_options, stack_pointer), .help = "also the saved kernel stack pointer" },
	{ "t", AT(tasks_options, times),
	  .help = "also the times: since its start, start, in user mode, in the\nkernel; in seconds" },
	{ "S", AT(tasks_options, summary), .help = "only the number of tasks in each state" },
	{ 0 }
};

static const struct record record = {
	.fields = FIELDS(COLUMN("last_arrival", .heading = "last run", .width = 15, .rank = KEPT),
			 HIDDEN("line"), HIDDEN("st"),
			 COLUMN("shown_since", .heading = "since run", .width = 15, .rank = KEPT),
			 HIDDEN("since"), COLUMN("run_time", .width = 13, .rank = KEPT),
			 COLUMN("start_time", .width = 13, .rank = KEPT),
			 COLUMN("utime", .width = 13, .rank = KEPT),
			 COLUMN("stime", .width = 13, .rank = KEPT),
			 COLUMN("sp", .heading = "kstackp", .rank = KEPT),
			 COLUMN("shown_state", .heading = "state", .rank = KEPT), HIDDEN("state"),
			 HIDDEN("running"),
			 COLUMN("total_vm", .heading = "vsz", .kind = KIND_KIB, .rank = 2),
			 COLUMN("rss", .kind = KIND_KIB, .rank = 4), HIDDEN("stack"),
			 COLUMN("active_mm", .rank = 1), COLUMN("idle_cpu", .rank = 1),
			 COLUMN("args", .rank = KEPT, TEXT(.join = " ")),
			 COLUMN("args_cut", .heading = "args", TEXT(.join = " ", .yes = "...")),
			 COLUMN("args_message", .heading = "args", .rank = KEPT,
				TEXT(.before = "(not known: ", .after = ")")),
			 LINE("env", TEXT(.join = " ")),
			 LINE("env_cut", .heading = "env", TEXT(.join = " ", .yes = "...")),
			 LINE("env_message", .heading = "env",
			      TEXT(.before = "(not known: ", .after = ")")),
			 LINE("doubt")),
};

const struct command command_tasks = {
	.name = "tasks",
	.also = "ps",
	.meant_by = "top htop pstree",
	.group = GROUP_PROCESSES,
	.common = true,
	.options = tasks_options,
	.arguments = ARGUMENTS({ "PROCESS", WORD_PROCESS, .most = MANY },
			       { "ROOT", WORD_ROOT, 1, .most = MANY, .with = "r" }),
	.given_size = GIVEN(tasks_options),
	.record = &record,
	.summary = "processes, threads, kernel threads and idle tasks",
	.details =
		"For each task: pid, tgid (the pid of its process), comm, the addresses of its\n"
		"task_struct and mm_struct, and the physical address of its top-level page table\n"
		"(root); its parent, CPU, state (letters of ps, Z: has ended, >: it was running\n"
		"on a CPU) and memory. Kernel threads have no mm; active_mm is the mm that they\n"
		"borrowed when the dump was taken. idle_cpu is the CPU of an idle task.\n"
		"If a list is damaged or loops, it is also followed from its other end, and the\n"
		"damage is reported. An mm that does not point to an mm_struct is also reported.\n"
		"doubt: words of the task that other words of the dump contradict. A memory that\n"
		"is contradicted is not shown.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_tasks,
};

const struct command command_set = {
	.name = "set",
	.group = GROUP_PROCESSES,
	.options = set_options,
	.given_size = GIVEN(set_options),
	.arguments = ARGUMENTS({ "PROCESS|none", WORD_PROCESS, .most = 2, .choices = &none }),
	.summary = "choose the process for user addresses",
	.details =
		"After this, all commands translate user addresses with the page table of this\n"
		"process, and need no -p. \"none\" chooses no process. PROCESS is a pid, in\n"
		"decimal, a name, or the address of a task_struct or an mm_struct. \"root\" is the\n"
		"physical address of the top-level page table; with page-table isolation\n"
		"\"user_root\" is the address of the table for user mode. For a kernel thread,\n"
		"which borrows an mm while it runs, \"active_mm\" and its owner are shown. Without\n"
		"an argument, the chosen process is shown. As in crash, \"set hex\" shows values\n"
		"in hexadecimal where neither -x nor -d is given, \"set dec\" ends this, and\n"
		"\"set radix\" with 16 or 10 does the same.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_set,
};
