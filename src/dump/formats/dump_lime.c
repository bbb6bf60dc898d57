/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The formats of LiME, and of AVML without compression. Each range of memory is preceded by a
 * header. */
#include "dump/dump.h"

#include <inttypes.h>

#include "base/page.h"
#include "dump/extents.h"
#include "dump/formats/lime_header.h"
#include "dump/formats/listed.h"

static bool lime_probe(const struct source *source)
{
	return !source->runs && source_has(source, 0, "EMiL", 4);
}

static bool lime_is_sound(const struct lime_header *header)
{
	return lime_header_is_sound(header, LIME_MAGIC, 1);
}

/* Is the header valid, or would it be valid if a single byte were different? */
static bool is_nearly_sound(const struct lime_header *header)
{
	return header->magic == LIME_MAGIC ||
	       (header->version == 1 && header->first < header->last &&
		header->first == page_first(header->first) &&
		header->last == page_last(header->last));
}

/* Does an unbroken chain of ranges start at offset and end at the end of the file? At most *most
 * headers are read. The number of headers that were read is subtracted from *most. */
static bool leads_to_end(const struct source *source, uint64_t offset, unsigned int *most)
{
	struct lime_header header;

	while (*most && lime_header_read(source, offset, &header) && lime_is_sound(&header)) {
		uint64_t size = header.last - header.first + 1;

		--*most;
		offset += LIME_HEADER_SIZE;
		if (size >= source->size - offset)
			return size == source->size - offset;
		offset += size;
	}
	return false;
}

/* Is the size of a range right? It is right if the range ends at the end of the file, or before
 * another header. If not, it is wrong if a chain of ranges begins elsewhere and reaches the end of
 * the file. If there is no such chain, either, the size counts as right. */
static bool is_size_right(const struct dump *dump, uint64_t data, uint64_t size)
{
	const struct source *source = &dump->source;
	struct lime_header header;
	uint64_t left = source->size - data;
	unsigned int most = 1 << 16; /* valid files have a few dozen headers */

	if (size == left || (size < left && lime_header_read(source, data + size, &header) &&
			     is_nearly_sound(&header)))
		return true;
	for (uint64_t at = data; at < source->size && most; at += PAGE_BYTES) {
		uint64_t hole = file_hole(&dump->file, at);

		if (hole >= LIME_HEADER_SIZE) /* a hole contains no header, so it is skipped */
			at += page_first(hole - LIME_HEADER_SIZE);
		else if (leads_to_end(source, at, &most))
			return false;
	}
	return true;
}

static void warn_of_end(struct dump *dump, uint64_t offset)
{
	struct lime_header header;

	dump_warn(dump,
		  "no LiME header at offset %#" PRIx64 ": the %" PRIu64
		  " bytes from there on were not read",
		  offset, dump->source.size - offset);
	if (lime_header_read(&dump->source, offset, &header))
		dump_trouble(dump,
			     "the bytes at offset %#" PRIx64
			     ", read as a header: magic %#x, version %u, physical %" PRIx64
			     " to %" PRIx64,
			     offset, header.magic, header.version, header.first, header.last);
}

/* Adds the range whose header is at offset. Returns the offset of the next range. */
static uint64_t lime_add_range(struct dump *dump, const struct lime_header *header, uint64_t offset,
			       struct pieces *pieces)
{
	uint64_t size = header->last - header->first + 1, missing;
	uint64_t data = offset + LIME_HEADER_SIZE;
	const struct listed_place whole = listed_place_whole(dump, 1);

	if (!is_size_right(dump, data, size)) {
		dump_warn(dump,
			  "the header of the range from %#" PRIx64 " to %#" PRIx64
			  " is damaged: it has a wrong size",
			  header->first, header->last);
		pieces_add(pieces, header->first, size, PAGE_DAMAGED, 0);
		return dump->source.size;
	}
	missing = extents_add(pieces, &whole, data, header->first, size);
	if (missing) {
		dump_warn(dump,
			  "the file is cut short: %" PRIu64 " bytes of its last range are missing",
			  missing);
		dump_trouble(dump,
			     "the header at offset %#" PRIx64 " is for physical %" PRIx64
			     " to %" PRIx64 ", but the file ends at %#" PRIx64
			     ", before physical %" PRIx64,
			     offset, header->first, header->last, dump->source.size,
			     header->first + (size - missing));
	}
	return data + (size - missing);
}

static bool lime_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = { 0 };
	struct lime_header header;
	uint64_t offset = 0;

	if (!lime_header_read(&dump->source, 0, &header))
		return dump_fail(dump, err, "is cut short within its LiME header");
	if (header.version != 1)
		return dump_fail(dump, err, "is a LiME dump of unsupported version %u",
				 header.version);
	if (!lime_is_sound(&header))
		return dump_fail(dump, err,
				 "its first LiME header has an impossible range, %#" PRIx64
				 " to %#" PRIx64,
				 header.first, header.last);
	while (offset < dump->source.size) {
		if (!lime_header_read(&dump->source, offset, &header) || !lime_is_sound(&header)) {
			warn_of_end(dump, offset);
			break;
		}
		offset = lime_add_range(dump, &header, offset, &pieces);
	}
	overlap_warn(dump, &pieces, "ranges");
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_lime = {
	.name = "LiME",
	.private_size = sizeof(struct extent_list),
	.probe = lime_probe,
	.open = lime_open,
	.close = extents_close,
	.find = extents_find,
};
