/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kdump-compressed files, which makedumpfile, QEMU's dump-guest-memory and diskdump write. A file
 * consists of headers, two bitmaps, a descriptor for each dumped page, and the pages. A dump is one
 * file, or several files if makedumpfile split it. */
#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/counts.h"
#include "base/machine.h"
#include "base/ranges.h"
#include "dump/dump.h"
#include "dump/formats/elf_headers.h"
#include "dump/formats/kdump_bitmap.h"
#include "dump/formats/kdump_header.h"

/* --- one file of a split dump --- */

/* The files of a kdump-compressed dump. makedumpfile may split a dump over several files, its
 * parts. */

struct kdump_part {
	const char *path; /* `path` and `source` are borrowed from the dump */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* the frames of this part; the end is exclusive */
	uint64_t start_rank; /* the rank of start_pfn */
	uint64_t nr; /* the number of descriptors in this part */
	uint64_t descriptors; /* the file offset of the first descriptor */
	uint64_t data; /* the file offset of the first page, which follows the last descriptor */
	bool cut; /* at least one page is beyond the end of the file */
	bool nonsense; /* at least one descriptor is invalid */
	bool contradictory; /* the bitmap does not agree with the descriptors */
};

/* Finds the page with this rank. If it can be read, returns PAGE_PRESENT, and sets *place to a
 * range within the file. If not, the returned state is the reason. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct packed_page *place);

/* The parts of a dump, sorted by the addresses of their memory. */
struct kdump_set {
	struct kdump_part *parts; /* owned; sorted by their first frame */
	size_t nr;
};

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
/* Does another descriptor lead to the page with this rank, or to a part of it? If so, one of the
 * descriptors is wrong. `page` is from kdump_part_find(), and is not the shared page of zeros. */
static bool kdump_part_is_shared(const struct kdump_part *part, uint64_t rank,
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

/* Reports to the listener why the page with this rank cannot be read. `what` names the page in the
 * message. */
static void kdump_part_tell(const struct kdump_part *part, uint64_t rank, const char *what,
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

/* Sets start_rank and the members after it. Reports damage to the listener. */
static void kdump_part_place(struct kdump_part *part, const struct kdump_bitmaps *bitmaps,
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

/* Reads the headers of the dump's files, and sorts the parts. Fails if the files do not belong to
 * the same dump, or if a part was given twice. */
static bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err)
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

/* Limits the frames of the parts to max_pfn, the end of the bitmaps. Warns about missing parts. */
static void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn)
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

/* Returns the part that contains the descriptor of this frame, or NULL if that part was not
 * given. */
static const struct kdump_part *kdump_set_find(const struct kdump_set *set, uint64_t pfn)
{
	/* the first part that ends above pfn */
	size_t at = ranges_search(set->parts, set->nr, sizeof(*set->parts),
				  offsetof(struct kdump_part, end_pfn), pfn + 1);

	if (at < set->nr && set->parts[at].start_pfn <= pfn)
		return &set->parts[at];
	return NULL;
}

/* --- the dump --- */

struct kdump {
	struct kdump_set set;
	struct kdump_bitmaps bitmaps;
	enum page_state left_out; /* the state of frames that are FRAME_LEFT_OUT */
	/* For each kind of frame, the run that was found last. */
	struct kdump_run recent[FRAME_DUMPED];
	const struct kdump_part *zero_of; /* the part whose first page was found to be zeros */
	/* A page with this rank at this offset directly follows the page that was read last. */
	uint64_t next_rank, next_offset;
	unsigned int shift; /* log2 of the page size */
	/* The page that was read last. It is used only if pages of the dump are larger than pages
	 * of the cache. */
	uint64_t latest; /* the frame number of this page, plus 1; 0: there is no page */
	uint8_t page[KDUMP_MOST_BLOCK];
};

/* Finds the bits of a bitmap for all frames below max_pfn. The bits are read as whole blocks. If a
 * flattened file lacks the end of the last block, this end consists of zeros. Returns false if the
 * bits are not in the file, or if memory runs out. */
static bool find_bitmap(const struct kdump_part *part, uint64_t offset, uint64_t max_pfn,
			const uint8_t **bitmap)
{
	uint64_t needed = (max_pfn + 7) / 8;
	uint64_t block = kdump_header_block(&part->header);
	uint64_t room = (needed + block - 1) / block * block;
	struct bytes bytes;

	if (!source_bytes(part->source, offset, room, &bytes) &&
	    !source_copy(part->source, offset, needed, room, &bytes))
		return false;
	*bitmap = bytes.data;
	return true;
}

/* Finds the two bitmaps. A diskdump that contains all pages may have only one bitmap, which is then
 * used as both. */
static bool kdump_find_bitmaps(const struct kdump_part *part, struct kdump_bitmaps *bitmaps)
{
	const struct kdump_header *header = &part->header;
	uint64_t offset = (1 + header->sub_blocks) << header->shift;
	uint64_t nr = header->bitmap_blocks, frames = 8 * kdump_header_block(header);
	bool two = !header->diskdump || nr / 2 * frames >= header->max_pfn;

	*bitmaps = (struct kdump_bitmaps){ 0 };
	if (two)
		nr /= 2;
	if (!nr)
		return false;
	bitmaps->max_pfn = header->max_pfn < frames * nr ? header->max_pfn : frames * nr;
	if (!find_bitmap(part, offset, bitmaps->max_pfn, &bitmaps->memory))
		return false;
	if (two)
		offset += nr << header->shift;
	return find_bitmap(part, offset, bitmaps->max_pfn, &bitmaps->dumped);
}

static bool fail_bitmaps(const struct kdump_part *part, struct error *err)
{
	const struct kdump_header *header = &part->header;
	char end[SOURCE_END];

	source_end(part->source, end);
	return fail(err, ERROR_FORMAT,
		    "%s: is %s%s its bitmaps (%" PRIu64 " blocks at offset %#" PRIx64
		    "), so it is not known which memory the file contains",
		    part->path, end, part->source->damaged ? ", before the end of" : " within",
		    header->bitmap_blocks, (1 + header->sub_blocks) << header->shift);
}

/* Opens the bitmaps of the first part, and checks that the other parts have the same bitmaps. */
static bool open_bitmaps(struct kdump *kdump, struct error *err)
{
	const struct kdump_part *parts = kdump->set.parts;
	struct kdump_bitmaps *bitmaps = &kdump->bitmaps, other;

	if (!kdump_find_bitmaps(&parts[0], bitmaps))
		return fail_bitmaps(&parts[0], err);
	for (size_t i = 1; i < kdump->set.nr; i++) {
		size_t size = (bitmaps->max_pfn + 7) / 8;

		if (!kdump_find_bitmaps(&parts[i], &other))
			return fail_bitmaps(&parts[i], err);
		if (other.max_pfn != bitmaps->max_pfn ||
		    memcmp(other.memory, bitmaps->memory, size) ||
		    memcmp(other.dumped, bitmaps->dumped, size))
			return fail(err, ERROR_USAGE,
				    "%s and %s are not parts of one split set: their bitmaps differ",
				    parts[0].path, parts[i].path);
	}
	return kdump_bitmaps_open(bitmaps) || out_of_memory(err);
}

static bool check_compression(const struct dump *dump, struct error *err)
{
	const struct kdump *kdump = dump->private;
	const struct kdump_part *part = &kdump->set.parts[0];
	enum codec codec = kdump_header_codec(&part->header);

	return inflater_has(dump->inflater, codec) ||
	       fail(err, ERROR_FORMAT,
		    "%s: is compressed with %s, and this kwalk has no library to unpack it",
		    part->path, codec_names[codec]);
}

static void warn_of_parts(struct dump *dump, const struct kdump *kdump)
{
	for (size_t i = 0; i < kdump->set.nr; i++) {
		const struct kdump_part *part = &kdump->set.parts[i];
		const char *name = dump->nr_more ? part->path : "the file";
		char end[SOURCE_END];

		source_end(part->source, end);
		if (part->contradictory)
			dump_warn(dump,
				  "bitmap and page descriptors of %s contradict each other, so no page of this file can be trusted",
				  name);
		else if (part->header.status & KDUMP_INCOMPLETE && !part->header.diskdump)
			dump_warn(dump,
				  "pages are missing, because the writer of %s ran out of space (info counts them)",
				  name);
		else if (part->cut || !part->source->complete)
			dump_warn(dump, "%s is %s%s", name, end,
				  part->cut ? ": pages are missing (info counts them)" :
					      ", but its last pages are there");
		if (part->nonsense)
			dump_warn(dump,
				  "pages are damaged, because page descriptors of %s make no sense (info counts them)",
				  name);
	}
	if (kdump->bitmaps.max_pfn < kdump->set.parts[0].header.max_pfn)
		dump_warn(dump, "the bitmaps cover less memory than the header says");
}

static bool kdump_find_machine(struct dump *dump, const struct kdump_part *part,
			       const struct elf_notes *notes, struct error *err)
{
	const struct kdump_header *header = &part->header;

	dump->machine = notes->machine;
	if (dump->machine == EM_NONE)
		dump->machine = machine_of_note(dump->vmcoreinfo);
	if (dump->machine != EM_NONE)
		return true;
	/* A dump by QEMU names the machine of the emulator, which is "x86_64" for i386 guests,
	 * too. */
	dump->machine = machine_of_uname(header->machine);
	if (dump->machine == EM_X86_64 && kdump_header_by_qemu(header))
		dump->machine = EM_NONE;
	else if (dump->machine == EM_NONE && header->machine[0])
		return fail(err, ERROR_FORMAT,
			    "%s: is a dump of a %s machine, not of " MACHINES_READ, part->path,
			    header->machine);
	return true;
}

static void tell_note(const struct dump *dump, const struct kdump_part *part, const char *what,
		      uint64_t offset, uint64_t size)
{
	listener_trouble(dump->listener, part->path,
			 "according to the header, %#" PRIx64 " bytes of %s are at offset %#" PRIx64
			 "; the file ends at %#" PRIx64,
			 size, what, offset, part->source->size);
}

/* Fails if the block size is not a possible page size of the machine. In x86 dumps by QEMU the
 * machine is unknown, but this does not matter, because i386 and x86-64 have the same page size. */
static bool kdump_check_pages(const struct dump *dump, const struct kdump_part *part,
			      struct error *err)
{
	const struct kdump_header *header = &part->header;
	uint16_t number =
		dump->machine == EM_NONE ? machine_of_uname(header->machine) : dump->machine;
	const struct machine *machine = machine_find(number);

	return !machine || machine->page_sizes & kdump_header_block(header) ||
	       fail(err, ERROR_FORMAT,
		    "%s: its header has a block size of %" PRIu64
		    " bytes, which is not a page size of %s",
		    part->path, kdump_header_block(header), machine->uname);
}

static bool kdump_read_notes(struct dump *dump, const struct kdump_part *part, struct error *err)
{
	const struct kdump_header *header = &part->header;
	struct elf_notes notes = { 0 };
	struct bytes bytes;

	if (header->notes_size &&
	    !source_small(part->source, header->notes_offset, header->notes_size, &bytes))
		notes.cut = true;
	else if (header->notes_size && !elf_notes_read(&notes, bytes, dump))
		return out_of_memory(err);
	if (header->vmcoreinfo_size && !source_small(part->source, header->vmcoreinfo_offset,
						     header->vmcoreinfo_size, &dump->vmcoreinfo))
		notes.cut = true;
	dump->erased = header->erased_size;
	if (header->erased_size && header->erased_offset)
		source_small(part->source, header->erased_offset, header->erased_size,
			     &dump->erase_info);
	if (notes.cut) {
		dump_warn(dump, "a note extends past the end of the notes or of the file");
		tell_note(dump, part, "notes", header->notes_offset, header->notes_size);
		tell_note(dump, part, "VMCOREINFO", header->vmcoreinfo_offset,
			  header->vmcoreinfo_size);
	}
	dump->phys_base = header->phys_base;
	dump->has_phys_base = !header->diskdump && !kdump_header_by_qemu(header);
	return elf_notes_fail(&notes, dump, err) && kdump_find_machine(dump, part, &notes, err) &&
	       kdump_check_pages(dump, part, err);
}

static bool kdump_open(struct dump *dump, struct error *err)
{
	struct kdump *kdump = dump->private;
	const struct kdump_header *header;

	if (!kdump_set_open(&kdump->set, dump, err) || !check_compression(dump, err) ||
	    !open_bitmaps(kdump, err))
		return false;
	kdump_set_check(&kdump->set, dump, kdump->bitmaps.max_pfn);
	for (size_t i = 0; i < kdump->set.nr; i++)
		kdump_part_place(&kdump->set.parts[i], &kdump->bitmaps, dump->listener);
	for (size_t i = 0; i < FRAME_DUMPED; i++)
		kdump->recent[i].first = UINT64_MAX; /* this means that no run was found yet */
	header = &kdump->set.parts[0].header;
	kdump->shift = header->shift;
	/* QEMU writes the level 1, although it leaves out no pages. */
	dump->has_level = !header->diskdump && !kdump_header_by_qemu(header);
	dump->level = (unsigned int)header->dump_level;
	/* With this dump level, makedumpfile left out only pages of zeros, so all missing pages are
	 * zeros. */
	if (!header->diskdump && header->dump_level == KDUMP_WITHOUT_ZERO)
		kdump->left_out = PAGE_ZERO;
	else
		kdump->left_out = PAGE_FILTERED;
	warn_of_parts(dump, kdump);
	return kdump_read_notes(dump, &kdump->set.parts[0], err);
}

static void kdump_close(struct dump *dump)
{
	struct kdump *kdump = dump->private;

	free(kdump->bitmaps.ranks);
	free(kdump->set.parts);
}

/* Unpacks a page, and puts the part of it that contains paddr into the cache. */
static enum page_state kdump_unpack(struct dump *dump, uint64_t paddr,
				    const struct packed_page *place, const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT, offset;
	enum page_state state = PAGE_PRESENT;
	struct page_cache_slot slot;

	if (kdump->shift == CACHE_PAGE_SHIFT)
		return dump_unpack(dump, pfn, place, data);
	if (kdump->latest != (paddr >> kdump->shift) + 1) {
		kdump->latest = 0;
		state = dump_unpack_to(dump, place, kdump->page, (size_t)1 << kdump->shift);
		if (state != PAGE_PRESENT)
			return state;
		kdump->latest = (paddr >> kdump->shift) + 1;
	}
	slot = dump_cache_room(dump->pages, pfn);
	offset = page_first(paddr) & ((UINT64_C(1) << kdump->shift) - 1);
	memcpy(slot.buffer, kdump->page + offset, CACHE_PAGE_SIZE);
	dump_cache_fill(dump->pages, &slot, pfn, slot.buffer);
	*data = slot.buffer;
	return PAGE_PRESENT;
}

static bool is_zero(const struct kdump *kdump, const uint8_t *data)
{
	if (kdump->shift == CACHE_PAGE_SHIFT)
		return bytes_are_zero(data, CACHE_PAGE_SIZE);
	return bytes_are_zero(kdump->page, (size_t)1 << kdump->shift);
}

/* Unpacks the first page of a part, which may be the shared page of zeros. Programs write one page
 * of zeros before all other pages, and all frames of zeros share this page. */
static enum page_state unpack_first(struct dump *dump, uint64_t paddr,
				    const struct kdump_part *part, const struct packed_page *place,
				    const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	enum page_state state = PAGE_PRESENT;

	if (kdump->zero_of == part) {
		*data = dump_zero_page; /* uses no page of the cache */
		return PAGE_PRESENT;
	}
	state = kdump_unpack(dump, paddr, place, data);
	if (state == PAGE_PRESENT && is_zero(kdump, *data))
		kdump->zero_of = part;
	return state;
}

/* Is the page of this rank in no page of another descriptor? Most pages need no search, because they
 * follow the page that was read last. */
static bool is_alone(struct kdump *kdump, const struct kdump_part *part, uint64_t rank,
		     const struct packed_page *place)
{
	bool follows = rank == kdump->next_rank;

	if (place->offset == part->data) {
		kdump->next_rank += follows;
		return true;
	}
	if ((!follows || place->offset != kdump->next_offset) &&
	    kdump_part_is_shared(part, rank, place))
		return false;
	kdump->next_rank = rank + 1;
	kdump->next_offset = place->offset + place->size;
	return true;
}

/* Unpacks the dumped page that contains paddr into the cache. */
static enum page_state kdump_load_page(struct dump *dump, uint64_t paddr, const uint8_t **data)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> kdump->shift;
	const struct kdump_part *part = kdump_set_find(&kdump->set, pfn);
	uint64_t rank = kdump_rank(&kdump->bitmaps, pfn);
	struct packed_page place;
	enum page_state state;
	char what[32];

	if (!part)
		return PAGE_TRUNCATED;
	state = kdump_part_find(part, rank, &place);
	if (state == PAGE_PRESENT && !is_alone(kdump, part, rank, &place))
		state = PAGE_DAMAGED;
	if (state != PAGE_PRESENT) {
		snprintf(what, sizeof(what), "page frame %" PRIx64, pfn);
		kdump_part_tell(part, rank, what, dump->listener);
		return state;
	}
	if (place.offset == part->data)
		state = unpack_first(dump, paddr, part, &place, data);
	else
		state = kdump_unpack(dump, paddr, &place, data);
	if (state == PAGE_DAMAGED)
		listener_trouble(dump->listener, part->path,
				 "page frame %" PRIx64 ": the %" PRIu64 " bytes at offset %#" PRIx64
				 " are not a page compressed with %s",
				 pfn, place.size, place.offset, codec_names[place.codec]);
	return state;
}

/* Returns the extent of the frames from first to last, inclusive. If no other frames follow, last
 * is UINT64_MAX. */
static struct extent frames(const struct kdump *kdump, uint64_t first, uint64_t last,
			    enum page_state state)
{
	return (struct extent){
		.first = first << kdump->shift,
		.last = (last << kdump->shift) | ((UINT64_C(1) << kdump->shift) - 1),
		.state = state,
	};
}

static void kdump_find_page(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const uint8_t *data = dump_cache_get(dump->pages, paddr >> CACHE_PAGE_SHIFT);
	enum page_state state = PAGE_PRESENT;

	if (data)
		count_hit(dump->counts);
	else
		state = kdump_load_page(dump, paddr, &data);
	*extent = (struct extent){
		.first = page_first(paddr),
		.last = page_last(paddr),
		.state = state,
	};
	if (state == PAGE_PRESENT)
		extent->data = data;
}

static const struct kdump_run *kdump_find_run(struct kdump *kdump, uint64_t pfn)
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
	uint64_t pfn = paddr >> kdump->shift;
	const struct kdump_run *run;

	if (kdump_is_dumped(&kdump->bitmaps, pfn)) {
		kdump_find_page(dump, paddr, extent);
		return;
	}
	run = kdump_find_run(kdump, pfn);
	*extent = frames(kdump, run->first, run->last,
			 run->frame == FRAME_NONE ? PAGE_ABSENT : kdump->left_out);
}

static bool kdump_is_sound(const struct kdump_part *part)
{
	return !part->cut && part->source->complete && !part->nonsense && !part->contradictory &&
	       !(part->header.status & KDUMP_INCOMPLETE);
}

/* Finds the extent of dumped frames that contains pfn. In an undamaged part, the extent is a run of
 * the bitmaps. In a damaged part, it is a single frame, because each frame may have another
 * state. */
static void look_at_dumped(struct kdump *kdump, uint64_t pfn, struct extent *extent)
{
	const struct kdump_part *part = kdump_set_find(&kdump->set, pfn);
	uint64_t last = pfn;
	struct packed_page place;
	enum page_state state = PAGE_TRUNCATED;

	if (part && kdump_is_sound(part)) {
		last = kdump_run(&kdump->bitmaps, pfn).last;
		last = last < part->end_pfn ? last : part->end_pfn - 1;
		state = PAGE_PRESENT;
	} else if (part) {
		state = kdump_part_find(part, kdump_rank(&kdump->bitmaps, pfn), &place);
	}
	*extent = frames(kdump, pfn, last, state);
}

static void kdump_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct kdump *kdump = dump->private;
	uint64_t pfn = paddr >> kdump->shift;

	if (kdump_is_dumped(&kdump->bitmaps, pfn))
		look_at_dumped(kdump, pfn, extent);
	else
		kdump_find(dump, paddr, extent);
}

/* Counts the pages of a part. In an undamaged part the bitmaps are sufficient. In a damaged part,
 * the descriptors must be read, too. */
static void survey_part(const struct kdump *kdump, const struct kdump_part *part,
			struct dump_survey *survey)
{
	uint64_t rank = part->start_rank;

	if (kdump_is_sound(part)) {
		survey->bytes[PAGE_PRESENT] += part->nr << kdump->shift;
		return;
	}
	for (uint64_t pfn = part->start_pfn; pfn < part->end_pfn; pfn++) {
		struct packed_page place;

		if (kdump_is_dumped(&kdump->bitmaps, pfn))
			dump_survey_add(survey, kdump_part_find(part, rank++, &place),
					pfn << kdump->shift, UINT64_C(1) << kdump->shift);
	}
}

static void kdump_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct kdump *kdump = dump->private;
	uint64_t all = 0;

	survey->bytes[kdump->left_out] += kdump_left_out(&kdump->bitmaps) << kdump->shift;
	for (size_t i = 0; i < kdump->set.nr; i++) {
		survey_part(kdump, &kdump->set.parts[i], survey);
		all += kdump->set.parts[i].nr;
	}
	/* The pages in parts that were not given count as truncated. */
	survey->bytes[PAGE_TRUNCATED] += (kdump_rank(&kdump->bitmaps, kdump->bitmaps.max_pfn) - all)
					 << kdump->shift;
}

static void kdump_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	const struct kdump *kdump = dump->private;

	kdump_header_describe(&kdump->set.parts[0].header, visit, arg);
}

const struct dump_format dump_format_kdump = {
	.name = "kdump-compressed",
	.private_size = sizeof(struct kdump),
	.copies = true,
	.takes_parts = true,
	.probe = kdump_header_probe,
	.open = kdump_open,
	.close = kdump_close,
	.find = kdump_find,
	.peek = kdump_peek,
	.survey = kdump_survey,
	.describe = kdump_describe,
};
