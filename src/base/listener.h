/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Callbacks for everything except answers, provided by the code that opens a dump. A pointer to a
 * listener may be NULL, and so may each callback. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { MOST_TROUBLES = 64 };

/* text is one line without a newline, valid during the call. It may contain unprintable bytes of a
 * file: base/printable.h cleans text for a terminal. */
struct listener {
	/* Called while a dump is opened and facts are found: a damaged file, a vmlinux of another
	 * kernel, sources that contradict each other. */
	void (*warning)(void *arg, const char *text);
	/* Called once for each fact, with its source, when the fact is first needed. */
	void (*fact)(void *arg, const char *text);
	/* Called while files are read, once for each damaged place: "FILE: record 3 ..." */
	void (*trouble)(void *arg, const char *text);
	/* Called at most once a second, during work that takes seconds: "indexing: 40%" */
	void (*progress)(void *arg, const char *text);
	/* Called regularly during long work; true ends the work with an incomplete result. */
	bool (*stop)(void *arg);
	void *arg;
	/* Hashes of the troubles reported so far: a damaged file can have millions, each found
	 * many times. Initially zeroed. */
	unsigned int nr_troubles;
	uint64_t told[MOST_TROUBLES];
};

void listener_warn(const struct listener *listener, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void listener_fact(const struct listener *listener, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* path: the file that is damaged. */
void listener_trouble(struct listener *listener, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool listener_stops(const struct listener *listener)
{
	return listener && listener->stop && listener->stop(listener->arg);
}

/* The same for an inner loop: calls stop() at every STOP_STEPS-th step only. */
enum { STOP_STEPS = 4096 };

static inline bool listener_stops_at(const struct listener *listener, uint64_t step)
{
	return step % STOP_STEPS == 0 && listener_stops(listener);
}

/* Work that may take seconds. */
struct progress {
	const char *doing; /* "searching memory", borrowed */
	const struct listener *listener; /* borrowed */
	unsigned int steps; /* steps since the clock was last read */
	uint64_t next; /* time of the next report, in milliseconds */
};

struct progress progress_start(const char *doing, const struct listener *listener);

/* Cheap enough for inner loops. Reports nothing in the first second. */
void progress_step(struct progress *progress, uint64_t done, uint64_t total);
/* The same for steps that take longer than reading the clock. */
void progress_long_step(struct progress *progress, uint64_t done, uint64_t total);
