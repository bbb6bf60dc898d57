/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Threads take batches of frames and read them (base/crew.h). Each thread has its own reader of the
 * memory. */
#include "dump/write/page_crew.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/crew.h"
#include "dump/write/frame_set.h"

enum { BATCHES_PER_THREAD = 8 };

struct page_crew_pool {
	const struct page_crew *crew;
	struct page_batch *batches; /* owned, and their bytes, too; a ring of nr_batches batches */
	size_t nr_batches;
	uint64_t next, rank; /* the first frame of the next batch, and the rank of the batch */
	struct error *err; /* the error that take() of struct page_crew sets */
};

/* The private data of one thread. */
struct worker {
	const struct page_crew *crew;
	void *reader;
	struct deflater *deflater;
};

static void worker_destroy(void *arg)
{
	struct worker *worker = arg;

	if (worker->reader)
		worker->crew->memory->reader_destroy(worker->reader);
	deflater_destroy(worker->deflater);
	free(worker);
}

/* Creates the private data of a thread. Returns NULL if memory runs out. */
static void *worker_create(void *arg)
{
	const struct page_crew *crew = ((const struct page_crew_pool *)arg)->crew;
	struct worker *worker = malloc(sizeof(*worker));
	bool packs = crew->codec != CODEC_NONE;

	if (!worker)
		return NULL;
	*worker = (struct worker){
		crew,
		crew->memory->reader_create(crew->memory->arg),
		packs ? deflater_create(crew->codec) : NULL,
	};
	if (worker->reader && (worker->deflater || !packs))
		return worker;
	worker_destroy(worker);
	return NULL;
}

static void make_batch(void *arg, void *piece)
{
	const struct worker *worker = arg;
	const struct page_crew *crew = worker->crew;
	struct page_batch *batch = piece;

	for (size_t i = 0; i < batch->nr; i++) {
		uint8_t *page = batch->bytes + i * PAGE_BYTES;

		batch->kind[i] = PAGE_IS_DATA;
		if (!crew->memory->read(worker->reader, batch->pfn[i], page))
			batch->kind[i] = PAGE_IS_LOST;
		else if (bytes_are_zero(page, PAGE_BYTES))
			batch->kind[i] = PAGE_IS_ZERO;
	}
	crew->make(crew->arg, worker->deflater, batch);
}

static bool page_crew_all_taken(void *arg)
{
	const struct page_crew_pool *pool = arg;

	return pool->next >= pool->crew->memory->nr_frames;
}

/* Takes the next batch: fills it with the frames of the next BATCH_PAGES pages. */
static bool page_crew_take_batch(void *arg, void *piece)
{
	struct page_crew_pool *pool = arg;
	struct page_batch *batch = piece;
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
	return true;
}

static bool give_batch(void *arg, void *piece)
{
	const struct page_crew_pool *pool = arg;

	return pool->crew->take(pool->crew->arg, piece, pool->err);
}

static bool make_batches(struct page_crew_pool *pool)
{
	bool sound;

	pool->batches = calloc(pool->nr_batches, sizeof(*pool->batches));
	sound = pool->batches != NULL;
	for (size_t i = 0; sound && i < pool->nr_batches; i++) {
		pool->batches[i].bytes = malloc(BATCH_PAGES * PAGE_BYTES);
		sound = pool->batches[i].bytes != NULL;
	}
	return sound;
}

bool dump_out_crew_run(struct page_crew *crew, struct error *err)
{
	struct page_crew_pool pool = {
		.crew = crew,
		.nr_batches = BATCHES_PER_THREAD * (crew->nr_threads + 1),
		.err = err,
	};
	struct crew threads = {
		.nr_threads = crew->nr_threads,
		.nr_pieces = pool.nr_batches,
		.piece_size = sizeof(*pool.batches),
		.worker_create = worker_create,
		.worker_destroy = worker_destroy,
		.take = page_crew_take_batch,
		.all_taken = page_crew_all_taken,
		.make = make_batch,
		.give = give_batch,
		.arg = &pool,
	};
	enum crew_end end = CREW_NO_MEMORY;

	if (make_batches(&pool)) {
		threads.pieces = pool.batches;
		end = crew_run(&threads);
	}
	for (size_t i = 0; pool.batches && i < pool.nr_batches; i++)
		free(pool.batches[i].bytes);
	free(pool.batches);
	if (end == CREW_NO_MEMORY)
		out_of_memory(err);
	return end == CREW_DONE;
}
