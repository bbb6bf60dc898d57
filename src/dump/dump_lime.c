/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LiME: headers, each with the memory of its range behind it. AVML writes the
 * same when it is not to compress.
 */
#include "dump/dump.h"

#include <stdlib.h>

#include "dump/extents.h"
#include "dump/lime_header.h"

static bool lime_probe(const struct source *source)
{
	return lime_header_probe(source, LIME_MAGIC);
}

/* What can be a header; nothing else says where the next one is. */
static bool is_sound(const struct lime_header *header)
{
	return header->magic == LIME_MAGIC && header->version == 1 &&
	       header->first <= header->last &&
	       header->last - header->first != UINT64_MAX;
}

/* Perhaps with a wrong byte in it. */
static bool is_nearly_sound(const struct lime_header *header)
{
	enum { PAGE = 4096 };

	return (header->magic == LIME_MAGIC) + (header->version == 1) +
		       (header->first < header->last &&
			!(header->first % PAGE) &&
			header->last % PAGE == PAGE - 1) >=
	       2;
}

/*
 * What a header says of the range's size holds where a header follows, or the
 * end. Where neither does, but one follows somewhere else, the range is not what
 * its header says.
 */
static bool is_followed(const struct source *source, uint64_t data,
			uint64_t size)
{
	enum { PAGE = 4096 };
	struct lime_header header;

	if (size >= source->size - data)
		size = source->size - data;
	else if (lime_header_read(source, data + size, &header) &&
		 is_nearly_sound(&header))
		return true;
	for (uint64_t at = data; at < source->size; at += PAGE)
		if (lime_header_read(source, at, &header) && is_sound(&header))
			return false;
	return true;
}

static void warn_of_end(struct dump *dump, uint64_t offset)
{
	struct lime_header header;

	dump_warn(dump,
		  "what stands at offset %#llx is no LiME header: the %llu bytes from there on were not read",
		  (unsigned long long)offset,
		  (unsigned long long)(dump->source.size - offset));
	if (lime_header_read(&dump->source, offset, &header))
		dump_trouble(dump,
			     "at offset %#llx: magic %#x, version %u, physical %llx to %llx",
			     (unsigned long long)offset, header.magic,
			     header.version, (unsigned long long)header.first,
			     (unsigned long long)header.last);
}

/* The range at *offset, which then is that of the next. */
static bool add_range(struct dump *dump, const struct lime_header *header,
		      uint64_t *offset, struct pieces *pieces)
{
	uint64_t size = header->last - header->first + 1, there;
	uint64_t data = *offset + LIME_HEADER_SIZE;

	if (!is_followed(&dump->source, data, size)) {
		dump_warn(
			dump,
			"its range from %#llx to %#llx is not what its header says: its size is wrong",
			(unsigned long long)header->first,
			(unsigned long long)header->last);
		*offset = dump->source.size;
		return pieces_add(pieces, header->first, size, PAGE_DAMAGED,
				  NULL);
	}
	there = dump->source.size - data;
	if (there > size)
		there = size;
	if (there < size) {
		dump_warn(dump,
			  "the file is cut short: %llu bytes of its last range are missing",
			  (unsigned long long)(size - there));
		dump_trouble(dump,
			     "the header at offset %#llx is of physical %llx to %llx; the file ends at %#llx, with %llx",
			     (unsigned long long)*offset,
			     (unsigned long long)header->first,
			     (unsigned long long)header->last,
			     (unsigned long long)dump->source.size,
			     (unsigned long long)(header->first + there));
	}
	*offset = data + there;
	return pieces_add(pieces, header->first, there, PAGE_PRESENT,
			  dump->source.file.data + data) &&
	       pieces_add(pieces, header->first + there, size - there,
			  PAGE_TRUNCATED, NULL);
}

static bool check_first(struct dump *dump, const struct lime_header *header,
			struct error *err)
{
	if (header->version != 1)
		return fail(err, ERROR_FORMAT,
			    "%s: is a LiME dump of version %u, of which nothing is known",
			    dump->file.path, header->version);
	if (!is_sound(header))
		return fail(err, ERROR_FORMAT,
			    "%s: its first LiME header tells of memory from %#llx to %#llx",
			    dump->file.path, (unsigned long long)header->first,
			    (unsigned long long)header->last);
	return true;
}

static bool lime_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = {
		.limit = 2 * (dump->source.size / LIME_HEADER_SIZE + 1)
	};
	struct lime_header header;
	uint64_t offset = 0;

	if (!lime_header_read(&dump->source, 0, &header))
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its LiME header",
			    dump->file.path);
	if (!check_first(dump, &header, err))
		return false;
	while (offset < dump->source.size) {
		if (!lime_header_read(&dump->source, offset, &header) ||
		    !is_sound(&header)) {
			warn_of_end(dump, offset);
			break;
		}
		if (!add_range(dump, &header, &offset, &pieces)) {
			free(pieces.at);
			return fail(err, ERROR_SYSTEM, "out of memory");
		}
	}
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_lime = {
	.name = "LiME",
	.only_memory = true,
	.probe = lime_probe,
	.open = lime_open,
	.close = extents_close,
	.find = extents_find,
};
