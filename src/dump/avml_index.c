/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/avml_index.h"

#include <stdlib.h>

#include "base/ranges.h"
#include "dump/lime_header.h"
#include "dump/snappy_frames.h"

enum {
	RUN_CHUNKS = 16,
	RUN_ROOM = 256,
	AVML_VERSION = 2,
	COUNT_SIZE = 8, /* behind the chunks of a range: how many bytes they are */
};

/* A range while its chunks are gone through. */
struct walk {
	struct lime_header header;
	uint64_t start; /* offset of the first chunk */
	uint64_t at;    /* of the next one */
	uint64_t done;  /* bytes of memory in those before it */
	bool check;     /* decode each: what the headers say cannot be all right */
	bool astray;    /* the range's own header is wrong: its chunks are sound */
};

static bool is_sound(const struct lime_header *header)
{
	return header->magic == AVML_MAGIC && header->version == AVML_VERSION &&
	       header->first <= header->last &&
	       header->last - header->first != UINT64_MAX;
}

/* size bytes of memory from first on. */
static bool add_run(struct avml_index *index, uint64_t first, uint64_t size,
		    uint64_t at, enum page_state state)
{
	if (!size)
		return true;
	if (index->nr == index->room) {
		size_t room = index->room ? 2 * index->room : RUN_ROOM;
		struct avml_run *runs =
			realloc(index->runs, room * sizeof(*runs));

		if (!runs)
			return false;
		index->runs = runs;
		index->room = room;
	}
	index->runs[index->nr++] =
		(struct avml_run){ first, first + (size - 1), at, state };
	if (state == PAGE_DAMAGED)
		index->damaged += size;
	else if (state == PAGE_TRUNCATED)
		index->truncated += size;
	return true;
}

static uint64_t range_size(const struct walk *walk)
{
	return walk->header.last - walk->header.first + 1;
}

/* Is what stands here the count of the bytes before it? */
static bool at_count(const struct source *source, const struct walk *walk)
{
	return range_within(walk->at, COUNT_SIZE, source->size) &&
	       load_le64(source->file.data + walk->at) == walk->at - walk->start;
}

/* One chunk of data. A sound one that is too long for the range, or the end of
 * the chunks before that of the range, convict the range's header. */
static bool pass_data(struct avml_index *index, struct walk *walk,
		      const struct snappy_chunk *chunk)
{
	bool fits = chunk->size <= range_size(walk) - walk->done;

	if (walk->check) {
		if (!snappy_chunk_decode(chunk, index->inflater, index->buffer))
			return false;
		walk->astray = !fits;
	}
	if (fits)
		walk->done += chunk->size;
	return fits;
}

/* Goes over chunks, at most RUN_CHUNKS, up to the end of the range. */
static enum snappy_chunk_kind pass_chunks(struct avml_index *index,
					  const struct source *source,
					  struct walk *walk)
{
	struct snappy_chunk chunk;

	for (int i = 0; i < RUN_CHUNKS && walk->done < range_size(walk); i++) {
		enum snappy_chunk_kind kind;

		if (walk->check && at_count(source, walk)) {
			walk->astray = true;
			return SNAPPY_WRONG;
		}
		kind = snappy_chunk_read(source, walk->at, &chunk);
		if (kind == SNAPPY_DATA) {
			if (!pass_data(index, walk, &chunk))
				return SNAPPY_WRONG;
		} else if (kind != SNAPPY_OTHER) {
			return kind;
		}
		walk->at = chunk.end;
	}
	return SNAPPY_OTHER;
}

/* All chunks of a range, and the count behind them. */
static enum snappy_chunk_kind pass_range(struct avml_index *index,
					 const struct source *source,
					 struct walk *walk, bool *memory)
{
	enum snappy_chunk_kind kind = SNAPPY_OTHER;

	walk->at = walk->start;
	walk->done = 0;
	*memory = true;
	while (*memory && kind == SNAPPY_OTHER && walk->done < range_size(walk)) {
		uint64_t at = walk->at, done = walk->done;

		kind = pass_chunks(index, source, walk);
		*memory = add_run(index, walk->header.first + done,
				  walk->done - done, at, PAGE_PRESENT);
	}
	if (kind != SNAPPY_OTHER)
		return kind;
	if (!range_within(walk->at, COUNT_SIZE, source->size))
		return SNAPPY_CUT;
	if (!at_count(source, walk))
		return SNAPPY_WRONG;
	walk->at += COUNT_SIZE;
	return SNAPPY_OTHER;
}

/* The range's header is at walk->at, which then is behind the range. Where its
 * chunks do not add up, each is checked, and none behind a wrong one believed:
 * its place would be a guess. */
static bool add_range(struct avml_index *index, const struct source *source,
		      struct walk *walk)
{
	size_t nr = index->nr;
	enum snappy_chunk_kind kind;
	bool memory;

	walk->start = walk->at + LIME_HEADER_SIZE;
	walk->check = walk->astray = false;
	kind = pass_range(index, source, walk, &memory);
	if (kind == SNAPPY_OTHER || !memory)
		return memory;
	index->nr = nr;
	walk->check = true;
	kind = pass_range(index, source, walk, &memory);
	listener_trouble(index->listener, index->path,
			 "the range of physical %llx to %llx, its chunks from offset %#llx on, is sound up to %llx, the chunk at %#llx%s",
			 (unsigned long long)walk->header.first,
			 (unsigned long long)walk->header.last,
			 (unsigned long long)walk->start,
			 (unsigned long long)(walk->header.first + walk->done),
			 (unsigned long long)walk->at,
			 walk->astray ? ": its header is wrong, the chunks are sound" :
			 kind == SNAPPY_CUT ? ": the file ends there" : "");
	if (walk->astray) {
		index->nr = nr;
		index->damaged += walk->done;
		return memory;
	}
	return memory &&
	       add_run(index, walk->header.first + walk->done,
		       range_size(walk) - walk->done, 0,
		       kind == SNAPPY_CUT ? PAGE_TRUNCATED : PAGE_DAMAGED);
}

/* The next header from at on that chunks follow; the end where there is none. */
static uint64_t next_header(const struct source *source, uint64_t at,
			    struct lime_header *header)
{
	static const char magic[] = "AVML\2\0\0", chunks[] = "\xff\6\0\0sNaPpY";
	const uint8_t *found, *data = source->file.data;

	while (at < source->size) {
		found = memmem(data + at, source->size - at, magic,
			       sizeof(magic));
		if (!found)
			break;
		at = (uint64_t)(found - data);
		if (lime_header_read(source, at, header) && is_sound(header) &&
		    range_within(at + LIME_HEADER_SIZE, sizeof(chunks) - 1,
				 source->size) &&
		    !memcmp(found + LIME_HEADER_SIZE, chunks,
			    sizeof(chunks) - 1))
			return at;
		at++;
	}
	return source->size;
}

static int compare_first(const void *a, const void *b)
{
	const struct avml_run *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Ranges that hold the same addresses contradict each other: none is believed. */
static void settle_overlaps(struct avml_index *index)
{
	struct avml_run *runs = index->runs, *last = runs;

	if (!index->nr)
		return;
	qsort(runs, index->nr, sizeof(*runs), compare_first);
	for (size_t i = 1; i < index->nr; i++) {
		if (runs[i].first > last->last) {
			*++last = runs[i];
			continue;
		}
		listener_trouble(index->listener, index->path,
				 "physical %llx to %llx is in two ranges, with chunks at offsets %#llx and %#llx",
				 (unsigned long long)runs[i].first,
				 (unsigned long long)(runs[i].last < last->last ?
							      runs[i].last :
							      last->last),
				 (unsigned long long)last->at,
				 (unsigned long long)runs[i].at);
		index->overlap = true;
		last->state = PAGE_DAMAGED;
		if (runs[i].last > last->last)
			last->last = runs[i].last;
	}
	index->nr = (size_t)(last - runs) + 1;
}

bool avml_index_build(struct avml_index *index, const struct source *source,
		      struct error *err)
{
	struct walk walk = { .at = 0 };

	index->buffer = malloc(SNAPPY_CHUNK_MAX);
	if (!index->buffer)
		return fail(err, ERROR_SYSTEM, "out of memory");
	while (walk.at < source->size) {
		if (!lime_header_read(source, walk.at, &walk.header) ||
		    !is_sound(&walk.header)) {
			if (!index->unread)
				index->unread = walk.at;
			walk.at = next_header(source, walk.at, &walk.header);
			continue;
		}
		if (!add_range(index, source, &walk))
			return fail(err, ERROR_SYSTEM, "out of memory");
	}
	settle_overlaps(index);
	return true;
}

void avml_index_release(struct avml_index *index)
{
	free(index->runs);
	free(index->buffer);
	*index = (struct avml_index){ 0 };
}

const struct avml_run *avml_index_find(const struct avml_index *index,
				       uint64_t paddr, uint64_t *first,
				       uint64_t *last)
{
	size_t at = RANGES_SEARCH(index->runs, index->nr, paddr);

	if (at < index->nr && index->runs[at].first <= paddr)
		return &index->runs[at];
	*first = at ? index->runs[at - 1].last + 1 : 0;
	*last = at < index->nr ? index->runs[at].first - 1 : UINT64_MAX;
	return NULL;
}
