/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/kdump_part.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/bytes.h"

/* page_desc_t of makedumpfile's diskdump_mod.h: offset, size, flags, and the
 * kernel's page flags. */
enum { DESCRIPTOR_OFFSET = 0, DESCRIPTOR_SIZE = 8, DESCRIPTOR_FLAGS = 12 };

struct descriptor {
	uint64_t offset;
	uint32_t size, flags;
};

/* Offset of the descriptor of that rank. */
static uint64_t place_of(const struct kdump_part *part, uint64_t rank)
{
	return part->descriptors +
	       (rank - part->start_rank) * KDUMP_DESCRIPTOR_SIZE;
}

static bool read_descriptor(const struct kdump_part *part, uint64_t rank,
			    struct descriptor *descriptor)
{
	uint8_t scratch[KDUMP_DESCRIPTOR_SIZE];
	const uint8_t *at = source_view(part->source, place_of(part, rank),
					sizeof(scratch), scratch);

	if (!at)
		return false;
	*descriptor = (struct descriptor){
		.offset = load_le64(at + DESCRIPTOR_OFFSET),
		.size = load_le32(at + DESCRIPTOR_SIZE),
		.flags = load_le32(at + DESCRIPTOR_FLAGS),
	};
	return true;
}

/* False where the flags make no sense. */
static bool codec_of_flags(uint32_t flags, enum codec *codec)
{
	switch (flags) {
	case 0:
		*codec = CODEC_NONE;
		return true;
	case KDUMP_ZLIB:
		*codec = CODEC_ZLIB;
		return true;
	case KDUMP_LZO:
		*codec = CODEC_LZO;
		return true;
	case KDUMP_SNAPPY:
		*codec = CODEC_SNAPPY;
		return true;
	case KDUMP_ZSTD:
		*codec = CODEC_ZSTD;
		return true;
	default:
		return false;
	}
}

/* A page that compression makes no smaller is written as it is: nothing is
 * larger than a page. */
static bool possible(const struct descriptor *descriptor, enum codec *codec)
{
	if (!codec_of_flags(descriptor->flags, codec) || !descriptor->size ||
	    descriptor->size > KDUMP_BLOCK)
		return false;
	return *codec != CODEC_NONE || descriptor->size == KDUMP_BLOCK;
}

/* The next descriptor, step by step, whose page has a place of its own: the page
 * of zeros is shared. False: there is none near, or one makes no sense. */
static bool find_neighbour(const struct kdump_part *part, uint64_t rank,
			   uint64_t step, struct descriptor *neighbour)
{
	enum { LOOK_AT = 64 };
	enum codec codec;

	for (int i = 0; i < LOOK_AT; i++) {
		rank += step;
		if (rank - part->start_rank >= part->nr ||
		    !read_descriptor(part, rank, neighbour) ||
		    !possible(neighbour, &codec))
			return false;
		if (neighbour->offset != part->data)
			return true;
	}
	return false;
}

/*
 * Pages were written one after the other, in the order of their descriptors. So
 * a page that follows none of its neighbours, and that none follows, is not
 * where its descriptor says: it would be another's.
 */
static bool is_in_place(const struct kdump_part *part, uint64_t rank,
			const struct descriptor *descriptor)
{
	struct descriptor before, after;
	bool has_before, has_after;

	if (descriptor->offset == part->data || part->header.diskdump)
		return true;
	has_before = find_neighbour(part, rank, -UINT64_C(1), &before);
	if (has_before && before.offset + before.size == descriptor->offset)
		return true;
	has_after = find_neighbour(part, rank, 1, &after);
	if (has_after && descriptor->offset + descriptor->size == after.offset)
		return true;
	return !has_before && !has_after;
}

enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct kdump_place *place)
{
	struct descriptor descriptor;

	if (part->contradictory)
		return PAGE_DAMAGED;
	if (!read_descriptor(part, rank, &descriptor))
		return PAGE_TRUNCATED;
	/* What makedumpfile did not get to before the disk was full. */
	if (!descriptor.offset && !descriptor.size)
		return PAGE_TRUNCATED;
	if (!possible(&descriptor, &place->codec) ||
	    descriptor.offset < part->data)
		return PAGE_DAMAGED;
	place->offset = descriptor.offset;
	place->size = descriptor.size;
	if (!range_within(place->offset, place->size, part->source->size))
		return PAGE_TRUNCATED;
	return is_in_place(part, rank, &descriptor) ? PAGE_PRESENT :
						      PAGE_DAMAGED;
}

void kdump_part_tell(const struct kdump_part *part, uint64_t rank,
		     const char *what, struct listener *listener)
{
	struct descriptor descriptor;
	uint64_t at = place_of(part, rank);

	if (part->contradictory)
		return; /* of all its pages, which was told */
	if (!read_descriptor(part, rank, &descriptor))
		listener_trouble(listener, part->path,
				 "%s: its descriptor would be at offset %#" PRIx64
				 "; the file ends at %#" PRIx64,
				 what, at, part->source->size);
	else if (!descriptor.offset && !descriptor.size)
		listener_trouble(listener, part->path,
				 "%s: its descriptor at offset %#" PRIx64
				 " was not filled in",
				 what, at);
	else
		listener_trouble(listener, part->path,
				 "%s: its descriptor at offset %#" PRIx64
				 " says %u bytes at offset %#" PRIx64
				 ", flags %#x; pages are from %#" PRIx64
				 " on, the file ends at %#" PRIx64,
				 what, at, descriptor.size, descriptor.offset,
				 descriptor.flags, part->data,
				 part->source->size);
}

/* Are these bytes what the page of zeros was written as? */
static bool is_zero_page(const struct kdump_part *part,
			 struct inflater *inflater, uint64_t offset,
			 uint64_t size)
{
	uint8_t scratch[KDUMP_BLOCK], page[KDUMP_BLOCK];
	const uint8_t *at;

	if (size > KDUMP_BLOCK)
		return false;
	at = source_view(part->source, offset, size, scratch);
	for (enum codec codec = CODEC_NONE; at && codec < NR_CODECS; codec++) {
		size_t zeros = 0;

		if (!inflate_bytes(inflater, codec,
				   (struct bytes){ at, size }, page,
				   sizeof(page)))
			continue;
		while (zeros < sizeof(page) && !page[zeros])
			zeros++;
		if (zeros == sizeof(page))
			return true;
	}
	return false;
}

/*
 * The pages follow the descriptors without a gap, the page of zeros first where
 * there is one. So the first descriptor tells how many there are, and a bit that
 * went over in the bitmap does not make each frame above it read another's page.
 * Only what is certain counts: pages within the descriptors, or a descriptor
 * where pages should be.
 */
static bool contradicts(const struct kdump_part *part,
			struct inflater *inflater, uint64_t nr)
{
	struct descriptor first, extra;
	struct kdump_part behind = *part;
	enum codec codec;

	if (!nr || part->header.diskdump ||
	    !read_descriptor(part, part->start_rank, &first) ||
	    !possible(&first, &codec))
		return false;
	if (first.offset < part->data)
		return true;
	if (first.offset == part->data ||
	    is_zero_page(part, inflater, part->data,
			 first.offset - part->data))
		return false;
	behind.start_rank += nr;
	behind.descriptors = part->data;
	return read_descriptor(&behind, behind.start_rank, &extra) &&
	       possible(&extra, &codec) && extra.offset > part->data;
}

/* The last pages were written last: is one of them beyond the end? Does what
 * the descriptors say make sense? */
static void look_at_last(struct kdump_part *part, uint64_t nr,
			 struct listener *listener)
{
	enum { LOOK_AT = 256, MOST = 1 << 13 };
	unsigned int looked = 0;
	char what[64];

	part->cut = !part->source->complete;
	for (uint64_t i = 0; i < nr && i < MOST && looked < LOOK_AT; i++) {
		uint64_t rank = part->start_rank + nr - 1 - i;
		struct kdump_place place = { .offset = UINT64_MAX };
		enum page_state state = kdump_part_find(part, rank, &place);

		/* The page of zeros is in front, and many descriptors' */
		looked += place.offset != part->data;

		if ((state == PAGE_TRUNCATED && !part->cut) ||
		    (state == PAGE_DAMAGED && !part->nonsense)) {
			snprintf(what, sizeof(what),
				 "page %" PRIu64 " of %" PRIu64, nr - i, nr);
			kdump_part_tell(part, rank, what, listener);
		}
		part->cut |= state == PAGE_TRUNCATED;
		part->nonsense |= state == PAGE_DAMAGED;
	}
}

static void tell_contradiction(const struct kdump_part *part, uint64_t nr,
			       struct listener *listener)
{
	struct descriptor first = { 0 };

	read_descriptor(part, part->start_rank, &first);
	listener_trouble(listener, part->path,
			 "the bitmap at offset %#" PRIx64 " has %" PRIu64
			 " pages, whose descriptors are at %#" PRIx64 " to %#" PRIx64
			 "; the first of them says that pages begin at %#" PRIx64,
			 (1 + part->header.sub_blocks +
			  part->header.bitmap_blocks / 2) *
				 KDUMP_BLOCK,
			 nr, part->descriptors, part->data - 1, first.offset);
}

void kdump_part_place(struct kdump_part *part,
		      const struct kdump_bitmaps *bitmaps,
		      struct inflater *inflater, struct listener *listener)
{
	uint64_t nr;

	part->start_rank = kdump_rank(bitmaps, part->start_pfn);
	nr = kdump_rank(bitmaps, part->end_pfn) - part->start_rank;
	part->descriptors = kdump_header_descriptors(&part->header);
	part->nr = nr;
	part->data = part->descriptors + nr * KDUMP_DESCRIPTOR_SIZE;
	part->contradictory = contradicts(part, inflater, nr);
	if (part->contradictory)
		tell_contradiction(part, nr, listener);
	else
		look_at_last(part, nr, listener);
	if (part->header.status & KDUMP_INCOMPLETE && !part->header.diskdump)
		listener_trouble(listener, part->path,
				 "the header's status is %#x: %#x says that the dump is incomplete",
				 part->header.status, KDUMP_INCOMPLETE);
}
