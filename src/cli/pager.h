/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a shell command that shows answers if they are longer than the screen. At the prompt,
 * each line starts a separate pager. In all other cases, one pager shows the answers of all
 * commands. */
#pragma once

#include <stdbool.h>

struct session;

struct pager {
	bool wanted; /* there is a pager, and the user allows its use */
	bool runs;
	int pipe, terminal; /* valid while the pager is running */
};

/* Returns the command to run: the value of KWALK_PAGER, or else the value of PAGER, or else "less
 * -FRSX". Returns NULL if this value is "" or "cat", because then no pager is used. The helper
 * calls this function, too, and refuses to run any other command as a pager. */
const char *pager_command(void);

/* Starts the pager if the waiting answers fill the terminal, and sends answers and messages to it.
 * Must be called before answers are written, if a pager is wanted and does not run. */
void pager_offer(struct session *session);
/* Writes all answers, and waits for the end of the pager, if it is running. Must be called before
 * other code uses the terminal. If the user ends the pager early, that is not an error. */
void pager_end(struct session *session);
