/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Work that threads share. They take pieces one by one, in order, and make them in any order;
 * the caller's thread, which works too, gives them out in order. The ring of pieces bounds how
 * many wait to be given out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CREW_MOST_THREADS = 64 };

struct crew {
	unsigned int nr_threads; /* the caller's is one of them; 0: it is alone */
	void *pieces; /* borrowed: the ring, of nr_pieces pieces */
	size_t nr_pieces, piece_size;
	/* Makes the data of one thread; NULL: out of memory. */
	void *(*worker_create)(void *arg);
	void (*worker_destroy)(void *worker);
	/* These two are asked by one thread at a time, as are made() and given(). Says what the
	 * next piece is; false: there is none now, but there may be once others were given. */
	bool (*take)(void *arg, void *piece);
	/* Were all pieces taken? */
	bool (*all_taken)(void *arg);
	/* Called in any thread, in several at a time. */
	void (*make)(void *worker, void *piece);
	/* Called after make(); may be NULL. */
	void (*made)(void *arg, void *piece);
	/* Called in the caller's thread, in order, in parallel to all of these. False: the work
	 * ends. */
	bool (*give)(void *arg, void *piece);
	/* Called after give(), also when the work ends; may be NULL. */
	void (*given)(void *arg, void *piece);
	void *arg;
};

enum crew_end {
	CREW_DONE,
	CREW_ENDED, /* by give() */
	CREW_NO_MEMORY, /* nothing was done */
};

enum crew_end crew_run(const struct crew *crew);
