/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool stop(void *arg)
{
	return command_interrupted(arg);
}

struct watch command_watch(struct session *session)
{
	return (struct watch){ stop, session };
}

void command_complain_of_damages(struct session *session, const char *argument,
				 const struct damages *damages)
{
	struct error rest;

	for (size_t i = 0; i < damages->nr && i < MAX_DAMAGES; i++)
		command_complain(session, argument, &damages->error[i]);
	if (damages->nr <= MAX_DAMAGES)
		return;
	fail(&rest, ERROR_FORMAT, "and %zu more places like these",
	     damages->nr - MAX_DAMAGES);
	command_complain(session, argument, &rest);
}

const struct task_list *session_tasks(struct session *session,
				      struct error *err)
{
	struct watch watch = command_watch(session);

	return kernel_tasks(session->kernel, &watch, err);
}

struct task_word task_word(const char *text)
{
	struct task_word word = { .text = text };

	word.is_pid = text[0] != '0' || text[1] == '\0';
	word.is_pid = word.is_pid && strspn(text, "0123456789") == strlen(text) &&
		      command_parse_count(text, &word.pid, NULL);
	word.is_address = command_parse_hex(text, &word.address, NULL) &&
			  word.address != 0;
	return word;
}

bool task_matches(const struct task *task, const struct task_word *word)
{
	if (word->is_pid && word->pid == (uint64_t)task->pid)
		return true;
	if (word->is_address && (word->address == task->address ||
				 word->address == task->mm))
		return true;
	return !strcmp(word->text, task->comm);
}

/* Of several ways to read a word a pid comes first, then an address, then a name. */
static int rank(const struct task *task, const struct task_word *word)
{
	if (word->is_pid && word->pid == (uint64_t)task->pid)
		return 4;
	if (word->is_address && word->address == task->address)
		return 3;
	if (word->is_address && word->address == task->mm)
		return 2;
	return !strcmp(word->text, task->comm);
}

static bool ambiguous(const struct task_list *list, const struct task_word *word,
		      struct error *err)
{
	char pids[200] = "";
	size_t used = 0;

	for (size_t i = 0; i < list->nr; i++) {
		if (strcmp(list->task[i].comm, word->text) != 0)
			continue;
		if (used + 20 > sizeof(pids)) {
			memcpy(pids + used, ", ...", sizeof(", ..."));
			break;
		}
		used += (size_t)snprintf(pids + used, sizeof(pids) - used,
					 "%s%" PRId32, used ? ", " : "",
					 list->task[i].pid);
	}
	return fail(err, ERROR_USAGE, "several processes have that name: pids %s",
		    pids);
}

/* Threads of one process count once; two idle tasks have the same pid. */
static bool same_process(const struct task *a, const struct task *b)
{
	return (a->tgid == b->tgid && a->tgid != 0) || (a->mm && a->mm == b->mm);
}

static const struct task *find_task(const struct task_list *list,
				    const struct task_word *word,
				    struct error *err)
{
	const struct task *best = NULL;
	bool several = false;
	int best_rank = 0;

	for (size_t i = 0; i < list->nr; i++) {
		const struct task *task = &list->task[i];
		int found = rank(task, word);

		if (found > best_rank) {
			best = task;
			best_rank = found;
			several = false;
		} else if (found == 1 && best_rank == 1) {
			several |= !same_process(task, best);
		}
	}
	if (several) {
		ambiguous(list, word, err);
		return NULL;
	}
	if (!best)
		fail(err, ERROR_USAGE,
		     "no task has this pid, name or address, and none this mm");
	return best;
}

/* Symbols are addresses of tasks too: init_task, &init_task. */
static void try_symbol(struct session *session, struct task_word *word)
{
	if (word->is_pid || word->is_address)
		return;
	word->is_address = command_parse_address(session, word->text,
						 &word->address, NULL);
}

bool command_parse_process(struct session *session, const char *text,
			   struct process *process, struct error *err)
{
	const struct task_list *list = session_tasks(session, err);
	struct watch watch = command_watch(session);
	struct task_word word = task_word(text);
	const struct task *task;

	if (!list)
		return false;
	task = find_task(list, &word, err);
	if (!task && err->code == ERROR_USAGE && !word.is_address) {
		try_symbol(session, &word);
		if (word.is_address)
			task = find_task(list, &word, err);
	}
	if (task)
		return kernel_process(session->kernel, task, &watch, process, err);
	/* An mm that the (perhaps damaged) list does not lead to. */
	return word.is_address && !word.is_pid &&
	       kernel_process_of_mm(session->kernel, word.address, &watch,
				    process, err);
}

bool command_process(struct session *session, const char *text,
		     struct process *process, struct error *err)
{
	struct error why;

	if (text) {
		if (command_parse_process(session, text, process, &why))
			return true;
		return fail(err, why.code, "-p %s: %s", text, why.message);
	}
	if (!session->has_process)
		return fail(err, ERROR_USAGE,
			    "of which process? Give -p PID, or choose one with set");
	*process = session->process;
	return true;
}

void output_task(struct output *output, const struct task *task)
{
	output_integer(output, "pid", task->pid);
	output_integer(output, "tgid", task->tgid);
	output_string(output, "comm", task->comm);
	output_hex(output, "task", task->address);
	if (task->mm)
		output_hex(output, "mm", task->mm);
	else
		output_no_hex(output, "mm");
}
