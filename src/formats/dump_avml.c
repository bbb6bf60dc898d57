/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * AVML's compressed files: headers like LiME's, each followed by the memory of its
 * range in the snappy framing format, and by the number of bytes that this takes.
 */
#include "dump/dump.h"

#include <inttypes.h>
#include <stdlib.h>

#include "container/snappy_frames.h"
#include "formats/avml_index.h"
#include "formats/lime_header.h"

enum { NR_CHUNKS = 16 };

/* A decoded chunk. */
struct chunk {
	uint64_t first, last; /* addresses, both inclusive */
	uint8_t *data; /* owned; NULL: unused */
	bool sound;
};

struct avml {
	struct avml_index index;
	struct inflater *inflater;
	struct chunk chunks[NR_CHUNKS]; /* decoded last, replaced in turn */
	size_t next;
};

static bool avml_probe(const struct source *source)
{
	return lime_header_probe(source, AVML_MAGIC);
}

static void warn(struct dump *dump, const struct avml_index *index)
{
	if (index->damaged)
		dump_warn(
			dump,
			"%" PRIu64
			" bytes of memory are damaged: the chunks do not add up to their range",
			index->damaged);
	if (index->truncated)
		dump_warn(dump,
			  "the file is cut short: %" PRIu64
			  " bytes of its last range are missing",
			  index->truncated);
	if (index->runs.contradictory)
		dump_warn(
			dump,
			"ranges hold the same addresses: this memory counts as damaged");
	if (index->unread)
		dump_warn(dump, "no AVML header at offset %#" PRIx64,
			  index->unread);
}

static bool check_first(struct dump *dump, struct error *err)
{
	struct lime_header header;

	if (!lime_header_read(&dump->source, 0, &header))
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its AVML header",
			    dump->file.path);
	if (header.version != 2)
		return fail(err, ERROR_FORMAT,
			    "%s: is an AVML dump of unsupported version %u",
			    dump->file.path, header.version);
	return true;
}

static bool avml_open(struct dump *dump, struct error *err)
{
	struct avml *avml = calloc(1, sizeof(*avml));

	dump->private = avml;
	if (!avml)
		return fail(err, ERROR_SYSTEM, "out of memory");
	dump->pages = page_cache_create();
	avml->index.inflater = avml->inflater = inflater_create();
	if (!dump->pages || !avml->inflater)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!check_first(dump, err))
		return false;
	if (!inflater_has(avml->inflater, CODEC_SNAPPY))
		return fail(err, ERROR_FORMAT,
			    "%s: is compressed by snappy, which this kwalk has no library for",
			    dump->file.path);
	if (!avml_index_build(&avml->index, dump, err))
		return false;
	warn(dump, &avml->index);
	return true;
}

static void avml_close(struct dump *dump)
{
	struct avml *avml = dump->private;

	page_cache_destroy(dump->pages);
	if (!avml)
		return;
	for (size_t i = 0; i < NR_CHUNKS; i++)
		free(avml->chunks[i].data);
	avml_index_release(&avml->index);
	inflater_destroy(avml->inflater);
	free(avml);
}

/* The chunk of the run that holds paddr, and the address of its first byte. False:
 * the file has changed since the index was built. */
static bool locate_chunk(const struct source *source, const struct run *run,
			 uint64_t paddr, struct snappy_chunk *chunk,
			 uint64_t *first)
{
	uint64_t at = run->offset;

	*first = run->first;
	while (*first <= paddr) {
		switch (snappy_chunk_read(source, at, chunk)) {
		case SNAPPY_DATA:
			if (paddr - *first < chunk->size)
				return true;
			*first += chunk->size;
			break;
		case SNAPPY_OTHER:
			break;
		default:
			return false;
		}
		at = chunk->end;
	}
	return false;
}

/* Decodes the chunk that holds paddr in place of the oldest one. */
static const struct chunk *load_chunk(struct dump *dump, const struct run *run,
				      uint64_t paddr)
{
	struct avml *avml = dump->private;
	struct chunk *chunk = &avml->chunks[avml->next++ % NR_CHUNKS];
	struct snappy_chunk from;

	if (!chunk->data)
		chunk->data = malloc(SNAPPY_CHUNK_MAX);
	if (!locate_chunk(&dump->source, run, paddr, &from, &chunk->first)) {
		chunk->first = run->first;
		chunk->last = run->last;
		chunk->sound = false;
		return chunk;
	}
	chunk->last = chunk->first + (from.size - 1);
	chunk->sound = chunk->data && snappy_chunk_decode(&from, avml->inflater,
							  chunk->data);
	if (!chunk->sound)
		dump_trouble(dump,
			     "physical %" PRIx64 " to %" PRIx64
			     ": the chunk that ends at offset %#" PRIx64
			     " does not inflate to what its checksum is of",
			     chunk->first, chunk->last, from.end);
	return chunk;
}

static const struct chunk *find_chunk(struct dump *dump, const struct run *run,
				      uint64_t paddr)
{
	struct avml *avml = dump->private;

	for (size_t i = 0; i < NR_CHUNKS; i++) {
		const struct chunk *chunk = &avml->chunks[i];

		if (chunk->data && chunk->first <= paddr && paddr <= chunk->last)
			return chunk;
	}
	return load_chunk(dump, run, paddr);
}

/* Puts the page in the cache, so that further loads from it do not come here. */
static void keep_page(struct dump *dump, const struct chunk *chunk,
		      uint64_t paddr)
{
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT;
	uint64_t first = pfn << CACHE_PAGE_SHIFT;
	struct page_cache_slot slot;

	if (first < chunk->first ||
	    first + (CACHE_PAGE_SIZE - 1) > chunk->last ||
	    page_cache_get(dump->pages, pfn))
		return;
	slot = page_cache_room(dump->pages, pfn);
	memcpy(slot.buffer, chunk->data + (first - chunk->first),
	       CACHE_PAGE_SIZE);
	page_cache_fill(dump->pages, &slot, pfn, slot.buffer);
}

static void avml_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct avml *avml = dump->private;
	const struct run *run =
		run_index_find(&avml->index.runs, paddr, extent);
	const struct chunk *chunk;

	if (extent->state != PAGE_PRESENT)
		return;
	chunk = find_chunk(dump, run, paddr);
	*extent = (struct extent){ .first = chunk->first, .last = chunk->last,
				   .state = PAGE_DAMAGED };
	if (!chunk->sound)
		return;
	extent->data = chunk->data;
	extent->state = PAGE_PRESENT;
	keep_page(dump, chunk, paddr);
}

static void avml_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct avml *avml = dump->private;

	for (size_t i = 0; i < avml->index.runs.nr; i++) {
		const struct run *run = &avml->index.runs.runs[i];

		dump_survey_add(survey, run->state, run->first,
				run->last - run->first + 1);
	}
}

static void avml_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	(void)dump;
	visit(arg, "compression", codec_names[CODEC_SNAPPY]);
}

const struct dump_format dump_format_avml = {
	.name = "AVML",
	.only_memory = true,
	.probe = avml_probe,
	.open = avml_open,
	.close = avml_close,
	.find = avml_find,
	.survey = avml_survey,
	.describe = avml_describe,
};
