/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/alias.h"
#include "cli/commands/commands.h"
#include "cli/show_task.h"
#include "linux/task/task_info.h"
#include "listing/listing.h"

struct foreach {
	struct session *session;
	const struct task_list *list;
	struct task_facts facts;
	char **words; /* those that choose tasks; *end is the command */
	char **end;
	const struct command *command;
	char line[1024]; /* the command with its arguments */
};

/* The states as in crash. SW is of kernels before 2.6. */
static const char *const states[] = { "RU", "IN", "UN", "ST", "ZO", "TR",
				      "SW", "DE", "WA", "PA", "ID", "NE" };
static const char *const kinds[] = { "kernel", "user", "gleader", "active" };
static const struct choices state_words = { states, sizeof(states) / sizeof(*states) };
static const struct choices kind_words = { kinds, sizeof(kinds) / sizeof(*kinds) };
enum { KERNEL = 1, USER, LEADER, ACTIVE }; /* indexes in kind_words, from 1 on */

/* Returns the command of this name if it answers for a process: with an argument, or with an option
 * for its page table. Returns NULL for other words. */
static const struct command *command_of_tasks(const struct session *session, const char *name)
{
	const struct command *command = command_exactly(session->front.commands, name);
	const struct alias *alias = NULL;
	const struct listing *listing =
		session->front.listings ? listings_find(session->front.listings, name) : NULL;
	char runs[32];

	if (!command && listing && listing->taken_type && !strcmp(listing->taken_type, "process"))
		return &command_listing;
	while (!command && (alias = alias_next(session->front.aliases, name, alias)))
		if (alias->runs) {
			snprintf(runs, sizeof(runs), "%.*s", (int)strcspn(alias->runs, " "),
				 alias->runs);
			command = command_exactly(session->front.commands, runs);
		}
	if (!command || command == &command_set)
		return NULL;
	for (const struct command_argument *of = command->arguments; of && of->name; of++)
		if (of->kind == WORD_PROCESS)
			return command;
	for (const struct command_option *of = command->options; of && of->name; of++)
		if (of->of_table && of->kind == WORD_PROCESS)
			return command;
	return NULL;
}

static bool takes_process(const struct command *command)
{
	const struct command_argument *of = command->arguments;

	while (of && of->name && of->kind != WORD_PROCESS)
		of++;
	return of && of->name;
}

/* Makes a line of the command and its arguments, which are words again when it is run. */
static bool make_line(struct foreach *each, struct error *err)
{
	size_t size = 0;

	for (char **word = each->end; *word; word++) {
		for (const char *at = *word; *at && size + 3 < sizeof(each->line); at++) {
			if (!isalnum((unsigned char)*at) && !strchr("_-+.,:/", *at))
				each->line[size++] = '\\';
			each->line[size++] = *at;
		}
		each->line[size++] = word[1] ? ' ' : '\0';
		if (size + 3 >= sizeof(each->line))
			return fail(err, ERROR_USAGE, "the command is too long");
	}
	return true;
}

/* --- the tasks --- */

static bool has_state(struct foreach *each, const struct task *task)
{
	const char *state = task_state_name(each->session->kernel, task->address);
	bool asked = false;

	for (char **word = each->words; word < each->end; word++)
		if (choices_find(&state_words, *word)) {
			asked = true;
			if (!strcmp(*word, state))
				return true;
		}
	return !asked;
}

static bool is_of_kind(struct foreach *each, const struct task *task, unsigned int kind)
{
	const bool kernel = show_task_is_kernel(each->session->kernel, task);

	switch (kind) {
	case KERNEL: return kernel;
	case USER: return !kernel;
	case LEADER: return !kernel && task->pid == task->tgid; /* as in crash: of user processes */
	case ACTIVE: return task_is_running(&each->facts, task);
	default: return true;
	}
}

static bool is_chosen(struct foreach *each, const struct task *task)
{
	bool asked = false, named = false;

	for (char **at = each->words; at < each->end; at++) {
		struct task_word word = parse_task_word(each->session->kernel, *at);

		if (!is_of_kind(each, task, choices_find(&kind_words, *at)))
			return false;
		if (choices_find(&kind_words, *at) || choices_find(&state_words, *at))
			continue;
		asked = true;
		named |= parse_task_match(task, &word) > 0;
	}
	return (named || !asked) && has_state(each, task);
}

/* Complains of words that name no task. */
static void complain_of_words(struct foreach *each)
{
	struct error err;

	for (char **at = each->words; at < each->end; at++) {
		struct task_word word = parse_task_word(each->session->kernel, *at);
		size_t i = 0;

		if (choices_find(&kind_words, *at) || choices_find(&state_words, *at))
			continue;
		while (i < each->list->nr && parse_task_match(&each->list->task[i], &word) <= 0)
			i++;
		if (i < each->list->nr)
			continue;
		fail(&err, ERROR_NO_ANSWER, "no task has this pid, name or address");
		session_complain(each->session, *at, &err);
	}
}

/* --- the command --- */

/* A command that shows a process gets the task as its last argument. For others, the process is chosen, as by set. */
static void run_for(struct foreach *each, const struct task *task)
{
	struct session *session = each->session;
	const bool names = takes_process(each->command);
	char line[sizeof(each->line) + 32], argument[24];
	struct chosen *chosen = &session->chosen;
	const uint64_t written = output_written(session->output);
	struct error err;

	snprintf(argument, sizeof(argument), "%" PRIx64, task->address);
	snprintf(line, sizeof(line), "%s %s", each->line, names ? argument : "");
	if (!names) {
		if (!task_process(session->kernel, task, &chosen->process, &err)) {
			session_complain(session, argument, &err);
			return;
		}
		chosen->has_process = true;
		show_task_heading(session, task);
	}
	session_run_line(session, line);
	if (!session->misused && output_written(session->output) > written &&
	    each->command != &command_tasks && each->command != &command_task)
		show_task_end(session);
}

/* Kernel threads have no mappings, which is no failure if all tasks are asked for. */
static bool has_answer(const struct foreach *each, const struct task *task)
{
	return task->mm || (each->command != &command_vmas && each->command != &command_pagemap);
}

static void run_for_all(struct foreach *each)
{
	struct session *session = each->session;
	const bool has_process = session->chosen.has_process;
	struct process process;

	if (has_process)
		process = session->chosen.process;
	session->misused = false;
	/* A wrong option is wrong for all of them. */
	for (size_t i = 0; i < each->list->nr && !session->misused && !session_interrupted(session);
	     i++) {
		const struct task *task = &each->list->task[i];

		if (is_chosen(each, task) && has_answer(each, task))
			run_for(each, task);
	}
	session->chosen.has_process = has_process;
	if (has_process)
		session->chosen.process = process;
}

static bool foreach_run(struct session *session, char **words, struct error *err)
{
	struct foreach each = { .session = session, .words = words, .end = words };

	/* The listing reports what is wrong with the file. */
	if (session->front.listings)
		listings_start(session->front.listings, err);
	while (*each.end && !(each.command = command_of_tasks(session, *each.end)))
		each.end++;
	if (!each.command)
		return fail(
			err, ERROR_USAGE,
			"none of the words is a command that answers for a task, such as bt, vm, files, task, ps, vtop, rd or sockets");
	each.list = task_all(session->kernel, err);
	if (!each.list || !make_line(&each, err))
		return false;
	task_facts_read(session->kernel, each.list, &each.facts);
	complain_of_words(&each);
	run_for_all(&each);
	task_facts_release(&each.facts);
	return true;
}

const struct command command_foreach = {
	.name = "foreach",
	.meant_by = "every each all",
	.group = GROUP_PROCESSES,
	.arguments = ARGUMENTS({ "[TASKS...] COMMAND [ARGUMENT...]", WORD_TEXT, 1, .most = MANY }),
	.takes_values = true,
	.summary = "run a command for each of some tasks",
	.details =
		"TASKS are pids, names and addresses of tasks; kernel, user, gleader (the first\n"
		"thread of each user process) and active (that a CPU ran); and states as in\n"
		"crash: RU IN UN ST ZO TR SW DE WA PA ID NE. A task must be named, if tasks are\n"
		"named, be in one of the states, and have all of the other properties. Default:\n"
		"all tasks. COMMAND is a command that answers for a process, such as bt, vm,\n"
		"files, task, ps, vtop or rd, with its options, or a listing of a process, such\n"
		"as sockets. If it fails for a task, the others follow. vm leaves out kernel\n"
		"threads.",
	.rests_on = RESTS_ON_WALKS,
	.younger = true,
	.run = foreach_run,
};
