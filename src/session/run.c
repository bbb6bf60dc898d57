/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/interrupt.h"
#include "session/shell.h"
#include "session/words.h"

static void answer_each(struct session *session, int argc, char **argv)
{
	struct error err;

	for (int i = 1; i < argc && !output_failed(session->output); i++) {
		if (interrupt_came) {
			fail(&err, ERROR_INTERRUPTED, "interrupted");
			session_complain(session, argv[i], &err);
			break;
		}
		if (!session->command->answer(session, argv[i], &err))
			session_complain(session, argv[i], &err);
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

	command = command_find(session->commands, argv[0], &err);
	if (!command) {
		session_complain_as(session, argv[0], NULL, &err);
		return;
	}
	session->command = command;
	session->told_interrupt = false;
	work_start(&session->work, command->name);
	kernel_forget_doubtful_symbols(session->kernel);
	session->kernel->excess->code = ERROR_NONE;
	output_at_end(session->output,
		      command->rests_on ? session_add_doubts : NULL, session);
	if (!check_arity(command, argc, &err))
		session_complain(session, NULL, &err);
	else if (command->answer)
		answer_each(session, argc, argv);
	else if (!command->run(session, argc, argv, &err))
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

static void run_words(struct session *session, char *text)
{
	enum { USUAL_WORDS = 64 };
	char *usual[USUAL_WORDS + 1], **argv = usual;
	size_t bound = words_bound(text);
	struct error err;
	int argc;

	if (bound > USUAL_WORDS)
		argv = malloc((bound + 1) * sizeof(*argv));
	if (!argv) {
		fail(&err, ERROR_SYSTEM, "out of memory");
		session_complain_as(session, "command", NULL, &err);
		return;
	}
	argc = words_split(text, argv);
	if (argc > 0) {
		run_command(session, argc, argv);
	} else if (argc < 0) {
		fail(&err, ERROR_USAGE, "unterminated quotation");
		session_complain_as(session, argv[0], NULL, &err);
	}
	if (argv != usual)
		free(argv);
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
	struct error err;

	if (!copy) {
		fail(&err, ERROR_SYSTEM, "out of memory");
		session_complain_as(session, "command", NULL, &err);
		return;
	}
	while ((line = strsep(&rest, "\n")) && !session_ended(session))
		session_run_line(session, line);
	free(copy);
}
