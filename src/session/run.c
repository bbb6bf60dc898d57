/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "session/command.h"
#include "session/interrupt.h"
#include "session/words.h"

const struct command *command_find(const struct command *const *commands,
				   const char *name, struct error *err)
{
	bool is_alias = !strcmp(name, "q") || !strcmp(name, "exit");
	const char *wanted = is_alias ? "quit" : name;
	size_t length = strlen(wanted), nr_found = 0;
	const struct command *found = NULL;
	char candidates[400] = "";

	for (const struct command *const *at = commands; *at && length; at++) {
		const char *name_at = (*at)->name;

		if (*name_at != *wanted || strncmp(name_at, wanted, length) != 0)
			continue;
		if (!name_at[length])
			return *at;
		text_append(candidates, sizeof(candidates), "%s%s",
			    nr_found++ ? ", " : "", name_at);
		found = *at;
	}
	if (nr_found == 1)
		return found;
	if (!nr_found)
		fail(err, ERROR_USAGE, "no such command; try \"help\"");
	else
		fail(err, ERROR_USAGE, "ambiguous command: %s, could be: %s",
		     name, candidates);
	return NULL;
}

static void answer_each(struct session *session, char **words)
{
	struct error err;

	for (; *words && !output_failed(session->output); words++) {
		if (interrupt_came) {
			fail(&err, ERROR_INTERRUPTED, "interrupted");
			session_complain(session, *words, &err);
			return;
		}
		if (!session->command->answer(session, *words, &err))
			session_complain(session, *words, &err);
	}
}

static bool check_arity(const struct command *command, size_t given,
			struct error *err)
{
	bool few = given < command->min_args || (command->answer && !given);
	bool many = command->max_args ? given > command->max_args :
					given && !*command->usage;

	if (!few && !many)
		return true;
	return fail(err, ERROR_USAGE, "too %s arguments; usage: %s%s%s",
		    few ? "few" : "many", command->name,
		    *command->usage ? " " : "", command->usage);
}

static void run_command(struct session *session, char **words)
{
	const struct command *command;
	struct error err;

	command = command_find(session->commands, *words, &err);
	if (!command) {
		session_complain_as(session, *words, NULL, &err);
		return;
	}
	words++;
	session->command = command;
	session->told_interrupt = false;
	work_start(&session->work, command->name);
	kernel_forget_doubtful_symbols(session->kernel);
	session->kernel->excess->code = ERROR_NONE;
	output_at_end(session->output,
		      command->rests_on ? session_add_doubts : NULL, session);
	if (!check_arity(command, count_words(words), &err))
		session_complain(session, NULL, &err);
	else if (command->answer)
		answer_each(session, words);
	else if (!command->run(session, words, &err))
		session_complain(session, NULL, &err);
	if (session->kernel->excess->code)
		session_complain(session, NULL, session->kernel->excess);
	if (interrupt_came && !session->told_interrupt) {
		fail(&err, ERROR_INTERRUPTED, "interrupted: there may be more");
		session_complain(session, NULL, &err);
	}
	session_complain_of_doubts(session);
	work_end(&session->work);
	output_at_end(session->output, NULL, NULL);
	session->command = NULL;
}

static void out_of_memory(struct session *session)
{
	struct error err;

	fail(&err, ERROR_SYSTEM, "out of memory");
	session_complain_as(session, "command", NULL, &err);
}

static void run_words(struct session *session, char *text)
{
	char **words = malloc((size_t)(words_bound(text) + 1) * sizeof(*words));
	struct error err;
	int nr;

	if (!words) {
		out_of_memory(session);
		return;
	}
	nr = words_split(text, words);
	if (nr > 0) {
		run_command(session, words);
	} else if (nr < 0) {
		fail(&err, ERROR_USAGE, "unterminated quotation");
		session_complain_as(session, words[0], NULL, &err);
	}
	free(words);
}

static void run_shell(struct session *session, const char *command)
{
	struct error err;

	output_flush(session->output);
	/* In JSON mode standard output is reserved for objects. */
	if (!shell_run(command,
		       output_json(session->output) ? STDERR_FILENO : -1, &err))
		session_complain_as(session, "!", command, &err);
}

/* The shell command need not read all answers: output_redirect() clears the
 * error of its pipe. An error of standard output is checked before. */
static void run_piped(struct session *session, const struct command_text *text)
{
	struct shell_pipe pipe;
	struct error err;
	int before;

	output_flush(session->output);
	if (output_failed(session->output))
		return;
	if (!shell_pipe_open(&pipe, text->shell, &err)) {
		session_complain_as(session, "|", text->shell, &err);
		return;
	}
	before = output_redirect(session->output, pipe.fd);
	run_words(session, text->words);
	output_redirect(session->output, before);
	if (!shell_pipe_close(&pipe, &err))
		session_complain_as(session, "|", text->shell, &err);
}

void session_run_line(struct session *session, char *line)
{
	struct command_text text;

	while (!session_ended(session) && !interrupt_came &&
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

void session_run_text(struct session *session, const char *text)
{
	char *copy = strdup(text), *rest = copy, *line;

	if (!copy)
		out_of_memory(session);
	while ((line = strsep(&rest, "\n")) && !session_ended(session))
		session_run_line(session, line);
	free(copy);
}
