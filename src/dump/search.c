/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches memory using several threads, which take chunks of the ranges (base/crew.h). Each thread
 * has its own reader of the dump. To limit the use of memory, there are limits for the number of
 * chunks, and for the number of hits that were not given out (passed to found()) yet. */
#include "dump/search.h"

#include <stdlib.h>

#include "base/counts.h"
#include "base/page.h"
#include "base/crew.h"
#include "base/ranges.h"

/* --- the feed --- */

/* Searches memory for patterns: passes it to a matcher, piece by piece. A pattern may begin in one
 * piece and end in the next piece. */

enum { FEED_BUFFER = 1 << 18 /* in bytes; fits into a second-level cache */ };

struct feed {
	/* Borrowed; dump, buffer, hits and survey are borrowed, too. */
	const struct matcher *matcher;
	struct dump *dump;
	uint8_t *buffer; /* has FEED_BUFFER bytes */
	struct hits *hits;
	/* The number of bytes in each state. The addresses in survey->first are of the same kind as
	 * the addresses of hits: physical or virtual. */
	struct dump_survey *survey;
	uint64_t damaged; /* a physical address in a damaged page; 0: no page was damaged */
	/* The last physical address of the hole that the last piece began with; 0: no hole. */
	uint64_t hole_last;
	uint64_t next; /* the address after the last piece */
	uint64_t end; /* patterns must begin below this address; 0: no limit */
	/* True if the last N - 1 bytes before `next` are zeros. N is the size of the longest
	 * pattern. */
	bool only_zeros;
	size_t kept; /* the number of bytes in seam, which are the last bytes before `next` */
	uint8_t seam[2 * MATCHER_LONGEST];
};

enum { LARGE_PIECE = 1 << 16 /* in bytes; smaller pieces are searched in the mapping */ };

static void feed_find(struct feed *feed, struct match_window window)
{
	if (feed->end && window.address >= feed->end)
		return;
	if (feed->end && feed->end - window.address < window.starts)
		window.starts = (size_t)(feed->end - window.address);
	matcher_find(feed->matcher, &window, feed->hits);
}

/* Updates the seam: it becomes the last bytes of the old seam and of data. */
static void feed_keep(struct feed *feed, const uint8_t *data, size_t size)
{
	size_t most = feed->matcher->longest - 1, old = most - size;

	if (size >= most) {
		memcpy(feed->seam, data + (size - most), most);
		feed->kept = most;
		return;
	}
	old = smaller_of(old, feed->kept);
	memmove(feed->seam, feed->seam + (feed->kept - old), old);
	memcpy(feed->seam + old, data, size);
	feed->kept = old + size;
}

static void feed_data(struct feed *feed, uint64_t address, const uint8_t *data, size_t size)
{
	size_t part = feed->matcher->longest - 1;

	feed->only_zeros = false;
	if (address != feed->next)
		feed->kept = 0;
	part = smaller_of(part, size);
	if (feed->kept) {
		memcpy(feed->seam + feed->kept, data, part);
		feed_find(feed, (struct match_window){ feed->seam, address - feed->kept,
						       feed->kept + part, feed->kept, feed->kept });
	}
	feed_find(feed, (struct match_window){ data, address, size, size, 0 });
	feed_keep(feed, data, size);
	feed->next = address + size;
}

/* Searches size zeros. If zeros match no pattern, most of them are skipped. Only the first and the
 * last zeros are searched, because they may be parts of patterns. */
static void feed_zeros(struct feed *feed, uint64_t address, uint64_t size)
{
	size_t edge = feed->matcher->longest - 1, part;
	bool passed = !feed->matcher->matches_zeros;
	bool whole = size >= edge;

	if (passed && feed->only_zeros && address == feed->next) {
		feed->next += size;
		return;
	}
	while (size) {
		if (passed && size > 2 * edge) {
			if (address == feed->next)
				feed_data(feed, address, dump_zero_page, edge);
			address += size - edge;
			size = edge;
			feed->next = address;
			feed->kept = 0;
		}
		part = size < PAGE_BYTES ? (size_t)size : PAGE_BYTES;
		feed_data(feed, address, dump_zero_page, part);
		address += part;
		size -= part;
	}
	feed->only_zeros = whole;
}

/* Searches bytes that are read from the file part by part, because they may be too many for memory.
 * A hole is searched as zeros, without reading it. If bytes can be neither read nor found in the
 * mapping, the file has changed since it was opened, and the address is recorded in
 * feed->damaged. */
static void feed_file(struct feed *feed, const struct extent *extent, uint64_t address,
		      uint64_t paddr, uint64_t size)
{
	uint64_t hole = dump_hole(feed->dump, extent, paddr, extent->last - paddr + 1);
	size_t part;

	feed->hole_last = hole ? paddr + hole - 1 : 0;
	hole = smaller_of(hole, size);
	feed_zeros(feed, address, hole);
	for (uint64_t at = hole; at < size; at += part) {
		const uint8_t *data = NULL;

		part = size - at < FEED_BUFFER ? (size_t)(size - at) : FEED_BUFFER;
		if (dump_reread(feed->dump, extent, paddr + at, feed->buffer, part))
			data = feed->buffer;
		else if (extent->data)
			data = extent->data + (paddr + at - extent->first);
		if (data)
			feed_data(feed, address + at, data, part);
		else if (!feed->damaged)
			feed->damaged = paddr + at;
	}
}

static void feed_present(struct feed *feed, const struct extent *extent, uint64_t address,
			 uint64_t paddr, uint64_t size)
{
	const uint8_t *data = extent->data;

	if (data)
		data += paddr - extent->first;
	if ((uintptr_t)data - (uintptr_t)dump_zero_page < PAGE_BYTES)
		feed_zeros(feed, address, size);
	else if (!data || size >= LARGE_PIECE)
		feed_file(feed, extent, address, paddr, size);
	else
		feed_data(feed, address, data, (size_t)size);
	if (dump_extents_last(feed->dump) && size < LARGE_PIECE)
		count_read(feed->dump->counts, size);
}

/* Searches the size bytes of memory at the physical address paddr. `address` is the address that
 * hits report for the first of them. *end gets the extent that contains the last byte. */
static void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
			struct extent *end)
{
	while (size) {
		uint64_t part = size;

		dump_find_run(feed->dump, paddr, end);
		if (end->last - paddr < size)
			part = end->last - paddr + 1;
		dump_survey_add(feed->survey, end->state, address, part);
		if (end->state == PAGE_PRESENT)
			feed_present(feed, end, address, paddr, part);
		else if (end->state == PAGE_ZERO)
			feed_zeros(feed, address, part);
		else if (end->state == PAGE_DAMAGED && !feed->damaged)
			feed->damaged = paddr;
		address += part;
		paddr += part;
		size -= part;
	}
}

enum {
	CHUNK = 1 << 18, /* the usual size of a chunk in bytes */
	CHUNKS_PER_THREAD = 32,
	MOST_WAITING = 1 << 18, /* if this many hits are waiting, no more chunks are taken */
	/* If a chunk had more hits, their memory is freed after they were given out. */
	FEW_HITS = 1 << 12,
};

/* A position in the ranges: the index of a range, and an offset in bytes from its start. */
struct search_cursor {
	size_t range;
	uint64_t offset;
};

struct search_chunk {
	struct search_cursor start;
	uint64_t size;
	/* The following members are results. */
	struct hits hits;
	struct dump_survey survey;
	/* The last address of the physical extent, or of the hole in its file, at the end of the
	 * chunk, if it has no bytes that can be searched. If it has, 0. */
	uint64_t skip_last;
	enum page_state skip_state;
	uint64_t damaged; /* a physical address in a damaged page; 0: no page was damaged */
};

struct search_pool {
	struct search *search;
	struct search_chunk *chunks; /* owned; a ring of nr_chunks chunks */
	size_t nr_chunks;
	size_t nr_hits; /* the number of hits in chunks that are done, but not given out */
	struct search_cursor next; /* the start of the next chunk */
	uint64_t done_bytes, all_bytes; /* used only by the caller's thread */
};

/* The private data of one thread. */
struct searcher {
	const struct search *search;
	struct dump *reader; /* owned */
	uint8_t *buffer; /* owned; has FEED_BUFFER bytes */
};

static void searcher_destroy(void *worker)
{
	struct searcher *searcher = worker;

	dump_reader_destroy(searcher->reader);
	free(searcher->buffer);
	free(searcher);
}

/* Creates the private data of a thread. Returns NULL if memory runs out. */
static void *searcher_create(void *arg)
{
	const struct search_pool *pool = arg;
	struct searcher *searcher = calloc(1, sizeof(*searcher));

	if (!searcher)
		return NULL;
	searcher->search = pool->search;
	searcher->reader = dump_pass_reader_create(pool->search->dump);
	searcher->buffer = malloc(FEED_BUFFER);
	if (searcher->reader && searcher->buffer)
		return searcher;
	searcher_destroy(searcher);
	return NULL;
}

/* --- one chunk --- */

/* Searches the bytes that follow the chunk, because a pattern that begins in the chunk may extend
 * into them. These bytes are not counted in the survey. */
static void feed_beyond(struct feed *feed, const struct search *search, struct search_cursor at)
{
	uint64_t need = feed->matcher->longest - 1;
	struct dump_survey survey = *feed->survey;

	for (; need && at.range < search->nr_ranges;
	     at = (struct search_cursor){ at.range + 1, 0 }) {
		const struct search_range *range = &search->ranges[at.range];
		uint64_t address = range->address + at.offset, size = need;
		struct extent skipped;

		if (address != feed->next || !address)
			break;
		if (range->last - address < size)
			size = range->last - address + 1;
		feed_memory(feed, address, range->paddr + at.offset, size, &skipped);
		need -= size;
	}
	*feed->survey = survey;
}

/* Moves *at forward by size bytes, but at most to the end of its range. Returns the number of bytes
 * moved. */
static uint64_t search_advance(const struct search *search, struct search_cursor *at, uint64_t size)
{
	const struct search_range *range = &search->ranges[at->range];
	uint64_t left = range->last - range->address - at->offset;

	if (left >= size) {
		at->offset += size;
		return size;
	}
	*at = (struct search_cursor){ at->range + 1, 0 };
	return left + 1;
}

/* Sorts the hits by address, and removes duplicates. Hits may be out of order, because a pattern
 * that begins in one piece and ends in the next piece is found after the patterns of the next
 * piece. A long pattern may be found twice. */
static void sort_hits(struct hits *hits)
{
	size_t nr = 0;
	bool sorted = true;

	for (size_t i = 1; i < hits->nr; i++)
		sorted &= hits->at[i - 1].address < hits->at[i].address;
	if (sorted)
		return;
	qsort(hits->at, hits->nr, sizeof(*hits->at), ranges_compare);
	for (size_t i = 1; i < hits->nr; i++)
		if (hits->at[i].address != hits->at[nr].address)
			hits->at[++nr] = hits->at[i];
	hits->nr = nr + 1;
}

static void search_chunk(void *worker, void *piece)
{
	const struct searcher *searcher = worker;
	const struct search *search = searcher->search;
	struct search_chunk *chunk = piece;
	struct feed feed = { .matcher = search->matcher,
			     .dump = searcher->reader,
			     .buffer = searcher->buffer,
			     .hits = &chunk->hits,
			     .survey = &chunk->survey };
	struct search_cursor at = chunk->start;
	uint64_t size = chunk->size;
	struct extent skipped = { 0 };

	chunk->hits.nr = 0;
	chunk->survey = (struct dump_survey){ 0 };
	while (size) {
		const struct search_range *range = &search->ranges[at.range];
		uint64_t offset = at.offset, part = search_advance(search, &at, size);

		feed_memory(&feed, range->address + offset, range->paddr + offset, part, &skipped);
		size -= part;
	}
	chunk->damaged = feed.damaged;
	chunk->skip_last = 0;
	chunk->skip_state = skipped.state;
	if (skipped.state == PAGE_PRESENT && !feed.matcher->matches_zeros)
		chunk->skip_last = feed.hole_last;
	else if (skipped.state != PAGE_PRESENT &&
		 (skipped.state != PAGE_ZERO || !feed.matcher->matches_zeros))
		chunk->skip_last = skipped.last;
	feed.end = feed.next;
	if (feed.matcher->nr_texts || feed.end % feed.matcher->width)
		feed_beyond(&feed, search, at);
	sort_hits(&chunk->hits);
}

/* --- all chunks --- */

static bool search_all_taken(void *arg)
{
	const struct search_pool *pool = arg;

	return pool->next.range == pool->search->nr_ranges;
}

static bool take_chunk(void *arg, void *piece)
{
	struct search_pool *pool = arg;
	const struct search *search = pool->search;
	struct search_chunk *chunk = piece;

	if (pool->nr_hits >= MOST_WAITING)
		return false;
	chunk->start = pool->next;
	chunk->size = 0;
	while (chunk->size < CHUNK && pool->next.range < search->nr_ranges)
		chunk->size += search_advance(search, &pool->next, CHUNK - chunk->size);
	return true;
}

/* Adds the numbers of *more to *sum. The order in which surveys are added has no effect. */
static void add_survey(struct dump_survey *sum, const struct dump_survey *more)
{
	for (enum page_state state = 0; state < NR_PAGE_STATES; state++) {
		sum->bytes[state] += more->bytes[state];
		if (more->has_first[state] &&
		    (!sum->has_first[state] || more->first[state] < sum->first[state]))
			sum->first[state] = more->first[state];
		sum->has_first[state] |= more->has_first[state];
	}
}

/* If the chunk ends in an extent that has no bytes to search, extends the chunk to the end of this
 * extent. The next chunk then begins after the extent. */
static void skip_extent(struct search_pool *pool, struct search_chunk *chunk)
{
	struct search_cursor *next = &pool->next;
	const struct search_range *range = &pool->search->ranges[chunk->start.range];
	struct dump_survey skipped = { 0 };
	uint64_t address, paddr, size;

	if (!chunk->skip_last || chunk->start.range != next->range)
		return;
	address = range->address + next->offset;
	paddr = range->paddr + next->offset;
	if (paddr > chunk->skip_last)
		return;
	size = chunk->skip_last - paddr;
	size = search_advance(pool->search, next, size < UINT64_MAX ? size + 1 : size);
	dump_survey_add(&skipped, chunk->skip_state, address, size);
	add_survey(&chunk->survey, &skipped);
	chunk->size += size;
}

static void search_count_chunk(void *arg, void *piece)
{
	struct search_pool *pool = arg;
	struct search_chunk *chunk = piece;

	pool->nr_hits += chunk->hits.nr;
	skip_extent(pool, chunk);
}

/* Gives out the hits of a chunk. Returns false if the search must end. */
static bool search_give(void *arg, void *piece)
{
	struct search_pool *pool = arg;
	const struct search_chunk *chunk = piece;
	struct search *search = pool->search;
	struct extent extent;

	add_survey(&search->survey, &chunk->survey);
	/* Reports the damage, because the readers of threads have no listener. */
	if (chunk->damaged)
		dump_find(search->dump, chunk->damaged, &extent);
	for (size_t i = 0; i < chunk->hits.nr; i++)
		if (!search->found(search->arg, &chunk->hits.at[i]))
			return false;
	pool->done_bytes += chunk->size;
	return !chunk->hits.failed &&
	       search->progress(search->arg, pool->done_bytes, pool->all_bytes);
}

static void free_hits(void *arg, void *piece)
{
	struct search_pool *pool = arg;
	struct search_chunk *chunk = piece;

	pool->nr_hits -= chunk->hits.nr;
	if (chunk->hits.room > FEW_HITS && !chunk->hits.failed) {
		free(chunk->hits.at);
		chunk->hits = (struct hits){ 0 };
	}
}

static uint64_t count_bytes(const struct search *search)
{
	uint64_t all = 0;

	for (size_t i = 0; i < search->nr_ranges; i++) {
		const struct search_range *range = &search->ranges[i];

		if (__builtin_add_overflow(all, range->last - range->address, &all) ||
		    __builtin_add_overflow(all, 1, &all))
			return UINT64_MAX;
	}
	return all;
}

bool search_memory(struct search *search, struct error *err)
{
	struct search_pool pool = {
		.search = search,
		.nr_chunks = CHUNKS_PER_THREAD * (search->nr_threads + 1),
		.all_bytes = count_bytes(search),
	};
	struct crew crew = {
		.nr_threads = search->nr_threads,
		.nr_pieces = pool.nr_chunks,
		.piece_size = sizeof(*pool.chunks),
		.worker_create = searcher_create,
		.worker_destroy = searcher_destroy,
		.take = take_chunk,
		.all_taken = search_all_taken,
		.make = search_chunk,
		.made = search_count_chunk,
		.give = search_give,
		.given = free_hits,
		.arg = &pool,
	};
	enum crew_end end = CREW_NO_MEMORY;

	crew.pieces = pool.chunks = calloc(pool.nr_chunks, sizeof(*pool.chunks));
	if (pool.chunks)
		end = crew_run(&crew);
	for (size_t i = 0; pool.chunks && i < pool.nr_chunks; i++) {
		if (pool.chunks[i].hits.failed)
			end = CREW_NO_MEMORY;
		free(pool.chunks[i].hits.at);
	}
	free(pool.chunks);
	if (end == CREW_NO_MEMORY)
		return out_of_memory(err);
	return end == CREW_DONE ||
	       fail(err, ERROR_INTERRUPTED, "interrupted: the answer may be incomplete");
}

/* --- ranges --- */

/* Divides ranges that overlap. Each byte is assigned to the range with the lowest rank. If several
 * ranges have this rank, the byte is assigned to the first of them. */
static bool search_ranges_choose(const struct ranked_range *given, size_t nr,
				 struct extent_list *list)
{
	struct extent *pieces = calloc(nr, sizeof(*pieces));
	size_t nr_pieces = 0;
	bool built;

	for (unsigned int rank = 0; pieces && rank < SEARCH_RANKS; rank++)
		for (size_t i = 0; i < nr; i++) {
			const struct search_range *range = &given[i].range;

			if (given[i].rank == rank)
				pieces[nr_pieces++] = (struct extent){
					.first = range->paddr,
					.last = range->paddr + (range->last - range->address),
					.origin = range->address - range->paddr,
				};
		}
	built = pieces && extent_list_build(list, pieces, nr_pieces);
	free(pieces);
	return built;
}

static struct search_range range_of(const struct extent *extent)
{
	return (struct search_range){
		.address = extent_offset(extent, extent->first),
		.paddr = extent->first,
		.last = extent_offset(extent, extent->last),
	};
}

struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges)
{
	struct extent_list list = { .nr = nr };
	struct search_range *ranges = NULL;

	if (all || search_ranges_choose(given, nr, &list))
		ranges = calloc(list.nr, sizeof(*ranges));
	*nr_ranges = ranges ? list.nr : 0;
	for (size_t i = 0; i < *nr_ranges; i++)
		ranges[i] = all ? given[i].range : range_of(&list.extents[i]);
	if (!all)
		extent_list_release(&list);
	if (ranges)
		qsort(ranges, *nr_ranges, sizeof(*ranges), ranges_compare);
	return ranges;
}
