/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Threads that share work. Waiting threads are woken only when at least half of the pieces in the
 * ring are free, because waking a thread may take longer than the work on one piece. */
#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum piece_state { PIECE_FREE, PIECE_TAKEN, PIECE_DONE };

struct crew_pool {
	const struct crew *crew;
	pthread_mutex_t mutex;
	pthread_cond_t work; /* signalled when many pieces are free, or when the work has ended */
	/* Signalled when the next piece in order is done and can be given out. */
	pthread_cond_t done;
	uint8_t *state; /* owned; an enum piece_state for each piece */
	/* The numbers of pieces that were taken and given out so far. */
	uint64_t nr_taken, nr_given;
	bool ended;
};

/* A thread and its private data. */
struct crew_member {
	struct crew_pool *pool;
	void *worker; /* owned */
	pthread_t thread; /* unused for the caller's thread */
};

static size_t next_given(const struct crew_pool *pool)
{
	return pool->nr_given % pool->crew->nr_pieces;
}

static void *crew_piece_at(const struct crew_pool *pool, size_t at)
{
	return (char *)pool->crew->pieces + at * pool->crew->piece_size;
}

static bool crew_all_taken(const struct crew_pool *pool)
{
	return pool->ended || pool->crew->all_taken(pool->crew->arg);
}

/* Takes the next piece and does its work. Returns false if no piece is available now. */
static bool do_piece(struct crew_pool *pool, void *worker)
{
	const struct crew *crew = pool->crew;
	size_t at = pool->nr_taken % crew->nr_pieces;
	void *piece = crew_piece_at(pool, at);

	if (pool->state[at] != PIECE_FREE || crew_all_taken(pool) || !crew->take(crew->arg, piece))
		return false;
	pool->state[at] = PIECE_TAKEN;
	pool->nr_taken++;
	pthread_mutex_unlock(&pool->mutex);
	crew->make(worker, piece);
	pthread_mutex_lock(&pool->mutex);
	pool->state[at] = PIECE_DONE;
	if (crew->made)
		crew->made(crew->arg, piece);
	if (at == next_given(pool))
		pthread_cond_signal(&pool->done);
	return true;
}

static void *work(void *arg)
{
	struct crew_member *member = arg;
	struct crew_pool *pool = member->pool;

	pthread_mutex_lock(&pool->mutex);
	while (!crew_all_taken(pool))
		if (!do_piece(pool, member->worker))
			pthread_cond_wait(&pool->work, &pool->mutex);
	pthread_mutex_unlock(&pool->mutex);
	return NULL;
}

/* Gives out the next piece. Returns false if give() ended the work. */
static bool give_next(struct crew_pool *pool)
{
	const struct crew *crew = pool->crew;
	size_t at = next_given(pool);
	void *piece = crew_piece_at(pool, at);
	bool goes_on;

	pthread_mutex_unlock(&pool->mutex);
	goes_on = crew->give(crew->arg, piece);
	pthread_mutex_lock(&pool->mutex);
	if (crew->given)
		crew->given(crew->arg, piece);
	pool->state[at] = PIECE_FREE;
	pool->nr_given++;
	if (pool->nr_taken - pool->nr_given <= crew->nr_pieces / 2)
		pthread_cond_broadcast(&pool->work);
	return goes_on;
}

/* The work of the caller's thread, which works on pieces like the other threads, and gives out
 * pieces in order when they are done. */
static bool give_all(struct crew_pool *pool, void *worker)
{
	bool goes_on = true;

	pthread_mutex_lock(&pool->mutex);
	while (goes_on && (pool->nr_given < pool->nr_taken || !crew_all_taken(pool))) {
		if (pool->state[next_given(pool)] == PIECE_DONE)
			goes_on = give_next(pool);
		else if (!do_piece(pool, worker))
			pthread_cond_wait(&pool->done, &pool->mutex);
	}
	pool->ended = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->mutex);
	return goes_on;
}

/* Starts a thread for each of the nr members, and returns the number of threads that were started.
 * These threads block all signals except SIGBUS, because the caller's thread handles signals. SIGBUS
 * occurs if a mapped file became shorter. If SIGBUS were blocked, it would end the process at
 * once. */
static unsigned int start_threads(struct crew_member *members, unsigned int nr)
{
	unsigned int started = 0;
	sigset_t all, before;

	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < nr &&
	       !pthread_create(&members[started].thread, NULL, work, &members[started]))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

/* Creates the workers before any thread works, because worker_create() may copy data that the work
 * changes. Returns the number of workers. If memory runs out, fewer threads work. */
static unsigned int create_workers(struct crew_pool *pool, struct crew_member *members)
{
	const struct crew *crew = pool->crew;
	unsigned int wanted = crew->nr_threads ? crew->nr_threads : 1, nr = 0;

	for (; nr < wanted && nr < CREW_MOST_THREADS; nr++) {
		members[nr].pool = pool;
		members[nr].worker = crew->worker_create(crew->arg);
		if (!members[nr].worker)
			break;
	}
	return nr;
}

enum crew_end crew_run(const struct crew *crew)
{
	struct crew_pool pool = {
		.crew = crew,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.work = PTHREAD_COND_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER,
		.state = calloc(crew->nr_pieces, sizeof(*pool.state)),
	};
	struct crew_member members[CREW_MOST_THREADS];
	unsigned int nr = pool.state ? create_workers(&pool, members) : 0, started;
	enum crew_end end = CREW_NO_MEMORY;

	if (nr) {
		/* The last member is the caller's thread. */
		started = start_threads(members, nr - 1);
		end = give_all(&pool, members[nr - 1].worker) ? CREW_DONE : CREW_ENDED;
		while (started)
			pthread_join(members[--started].thread, NULL);
	}
	while (nr)
		crew->worker_destroy(members[--nr].worker);
	free(pool.state);
	return end;
}

unsigned int crew_cpus(void)
{
	cpu_set_t set;
	int nr = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		nr = CPU_COUNT(&set);
	return nr < CREW_MOST_THREADS ? (unsigned int)nr : CREW_MOST_THREADS;
}
