/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kdump-compressed files, as makedumpfile and QEMU's dump-guest-memory write them,
 * and those of diskdump before them: headers, two bitmaps, a descriptor for each
 * dumped page, pages. A dump is one file, or the parts of a split set.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "formats/kdump_notes.h"
#include "formats/kdump_part.h"
#include "formats/kdump_set.h"

struct kdump {
	struct kdump_set set;
	struct kdump_bitmaps bitmaps;
	struct inflater *inflater;
	enum page_state left_out; /* the state of FRAME_LEFT_OUT */
	struct kdump_run recent[FRAME_DUMPED]; /* the last result, by kind */
};

/*
 * A block of a bitmap, whose first needed bytes are of frames. The rest may be
 * missing in a flattened file: it is zero then, in a copy of the block.
 */
static const uint8_t *find_block(const struct kdump_part *part, uint64_t offset,
				 uint64_t needed)
{
	struct bytes bytes;

	if (source_bytes(part->source, offset, KDUMP_BLOCK, &bytes) ||
	    source_copy(part->source, offset, needed, KDUMP_BLOCK, &bytes))
		return bytes.data;
	return NULL;
}

/* The blocks of one bitmap that have frames below max_pfn. NULL: they are not in
 * the file, or out of memory. */
static const uint8_t **find_bitmap(const struct kdump_part *part,
				   uint64_t offset, uint64_t max_pfn)
{
	uint64_t needed = (max_pfn + 7) / 8;
	uint64_t nr = (needed + KDUMP_BLOCK - 1) / KDUMP_BLOCK;
	const uint8_t **blocks = NULL;

	if (nr <= part->source->file.size / KDUMP_BLOCK)
		blocks = calloc(nr + 1, sizeof(*blocks));
	for (uint64_t i = 0; blocks && i < nr; i++) {
		uint64_t size = needed < KDUMP_BLOCK ? needed : KDUMP_BLOCK;

		blocks[i] = find_block(part, offset + i * KDUMP_BLOCK, size);
		needed -= size;
		if (!blocks[i]) {
			free(blocks);
			return NULL;
		}
	}
	return blocks;
}

/* Both bitmaps of a part. A diskdump may have one, if it has all pages. */
static bool find_bitmaps(const struct kdump_part *part,
			 struct kdump_bitmaps *bitmaps)
{
	const struct kdump_header *header = &part->header;
	uint64_t offset = (1 + header->sub_blocks) * KDUMP_BLOCK;
	uint64_t nr = header->bitmap_blocks, frames = 8 * KDUMP_BLOCK;
	bool two = !header->diskdump || nr / 2 * frames >= header->max_pfn;

	*bitmaps = (struct kdump_bitmaps){ 0 };
	if (two)
		nr /= 2;
	if (!nr)
		return false;
	bitmaps->max_pfn = header->max_pfn < frames * nr ? header->max_pfn :
							   frames * nr;
	bitmaps->memory = find_bitmap(part, offset, bitmaps->max_pfn);
	if (two)
		offset += nr * KDUMP_BLOCK;
	bitmaps->dumped = find_bitmap(part, offset, bitmaps->max_pfn);
	return bitmaps->memory && bitmaps->dumped;
}

static bool same_bits(const uint8_t *const *a, const uint8_t *const *b,
		      uint64_t size)
{
	for (uint64_t i = 0; i * KDUMP_BLOCK < size; i++) {
		uint64_t left = size - i * KDUMP_BLOCK;

		if (memcmp(a[i], b[i], left < KDUMP_BLOCK ? left : KDUMP_BLOCK))
			return false;
	}
	return true;
}

static bool fail_bitmaps(const struct kdump_part *part, struct error *err)
{
	const struct kdump_header *header = &part->header;

	return fail(err, ERROR_FORMAT,
		    "%s: is cut short within its bitmaps, %" PRIu64
		    " blocks at offset %#" PRIx64
		    ": which memory it holds is unknown",
		    part->path, header->bitmap_blocks,
		    (1 + header->sub_blocks) * KDUMP_BLOCK);
}

/* Parts of one dump have the same bitmaps. */
static bool check_bitmaps(const struct kdump *kdump, struct error *err)
{
	const struct kdump_part *parts = kdump->set.parts;
	const struct kdump_bitmaps *bitmaps = &kdump->bitmaps;
	size_t size = (bitmaps->max_pfn + 7) / 8;
	bool same = true;

	for (size_t i = 1; same && i < kdump->set.nr; i++) {
		struct kdump_bitmaps other;
		bool found = find_bitmaps(&parts[i], &other);

		same = found && other.max_pfn == bitmaps->max_pfn &&
		       same_bits(other.memory, bitmaps->memory, size) &&
		       same_bits(other.dumped, bitmaps->dumped, size);
		kdump_bitmaps_close(&other);
		if (!found)
			return fail_bitmaps(&parts[i], err);
		if (!same)
			return fail(
				err, ERROR_USAGE,
				"%s and %s are not parts of one split set: their bitmaps differ",
				parts[0].path, parts[i].path);
	}
	return true;
}

static bool open_bitmaps(struct kdump *kdump, struct error *err)
{
	const struct kdump_part *part = &kdump->set.parts[0];

	if (!find_bitmaps(part, &kdump->bitmaps))
		return fail_bitmaps(part, err);
	if (!check_bitmaps(kdump, err))
		return false;
	if (!kdump_bitmaps_open(&kdump->bitmaps))
		return fail(err, ERROR_SYSTEM, "out of memory");
	return true;
}

static bool check_compression(struct kdump *kdump, struct error *err)
{
	const struct kdump_part *part = &kdump->set.parts[0];
	enum codec codec = kdump_header_codec(&part->header);

	if (inflater_has(kdump->inflater, codec))
		return true;
	return fail(err, ERROR_FORMAT,
		    "%s: is compressed by %s, which this kwalk has no library for",
		    part->path, codec_names[codec]);
}

static void warn_of_parts(struct dump *dump, const struct kdump *kdump)
{
	for (size_t i = 0; i < kdump->set.nr; i++) {
		const struct kdump_part *part = &kdump->set.parts[i];
		const char *name = dump->nr_more ? part->path : "the file";

		if (part->contradictory)
			dump_warn(dump,
				  "bitmap and page descriptors of %s contradict each other: no page of it can be trusted",
				  name);
		else if (part->header.status & KDUMP_INCOMPLETE &&
			 !part->header.diskdump)
			dump_warn(dump,
				  "the writer of %s ran out of space: pages are missing (info counts them)",
				  name);
		else if (part->cut)
			dump_warn(dump,
				  "%s is cut short: pages are missing (info counts them)",
				  name);
		if (part->nonsense)
			dump_warn(dump,
				  "page descriptors of %s make no sense: pages are damaged (info counts them)",
				  name);
	}
	if (kdump->bitmaps.max_pfn < kdump->set.parts[0].header.max_pfn)
		dump_warn(
			dump,
			"the bitmaps end before the memory that the header claims");
}

/* Pages are zeros if makedumpfile left out nothing else. */
static enum page_state state_left_out(const struct kdump_header *header)
{
	return !header->diskdump && header->dump_level == KDUMP_WITHOUT_ZERO ?
		       PAGE_ZERO :
		       PAGE_FILTERED;
}

static bool kdump_open(struct dump *dump, struct error *err)
{
	struct kdump *kdump = calloc(1, sizeof(*kdump));

	dump->private = kdump;
	if (!kdump)
		return fail(err, ERROR_SYSTEM, "out of memory");
	dump->pages = page_cache_create();
	kdump->inflater = inflater_create();
	if (!dump->pages || !kdump->inflater)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!kdump_set_open(&kdump->set, dump, err) ||
	    !check_compression(kdump, err) || !open_bitmaps(kdump, err))
		return false;
	kdump_set_check(&kdump->set, dump, kdump->bitmaps.max_pfn);
	for (size_t i = 0; i < kdump->set.nr; i++)
		kdump_part_place(&kdump->set.parts[i], &kdump->bitmaps,
				 dump->listener);
	for (size_t i = 0; i < FRAME_DUMPED; i++)
		kdump->recent[i].first = UINT64_MAX; /* none yet */
	kdump->left_out = state_left_out(&kdump->set.parts[0].header);
	warn_of_parts(dump, kdump);
	return kdump_notes_read(dump, &kdump->set.parts[0], err);
}

static void kdump_close(struct dump *dump)
{
	struct kdump *kdump = dump->private;

	page_cache_destroy(dump->pages);
	if (!kdump)
		return;
	inflater_destroy(kdump->inflater);
	kdump_bitmaps_close(&kdump->bitmaps);
	kdump_set_close(&kdump->set);
	free(kdump);
}

static void tell_lost_page(const struct dump *dump,
			   const struct kdump_part *part, uint64_t pfn)
{
	const struct kdump *kdump = dump->private;
	char what[32];

	snprintf(what, sizeof(what), "page frame %" PRIx64, pfn);
	kdump_part_tell(part, kdump_rank(&kdump->bitmaps, pfn), what,
			dump->listener);
}

/* Decodes a dumped page into the cache. */
static enum page_state load_page(struct dump *dump, uint64_t pfn,
				 const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	const struct kdump_part *part = kdump_set_find(&kdump->set, pfn);
	struct kdump_place place;
	struct page_cache_slot slot;
	uint8_t scratch[KDUMP_BLOCK];
	enum page_state state = PAGE_TRUNCATED;
	const uint8_t *at;

	if (part)
		state = kdump_part_find(part, kdump_rank(&kdump->bitmaps, pfn),
					&place);
	if (state != PAGE_PRESENT) {
		if (part)
			tell_lost_page(dump, part, pfn);
		return state;
	}
	at = source_view(part->source, place.offset, place.size, scratch);
	if (!at)
		return PAGE_TRUNCATED;
	slot = page_cache_room(dump->pages, pfn);
	*data = slot.buffer;
	if (place.codec == CODEC_NONE && at != scratch)
		*data = at;
	else if (!inflate_bytes(kdump->inflater, place.codec,
				(struct bytes){ at, place.size }, slot.buffer,
				CACHE_PAGE_SIZE)) {
		listener_trouble(dump->listener, part->path,
				 "page frame %" PRIx64 ": the %" PRIu64
				 " bytes at offset %#" PRIx64
				 " are no page compressed by %s",
				 pfn, place.size, place.offset,
				 codec_names[place.codec]);
		return PAGE_DAMAGED;
	}
	page_cache_fill(dump->pages, &slot, pfn, *data);
	return PAGE_PRESENT;
}

static void find_page(struct dump *dump, uint64_t pfn, struct extent *extent)
{
	const uint8_t *data = page_cache_get(dump->pages, pfn);
	enum page_state state = PAGE_PRESENT;

	if (!data)
		state = load_page(dump, pfn, &data);
	*extent = (struct extent){
		.first = pfn << CACHE_PAGE_SHIFT,
		.last = pfn << CACHE_PAGE_SHIFT | (CACHE_PAGE_SIZE - 1),
		.data = state == PAGE_PRESENT ? data : NULL,
		.state = state,
	};
}

/* The run around a frame that was not dumped. */
static const struct kdump_run *find_run(struct kdump *kdump, uint64_t pfn)
{
	struct kdump_run run;

	for (size_t i = 0; i < FRAME_DUMPED; i++) {
		const struct kdump_run *recent = &kdump->recent[i];

		if (pfn >= recent->first && pfn <= recent->last)
			return recent;
	}
	run = kdump_run(&kdump->bitmaps, pfn);
	kdump->recent[run.frame] = run;
	return &kdump->recent[run.frame];
}

static void kdump_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT;
	const struct kdump_run *run;

	if (kdump_is_dumped(&kdump->bitmaps, pfn)) {
		find_page(dump, pfn, extent);
		return;
	}
	run = find_run(kdump, pfn);
	*extent = (struct extent){
		.first = run->first << CACHE_PAGE_SHIFT,
		.last = run->last == UINT64_MAX ?
				UINT64_MAX :
				run->last << CACHE_PAGE_SHIFT |
					(CACHE_PAGE_SIZE - 1),
		.state = run->frame == FRAME_NONE ? PAGE_ABSENT :
						    kdump->left_out,
	};
}

/* The bitmaps are enough for a sound part; else each descriptor is read. */
static void survey_part(const struct kdump *kdump, const struct kdump_part *part,
			struct dump_survey *survey)
{
	const struct kdump_bitmaps *bitmaps = &kdump->bitmaps;
	uint64_t nr = kdump_rank(bitmaps, part->end_pfn) - part->start_rank;

	if (!part->cut && !part->nonsense && !part->contradictory &&
	    !(part->header.status & KDUMP_INCOMPLETE)) {
		survey->bytes[PAGE_PRESENT] += nr * CACHE_PAGE_SIZE;
		return;
	}
	nr = part->start_rank;
	for (uint64_t pfn = part->start_pfn; pfn < part->end_pfn; pfn++) {
		struct kdump_place place;

		if (kdump_is_dumped(bitmaps, pfn))
			dump_survey_add(survey,
					kdump_part_find(part, nr++, &place),
					pfn << CACHE_PAGE_SHIFT,
					CACHE_PAGE_SIZE);
	}
}

static void kdump_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct kdump *kdump = dump->private;
	uint64_t all = 0;

	survey->bytes[kdump->left_out] +=
		kdump_left_out(&kdump->bitmaps) * CACHE_PAGE_SIZE;
	for (size_t i = 0; i < kdump->set.nr; i++) {
		const struct kdump_part *part = &kdump->set.parts[i];

		survey_part(kdump, part, survey);
		all += kdump_rank(&kdump->bitmaps, part->end_pfn) -
		       part->start_rank;
	}
	/* Pages of the parts that were not given. */
	survey->bytes[PAGE_TRUNCATED] +=
		(kdump_rank(&kdump->bitmaps, kdump->bitmaps.max_pfn) - all) *
		CACHE_PAGE_SIZE;
}

static void kdump_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	const struct kdump *kdump = dump->private;

	kdump_header_describe(&kdump->set.parts[0].header, visit, arg);
}

const struct dump_format dump_format_kdump = {
	.name = "kdump-compressed",
	.takes_parts = true,
	.probe = kdump_header_probe,
	.open = kdump_open,
	.close = kdump_close,
	.find = kdump_find,
	.survey = kdump_survey,
	.describe = kdump_describe,
};
