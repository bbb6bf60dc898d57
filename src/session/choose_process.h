/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes and tasks as arguments: "-p PID|NAME|TASK|MM", or the process chosen
 * by set. */
#pragma once

#include "session/command.h"
#include "tasks/mm.h"

/* An argument, and what it can mean. */
struct task_word {
	const char *text; /* a comm */
	bool is_pid, is_address;
	uint64_t pid;
	uint64_t address; /* of a task_struct or mm_struct */
};
struct task_word task_word(const char *text);
/* 0 if the word does not name the task; a pid counts more than the address of a
 * task, of an mm, and a comm. */
int task_match(const struct task *task, const struct task_word *word);

/* The one process that text names. */
bool parse_process(struct session *session, const char *text,
		   struct process *process, struct error *err);

/* The process that text, the value of -p, names; the chosen one if text is NULL. */
bool session_process(struct session *session, const char *text,
		     struct process *process, struct error *err);
