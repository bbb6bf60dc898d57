/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a shell command that shows answers of more than a screen. At the prompt each line
 * has a pager of its own; otherwise all commands share one. */
#pragma once

#include <stdbool.h>

struct session;

struct pager {
	bool wanted; /* there is a pager, and it may be used */
	bool runs;
	int pipe, terminal; /* while it runs */
};

/* The command to run: KWALK_PAGER, PAGER, or else less -FRSX; NULL for none ("" or cat). The
 * helper asks for it, too, and runs no other command as a pager. */
const char *pager_command(void);

/* To be called before answers are written: if the waiting answers fill the terminal, starts the
 * pager, and sends answers and complaints there. */
void pager_offer(struct session *session);
/* Writes all answers, and waits for the end of a running pager, before something else uses the
 * terminal. Answers that the pager did not read are no failure. */
void pager_end(struct session *session);
