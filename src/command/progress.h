/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line on the terminal while a command works and says nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *command; /* NULL: none is running, or there is nobody to tell */
	uint64_t started, next; /* milliseconds */
	uint64_t nr;            /* steps */
	bool shown;
	bool asked, terminal; /* is standard error one? A script has many commands */
};

/* Where standard error is no terminal, nothing is ever shown. Zeroed at first. */
void progress_start(struct progress *progress, const char *command);

/* One more table, page or task was looked at. */
void progress_step(struct progress *progress);

/* Before anything else is written to the terminal. */
void progress_hide(struct progress *progress);

/* Answers go to the terminal themselves: no more of it. */
void progress_end(struct progress *progress);
