/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Threads take chunks of the ranges one by one, each with a reader of its own. The
 * caller's thread gives out what they found, in order. How many chunks wait for that is
 * bounded, and so are their hits: this bounds the memory. As waking a thread takes longer
 * than to search some chunks, it is done for many of them at once. */
#include "dump/search.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/ranges.h"
#include "dump/feed.h"

enum {
	CHUNK = 1 << 18, /* bytes */
	MOST_THREADS = 64,
	CHUNKS_PER_THREAD = 32,
	MOST_WAITING = 1 << 18, /* hits; no more chunks are taken then */
	FEW_HITS = 1 << 12, /* for which a chunk keeps memory */
};

/* A place in the ranges. */
struct cursor {
	size_t range;
	uint64_t offset;
};

enum chunk_state { CHUNK_FREE, CHUNK_TAKEN, CHUNK_DONE };

struct chunk {
	enum chunk_state state;
	struct cursor start;
	uint64_t size;
	/* Results: */
	struct hits hits;
	struct dump_survey survey;
	/* If not 0, the physical extent at the chunk's end has no bytes to search, and
	 * ends there. */
	uint64_t skip_last;
	enum page_state skip_state;
	uint64_t damaged; /* a physical address in a damaged page; 0: none */
};

struct pool {
	struct search *search;
	pthread_mutex_t mutex;
	pthread_cond_t work; /* many chunks became free, or the search ended */
	pthread_cond_t done; /* the next chunk to be given out is done */
	struct chunk *chunks; /* owned; a ring */
	size_t nr_chunks;
	uint64_t nr_taken, nr_given; /* chunks so far */
	size_t nr_hits; /* of chunks that are done and not given out */
	struct cursor next; /* of the next chunk */
	uint64_t done_bytes, all_bytes; /* the caller's thread's own */
	bool ended;
};

/* What a thread has for itself. */
struct searcher {
	struct dump *reader; /* owned */
	uint8_t *buffer; /* owned; FEED_BUFFER bytes */
};

unsigned int search_threads(void)
{
	cpu_set_t set;
	int nr = 1;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		nr = CPU_COUNT(&set);
	return nr < MOST_THREADS ? (unsigned int)nr : MOST_THREADS;
}

static void searcher_end(struct searcher *searcher)
{
	dump_reader_destroy(searcher->reader);
	free(searcher->buffer);
}

/* False: out of memory. */
static bool searcher_start(struct searcher *searcher, const struct dump *dump)
{
	searcher->reader = dump_reader_create(dump);
	searcher->buffer = malloc(FEED_BUFFER);
	if (searcher->reader && searcher->buffer)
		return true;
	searcher_end(searcher);
	return false;
}

/* --- one chunk --- */

/* Looks behind the chunk, as far as a pattern that begins in it may reach. */
static void feed_beyond(struct feed *feed, const struct search *search,
			struct dump *dump, struct cursor at)
{
	uint64_t need = feed->matcher->longest - 1;
	struct dump_survey survey = *feed->survey;

	for (; need && at.range < search->nr_ranges;
	     at = (struct cursor){ at.range + 1, 0 }) {
		const struct search_range *range = &search->ranges[at.range];
		uint64_t address = range->address + at.offset, size = need;
		struct extent skipped;

		if (address != feed->next || !address)
			break;
		if (range->last - address < size)
			size = range->last - address + 1;
		feed_memory(feed, dump, address, range->paddr + at.offset, size,
			    &skipped);
		need -= size;
	}
	*feed->survey = survey;
}

/* Moves *at on by at most size bytes within its range. Returns how many. */
static uint64_t advance(const struct search *search, struct cursor *at,
			uint64_t size)
{
	const struct search_range *range = &search->ranges[at->range];
	uint64_t left = range->last - range->address - at->offset;

	if (left >= size) {
		at->offset += size;
		return size;
	}
	*at = (struct cursor){ at->range + 1, 0 };
	return left + 1;
}

static int compare_hits(const void *a, const void *b)
{
	return ranges_compare(a, b);
}

/* A pattern that crosses from piece to piece is found later than those behind it, and
 * longer ones again. */
static void sort_hits(struct hits *hits)
{
	size_t nr = 0;
	bool sorted = true;

	for (size_t i = 1; i < hits->nr; i++)
		sorted &= hits->at[i - 1].address < hits->at[i].address;
	if (sorted)
		return;
	qsort(hits->at, hits->nr, sizeof(*hits->at), compare_hits);
	for (size_t i = 1; i < hits->nr; i++)
		if (hits->at[i].address != hits->at[nr].address)
			hits->at[++nr] = hits->at[i];
	hits->nr = nr + 1;
}

static void search_chunk(const struct search *search,
			 const struct searcher *searcher, struct chunk *chunk)
{
	struct dump *dump = searcher->reader;
	struct feed feed = { .matcher = search->matcher,
			     .buffer = searcher->buffer,
			     .hits = &chunk->hits,
			     .survey = &chunk->survey };
	struct cursor at = chunk->start;
	uint64_t size = chunk->size;
	struct extent skipped = { 0 };

	chunk->hits.nr = 0;
	chunk->survey = (struct dump_survey){ 0 };
	while (size) {
		const struct search_range *range = &search->ranges[at.range];
		uint64_t offset = at.offset, part = advance(search, &at, size);

		feed_memory(&feed, dump, range->address + offset,
			    range->paddr + offset, part, &skipped);
		size -= part;
	}
	chunk->damaged = feed.damaged;
	chunk->skip_last = 0;
	chunk->skip_state = skipped.state;
	if (skipped.state != PAGE_PRESENT &&
	    (skipped.state != PAGE_ZERO || !feed.matcher->matches_zeros))
		chunk->skip_last = skipped.last;
	feed.end = feed.next;
	if (feed.matcher->nr_texts || feed.end % feed.matcher->width)
		feed_beyond(&feed, search, dump, at);
	sort_hits(&chunk->hits);
}

/* --- all of them --- */

/* The next chunk, in a free place of the ring; NULL: there is none now. */
static struct chunk *take_chunk(struct pool *pool)
{
	const struct search *search = pool->search;
	struct chunk *chunk = &pool->chunks[pool->nr_taken % pool->nr_chunks];

	if (chunk->state != CHUNK_FREE || pool->nr_hits >= MOST_WAITING ||
	    pool->next.range == search->nr_ranges)
		return NULL;
	chunk->state = CHUNK_TAKEN;
	chunk->start = pool->next;
	chunk->size = 0;
	while (chunk->size < CHUNK && pool->next.range < search->nr_ranges)
		chunk->size +=
			advance(search, &pool->next, CHUNK - chunk->size);
	pool->nr_taken++;
	return chunk;
}

/* Adds up, whatever the order. */
static void add_survey(struct dump_survey *sum, const struct dump_survey *more)
{
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++) {
		sum->bytes[state] += more->bytes[state];
		if (more->has_first[state] &&
		    (!sum->has_first[state] ||
		     more->first[state] < sum->first[state]))
			sum->first[state] = more->first[state];
		sum->has_first[state] |= more->has_first[state];
	}
}

/* Moves the next chunk behind an extent that this one has shown to be empty, and which
 * then is this one's. */
static void skip_extent(struct pool *pool, struct chunk *chunk)
{
	struct cursor *next = &pool->next;
	const struct search_range *range =
		&pool->search->ranges[chunk->start.range];
	struct dump_survey skipped = { 0 };
	uint64_t address, paddr, size;

	if (!chunk->skip_last || chunk->start.range != next->range)
		return;
	address = range->address + next->offset;
	paddr = range->paddr + next->offset;
	if (paddr > chunk->skip_last)
		return;
	size = chunk->skip_last - paddr;
	size = advance(pool->search, next, size < UINT64_MAX ? size + 1 : size);
	dump_survey_add(&skipped, chunk->skip_state, address, size);
	add_survey(&chunk->survey, &skipped);
	chunk->size += size;
}

static struct chunk *next_given(struct pool *pool)
{
	return &pool->chunks[pool->nr_given % pool->nr_chunks];
}

static void do_chunk(struct pool *pool, struct chunk *chunk,
		     const struct searcher *searcher)
{
	pthread_mutex_unlock(&pool->mutex);
	search_chunk(pool->search, searcher, chunk);
	pthread_mutex_lock(&pool->mutex);
	chunk->state = CHUNK_DONE;
	pool->nr_hits += chunk->hits.nr;
	skip_extent(pool, chunk);
	if (chunk == next_given(pool))
		pthread_cond_signal(&pool->done);
}

static bool all_taken(const struct pool *pool)
{
	return pool->ended || pool->next.range == pool->search->nr_ranges;
}

static void *work(void *arg)
{
	struct pool *pool = arg;
	struct searcher searcher;
	struct chunk *chunk;

	if (!searcher_start(&searcher, pool->search->dump))
		return NULL;
	pthread_mutex_lock(&pool->mutex);
	while (!all_taken(pool)) {
		chunk = take_chunk(pool);
		if (chunk)
			do_chunk(pool, chunk, &searcher);
		else
			pthread_cond_wait(&pool->work, &pool->mutex);
	}
	pthread_mutex_unlock(&pool->mutex);
	searcher_end(&searcher);
	return NULL;
}

/* Gives out what a chunk has. False: the search ends. */
static bool give(struct pool *pool, const struct chunk *chunk)
{
	struct search *search = pool->search;
	struct extent extent;

	add_survey(&search->survey, &chunk->survey);
	if (chunk->damaged) /* the readers of threads tell nothing */
		dump_find(search->dump, chunk->damaged, &extent);
	for (size_t i = 0; i < chunk->hits.nr; i++)
		if (!search->found(search->arg, &chunk->hits.at[i]))
			return false;
	pool->done_bytes += chunk->size;
	return !chunk->hits.failed &&
	       search->progress(search->arg, pool->done_bytes, pool->all_bytes);
}

/* Makes a chunk that was given out free. */
static void free_chunk(struct pool *pool, struct chunk *chunk)
{
	pool->nr_hits -= chunk->hits.nr;
	if (chunk->hits.room > FEW_HITS && !chunk->hits.failed) {
		free(chunk->hits.at);
		chunk->hits = (struct hits){ 0 };
	}
	chunk->state = CHUNK_FREE;
	pool->nr_given++;
	if (pool->nr_taken - pool->nr_given <= pool->nr_chunks / 2)
		pthread_cond_broadcast(&pool->work);
}

/* Searches as the threads do, and gives out chunks as soon as they are done. */
static bool give_all(struct pool *pool, const struct searcher *searcher)
{
	bool sound = true;

	pthread_mutex_lock(&pool->mutex);
	while (sound && (pool->nr_given < pool->nr_taken || !all_taken(pool))) {
		struct chunk *chunk = next_given(pool);

		if (chunk->state == CHUNK_DONE) {
			pthread_mutex_unlock(&pool->mutex);
			sound = give(pool, chunk);
			pthread_mutex_lock(&pool->mutex);
			free_chunk(pool, chunk);
		} else if ((chunk = take_chunk(pool))) {
			do_chunk(pool, chunk, searcher);
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

static bool run(struct pool *pool, const struct searcher *searcher)
{
	pthread_t threads[MOST_THREADS];
	unsigned int nr = pool->search->nr_threads;
	bool sound;

	nr = nr ? nr - 1 : 0; /* the caller's searches too */
	nr = start_threads(pool, threads,
			   nr < MOST_THREADS ? nr : MOST_THREADS);
	sound = give_all(pool, searcher);
	while (nr)
		pthread_join(threads[--nr], NULL);
	return sound;
}

static uint64_t count_bytes(const struct search *search)
{
	uint64_t all = 0;

	for (size_t i = 0; i < search->nr_ranges; i++) {
		const struct search_range *range = &search->ranges[i];

		if (__builtin_add_overflow(all, range->last - range->address,
					   &all) ||
		    __builtin_add_overflow(all, 1, &all))
			return UINT64_MAX;
	}
	return all;
}

bool search_memory(struct search *search, struct error *err)
{
	struct pool pool = {
		.search = search,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.work = PTHREAD_COND_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER,
		.nr_chunks = CHUNKS_PER_THREAD * (search->nr_threads + 1),
		.all_bytes = count_bytes(search),
	};
	struct searcher searcher;
	bool sound = false, started, failed = false;

	started = searcher_start(&searcher, search->dump);
	pool.chunks = calloc(pool.nr_chunks, sizeof(*pool.chunks));
	if (started && pool.chunks)
		sound = run(&pool, &searcher);
	for (size_t i = 0; pool.chunks && i < pool.nr_chunks; i++) {
		failed |= pool.chunks[i].hits.failed;
		free(pool.chunks[i].hits.at);
	}
	if (!started || !pool.chunks || failed)
		fail(err, ERROR_SYSTEM, "out of memory");
	else if (!sound)
		fail(err, ERROR_INTERRUPTED, "interrupted: there may be more");
	free(pool.chunks);
	if (started)
		searcher_end(&searcher);
	return sound;
}
