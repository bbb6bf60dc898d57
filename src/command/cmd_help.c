/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "session/command.h"
#include "session/interrupt.h"

static const char syntax[] =
	"Addresses are hexadecimal numbers, with or without 0x, SYMBOL, &SYMBOL, and\n"
	"sums and differences of these; counts are decimal. Commands may be abbreviated\n"
	"to a unique prefix. ';' separates commands, '#' starts a comment,\n"
	"\"COMMAND | SHELL\" sends the answers to a shell command, \"!SHELL\" runs one.\n"
	"\"help COMMAND\" explains a command.\n";

static void answer_json(struct output *output, const struct command *command,
			const char *input)
{
	output_begin(output, "help", input, "ok");
	output_string(output, "name", command->name);
	output_string(output, "usage", command->usage);
	output_string(output, "summary", command->summary);
	output_string(output, "details", input ? command->details : NULL);
	output_end(output);
}

static void answer_text(struct output *output, const struct command *command,
			bool first)
{
	if (!first)
		output_text(output, "\n");
	output_textf(output, "%s%s%s\n", command->name,
		     *command->usage ? " " : "", command->usage);
	output_textf(output, "    %s\n", command->summary);
	output_text(output, "\n");
	output_own_text(output, command->details);
	output_text(output, "\n");
}

static void list(const struct session *session)
{
	struct output *output = session->output;

	for (const struct command *const *at = session->commands; *at; at++) {
		if (output_json(output))
			answer_json(output, *at, NULL);
		output_textf(output, "%-13s %s\n", (*at)->name, (*at)->summary);
	}
	output_text(output, "\n");
	output_own_text(output, syntax);
}

static void answer(struct session *session, char **words)
{
	struct error err;

	if (!*words)
		list(session);
	for (char **word = words; *word; word++) {
		const struct command *command =
			command_find(session->commands, *word, &err);

		if (!command)
			session_complain(session, *word, &err);
		else if (output_json(session->output))
			answer_json(session->output, command, *word);
		else
			answer_text(session->output, command, word == words);
	}
}

static bool wants_pager(const struct session *session, char **words)
{
	enum { LIST = 40, EXPLANATION = 16 }; /* lines that are enough */
	size_t nr_lines = *words ? EXPLANATION * count_words(words) : LIST;
	struct winsize screen;

	return session->interactive && !output_json(session->output) &&
	       output_is_terminal(session->output) &&
	       ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen) == 0 &&
	       screen.ws_row && nr_lines >= screen.ws_row;
}

static bool run(struct session *session, char **words, struct error *err)
{
	const char *pager = getenv("PAGER");
	struct shell_pipe pipe;
	int before;

	if (!wants_pager(session, words)) {
		answer(session, words);
		return true;
	}
	if (!shell_pipe_open(&pipe, pager && *pager ? pager : "less", err))
		return false;
	before = output_redirect(session->output, pipe.fd);
	answer(session, words);
	output_redirect(session->output, before);
	return shell_pipe_close(&pipe, err);
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND...]",
	.summary = "list or explain commands",
	.details = "Without an argument, lists all commands.",
	.run = run,
};

/* --- quit --- */

static bool quit(struct session *session, char **words, struct error *err)
{
	(void)words, (void)err;
	session->quit = true;
	return true;
}

const struct command command_quit = {
	.name = "quit",
	.usage = "",
	.summary = "leave kwalk; also: q, exit, Ctrl-D",
	.details = "The rest of the line or script is not run. The exit status is 1 if any\n"
		   "command failed.",
	.run = quit,
};
