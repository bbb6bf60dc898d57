/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command tasks, and the command set, which chooses a process. */
#include <inttypes.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/tables.h"
#include "cli/interrupt.h"
#include "linux/task/task_info.h"
#include "linux/task/task_witness.h"

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

struct stated_task {
	struct session *session;
	uint64_t address;
};

static void state_more(const void *arg)
{
	const struct stated_task *task = arg;
	uint32_t uid;
	int32_t adj;

	if (task_oom_score_adj(task->session->kernel, task->address, &adj))
		output_integer(task->session->output, "oom_score_adj", adj);
	if (task_uid(task->session->kernel, task->address, &uid))
		output_count(task->session->output, "uid", uid);
}

static void output_info(struct session *session, const struct task *task,
			const struct task_facts *facts, const struct task_info *info)
{
	struct output *output = session->output;
	const char state[] = { info->state, '\0' };

	if (info->has_parent)
		output_integer(output, "ppid", info->parent);
	output_count_if(output, "cpu", info->has_cpu, info->cpu);
	output_summary(output, "shown_state", text_state, info);
	output_string_if(output, "state", state);
	if (info->running || facts->all_cpus)
		output_boolean(output, "running", info->running);
	output_count_if(output, "rss", info->has_rss, info->rss);
	output_hex_if(output, "stack", info->stack, info->stack);
	output_in_records(output, state_more, &(struct stated_task){ session, task->address });
}

/* Shows the command-line arguments of the process. If they cannot be read, shows the reason, which
 * is usually that their pages were swapped out. */
static void output_args(struct session *session, const struct task *task)
{
	struct output *output = session->output;
	struct task_args args;
	struct error err = { 0 };

	if (!task->mm) {
		output_string_if(output, "args", NULL);
	} else if (task_args_read(session->kernel, task, &args, &err)) {
		output_list_begin(output, "args");
		for (const char *arg = NULL; (arg = task_args_next(&args, arg));)
			output_string(output, NULL, arg);
		output_list_end(output);
		if (args.cut)
			output_boolean(output, "args_cut", true);
	} else {
		output_string(output, "args_message", err.message);
	}
}

/* The tasks that an argument selects, and the fields to be shown. */
struct tasks_question {
	const char *argument; /* NULL: all tasks are selected */
	struct task_word word; /* valid if mm is 0 */
	uint64_t mm;
	bool args; /* also show the command-line arguments of the tasks */
};

static void tasks_print(struct session *session, const struct tasks_question *question,
			const struct task *task, const struct task_facts *facts)
{
	struct output *output = session->output;
	struct error err = { .code = ERROR_NONE };
	uint64_t root = 0;
	bool has_root = task->mm && task_root(session->kernel, task, &root, &err);
	struct task_info info = task_info_read(session->kernel, facts, task);
	char doubt[TASK_DOUBT];

	output_begin(output, "tasks", question->argument, NULL);
	output_task(output, task);
	output_hex_if(output, "root", has_root, root);
	output_info(session, task, facts, &info);
	output_hex_if(output, "active_mm", !task->mm && task->active_mm, task->active_mm);
	output_count_if(output, "idle_cpu", task->idle_cpu >= 0, (uint64_t)task->idle_cpu);
	if (question->args)
		output_args(session, task);
	if (task_doubt(session->kernel, task, facts, &info, TASK_WORDS_ALL & ~TASK_WORD_SP, doubt))
		output_string(output, "doubt", doubt);
	output_end(output);
	if (err.code)
		session_complain(session, question->argument, &err);
}

static bool is_wanted(const struct tasks_question *question, const struct task *task)
{
	if (!question->argument)
		return true;
	return question->mm ? task->mm == question->mm :
			      parse_task_match(task, &question->word) > 0;
}

static bool print_wanted(struct session *session, const struct task_list *list,
			 const struct tasks_question *question)
{
	struct task_facts facts;
	bool found = false;

	task_facts_read(session->kernel, list, &facts);
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++)
		if (is_wanted(question, &list->task[i])) {
			found = true;
			tasks_print(session, question, &list->task[i], &facts);
		}
	task_facts_release(&facts);
	return found || session_interrupted(session);
}

/* Answers for the tasks that the argument selects, or for all tasks if argument is NULL. */
static void tasks_answer(struct session *session, const struct task_list *list,
			 const char *argument, struct tasks_question question)
{
	struct error err;

	question.argument = argument;
	question.word = parse_task_word(session->kernel, argument ? argument : "");
	if (print_wanted(session, list, &question) || !argument)
		return;
	fail(&err, ERROR_NO_ANSWER, "no task has this pid, name or address");
	session_complain(session, argument, &err);
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
	if (process.mm && print_wanted(session, list, &question))
		return;
	fail(&err, ERROR_NO_ANSWER, "%s",
	     process.space.root == kernel_space(session->kernel, NULL)->root ?
		     "is the kernel's own page table, which belongs to no process" :
		     "no task has this table");
	session_complain(session, argument, &err);
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

struct tasks_options {
	unsigned int args;
	unsigned int roots; /* the arguments are roots of page tables */
};

static bool run_tasks(struct session *session, char **words, struct error *err)
{
	const struct tasks_options *given = session->given;
	const struct task_list *tasks = task_all(session->kernel, err);
	struct tasks_question question = { .args = given->args };

	if (!tasks)
		return !*words && list_some(session, question, err);
	if (!*words)
		tasks_answer(session, tasks, NULL, question);
	for (; *words && !session_interrupted(session); words++)
		given->roots ? tasks_answer_root(session, tasks, *words, question) :
			       tasks_answer(session, tasks, *words, question);
	session_complain_of_damages(session, &tasks->damages);
	return true;
}

/* --- set --- */

/* Prints the process. If it is a kernel thread, also prints the address space that it borrows, and
 * the owner of that address space. */
static void print_process(struct output *output, const struct process *process,
			  const char *argument)
{
	output_begin(output, "set", argument, NULL);
	if (process->has_task)
		output_task(output, &process->task);
	else
		output_hex(output, "mm", process->mm);
	output_hex(output, "root", process->space.root);
	if (process->isolated)
		output_hex(output, "user_root", process->user.root);
	if (process->borrowed)
		output_hex(output, "active_mm", process->mm);
	if (process->borrowed && process->has_owner) {
		output_integer(output, "owner_pid", process->owner.pid);
		output_string(output, "owner_comm", process->owner.comm);
	}
	output_end(output);
}

static const struct choices none = { (const char *const[]){ "none" }, 1 };

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

static bool run_set(struct session *session, char **words, struct error *err)
{
	struct process process;
	struct error complaint;
	bool left = false;

	(void)err;
	if (*words && choices_find(&none, *words)) {
		left = session->chosen.has_process;
		session->chosen.has_process = false;
		words++;
	}
	if (*words && !parse_process(session, *words, &process, &complaint)) {
		add_chosen(session, &complaint);
		session_complain(session, *words, &complaint);
		return true;
	}
	if (*words) {
		session->chosen.process = process;
		session->chosen.has_process = true;
	}
	if (session->chosen.has_process) {
		print_process(session->output, &session->chosen.process, *words);
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
	  .help = "also show the arguments if their memory is in the dump (a\n"
		  "process can change its arguments)" },
	{ "r", AT(tasks_options, roots),
	  .help = "the tasks whose page table is at ROOT, a physical address\n"
		  "or a value of CR3 or TTBR" },
	{ 0 }
};

static const struct record record = {
	.fields = (const struct field[]){ COLUMN("shown_state", .heading = "state", .rank = KEPT),
					  HIDDEN("state"),
					  HIDDEN("running"),
					  COLUMN("rss", .kind = KIND_KIB, .rank = 4),
					  HIDDEN("stack"),
					  COLUMN("active_mm", .rank = 1),
					  COLUMN("idle_cpu", .rank = 1),
					  COLUMN("args", .rank = KEPT, TEXT(.join = " ")),
					  COLUMN("args_cut", .heading = "args",
						 TEXT(.join = " ", .yes = "...")),
					  COLUMN("args_message", .heading = "args", .rank = KEPT,
						 TEXT(.before = "(not known: ", .after = ")")),
					  LINE("doubt"),
					  { 0 } },
};

const struct command command_tasks = {
	.name = "tasks",
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
	.arguments = ARGUMENTS({ "PROCESS|none", WORD_PROCESS, .most = 1, .choices = &none }),
	.summary = "choose the process for user addresses",
	.details =
		"After this, all commands translate user addresses with the page table of this\n"
		"process, and need no -p. \"none\" chooses no process. PROCESS is a pid, in\n"
		"decimal, a name, or the address of a task_struct or an mm_struct. \"root\" is the\n"
		"physical address of the top-level page table; with page-table isolation\n"
		"\"user_root\" is the address of the table for user mode. For a kernel thread,\n"
		"which borrows an mm while it runs, \"active_mm\" and its owner are shown. Without\n"
		"an argument, the chosen process is shown.",
	.rests_on = RESTS_ON_WALKS,
	.run = run_set,
};
