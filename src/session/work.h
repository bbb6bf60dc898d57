/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress of a command that runs for more than a second without output: a line
 * on the terminal. */
#pragma once

#include <stdint.h>

#include "output/status_line.h"

struct work {
	struct status_line *line; /* borrowed; set by the owner */
	const char *command; /* borrowed; NULL: show nothing */
	uint64_t started,
		next; /* milliseconds: start, and the next update of the line */
	uint64_t nr_steps;
};

/* Shows nothing if standard error is no terminal. */
void work_start(struct work *work, const char *command);

/* One more table, page or task was looked at. */
void work_step(struct work *work);

/* Ends the display, at the latest when the command ends. */
void work_end(struct work *work);
