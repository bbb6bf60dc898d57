/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a shell command that shows answers that are longer than the screen. At the prompt,
 * each line has a separate pager. Otherwise all commands share one pager. */
#pragma once

#include <stdbool.h>

struct session;

struct pager {
	bool wanted; /* there is a pager, and it may be used */
	bool runs;
	int pipe, terminal; /* valid while the pager runs */
};

/* Returns the command to run: the value of KWALK_PAGER, or else of PAGER, or else less -FRSX.
 * Returns NULL if this value is "" or cat, because then no pager is used. The helper also calls
 * this function, and runs no other command as a pager. */
const char *pager_command(void);

/* Called before answers are written. If the waiting answers fill the terminal, starts the pager and
 * sends answers and complaints to it. */
void pager_offer(struct session *session);
/* Writes all answers and waits until a running pager ends. Called before other code uses the
 * terminal. If the user ends the pager early, that is not a failure. */
void pager_end(struct session *session);
