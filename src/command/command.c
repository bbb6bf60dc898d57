/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/shell.h"
#include "command/words.h"

// clang-format off
#define LIST_COMMAND(NAME) &command_##NAME,
const struct command *const commands[] = { FOR_EACH_COMMAND(LIST_COMMAND) NULL };
#undef LIST_COMMAND
// clang-format on

/* Names that no command's prefix must take. */
static const struct {
	const char *name;
	const struct command *command;
} aliases[] = {
	{ "exit", &command_quit },
	{ "q", &command_quit },
};

static const struct command *find_exactly(const char *name)
{
	for (const struct command *const *at = commands; *at; at++) {
		if ((*at)->name[0] == name[0] && !strcmp((*at)->name, name))
			return *at;
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (!strcmp(aliases[i].name, name))
			return aliases[i].command;
	}
	return NULL;
}

static bool starts_with(const char *text, const char *prefix, size_t length)
{
	return !strncmp(text, prefix, length);
}

static bool ambiguous(const char *name, size_t length, struct error *err)
{
	char candidates[400] = "";
	size_t used = 0;

	for (const struct command *const *at = commands; *at; at++) {
		if (starts_with((*at)->name, name, length) &&
		    used < sizeof(candidates))
			used += snprintf(candidates + used,
					 sizeof(candidates) - used, "%s%s",
					 used ? ", " : "", (*at)->name);
	}
	return fail(err, ERROR_USAGE, "ambiguous command: %s, could be: %s",
		    name, candidates);
}

const struct command *command_find(const char *name, struct error *err)
{
	const struct command *found = find_exactly(name);
	size_t length = strlen(name);

	if (found)
		return found;
	for (const struct command *const *at = commands; *at; at++) {
		if (!length || !starts_with((*at)->name, name, length))
			continue;
		if (found) {
			ambiguous(name, length, err);
			return NULL;
		}
		found = *at;
	}
	if (!found)
		fail(err, ERROR_USAGE, "no such command; try \"help\"");
	return found;
}

/* One write, so that lines of several programs stay whole; control bytes come
 * from dumps and must not steer the terminal. */
static void print_complaint(const char *command, const char *argument,
			    const char *message)
{
	char line[1024];
	int size = snprintf(line, sizeof(line) - 1, "kwalk: %s: %s%s%s",
			    command, argument ? argument : "",
			    argument ? ": " : "", message);

	if (size >= (int)sizeof(line) - 1)
		size = sizeof(line) - 2;
	for (int i = 0; i < size; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	}
	line[size++] = '\n';
	if (write(STDERR_FILENO, line, size) < 0)
		return; /* nowhere is left to say so */
}

static void complain(struct session *session, const char *command,
		     const char *argument, const struct error *err)
{
	if (err->code == ERROR_INTERRUPTED) {
		if (!*session->interrupted)
			return;
		session->told_interrupt = true;
	}
	session->failed = true;
	output_error(session->output, command, argument, err->message);
	output_flush(session->output); /* keeps the order on a terminal */
	progress_hide(&session->progress);
	print_complaint(command, argument, err->message);
}

void command_complain_of_answer(struct session *session, const char *argument,
				const struct error *err)
{
	session->failed = true;
	output_flush(session->output);
	progress_hide(&session->progress);
	print_complaint(session->command->name, argument, err->message);
}

void command_complain(struct session *session, const char *argument,
		      const struct error *err)
{
	complain(session, session->command->name, argument, err);
}

bool command_interrupted(struct session *session)
{
	progress_step(&session->progress);
	return *session->interrupted || output_failed(session->output);
}

bool command_put_off_interrupt(struct session *session)
{
	bool interrupted = *session->interrupted;

	*session->interrupted = false;
	return interrupted;
}

void command_resume_interrupt(struct session *session, bool interrupted)
{
	if (interrupted)
		*session->interrupted = true;
}

bool command_stop(const struct session *session)
{
	return session->quit || output_failed(session->output);
}

static void answer_each(struct session *session, int argc, char **argv)
{
	struct error err;

	for (int i = 1; i < argc && !output_failed(session->output); i++) {
		if (*session->interrupted) {
			fail(&err, ERROR_INTERRUPTED, "interrupted");
			command_complain(session, argv[i], &err);
			break;
		}
		if (!session->command->answer(session, argv[i], &err))
			command_complain(session, argv[i], &err);
	}
}

static bool check_arity(const struct command *command, int argc,
			struct error *err)
{
	int given = argc - 1;

	if (given >= command->min_args &&
	    (command->max_args < 0 || given <= command->max_args))
		return true;
	return fail(err, ERROR_USAGE, "too %s arguments; usage: %s%s%s",
		    given < command->min_args ? "few" : "many", command->name,
		    *command->usage ? " " : "", command->usage);
}

static void run_command(struct session *session, int argc, char **argv)
{
	const struct command *command;
	struct error err;

	command = command_find(argv[0], &err);
	if (!command) {
		complain(session, argv[0], NULL, &err);
		return;
	}
	session->command = command;
	session->told_interrupt = false;
	progress_start(&session->progress, command->name);
	if (!check_arity(command, argc, &err))
		command_complain(session, NULL, &err);
	else if (command->answer)
		answer_each(session, argc, argv);
	else if (!command->run(session, argc, argv, &err))
		command_complain(session, NULL, &err);
	if (*session->interrupted && !session->told_interrupt) {
		fail(&err, ERROR_INTERRUPTED, "interrupted: there may be more");
		command_complain(session, NULL, &err);
	}
	progress_end(&session->progress);
	session->command = NULL;
}

static void run_words(struct session *session, char *text)
{
	enum { ENOUGH_FOR_MOST = 64 };
	char *few[ENOUGH_FOR_MOST + 1], **argv = few;
	int bound = words_bound(text), argc = -1;
	struct error err;

	if (bound > ENOUGH_FOR_MOST)
		argv = malloc((bound + 1) * sizeof(*argv));
	if (!argv)
		fail(&err, ERROR_SYSTEM, "out of memory");
	else if ((argc = words_split(text, argv)) < 0)
		fail(&err, ERROR_USAGE, "a quotation mark is not closed");
	if (argc > 0)
		run_command(session, argc, argv);
	else if (argc < 0)
		complain(session, argv ? argv[0] : "command", NULL, &err);
	if (argv != few)
		free(argv);
}

static void run_shell(struct session *session, const char *command)
{
	struct error err;

	output_flush(session->output);
	/* In JSON mode standard output is for objects alone. */
	if (!shell_run(command,
		       output_json(session->output) ? STDERR_FILENO : -1, &err))
		complain(session, "!", command, &err);
}

/* An answer that the shell command does not read to its end is no failure of
 * ours; one that standard output did not take is found before and after. */
static void run_piped(struct session *session, const struct command_text *text)
{
	struct shell_pipe pipe;
	struct error err;
	int before;

	output_flush(session->output);
	if (output_failed(session->output))
		return;
	if (!shell_pipe_open(&pipe, text->shell, &err)) {
		complain(session, "|", text->shell, &err);
		return;
	}
	before = output_redirect(session->output, pipe.fd);
	run_words(session, text->words);
	output_redirect(session->output, before);
	if (!shell_pipe_close(&pipe, &err))
		complain(session, "|", text->shell, &err);
}

void command_run_line(struct session *session, char *line)
{
	struct command_text text;

	while (!command_stop(session) && !*session->interrupted &&
	       command_text_next(&line, &text)) {
		if (session->interactive)
			output_forget_heading(session->output);
		if (!text.words)
			run_shell(session, text.shell);
		else if (text.shell)
			run_piped(session, &text);
		else
			run_words(session, text.words);
	}
}

void command_run_text(struct session *session, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;
	struct error err;

	if (!copy) {
		fail(&err, ERROR_SYSTEM, "out of memory");
		complain(session, "command", NULL, &err);
		return;
	}
	while ((line = strsep(&rest, "\n")) && !command_stop(session))
		command_run_line(session, line);
	free(copy);
}
