/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom the readers of files tell what is no answer: how far they have got, where
 * it takes seconds, and where something is wrong with a file.
 */
#pragma once

#include <stdint.h>
#include <time.h>

enum { LISTENER_MOST = 64 };

struct listener {
	void (*progress)(void *arg, const char *text); /* "indexing: 40%" */
	void (*trouble)(void *arg, const char *text);  /* "FILE: record 3 ..." */
	void *arg;
	unsigned int nr_troubles; /* told so far: there may be millions... */
	uint64_t told[LISTENER_MOST]; /* ...and the same many times: hashes */
};

/* Where in the file at path something is wrong; told once. listener may be NULL. */
void listener_trouble(struct listener *listener, const char *path,
		      const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Work that may take seconds. */
struct progress {
	const char *doing; /* "searching memory", borrowed */
	void (*tell)(void *arg, const char *text); /* NULL: nobody listens */
	void *arg;
	unsigned int steps; /* since the last look at the clock */
	time_t told;
};

struct progress progress_start(const char *doing,
			       void (*tell)(void *arg, const char *text),
			       void *arg);

/* To be called often: tells at most once a second, and nothing in the first. */
void progress_step(struct progress *progress, uint64_t done, uint64_t total);
