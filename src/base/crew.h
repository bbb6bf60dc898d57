/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Work shared by threads. Threads take pieces of work one by one, in order, and finish them in any
 * order. The caller's thread works on pieces, too, and gives out the finished pieces in the
 * original order. The pieces are stored in a ring. The size of the ring limits the number of pieces
 * that are not yet given out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CREW_MOST_THREADS = 64 };

struct crew {
	unsigned int nr_threads; /* includes the caller's thread; 0 means the same as 1 */
	void *pieces; /* borrowed; the ring, which is an array of nr_pieces pieces */
	size_t nr_pieces, piece_size;
	/* Creates the private data of one thread. Returns NULL if memory runs out. Both functions
	 * run only in the caller's thread, while no other thread works. */
	void *(*worker_create)(void *arg);
	void (*worker_destroy)(void *worker);
	/* Takes the next piece: fills *piece with its description. Returns false if no piece is
	 * available now. Pieces may become available after others were given out. The crew never
	 * runs two of take(), all_taken(), made() and given() at the same time. */
	bool (*take)(void *arg, void *piece);
	/* Were all pieces taken? */
	bool (*all_taken)(void *arg);
	/* Does the work of the piece. Runs in any thread, and in several threads at the same
	 * time. */
	void (*make)(void *worker, void *piece);
	/* Called after make(); may be NULL. */
	void (*made)(void *arg, void *piece);
	/* Gives out the piece. Runs only in the caller's thread, and in the order in which pieces
	 * were taken. Other threads may run the other functions at the same time. Returns false to
	 * end the work. */
	bool (*give)(void *arg, void *piece);
	/* Called after give(), even if give() ended the work; may be NULL. */
	void (*given)(void *arg, void *piece);
	void *arg;
};

enum crew_end {
	CREW_DONE,
	CREW_ENDED, /* give() ended the work */
	CREW_NO_MEMORY, /* memory ran out before any piece was given out */
};

enum crew_end crew_run(const struct crew *crew);

/* Returns the number of threads that this process can run at the same time, at most
 * CREW_MOST_THREADS. */
unsigned int crew_cpus(void);
