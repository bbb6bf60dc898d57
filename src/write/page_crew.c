/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* As in dump/search.c: threads take batches one by one, each with a reader of its own, and
 * the caller's thread gives out what they made, in order. A ring bounds the memory. */
#include "write/page_crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "write/frame_set.h"

enum {
	MOST_THREADS = 64,
	BATCHES_PER_THREAD = 8,
};

enum batch_state { BATCH_FREE, BATCH_TAKEN, BATCH_DONE };

struct slot {
	enum batch_state state;
	struct page_batch batch; /* its bytes are owned */
};

struct pool {
	const struct page_crew *crew;
	pthread_mutex_t mutex;
	pthread_cond_t work; /* a slot became free, or the work ended */
	pthread_cond_t done; /* the next batch to be given out is done */
	struct slot *slots; /* owned; a ring */
	size_t nr_slots;
	uint64_t nr_taken, nr_given; /* batches so far */
	uint64_t next, rank; /* of the next batch */
	bool ended;
};

/* What a thread has for itself. */
struct worker {
	void *reader, *maker;
};

/* Most pages differ in their first words. */
bool page_is_zero(const uint8_t page[PAGE_BYTES])
{
	uint64_t first;

	memcpy(&first, page, sizeof(first));
	return !first && !memcmp(page, page + sizeof(first),
				 PAGE_BYTES - sizeof(first));
}

static void worker_end(struct worker *worker, const struct page_crew *crew)
{
	if (worker->reader)
		crew->memory->reader_destroy(worker->reader);
	if (worker->maker)
		crew->maker_destroy(worker->maker);
}

/* False: out of memory. */
static bool worker_start(struct worker *worker, const struct page_crew *crew)
{
	*worker = (struct worker){
		crew->memory->reader_create(crew->memory->arg),
		crew->maker_create(crew->arg),
	};
	if (worker->reader && worker->maker)
		return true;
	worker_end(worker, crew);
	return false;
}

static void make_batch(const struct page_crew *crew,
		       const struct worker *worker, struct page_batch *batch)
{
	for (size_t i = 0; i < batch->nr; i++) {
		uint8_t *page = batch->bytes + i * PAGE_BYTES;

		batch->kind[i] = PAGE_IS_DATA;
		if (!crew->memory->read(worker->reader, batch->pfn[i], page))
			batch->kind[i] = PAGE_IS_LOST;
		else if (page_is_zero(page))
			batch->kind[i] = PAGE_IS_ZERO;
	}
	crew->make(worker->maker, batch);
}

/* Fills the batch with the next pages. */
static void fill_batch(struct pool *pool, struct page_batch *batch)
{
	const struct page_crew *crew = pool->crew;
	const uint64_t *zero = crew->memory->zero;
	uint64_t end = crew->memory->nr_frames, pfn = pool->next;

	batch->start = pool->next;
	batch->rank = pool->rank;
	batch->error = 0;
	for (batch->nr = 0; batch->nr < BATCH_PAGES; pfn++) {
		pfn = frame_set_next(crew->kept, zero, true, pfn, end);
		if (pfn == end)
			break;
		batch->pfn[batch->nr++] = pfn;
	}
	batch->end = pfn;
	pool->next = pfn;
	pool->rank += frame_set_count(crew->kept, batch->start, batch->end);
}

static bool all_taken(const struct pool *pool)
{
	return pool->ended || pool->next >= pool->crew->memory->nr_frames;
}

/* The next batch, in a free place of the ring; NULL: there is none now. */
static struct slot *take_slot(struct pool *pool)
{
	struct slot *slot = &pool->slots[pool->nr_taken % pool->nr_slots];

	if (slot->state != BATCH_FREE || all_taken(pool))
		return NULL;
	slot->state = BATCH_TAKEN;
	fill_batch(pool, &slot->batch);
	pool->nr_taken++;
	return slot;
}

static struct slot *next_given(struct pool *pool)
{
	return &pool->slots[pool->nr_given % pool->nr_slots];
}

static void do_slot(struct pool *pool, struct slot *slot,
		    const struct worker *worker)
{
	pthread_mutex_unlock(&pool->mutex);
	make_batch(pool->crew, worker, &slot->batch);
	pthread_mutex_lock(&pool->mutex);
	slot->state = BATCH_DONE;
	if (slot == next_given(pool))
		pthread_cond_signal(&pool->done);
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct worker worker;
	struct slot *slot;

	if (!worker_start(&worker, pool->crew))
		return NULL;
	pthread_mutex_lock(&pool->mutex);
	while (!all_taken(pool)) {
		slot = take_slot(pool);
		if (slot)
			do_slot(pool, slot, &worker);
		else
			pthread_cond_wait(&pool->work, &pool->mutex);
	}
	pthread_mutex_unlock(&pool->mutex);
	worker_end(&worker, pool->crew);
	return NULL;
}

/* Works as the threads do, and gives out batches as soon as they are done. */
static bool give_all(struct pool *pool, const struct worker *worker,
		     struct error *err)
{
	const struct page_crew *crew = pool->crew;
	bool sound = true;

	pthread_mutex_lock(&pool->mutex);
	while (sound && (pool->nr_given < pool->nr_taken || !all_taken(pool))) {
		struct slot *slot = next_given(pool);

		if (slot->state == BATCH_DONE) {
			pthread_mutex_unlock(&pool->mutex);
			sound = crew->take(crew->arg, &slot->batch, err);
			pthread_mutex_lock(&pool->mutex);
			slot->state = BATCH_FREE;
			pool->nr_given++;
			if (pool->nr_taken - pool->nr_given <= pool->nr_slots / 2)
				pthread_cond_broadcast(&pool->work);
		} else if ((slot = take_slot(pool))) {
			do_slot(pool, slot, worker);
		} else {
			pthread_cond_wait(&pool->done, &pool->mutex);
		}
	}
	pool->ended = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->mutex);
	return sound;
}

/* Signals are for the caller's thread. */
static unsigned int start_threads(struct pool *pool, pthread_t *threads,
				  unsigned int nr)
{
	unsigned int started = 0;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < nr &&
	       !pthread_create(&threads[started], NULL, work, pool))
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static bool run(struct pool *pool, const struct worker *worker,
		struct error *err)
{
	pthread_t threads[MOST_THREADS];
	unsigned int nr = pool->crew->nr_threads;
	bool sound;

	nr = nr ? nr - 1 : 0; /* the caller's works too */
	nr = start_threads(pool, threads,
			   nr < MOST_THREADS ? nr : MOST_THREADS);
	sound = give_all(pool, worker, err);
	while (nr)
		pthread_join(threads[--nr], NULL);
	return sound;
}

static void free_slots(struct pool *pool)
{
	for (size_t i = 0; pool->slots && i < pool->nr_slots; i++)
		free(pool->slots[i].batch.bytes);
	free(pool->slots);
}

static bool make_slots(struct pool *pool)
{
	bool sound;

	pool->slots = calloc(pool->nr_slots, sizeof(*pool->slots));
	sound = pool->slots != NULL;
	for (size_t i = 0; sound && i < pool->nr_slots; i++) {
		pool->slots[i].batch.bytes = malloc(BATCH_PAGES * PAGE_BYTES);
		sound = pool->slots[i].batch.bytes != NULL;
	}
	return sound;
}

bool page_crew_run(struct page_crew *crew, struct error *err)
{
	struct pool pool = {
		.crew = crew,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.work = PTHREAD_COND_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER,
		.nr_slots = BATCHES_PER_THREAD * (crew->nr_threads + 1),
	};
	struct worker worker;
	bool sound = false;

	if (!make_slots(&pool) || !worker_start(&worker, crew)) {
		fail(err, ERROR_SYSTEM, "out of memory");
	} else {
		sound = run(&pool, &worker, err);
		worker_end(&worker, crew);
	}
	free_slots(&pool);
	return sound;
}
