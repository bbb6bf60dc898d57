/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Callbacks that report everything except answers. The program that opens a dump provides them. A
 * pointer to a listener may be NULL, and each callback may be NULL. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct read_counts;

enum { MOST_TROUBLES = 64 };

/* The text that a callback gets is one line without a newline, and is valid during the call. The
 * text may contain unprintable bytes of a file. The functions of base/printable.h replace them for
 * a terminal. */
struct listener {
	/* Called while a dump is opened and facts are found. Examples of reasons for a warning are
	 * a damaged file, a vmlinux of another kernel, and sources that contradict each other. */
	void (*warning)(void *arg, const char *text);
	/* Called once for each fact, when the fact is first used. text names the fact and its
	 * source. */
	void (*fact)(void *arg, const char *text);
	/* Called while files are read, once for each damaged place. `text` is, for example, "FILE:
	 * record 3 ..." */
	void (*trouble)(void *arg, const char *text);
	/* Called at most once a second, during work that takes seconds. `text` is, for example,
	 * "indexing: 40%" */
	void (*progress)(void *arg, const char *text);
	/* Called regularly during long work. If it returns true, the work ends with an incomplete
	 * result. */
	bool (*stop)(void *arg);
	void *arg;
	/* Borrowed. Counts what is read from the dumps that are opened with this listener. NULL:
	 * nothing is counted. */
	struct read_counts *counts;
	/* Hashes of the troubles that were already reported. They must be zeroed at first. A
	 * damaged file can have millions of troubles, and the same trouble may be found many times.
	 * Therefore each is reported only once, and at most MOST_TROUBLES are reported. */
	unsigned int nr_troubles;
	uint64_t told[MOST_TROUBLES];
};

static inline bool listener_wants_facts(const struct listener *listener)
{
	return listener && listener->fact;
}

void listener_warn(const struct listener *listener, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void listener_fact(const struct listener *listener, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Reports a damaged place. `path` is the damaged file. */
void listener_trouble(struct listener *listener, const char *path, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool listener_stops(const struct listener *listener)
{
	return listener && listener->stop && listener->stop(listener->arg);
}

/* Like listener_stops(), for an inner loop. To save time, stop() is called only if step is a
 * multiple of STOP_STEPS. */
enum { STOP_STEPS = 4096 };

static inline bool listener_stops_at(const struct listener *listener, uint64_t step)
{
	return step % STOP_STEPS == 0 && listener_stops(listener);
}

/* The progress of work that may take seconds. */
struct progress {
	const char *doing; /* borrowed; for example, "searching memory" */
	const struct listener *listener; /* borrowed */
	unsigned int steps; /* the number of steps since the clock was last read */
	uint64_t next; /* the time of the next report, in milliseconds */
};

struct progress progress_start(const char *doing, const struct listener *listener);

/* Reports progress, but not in the first second. The function can be called in inner loops, because
 * it is fast: it reads the clock only at every 256th step. */
void progress_step(struct progress *progress, uint64_t done, uint64_t total);
/* Like progress_step(), but reads the clock at each step. For steps that take much longer than
 * reading the clock. */
void progress_long_step(struct progress *progress, uint64_t done, uint64_t total);
