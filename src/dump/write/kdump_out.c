/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Writes kdump-compressed files, as makedumpfile does. A file begins with a header, a sub-header
 * with the notes, two bitmaps, and a descriptor for each kept frame. One page of zeros follows,
 * which all frames of zeros share, and then the other pages. Source: makedumpfile's diskdump_mod.h.
 * dump/formats/kdump_header.c reads such files. */
#include <endian.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "dump/codec.h"
#include "dump/write/dump_out.h"
#include "dump/write/frame_set.h"
#include "dump/write/page_crew.h"

enum {
	BLOCK = PAGE_BYTES, /* all parts of the file begin at multiples of this size */
	HEADER_VERSION = 6,
	DESCRIPTOR_SIZE = 24,
	SUB_HEADER_SIZE = 104,
	BUFFER = 1 << 18, /* the number of bytes of descriptors that are written by one call */
	BITMAP_BUFFER = 1 << 16,
	/* The sum of DL_EXCLUDE_* for cache, private cache, user and free pages. Pages of any of
	 * these kinds may be missing. Pages of zeros are never missing. */
	LEFT_OUT = 30,
};

/* The bit for each codec, in the status of the header and in the flags of descriptors. */
static const uint32_t codec_flags[NR_CODECS] = {
	[CODEC_ZLIB] = 1 << 0,
	[CODEC_SNAPPY] = 1 << 2,
	[CODEC_ZSTD] = 1 << 5,
};

struct kdump_out {
	struct dump_out *out;
	struct notes_out notes;
	uint64_t *kept; /* owned; the kept frames, without frames that cannot be read */
	uint64_t nr_kept; /* the number of descriptors for which the file has space */
	uint64_t nr_done;
	/* The file offset of the first bitmap; the size in bytes of each bitmap. */
	uint64_t bitmaps_at, bitmap_size;
	/* The file offsets of the next descriptor and of the next page. */
	uint64_t next_descriptor, next_data;
	uint64_t zero_page; /* the file offset of the page of zeros */
	/* Owned; has BUFFER bytes; the descriptors that are not yet written. */
	uint8_t *descriptors;
	size_t nr_bytes; /* the number of bytes in `descriptors` that are used */
};

static uint64_t align_block(uint64_t size)
{
	return (size + BLOCK - 1) & -(uint64_t)BLOCK;
}

static bool kdump_out_is_wide(const struct kdump_out *kdump)
{
	return machine_find(kdump->out->machine->machine)->pointer_size == 8;
}

static void kdump_out_lay_out(struct kdump_out *kdump)
{
	uint64_t nr_frames = kdump->out->memory->nr_frames;
	uint64_t sub = align_block(SUB_HEADER_SIZE + kdump->notes.size);

	kdump->bitmaps_at = BLOCK + sub;
	kdump->bitmap_size = align_block((nr_frames + 7) / 8);
	kdump->next_descriptor = kdump->bitmaps_at + 2 * kdump->bitmap_size;
	kdump->zero_page = kdump->next_descriptor + kdump->nr_kept * DESCRIPTOR_SIZE;
	kdump->next_data = kdump->zero_page + BLOCK;
}

/* --- headers --- */

/* Stores struct disk_dump_header. The time of the crash consists of two longs, so the word size
 * determines its offset and the offsets of the fields after it. */
static void put_header(const struct kdump_out *kdump, uint8_t *to)
{
	const struct dump_out *out = kdump->out;
	const struct machine_out *machine = out->machine;
	uint64_t nr_frames = out->memory->nr_frames;
	uint8_t *status = to + (kdump_out_is_wide(kdump) ? 424 : 412);
	size_t nr_cpus = machine->nr_stopped ? machine->nr_stopped : 1;

	memcpy(to, "KDUMP   ", 8);
	store_le(to + 8, HEADER_VERSION, 4);
	memcpy(to + 12, machine->names, sizeof(machine->names));
	if (kdump_out_is_wide(kdump))
		store_le(to + 408, machine->time, 8);
	else
		store_le(to + 404, machine->time, 4);
	store_le(status, codec_flags[out->codec], 4);
	store_le(status + 4, BLOCK, 4);
	store_le(status + 8, kdump->bitmaps_at / BLOCK - 1, 4);
	store_le(status + 12, 2 * kdump->bitmap_size / BLOCK, 4);
	store_le(status + 16, nr_frames < UINT32_MAX ? nr_frames : UINT32_MAX, 4);
	store_le(status + 36, nr_cpus, 4);
}

/* Stores struct kdump_sub_header. Its layout depends on the word size of the dumped kernel: a
 * 32-bit kernel aligns 64-bit numbers to only 4 bytes. */
static void put_sub_header(const struct kdump_out *kdump, uint8_t *to)
{
	static const struct {
		uint8_t at[2], size[2];
	} fields[] = {
		{ { 0, 0 }, { 8, 4 } }, /* phys_base */
		{ { 8, 4 }, { 4, 4 } }, /* dump_level */
		{ { 32, 20 }, { 8, 8 } }, /* offset_vmcoreinfo */
		{ { 40, 28 }, { 8, 4 } }, /* size_vmcoreinfo */
		{ { 48, 32 }, { 8, 8 } }, /* offset_note */
		{ { 56, 40 }, { 8, 4 } }, /* size_note */
		{ { 96, 72 }, { 8, 8 } }, /* max_mapnr_64 */
	};
	const struct machine_out *machine = kdump->out->machine;
	const struct memory_out *memory = kdump->out->memory;
	uint64_t known = frame_set_count(memory->known, 0, memory->nr_frames);
	uint64_t notes_at = BLOCK + SUB_HEADER_SIZE;
	const uint64_t values[] = {
		machine->phys_base,
		known > kdump->out->nr_pages ? LEFT_OUT : 0,
		machine->vmcoreinfo.size ? notes_at + kdump->notes.vmcoreinfo_at : 0,
		machine->vmcoreinfo.size,
		kdump->notes.size ? notes_at : 0,
		kdump->notes.size,
		memory->nr_frames,
	};
	unsigned int narrow = !kdump_out_is_wide(kdump);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		store_le(to + fields[i].at[narrow], values[i], fields[i].size[narrow]);
}

static bool kdump_out_write_headers(const struct kdump_out *kdump, struct error *err)
{
	uint8_t *headers = calloc(1, kdump->bitmaps_at);
	bool ok;

	if (!headers)
		return out_of_memory(err);
	put_header(kdump, headers);
	put_sub_header(kdump, headers + BLOCK);
	memcpy(headers + BLOCK + SUB_HEADER_SIZE, kdump->notes.data, kdump->notes.size);
	ok = dump_out_at(kdump->out, headers, kdump->bitmaps_at, 0, err);
	free(headers);
	return ok;
}

/* --- bitmaps --- */

/* Writes a set of frames as a bitmap. Blocks that contain only zeros become holes of the file. */
static bool write_bitmap(const struct kdump_out *kdump, const uint64_t *set, uint64_t offset,
			 struct error *err)
{
	enum { WORDS = BITMAP_BUFFER / sizeof(uint64_t) };
	size_t words = frame_set_words(kdump->out->memory->nr_frames);
	uint64_t buffer[WORDS];

	for (size_t i = 0; i < words; i += WORDS) {
		size_t nr = words - i < WORDS ? words - i : WORDS;
		uint64_t any = 0;

		for (size_t k = 0; k < nr; k++) {
			buffer[k] = htole64(set[i + k]);
			any |= buffer[k];
		}
		if (any && !dump_out_at(kdump->out, buffer, nr * sizeof(*buffer),
					offset + i * sizeof(*buffer), err))
			return false;
	}
	return true;
}

/* --- pages --- */

/* Compresses the pages of a batch. The compressed data are stored one after another in
 * batch->bytes, without gaps. */
static void pack_batch(const void *arg, struct deflater *deflater, struct page_batch *batch)
{
	uint8_t packed[PAGE_BYTES], *to = batch->bytes;

	(void)arg;
	for (size_t i = 0; i < batch->nr; i++) {
		const uint8_t *page = batch->bytes + i * PAGE_BYTES;
		size_t size = 0;

		if (batch->kind[i] != PAGE_IS_DATA)
			continue;
		size = deflate_page(deflater, page, packed);
		batch->size[i] = size ? (uint32_t)size : PAGE_BYTES;
		memmove(to, size ? packed : page, batch->size[i]);
		to += batch->size[i];
	}
}

static bool flush_descriptors(struct kdump_out *kdump, struct error *err)
{
	if (!dump_out_at(kdump->out, kdump->descriptors, kdump->nr_bytes, kdump->next_descriptor,
			 err))
		return false;
	kdump->next_descriptor += kdump->nr_bytes;
	kdump->nr_bytes = 0;
	return dump_out_progress(kdump->out, kdump->nr_done, kdump->nr_kept, err);
}

/* Adds a descriptor, page_desc_t: offset, size, flags, and the page flags of the kernel, which stay
 * 0 because no reader uses them. */
static bool add_descriptor(struct kdump_out *kdump, uint64_t offset, uint32_t size, uint32_t flags,
			   struct error *err)
{
	uint8_t *to;

	if (kdump->nr_bytes + DESCRIPTOR_SIZE > BUFFER && !flush_descriptors(kdump, err))
		return false;
	to = kdump->descriptors + kdump->nr_bytes;
	memset(to, 0, DESCRIPTOR_SIZE);
	store_le(to, offset, 8);
	store_le(to + 8, size, 4);
	store_le(to + 12, flags, 4);
	kdump->nr_bytes += DESCRIPTOR_SIZE;
	kdump->nr_done++;
	return true;
}

static bool add_zeros(struct kdump_out *kdump, uint64_t nr, struct error *err)
{
	kdump->out->nr_zero += nr;
	while (nr--)
		if (!add_descriptor(kdump, kdump->zero_page, BLOCK, 0, err))
			return false;
	return true;
}

static bool take_page(struct kdump_out *kdump, const struct page_batch *batch, size_t i,
		      struct error *err)
{
	uint32_t size = batch->size[i];
	uint64_t place = kdump->next_data;

	switch (batch->kind[i]) {
	case PAGE_IS_DATA:
		kdump->next_data += size;
		return add_descriptor(kdump, place, size,
				      size < BLOCK ? codec_flags[kdump->out->codec] : 0, err);
	case PAGE_IS_ZERO: return add_zeros(kdump, 1, err);
	case PAGE_IS_LOST: break;
	}
	frame_set_remove(kdump->kept, batch->pfn[i]);
	kdump->out->nr_lost++;
	return true;
}

static bool kdump_out_take_batch(void *arg, const struct page_batch *batch, struct error *err)
{
	struct kdump_out *kdump = arg;
	/* kdump->kept cannot be used here, because take_page() removes lost frames from it. */
	const uint64_t *kept = kdump->out->memory->kept;
	uint64_t at = batch->start, data = kdump->next_data;

	for (size_t i = 0; i < batch->nr; i++) {
		uint64_t before = frame_set_count(kept, at, batch->pfn[i]);

		if (!add_zeros(kdump, before, err) || !take_page(kdump, batch, i, err))
			return false;
		at = batch->pfn[i] + 1;
	}
	if (!add_zeros(kdump, frame_set_count(kept, at, batch->end), err) ||
	    !dump_out_at(kdump->out, batch->bytes, kdump->next_data - data, data, err))
		return false;
	return dump_out_progress(kdump->out, kdump->nr_done, kdump->nr_kept, err);
}

/* Writes the descriptors and the pages. There is also space for the descriptors of lost frames.
 * This space remains a gap before the page of zeros, which does no harm. */
static bool write_pages(struct kdump_out *kdump, struct error *err)
{
	struct dump_out *out = kdump->out;
	struct page_crew crew = {
		.memory = out->memory,
		.kept = out->memory->kept,
		.nr_threads = out->nr_threads,
		.codec = out->codec,
		.make = pack_batch,
		.take = kdump_out_take_batch,
		.arg = kdump,
	};

	if (!dump_out_crew_run(&crew, err) || !flush_descriptors(kdump, err))
		return false;
	out->nr_pages = kdump->nr_kept - out->nr_lost;
	return dump_out_resize(out, kdump->next_data, err);
}

static bool kdump_out_write_all(struct kdump_out *kdump, struct error *err)
{
	const struct memory_out *memory = kdump->out->memory;

	memcpy(kdump->kept, memory->kept,
	       frame_set_words(memory->nr_frames) * sizeof(*kdump->kept));
	kdump->nr_kept = frame_set_count(memory->kept, 0, memory->nr_frames);
	if (!notes_out_make(&kdump->notes, kdump->out->machine, err))
		return false;
	kdump_out_lay_out(kdump);
	/* The first bitmap contains the frames that are memory, and the second the frames that are
	 * in the file. */
	return write_pages(kdump, err) &&
	       write_bitmap(kdump, memory->known, kdump->bitmaps_at, err) &&
	       write_bitmap(kdump, kdump->kept, kdump->bitmaps_at + kdump->bitmap_size, err) &&
	       kdump_out_write_headers(kdump, err);
}

static bool write_kdump(struct dump_out *out, struct error *err)
{
	const struct memory_out *memory = out->memory;
	struct kdump_out kdump = {
		.out = out,
		.kept = frame_set_create(memory->nr_frames),
		.descriptors = malloc(BUFFER),
	};
	bool ok = false;

	if (out->machine->page_size != BLOCK)
		fail(err, ERROR_USAGE,
		     "the kernel has pages of %" PRIu64
		     " bytes; kwalk can write a dump of such a kernel only as an ELF core, not as a kdump-compressed file",
		     out->machine->page_size);
	else if (out->machine->needs_phys_base && !out->machine->has_phys_base)
		fail(err, ERROR_UNKNOWN,
		     "a kdump-compressed file needs phys_base in its header, but phys_base is not known (-o phys_base= sets it); an ELF core does not need phys_base");
	else if (!deflater_has(out->codec))
		fail(err, ERROR_SYSTEM, "this kwalk has no library for %s",
		     codec_names[out->codec]);
	else if (!kdump.kept || !kdump.descriptors)
		out_of_memory(err);
	else
		ok = kdump_out_write_all(&kdump, err);
	free(kdump.notes.data);
	free(kdump.descriptors);
	free(kdump.kept);
	return ok;
}

const struct out_format out_format_kdump = {
	.name = "kdump-compressed",
	.compresses = true,
	.make = write_kdump,
};
