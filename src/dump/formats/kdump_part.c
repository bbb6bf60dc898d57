/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/kdump_part.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/ranges.h"

/* Offsets in a page descriptor, page_desc_t of makedumpfile's diskdump_mod.h. Its fields are
 * offset, size, flags, and the page flags of the kernel. */
enum { DESCRIPTOR_OFFSET = 0, DESCRIPTOR_SIZE = 8, DESCRIPTOR_FLAGS = 12 };

struct descriptor {
	uint64_t offset;
	uint32_t size, flags;
};

/* Returns the file offset of the descriptor with this rank. */
static uint64_t place_of(const struct kdump_part *part, uint64_t rank)
{
	return part->descriptors + (rank - part->start_rank) * KDUMP_DESCRIPTOR_SIZE;
}

static bool read_descriptor(const struct kdump_part *part, uint64_t rank,
			    struct descriptor *descriptor)
{
	uint8_t scratch[KDUMP_DESCRIPTOR_SIZE];
	const uint8_t *at =
		source_view(part->source, place_of(part, rank), sizeof(scratch), scratch);

	if (!at)
		return false;
	*descriptor = (struct descriptor){
		.offset = load_le64(at + DESCRIPTOR_OFFSET),
		.size = load_le32(at + DESCRIPTOR_SIZE),
		.flags = load_le32(at + DESCRIPTOR_FLAGS),
	};
	return true;
}

/* Can the descriptor be valid? Its size must not be larger than a page: a page is stored
 * uncompressed if compression does not make it smaller. */
static bool possible(const struct kdump_part *part, const struct descriptor *descriptor,
		     enum codec *codec)
{
	if (!kdump_codec(descriptor->flags, codec) || !descriptor->size ||
	    descriptor->size > kdump_header_block(&part->header))
		return false;
	return *codec != CODEC_NONE || descriptor->size == kdump_header_block(&part->header);
}

/* Reads a descriptor. Returns false if its page is the shared page of zeros, or if the writer did not
 * fill it in. */
static bool read_page_descriptor(const struct kdump_part *part, uint64_t rank,
				 struct descriptor *descriptor)
{
	return read_descriptor(part, rank, descriptor) && descriptor->offset > part->data;
}

/* Finds a descriptor in [low, high) whose page is not the shared page of zeros, but not the
 * descriptor with this rank. Pages of zeros have long runs of descriptors, so the tested descriptors
 * are spread: their distances are multiples of the golden ratio. */
static bool probe_page(const struct kdump_part *part, uint64_t low, uint64_t high, uint64_t rank,
		       uint64_t *at, struct descriptor *descriptor)
{
	enum { MOST_PROBES = 256 };
	const uint64_t span = high - low;
	uint32_t fraction = UINT32_C(1) << 31; /* of 2^32; the first test is in the middle */

	for (int i = 0; i < MOST_PROBES; i++, fraction += UINT32_C(0x9e3779b9)) {
		*at = low + (span >> 32) * fraction + ((span & UINT32_MAX) * fraction >> 32);
		if (*at != rank && read_page_descriptor(part, *at, descriptor))
			return true;
	}
	return false;
}

/* Searches the descriptors for another page that overlaps this page. Programs write pages in the
 * order of their descriptors, so this is a binary search. If the pages of a file have another
 * order, the search may miss a page, but does not find a wrong one. */
bool kdump_part_is_shared(const struct kdump_part *part, uint64_t rank,
			  const struct packed_page *page)
{
	enum { FEW = 8, MOST = 1 << 16, MOST_ROUNDS = 256 };
	uint64_t low = part->start_rank, high = low + part->nr, at;
	struct descriptor other = { 0 };

	for (int i = 0; i < MOST_ROUNDS && high - low > FEW; i++) {
		if (!probe_page(part, low, high, rank, &at, &other))
			break;
		if (other.offset + other.size <= page->offset)
			low = at + 1;
		else if (other.offset >= page->offset + page->size)
			high = at;
		else
			return true;
	}
	for (at = low; at < high && at - low < MOST; at++)
		if (at != rank && read_page_descriptor(part, at, &other) &&
		    other.offset + other.size > page->offset &&
		    other.offset < page->offset + page->size)
			return true;
	return false;
}

enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct packed_page *place)
{
	struct descriptor descriptor;

	if (part->contradictory)
		return PAGE_DAMAGED;
	if (!read_descriptor(part, rank, &descriptor))
		return PAGE_TRUNCATED;
	/* makedumpfile had not written this descriptor yet when the disk became full. */
	if (!descriptor.offset && !descriptor.size)
		return PAGE_TRUNCATED;
	if (!possible(part, &descriptor, &place->codec) || descriptor.offset < part->data)
		return PAGE_DAMAGED;
	place->source = part->source;
	place->offset = descriptor.offset;
	place->size = descriptor.size;
	return range_within(place->offset, place->size, part->source->size) ? PAGE_PRESENT :
									      PAGE_TRUNCATED;
}

void kdump_part_tell(const struct kdump_part *part, uint64_t rank, const char *what,
		     struct listener *listener)
{
	struct descriptor descriptor;
	struct packed_page place;
	uint64_t at = place_of(part, rank);

	if (part->contradictory)
		return; /* kdump_part_place() has already reported why */
	if (!read_descriptor(part, rank, &descriptor))
		listener_trouble(listener, part->path,
				 "%s: its descriptor should be at offset %#" PRIx64
				 ", but the file ends at %#" PRIx64,
				 what, at, part->source->size);
	else if (!descriptor.offset && !descriptor.size)
		listener_trouble(listener, part->path,
				 "%s: its descriptor at offset %#" PRIx64 " was not filled in",
				 what, at);
	else if (kdump_part_find(part, rank, &place) == PAGE_PRESENT)
		listener_trouble(listener, part->path,
				 "%s: its descriptor at offset %#" PRIx64
				 " says %u bytes at offset %#" PRIx64
				 ", which are in the page of another descriptor",
				 what, at, descriptor.size, descriptor.offset);
	else
		listener_trouble(listener, part->path,
				 "%s: its descriptor at offset %#" PRIx64
				 " says %u bytes at offset %#" PRIx64
				 ", flags %#x; but pages start at %#" PRIx64
				 ", and the file ends at %#" PRIx64,
				 what, at, descriptor.size, descriptor.offset, descriptor.flags,
				 part->data, part->source->size);
}

/* Finds the last descriptor whose page is not the shared page of zeros. Only a few descriptors are
 * tested. */
static bool find_last_page(const struct kdump_part *part, struct descriptor *last)
{
	enum { NEAR = 64 };

	for (uint64_t i = 1; i <= NEAR && i <= part->nr; i++)
		if (read_page_descriptor(part, part->start_rank + part->nr - i, last))
			return true;
	return false;
}

/* Do the descriptors show that the bitmap is wrong? If one bit of the bitmap is wrong, each frame
 * above it gets the page of another frame. The number of frames in the bitmap shows where the
 * descriptors end, and the pages must start there. If the first page starts earlier, the bitmap has
 * too many frames. If another valid descriptor follows the last one, the bitmap has too few. The
 * page of a valid descriptor directly follows the last page, or is the shared page of zeros. */
static bool contradicts_bitmap(const struct kdump_part *part)
{
	enum { BITS_IN_A_BYTE = 8 };
	struct kdump_part whole = *part;
	struct descriptor one, before;
	enum codec codec;

	if (!part->nr || !read_descriptor(part, part->start_rank, &one) ||
	    !possible(part, &one, &codec))
		return false;
	if (one.offset < part->data)
		return true;
	if (!read_descriptor(part, part->start_rank + part->nr, &one) ||
	    !possible(part, &one, &codec))
		return false;
	for (int lost = 1; lost <= BITS_IN_A_BYTE; lost++) {
		whole.data += KDUMP_DESCRIPTOR_SIZE;
		if (one.offset == whole.data ||
		    (find_last_page(&whole, &before) && before.offset + before.size == one.offset))
			return true;
	}
	return false;
}

static void tell_contradiction(const struct kdump_part *part, struct listener *listener)
{
	const struct kdump_header *header = &part->header;
	struct descriptor first = { 0 };

	read_descriptor(part, part->start_rank, &first);
	listener_trouble(listener, part->path,
			 "the bitmap at offset %#" PRIx64 " has %" PRIu64
			 " pages, whose descriptors are at %#" PRIx64 " to %#" PRIx64
			 ", but the first descriptor says that pages begin at %#" PRIx64,
			 (1 + header->sub_blocks + header->bitmap_blocks / 2) << header->shift,
			 part->nr, part->descriptors, part->data - 1, first.offset);
}

/* Reads the descriptors of the last pages. Reports descriptors that are invalid, and pages that are
 * beyond the end of the file. */
static void check_last(struct kdump_part *part, struct listener *listener)
{
	enum { SAMPLES = 256, MOST = 1 << 13 };
	unsigned int looked = 0;
	char what[64];

	for (uint64_t i = 0; i < part->nr && i < MOST && looked < SAMPLES; i++) {
		uint64_t rank = part->start_rank + part->nr - 1 - i;
		struct packed_page place = { .offset = UINT64_MAX };
		enum page_state state = kdump_part_find(part, rank, &place);

		/* Many descriptors share the page of zeros, which is the first page. These are not
		 * counted as tested. */
		looked += place.offset != part->data;
		if ((state == PAGE_TRUNCATED && !part->cut && part->source->complete) ||
		    (state == PAGE_DAMAGED && !part->nonsense)) {
			snprintf(what, sizeof(what), "page %" PRIu64 " of %" PRIu64, part->nr - i,
				 part->nr);
			kdump_part_tell(part, rank, what, listener);
		}
		part->cut |= state == PAGE_TRUNCATED;
		part->nonsense |= state == PAGE_DAMAGED;
	}
}

void kdump_part_place(struct kdump_part *part, const struct kdump_bitmaps *bitmaps,
		      struct listener *listener)
{
	part->start_rank = kdump_rank(bitmaps, part->start_pfn);
	part->nr = kdump_rank(bitmaps, part->end_pfn) - part->start_rank;
	part->descriptors = (1 + part->header.sub_blocks + part->header.bitmap_blocks)
			    << part->header.shift;
	part->data = part->descriptors + part->nr * KDUMP_DESCRIPTOR_SIZE;
	part->contradictory = contradicts_bitmap(part);
	if (part->contradictory)
		tell_contradiction(part, listener);
	else
		check_last(part, listener);
	if (part->header.status & KDUMP_INCOMPLETE && !part->header.diskdump)
		listener_trouble(
			listener, part->path,
			"the header's status is %#x; bit %#x of the status means that the dump is incomplete",
			part->header.status, KDUMP_INCOMPLETE);
}

/* Compares parts by their first frame. Empty parts come first: see read_part(). */
static int compare_start(const void *a, const void *b)
{
	const struct kdump_part *x = a, *y = b;

	return COMPARE(x->start_pfn, y->start_pfn) ?: COMPARE(x->end_pfn, y->end_pfn);
}

static bool read_part(struct kdump_part *part, const struct file *file, struct source *source,
		      struct error *err)
{
	struct kdump_header *header = &part->header;

	part->path = file->path;
	part->source = source;
	if (!kdump_header_read(source, file->path, header, err))
		return false;
	part->start_pfn = header->split ? header->start_pfn : 0;
	part->end_pfn = header->split ? header->end_pfn : header->max_pfn;
	/* makedumpfile may also write empty parts. Sorting puts empty parts before all other parts,
	 * so that both the starts and the ends of the sorted parts are in ascending order. */
	if (part->start_pfn >= part->end_pfn)
		part->start_pfn = part->end_pfn = 0;
	return true;
}

static bool same_dump(const struct kdump_header *a, const struct kdump_header *b)
{
	return a->split && b->split && a->version == b->version && a->word == b->word &&
	       a->shift == b->shift && a->timestamp == b->timestamp &&
	       a->sub_blocks == b->sub_blocks && a->bitmap_blocks == b->bitmap_blocks &&
	       a->max_pfn == b->max_pfn && a->phys_base == b->phys_base &&
	       a->dump_level == b->dump_level &&
	       !memcmp(a->release, b->release, sizeof(a->release));
}

static bool check_parts(const struct kdump_set *set, struct error *err)
{
	for (size_t i = 1; i < set->nr; i++) {
		const struct kdump_part *a = &set->parts[i - 1];
		const struct kdump_part *b = &set->parts[i];

		if (!same_dump(&a->header, &b->header))
			return fail(err, ERROR_USAGE,
				    "%s and %s are both dumps, but not parts of one split set",
				    a->path, b->path);
		if (a->start_pfn < a->end_pfn && b->start_pfn < b->end_pfn &&
		    b->start_pfn < a->end_pfn)
			return fail(
				err, ERROR_USAGE,
				"%s and %s are the same part of a split set: both hold frame %" PRIx64,
				a->path, b->path, b->start_pfn);
	}
	return true;
}

bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err)
{
	set->parts = calloc(1 + dump->nr_more, sizeof(*set->parts));
	if (!set->parts)
		return out_of_memory(err);
	set->nr = 1 + dump->nr_more;
	if (!read_part(&set->parts[0], &dump->file, &dump->source, err))
		return false;
	for (size_t i = 0; i < dump->nr_more; i++)
		if (!read_part(&set->parts[1 + i], &dump->more[i].file, &dump->more[i].source, err))
			return false;
	qsort(set->parts, set->nr, sizeof(*set->parts), compare_start);
	return check_parts(set, err);
}

static void warn_missing(struct dump *dump, uint64_t start, uint64_t end)
{
	if (start < end)
		dump_warn(dump,
			  "the part of the split set with frames %" PRIx64 " to %" PRIx64
			  " is missing",
			  start, end - 1);
}

void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn)
{
	uint64_t at = 0;

	for (size_t i = 0; i < set->nr; i++) {
		struct kdump_part *part = &set->parts[i];

		part->end_pfn = smaller_of(part->end_pfn, max_pfn);
		if (part->start_pfn > part->end_pfn)
			part->start_pfn = part->end_pfn;
		if (!part->header.split)
			continue;
		warn_missing(dump, at, part->start_pfn);
		at = part->end_pfn > at ? part->end_pfn : at;
	}
	if (set->parts[0].header.split)
		warn_missing(dump, at, max_pfn);
}

const struct kdump_part *kdump_set_find(const struct kdump_set *set, uint64_t pfn)
{
	/* the first part that ends above pfn */
	size_t at = ranges_search(set->parts, set->nr, sizeof(*set->parts),
				  offsetof(struct kdump_part, end_pfn), pfn + 1);

	if (at < set->nr && set->parts[at].start_pfn <= pfn)
		return &set->parts[at];
	return NULL;
}
