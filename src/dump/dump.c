/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/dump.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/counts.h"
#include "base/page.h"
#include "base/text.h"
#include "dump/parts.h"

// clang-format off
const char *const page_state_names[NR_PAGE_STATES] = {
	[PAGE_PRESENT]   = "present",
	[PAGE_ZERO]      = "zero",
	[PAGE_FILTERED]  = "filtered",
	[PAGE_ABSENT]    = "absent",
	[PAGE_TRUNCATED] = "truncated",
	[PAGE_DAMAGED]   = "damaged",
};
// clang-format on

const char *const extract_level_names[NR_KEEP_LEVELS] = {
#define KEEP_NAME(ID, NAME) [ID] = NAME,
	FOR_EACH_EXTRACT_LEVEL(KEEP_NAME)
#undef KEEP_NAME
		[KEEP_UNKNOWN] = "unknown",
};

/* Returns the level whose name is given by the first `length` bytes of name, or KEEP_UNKNOWN. */
static enum extract_level find_keep_level(const char *name, size_t length)
{
	enum extract_level level = EXTRACT_NONE + 1;

	while (level < KEEP_UNKNOWN && (strlen(extract_level_names[level]) != length ||
					memcmp(extract_level_names[level], name, length) != 0))
		level++;
	return level;
}

const char *dump_state_text(const struct dump *dump, enum page_state state)
{
	if (state != PAGE_FILTERED || !dump_is_reduced(dump))
		return page_state_names[state];
	return dump->lacked_before ?
		       "left out by extract, or already missing in the original dump" :
		       "left out by extract";
}

/* Finds a line that starts with "KEY=". Returns the text after "=", or NULL if there is no such
 * line. */
static const char *dump_value_of(struct bytes text, const char *key)
{
	const char *at = (const char *)text.data, *end;
	size_t length = strlen(key);

	if (!at)
		return NULL;
	end = at + text.size;
	while ((at = memmem(at, (size_t)(end - at), key, length))) {
		bool starts = at == (const char *)text.data || at[-1] == '\n';

		at += length;
		if (starts && at < end && *at == '=')
			return at + 1;
	}
	return NULL;
}

void dump_find_extract(struct dump *dump)
{
	const struct bytes note = dump->vmcoreinfo;
	const char *level = dump_value_of(note, EXTRACT_KEY), *end = level;

	while (level && end < (const char *)note.data + note.size && *end >= 'a' && *end <= 'z')
		end++;
	if (level)
		dump->extract = find_keep_level(level, (size_t)(end - level));
	dump->lacked_before = dump_value_of(dump->vmcoreinfo, EXTRACT_LACKED_KEY);
	dump->scrubbed = dump_value_of(dump->vmcoreinfo, EXTRACT_SCRUBBED_KEY);
}

enum {
	SETS_OF_PASS = 16, /* of 16 KiB each, so the pages are in the CPU's second-level cache */
	/* The pages of reads of at least this size do not enter the cache. */
	LARGE_READ = 16 * CACHE_PAGE_SIZE,
};

const uint8_t dump_zero_page[CACHE_PAGE_SIZE];

void dump_close(struct dump *dump)
{
	if (!dump)
		return;
	if (dump->private && dump->format->close)
		dump->format->close(dump);
	free(dump->private);
	free(dump->pages);
	if (dump->inflater)
		inflater_destroy(dump->inflater);
	if (dump->parts)
		parts_destroy(dump->parts);
	for (size_t i = 0; i < dump->nr_more; i++) {
		source_close(&dump->more[i].source);
		file_close(&dump->more[i].file);
	}
	free(dump->more);
	free(dump->places);
	free(dump->cpus);
	free(dump->stopped);
	free(dump->mappings);
	source_close(&dump->source);
	file_close(&dump->file);
	free(dump);
}

struct dump *dump_pass_reader_create(const struct dump *dump)
{
	struct dump *reader = dump_reader_create(dump);

	if (reader && reader->pages)
		reader->pages->unused_sets = CACHE_SETS - SETS_OF_PASS;
	return reader;
}

void dump_share(struct dump *reader, const struct dump *dump)
{
	*reader = (struct dump){ .format = NULL };
	memcpy(reader, dump, offsetof(struct dump, private));
}

struct dump *dump_reader_create(const struct dump *dump)
{
	const struct dump_format *format = dump->format;
	struct dump *reader = malloc(sizeof(*reader));

	if (!reader)
		return NULL;
	dump_share(reader, dump);
	reader->listener = NULL;
	reader->parts = dump->parts;
	reader->private = malloc(format->private_size);
	if (dump->pages)
		reader->pages = calloc(1, sizeof(*reader->pages));
	if (dump->loads)
		reader->loads = reader->pages;
	if (dump->inflater)
		reader->inflater = inflater_create();
	if (reader->private) {
		memcpy(reader->private, dump->private, format->private_size);
		if (format->reader_start)
			format->reader_start(reader->private);
	}
	if (reader->private && !reader->pages == !dump->pages &&
	    !reader->inflater == !dump->inflater)
		return reader;
	dump_reader_destroy(reader);
	return NULL;
}

void dump_reader_destroy(struct dump *reader)
{
	if (!reader)
		return;
	if (reader->private && reader->format->reader_end)
		reader->format->reader_end(reader->private);
	free(reader->private);
	free(reader->pages);
	inflater_destroy(reader->inflater);
	free(reader);
}

static void dump_remember(struct dump *dump, uint64_t paddr, const struct extent *extent)
{
	enum { LOAD_SIZE = 8 };
	uint64_t span = extent->last - extent->first;

	if (extent->data && span >= LOAD_SIZE - 1)
		*dump_recent(dump, paddr) =
			(struct recent_extent){ extent->first, span - (LOAD_SIZE - 2),
						extent->data };
}

void dump_find_run(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	dump->format->find(dump, paddr, extent);
	if (dump->parts)
		parts_cut(dump->parts, paddr, extent);
	if (dump_extents_last(dump))
		dump_remember(dump, paddr, extent);
}

/* Cuts the extent to its part in the page that contains paddr, and reads that part. A part of a
 * page is not put into the cache, because the rest of the page may belong to another extent. */
static void dump_read_page(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	uint64_t first = page_first(paddr), last = page_last(paddr);
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT;
	bool whole = extent->first <= first && extent->last >= last;
	struct page_cache_slot slot;

	extent_cut(extent, first, last);
	if (whole)
		extent->data = dump_cache_get(dump->pages, pfn);
	if (extent->data) {
		count_hit(dump->counts);
		return;
	}
	slot = dump_cache_room(dump->pages, pfn);
	if (!dump_reread(dump, extent, extent->first, slot.buffer,
			 (size_t)(extent->last - extent->first) + 1)) {
		dump_trouble(dump,
			     "physical %" PRIx64 " to %" PRIx64 ": its bytes, at offset %#" PRIx64
			     " of the file, cannot be read",
			     extent->first, extent->last, extent_offset(extent, extent->first));
		extent->state = PAGE_TRUNCATED;
		return;
	}
	extent->data = slot.buffer;
	if (whole)
		dump_cache_fill(dump->pages, &slot, pfn, slot.buffer);
}

void dump_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	dump_find_run(dump, paddr, extent);
	if (dump->unmapped && extent->state == PAGE_PRESENT && !extent->data)
		dump_read_page(dump, paddr, extent);
}

void dump_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	if (!dump->format->peek) {
		dump->format->find(dump, paddr, extent);
		return;
	}
	dump->format->peek(dump, paddr, extent);
	extent->data = NULL;
}

uint64_t dump_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		   uint64_t size)
{
	uint64_t hole = 0;

	if (extent->file)
		hole = file_hole(dump_file(dump, extent->file), extent_offset(extent, paddr));
	return hole < size ? hole : size;
}

bool dump_reread(const struct dump *dump, const struct extent *extent, uint64_t paddr, void *buffer,
		 size_t size)
{
	count_read(dump->counts, size);
	return extent->file &&
	       file_read(dump_file(dump, extent->file), extent_offset(extent, paddr), buffer, size);
}

enum page_state dump_read(struct dump *dump, uint64_t paddr, void *buffer, size_t size)
{
	const bool direct = dump->pages && (dump->pages->unused_sets || size >= LARGE_READ);
	uint8_t *to = buffer;

	if (dump->format->note_read && !dump->nr_searches)
		dump->format->note_read(dump, paddr, size);
	if (dump_extents_last(dump))
		count_read(dump->counts, size);
	while (size) {
		struct extent extent;
		uint64_t room;
		size_t part;

		if (direct && size >= CACHE_PAGE_SIZE && page_first(paddr) == paddr)
			dump->direct = to;
		dump_find(dump, paddr, &extent);
		dump->direct = NULL;
		room = extent.last - paddr;
		part = room < size - 1 ? (size_t)room + 1 : size;
		if (extent.state == PAGE_PRESENT && extent.data != to)
			memcpy(to, extent.data + (paddr - extent.first), part);
		else if (extent.state == PAGE_ZERO)
			memset(to, 0, part);
		else if (extent.state != PAGE_PRESENT)
			return extent.state;
		to += part;
		size -= part;
		paddr += part;
		if (size && paddr == 0) /* the bytes before were at the last address */
			return PAGE_ABSENT;
	}
	return PAGE_PRESENT;
}

enum page_state dump_range_state(struct dump *dump, uint64_t paddr, uint64_t size)
{
	enum page_state worst = PAGE_PRESENT;
	const struct recent_extent *recent = dump_recent(dump, paddr);
	uint64_t last = paddr + (size - 1);
	struct extent extent;

	if (last < paddr)
		last = UINT64_MAX;
	if (paddr - recent->first < recent->nr_starts && last - recent->first < recent->nr_starts)
		return PAGE_PRESENT;
	do {
		dump_find_run(dump, paddr, &extent);
		if (extent.state > worst)
			worst = extent.state;
		paddr = extent.last + 1;
	} while (extent.last < last);
	return worst;
}

void dump_survey_add(struct dump_survey *survey, enum page_state state, uint64_t paddr,
		     uint64_t size)
{
	if (!survey->has_first[state])
		survey->first[state] = paddr;
	survey->has_first[state] = true;
	survey->bytes[state] += size;
}

void dump_survey(struct dump *dump, struct dump_survey *survey)
{
	struct extent extent = { .last = UINT64_MAX };

	*survey = (struct dump_survey){ 0 };
	if (dump->format->survey) {
		dump->format->survey(dump, survey);
		return;
	}
	do {
		dump_find_run(dump, extent.last + 1, &extent);
		if (extent.state != PAGE_ABSENT)
			dump_survey_add(survey, extent.state, extent.first,
					extent.last - extent.first + 1);
	} while (extent.last != UINT64_MAX);
}

enum page_state dump_unpack_to(struct dump *dump, const struct packed_page *packed, void *to,
			       size_t size)
{
	uint8_t scratch[PACKED_MOST];
	const uint8_t *at = source_view(packed->source, packed->offset, packed->size, scratch);

	if (!at)
		return PAGE_TRUNCATED;
	count_unpacked(dump->counts, packed->size, size);
	return inflate_bytes(dump->inflater, packed->codec, (struct bytes){ at, packed->size }, to,
			     size) ?
		       PAGE_PRESENT :
		       PAGE_DAMAGED;
}

enum page_state dump_unpack(struct dump *dump, uint64_t pfn, const struct packed_page *packed,
			    const uint8_t **data)
{
	uint8_t scratch[CACHE_PAGE_SIZE];
	struct page_cache_slot slot;
	const uint8_t *at;

	if (dump->direct) {
		*data = dump->direct;
		return dump_unpack_to(dump, packed, dump->direct, CACHE_PAGE_SIZE);
	}
	at = source_view(packed->source, packed->offset, packed->size, scratch);
	if (!at)
		return PAGE_TRUNCATED;
	slot = dump_cache_room(dump->pages, pfn);
	*data = slot.buffer;
	count_unpacked(dump->counts, packed->size, CACHE_PAGE_SIZE);
	if (packed->codec == CODEC_NONE && packed->size == CACHE_PAGE_SIZE && at != scratch)
		*data = at;
	else if (!inflate_bytes(dump->inflater, packed->codec, (struct bytes){ at, packed->size },
				slot.buffer, CACHE_PAGE_SIZE))
		return PAGE_DAMAGED;
	dump_cache_fill(dump->pages, &slot, pfn, *data);
	return PAGE_PRESENT;
}

void dump_set_parts(struct dump *dump, struct bytes note)
{
	if (dump->parts)
		return;
	dump->parts = parts_create(note);
	if (!dump->parts)
		dump_warn(
			dump,
			"the note about bytes that were left out is damaged, so zeros may be bytes that were left out");
}

void dump_warn(struct dump *dump, const char *format, ...)
{
	char text[sizeof(dump->warning)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_append(dump->warning, sizeof(dump->warning), "%s%s", dump->warning[0] ? "; " : "",
		    text);
}

uint64_t dump_last_paddr(struct dump *dump)
{
	struct extent extent;

	dump_find_run(dump, UINT64_MAX, &extent);
	if (extent.state != PAGE_ABSENT)
		return UINT64_MAX;
	return extent.first ? extent.first - 1 : 0;
}

enum page_state dump_load_far(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value)
{
	return dump_load(dump, paddr, size, value);
}

enum page_state dump_load_slow(struct dump *dump, uint64_t paddr, size_t size, uint64_t *value)
{
	uint8_t bytes[8];
	enum page_state state = dump_read(dump, paddr, bytes, size);

	if (state == PAGE_PRESENT)
		*value = load_le(bytes, size);
	return state;
}
