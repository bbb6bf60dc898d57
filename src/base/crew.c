/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Threads that share work. Waiting threads are woken only when at least half of the pieces in the
 * ring are free, because waking a thread may take longer than the work on one piece. */
#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

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
	struct crew_pool *pool = arg;
	void *worker = pool->crew->worker_create(pool->crew->arg);

	if (!worker)
		return NULL;
	pthread_mutex_lock(&pool->mutex);
	while (!crew_all_taken(pool))
		if (!do_piece(pool, worker))
			pthread_cond_wait(&pool->work, &pool->mutex);
	pthread_mutex_unlock(&pool->mutex);
	pool->crew->worker_destroy(worker);
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

/* Starts up to nr threads, and returns the number of threads that were started. These threads block
 * all signals except SIGBUS, because the caller's thread handles signals. SIGBUS occurs if a mapped
 * file became shorter. If SIGBUS were blocked, it would end the process at once. */
static unsigned int start_threads(struct crew_pool *pool, pthread_t *threads, unsigned int nr)
{
	unsigned int started = 0;
	sigset_t all, before;

	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < nr && !pthread_create(&threads[started], NULL, work, pool))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static bool crew_thread_run(struct crew_pool *pool, void *worker)
{
	pthread_t threads[CREW_MOST_THREADS];
	unsigned int nr = pool->crew->nr_threads;
	bool goes_on;

	/* One thread less, because the caller's thread works on pieces, too. */
	nr = nr ? nr - 1 : 0;
	nr = start_threads(pool, threads, nr < CREW_MOST_THREADS ? nr : CREW_MOST_THREADS);
	goes_on = give_all(pool, worker);
	while (nr)
		pthread_join(threads[--nr], NULL);
	return goes_on;
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
	void *worker = crew->worker_create(crew->arg);
	enum crew_end end = CREW_NO_MEMORY;

	if (pool.state && worker)
		end = crew_thread_run(&pool, worker) ? CREW_DONE : CREW_ENDED;
	if (worker)
		crew->worker_destroy(worker);
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
