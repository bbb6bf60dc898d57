/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/work.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_AFTER = 1000, THEN_EVERY = 200 }; /* milliseconds */

/* A look at the clock costs a few nanoseconds, but no system call. */
static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static uint64_t first_after(void)
{
	const char *wanted = getenv("KWALK_PROGRESS");

	return wanted ? strtoull(wanted, NULL, 10) : FIRST_AFTER;
}

void work_start(struct work *work, struct status_line *line,
		const char *command)
{
	*work = (struct work){ .line = line };
	if (!status_line_usable(line))
		return;
	work->command = command;
	work->started = now();
	work->next = work->started + first_after();
}

void work_step(struct work *work)
{
	uint64_t time;

	if (!work->command)
		return;
	work->nr++;
	time = now();
	if (time < work->next)
		return;
	work->next = time + THEN_EVERY;
	status_line_show(work->line,
			 "kwalk: %s: %" PRIu64 " s, %" PRIu64
			 " looked at; Ctrl-C ends it",
			 work->command, (time - work->started) / 1000, work->nr);
}

void work_end(struct work *work)
{
	status_line_hide(work->line);
	work->command = NULL;
}
