/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/command.h"

static bool run(struct session *session, int argc, char **argv,
		struct error *err)
{
	(void)argc;
	(void)argv;
	(void)err;
	session->quit = true;
	return true;
}

const struct command command_quit = {
	.name = "quit",
	.usage = "",
	.summary = "leave kwalk; also: q, exit, Ctrl-D",
	.details = "Commands that follow on the same line or in the same script are\n"
		   "not run. The exit status tells whether any command failed.",
	.min_args = 0,
	.max_args = 0,
	.run = run,
};
