/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager: a shell command that shows answers of more than a screen. At the prompt each
 * line has its own, otherwise all commands share one. */
#pragma once

#include <stdbool.h>

struct session;

struct pager {
	bool wanted; /* there is one, and it may be used */
	bool runs;
	int pipe, terminal; /* while it runs */
};

/* What to run: of KWALK_PAGER, PAGER, or else less -FRSX; NULL for none ("" or cat). The
 * same for the helper, which runs nothing else in its name. */
const char *pager_command(void);

/* To be called before answers are written: starts the pager if those that wait fill the
 * terminal, and sends them and complaints there. */
void pager_offer(struct session *session);
/* Writes all answers, and waits for the pager's end if it runs: something else wants the
 * terminal. Answers that it did not read are no failure. */
void pager_end(struct session *session);
