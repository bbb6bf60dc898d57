/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/command.h"

static bool run(struct session *session, char **words, struct error *err)
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
	.run = run,
};
