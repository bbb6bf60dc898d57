/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes as commands are given them: "-p PID|NAME|TASK|MM", or the one that
 * set chose. */
#pragma once

#include "command/command.h"
#include "kernel/mm.h"

/* All tasks; what is damaged among them is complained of once a session. */
const struct task_list *session_tasks(struct session *session,
				      struct error *err);
/* Stops searches of the kernel layer at Ctrl-C. */
struct watch command_watch(struct session *session);

/* Does the word name this task: by pid, comm, or address of task or mm? */
struct task_word {
	const char *text;
	bool is_pid, is_address;
	uint64_t pid, address;
};
struct task_word task_word(const char *text);
bool task_matches(const struct task *task, const struct task_word *word);

/* The one process that text names. */
bool command_parse_process(struct session *session, const char *text,
			   struct process *process, struct error *err);

/* text as -p got it, or NULL for the process that set chose. */
bool command_process(struct session *session, const char *text,
		     struct process *process, struct error *err);

/* Complains of what was cut off. */
void command_complain_of_damages(struct session *session, const char *argument,
				 const struct damages *damages);

/* Fields pid, tgid, comm, task, mm of the open answer. */
void output_task(struct output *output, const struct task *task);
