/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/choose_process.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

struct task_word task_word(const char *text)
{
	struct task_word word = { .text = text };

	word.is_pid = text[0] != '0' || text[1] == '\0';
	word.is_pid = word.is_pid &&
		      strspn(text, "0123456789") == strlen(text) &&
		      parse_count(text, &word.pid, NULL);
	word.is_address =
		parse_hex(text, &word.address, NULL) && word.address != 0;
	return word;
}

int task_match(const struct task *task, const struct task_word *word)
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

	for (size_t i = 0; i < list->nr; i++) {
		if (strcmp(list->task[i].comm, word->text) != 0)
			continue;
		if (strlen(pids) + 20 > sizeof(pids)) {
			text_append(pids, sizeof(pids), ", ...");
			break;
		}
		text_append(pids, sizeof(pids), "%s%" PRId32, *pids ? ", " : "",
			    list->task[i].pid);
	}
	return fail(err, ERROR_USAGE,
		    "several processes have this name; use one of the pids %s",
		    pids);
}

/* Threads of a process count as one. Idle tasks all have pid and tgid 0. */
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
		int rank = task_match(task, word);

		if (rank > best_rank) {
			best = task;
			best_rank = rank;
			several = false;
		} else if (rank == 1 && best_rank == 1) {
			several |= !same_process(task, best);
		}
	}
	if (several) {
		ambiguous(list, word, err);
		return NULL;
	}
	if (!best)
		fail(err, ERROR_USAGE,
		     "no task has this pid, name, address or mm");
	return best;
}

bool parse_process(struct session *session, const char *text,
		   struct process *process, struct error *err)
{
	const struct task_list *list = kernel_tasks(session->kernel, err);
	struct task_word word = task_word(text);
	const struct task *task;

	if (!list)
		return false;
	task = find_task(list, &word, err);
	/* A symbol may be the address of a task: init_task. */
	if (!task && err->code == ERROR_USAGE && !word.is_address &&
	    !word.is_pid && parse_address(session, text, &word.address, NULL)) {
		word.is_address = true;
		task = find_task(list, &word, err);
	}
	if (task)
		return kernel_process(session->kernel, task, process, err);
	/* An mm_struct of a task that is not in the (perhaps damaged) list. */
	return word.is_address && !word.is_pid &&
	       kernel_process_of_mm(session->kernel, word.address, process,
				    err);
}

bool session_process(struct session *session, const char *text,
		     struct process *process, struct error *err)
{
	struct error why;

	if (text) {
		if (parse_process(session, text, process, &why))
			return true;
		return fail(err, why.code, "-p %s: %s", text, why.message);
	}
	if (!session->has_process)
		return fail(
			err, ERROR_USAGE,
			"no process is chosen: pass -p PID, or choose one with set");
	*process = session->process;
	return true;
}
