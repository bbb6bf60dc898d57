/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/work.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_AFTER = 1000, THEN_EVERY = 200 }; /* milliseconds */

/* The coarse clock costs a few nanoseconds and no system call. */
static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void work_start(struct work *work, const char *command)
{
	const char *wanted;

	work->command = status_line_usable(work->line) ? command : NULL;
	if (!work->command)
		return;
	wanted = getenv("KWALK_PROGRESS");
	work->nr_steps = 0;
	work->started = now();
	work->next = work->started +
		     (wanted ? strtoull(wanted, NULL, 10) : FIRST_AFTER);
}

void work_step(struct work *work)
{
	uint64_t time;

	if (!work->command)
		return;
	work->nr_steps++;
	time = now();
	if (time < work->next)
		return;
	work->next = time + THEN_EVERY;
	status_line_show(work->line,
			 "kwalk: %s: %" PRIu64 " s, %" PRIu64
			 " looked at; Ctrl-C ends it",
			 work->command, (time - work->started) / 1000,
			 work->nr_steps);
}

void work_end(struct work *work)
{
	status_line_hide(work->line);
	work->command = NULL;
}
