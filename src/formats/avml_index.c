/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/avml_index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "container/snappy_frames.h"
#include "formats/lime_header.h"

enum {
	RUN_CHUNKS = 16,
	AVML_VERSION = 2,
	COUNT_SIZE = 8, /* behind a range's chunks: their size in bytes */
};

/* A range while its chunks are read. */
struct walk {
	struct lime_header header;
	uint64_t start; /* offset of the first chunk */
	uint64_t at; /* offset of the next chunk */
	uint64_t done; /* bytes of memory in the chunks before it */
	bool check; /* decode each chunk: some header is wrong */
	bool astray; /* the range's header is wrong: its chunks are sound */
};

static bool is_sound(const struct lime_header *header)
{
	return header->magic == AVML_MAGIC && header->version == AVML_VERSION &&
	       header->first <= header->last &&
	       header->last - header->first != UINT64_MAX;
}

static uint64_t range_size(const struct walk *walk)
{
	return walk->header.last - walk->header.first + 1;
}

/* Is this the count of the bytes of the chunks before it? */
static bool at_count(const struct source *source, const struct walk *walk)
{
	return range_within(walk->at, COUNT_SIZE, source->size) &&
	       load_le64(source->file.data + walk->at) == walk->at - walk->start;
}

/* One chunk of data. The range's header is wrong if a sound chunk is too long for
 * the range, or if the chunks end before the range does. */
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

/* Reads up to RUN_CHUNKS chunks, not beyond the end of the range. */
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

/* Reads all chunks of a range, and the count behind them. */
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
		*memory = run_index_add(&index->runs, walk->header.first + done,
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

/* Adds the range whose header is at walk->at, and moves that behind the range. If
 * the chunks do not add up to the range, each is checked, and those behind the
 * first wrong one are dropped: their addresses would be a guess. */
static bool add_range(struct avml_index *index, const struct dump *dump,
		      struct walk *walk)
{
	size_t nr = index->runs.nr;
	uint64_t first = walk->header.first, left;
	enum snappy_chunk_kind kind;
	bool memory;

	walk->start = walk->at + LIME_HEADER_SIZE;
	walk->check = walk->astray = false;
	kind = pass_range(index, &dump->source, walk, &memory);
	if (kind == SNAPPY_OTHER || !memory)
		return memory;
	index->runs.nr = nr;
	walk->check = true;
	kind = pass_range(index, &dump->source, walk, &memory);
	dump_trouble(
		dump,
		"the range of physical %" PRIx64 " to %" PRIx64
		", its chunks from offset %#" PRIx64
		" on, is sound up to %" PRIx64 ", the chunk at %#" PRIx64 "%s",
		first, walk->header.last, walk->start, first + walk->done,
		walk->at,
		walk->astray ? ": its header is wrong, the chunks are sound" :
		kind == SNAPPY_CUT ? ": the file ends there" :
				     "");
	if (walk->astray) {
		index->runs.nr = nr;
		index->damaged += walk->done;
		return memory;
	}
	left = range_size(walk) - walk->done;
	*(kind == SNAPPY_CUT ? &index->truncated : &index->damaged) += left;
	return memory &&
	       run_index_add(&index->runs, first + walk->done, left, 0,
			     kind == SNAPPY_CUT ? PAGE_TRUNCATED :
						  PAGE_DAMAGED);
}

/* The offset of the next header, at or behind at, that chunks follow, or of the end. */
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

bool avml_index_build(struct avml_index *index, struct dump *dump,
		      struct error *err)
{
	const struct source *source = &dump->source;
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
		if (!add_range(index, dump, &walk))
			return fail(err, ERROR_SYSTEM, "out of memory");
	}
	return run_index_finish(&index->runs, dump, err);
}

void avml_index_release(struct avml_index *index)
{
	run_index_release(&index->runs);
	free(index->buffer);
}
