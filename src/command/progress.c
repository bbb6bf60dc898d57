/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

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

static void show(const char *text, size_t size)
{
	if (write(STDERR_FILENO, text, size) < 0)
		return; /* a terminal that is gone: nobody looks */
}

void progress_start(struct progress *progress, const char *command)
{
	if (!progress->asked)
		progress->terminal = isatty(STDERR_FILENO);
	progress->asked = true;
	if (!progress->terminal)
		return;
	progress->command = command;
	progress->nr = 0;
	progress->started = now();
	progress->next = progress->started + first_after();
}

void progress_step(struct progress *progress)
{
	char line[128];
	uint64_t time;
	int size;

	if (!progress->command)
		return;
	progress->nr++;
	time = now();
	if (time < progress->next)
		return;
	progress->next = time + THEN_EVERY;
	progress->shown = true;
	size = snprintf(line, sizeof(line),
			"\rkwalk: %s: %" PRIu64 " s, %" PRIu64 " looked at; Ctrl-C ends it",
			progress->command, (time - progress->started) / 1000,
			progress->nr);
	show(line, (size_t)size);
}

void progress_hide(struct progress *progress)
{
	if (progress->shown)
		show("\r\033[K", 4);
	progress->shown = false;
}

void progress_end(struct progress *progress)
{
	progress_hide(progress);
	progress->command = NULL;
}
