/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/pager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output/say.h"
#include "cli/command.h"
#include "cli/interrupt.h"

/* The text of the shell command. If the pager cannot be run, cat shows the answers. LESS and LV get
 * the values that other programs usually set for a pager, unless the user has set them. */
#define SHELL_TEXT                                                                                 \
	"LESS=${LESS-FRSX} LV=${LV--c}; export LESS LV\n"                                          \
	"%s\n"                                                                                     \
	"case $? in 126|127) exec cat;; esac"

const char *pager_command(void)
{
	static char text[4096];
	const char *wanted = getenv("KWALK_PAGER");

	if (!wanted)
		wanted = getenv("PAGER");
	if (!wanted)
		wanted = "less -FRSX";
	if (!*wanted || !strcmp(wanted, "cat") ||
	    snprintf(text, sizeof(text), SHELL_TEXT, wanted) >= (int)sizeof(text))
		return NULL;
	return text;
}

void pager_offer(struct session *session)
{
	struct pager *pager = session->front.pager;
	const char *command;
	struct error err;

	if (!output_fills_screen(session->output))
		return;
	command = pager_command();
	if (!command || !shell_pipe_open(&pager->pipe, command, &err)) {
		pager->wanted = false;
		if (command)
			say_warning("kwalk: warning: no pager: %s", err.message);
		return;
	}
	pager->runs = true;
	pager->terminal = output_swap(session->output, pager->pipe);
	if (isatty(STDERR_FILENO))
		say_to(pager->pipe);
}

void pager_end(struct session *session)
{
	struct pager *pager = session->front.pager;
	struct error err;

	output_flush(session->output);
	if (!pager->runs)
		return;
	output_swap(session->output, pager->terminal);
	say_to(STDERR_FILENO);
	pager->runs = false;
	if (!shell_pipe_close(pager->pipe, &err))
		session_complain_as(session, "pager", NULL, &err);
}
