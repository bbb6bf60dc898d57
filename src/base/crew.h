/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Work shared by threads. Threads take pieces one by one, in order, and make them in any order. The
 * caller's thread also makes pieces, and gives them out in order. The ring of pieces limits how
 * many can wait to be given out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CREW_MOST_THREADS = 64 };

struct crew {
	unsigned int nr_threads; /* includes the caller's thread; 0: the caller's thread alone */
	void *pieces; /* borrowed: the ring of nr_pieces pieces */
	size_t nr_pieces, piece_size;
	/* Makes the data of one thread; NULL: out of memory. */
	void *(*worker_create)(void *arg);
	void (*worker_destroy)(void *worker);
	/* Describes the next piece. False: there is none now, but more may come after others were
	 * given out. take() and all_taken() are called by one thread at a time, like made() and
	 * given(). */
	bool (*take)(void *arg, void *piece);
	/* Were all pieces taken? */
	bool (*all_taken)(void *arg);
	/* Called in any thread, and in several threads at the same time. */
	void (*make)(void *worker, void *piece);
	/* Called after make(); may be NULL. */
	void (*made)(void *arg, void *piece);
	/* Called in the caller's thread, in order, while other threads run the other functions.
	 * False: the work ends. */
	bool (*give)(void *arg, void *piece);
	/* Called after give(), also if the work ends; may be NULL. */
	void (*given)(void *arg, void *piece);
	void *arg;
};

enum crew_end {
	CREW_DONE,
	CREW_ENDED, /* give() ended the work */
	CREW_NO_MEMORY, /* no piece was made */
};

enum crew_end crew_run(const struct crew *crew);
