/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far a command is: a line on the terminal while it works and says nothing. */
#pragma once

#include <stdint.h>

#include "command/status_line.h"

struct work {
	const char *command; /* NULL: none is running, or there is nobody to tell */
	uint64_t started, next; /* milliseconds */
	uint64_t nr;            /* steps */
	struct status_line *line; /* borrowed */
};

/* Where standard error is no terminal, nothing is ever shown. */
void work_start(struct work *work, struct status_line *line,
		const char *command);

/* One more table, page or task was looked at. */
void work_step(struct work *work);

/* Answers go to the terminal themselves: no more of it. */
void work_end(struct work *work);
