/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a shell command for answers that are longer than the screen. At the prompt each line
 * has its own pager; otherwise all commands share one. */
#pragma once

#include <stdbool.h>

struct session;

struct pager {
	bool wanted; /* a pager exists and may be used */
	bool runs;
	int pipe, terminal; /* valid while the pager runs */
};

/* The command to run: KWALK_PAGER, PAGER, or else less -FRSX; NULL: none ("" or cat). The helper
 * also uses this function, and runs no other command as a pager. */
const char *pager_command(void);

/* Called before answers are written: if the waiting answers fill the terminal, starts the pager,
 * and sends answers and complaints to it. */
void pager_offer(struct session *session);
/* Writes all answers, and waits for the end of a running pager, before other code uses the
 * terminal. It is not a failure if the user ends the pager early. */
void pager_end(struct session *session);
