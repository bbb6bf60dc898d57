/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Work shared by threads. Threads take pieces one by one, in order, and finish them in any order.
 * The caller's thread also makes pieces, and gives them out in order. The pieces are slots of a
 * ring, whose size limits the number of pieces that wait to be given out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CREW_MOST_THREADS = 64 };

struct crew {
	unsigned int nr_threads; /* including the caller's thread; 0: only that thread */
	void *pieces; /* borrowed: the ring, an array of nr_pieces pieces */
	size_t nr_pieces, piece_size;
	/* Makes the data of one thread. Returns NULL if memory runs out. */
	void *(*worker_create)(void *arg);
	void (*worker_destroy)(void *worker);
	/* Fills *piece with a description of the next piece. Returns false if no piece is available
	 * now; pieces may become available after others were given out. Of take(), all_taken(),
	 * made() and given(), only one runs at a time. */
	bool (*take)(void *arg, void *piece);
	/* Were all pieces taken? */
	bool (*all_taken)(void *arg);
	/* Makes the piece. Runs in any thread, and in several threads at the same time. */
	void (*make)(void *worker, void *piece);
	/* Called after make(); may be NULL. */
	void (*made)(void *arg, void *piece);
	/* Gives out the piece. Runs only in the caller's thread, in the order of pieces, while
	 * other threads run the other functions. Returns false to end the work. */
	bool (*give)(void *arg, void *piece);
	/* Called after give(), even if give() ended the work; may be NULL. */
	void (*given)(void *arg, void *piece);
	void *arg;
};

enum crew_end {
	CREW_DONE,
	CREW_ENDED, /* give() ended the work */
	CREW_NO_MEMORY, /* no piece was given out */
};

enum crew_end crew_run(const struct crew *crew);
