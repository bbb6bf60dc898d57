/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* ELF cores, which are written by /proc/vmcore of a kdump kernel, by QEMU's dump-guest-memory and
 * by makedumpfile -E. The class of the file may differ from the word size of the kernel, because
 * QEMU writes ELFCLASS64 for i386 guests. */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "dump/extents.h"
#include "dump/formats/elf_headers.h"
#include "dump/formats/listed.h"

static bool dump_elf_probe(const struct source *source)
{
	uint8_t type[2];

	/* A file that ends within the header is accepted here, so that open() can report the
	 * error. */
	return source_has(source, 0, ELFMAG, SELFMAG) &&
	       (!source_read(source, 16, type, sizeof(type)) || load_le16(type) == ET_CORE ||
		load_le16(type) == ET_CORE << 8);
}

struct elf_reading {
	struct dump *dump;
	const struct elf_headers *headers;
	size_t index; /* the index of the current segment */
	struct elf_segment segment;
	struct pieces pieces;
	struct elf_notes notes;
	uint64_t missing; /* the number of bytes of memory that are not in the file */
	uint64_t unread; /* the number of bytes that may still be read as notes */
	size_t lost; /* the number of program headers that are not in the file */
	size_t too_high; /* the number of segments that extend beyond the last address */
};

/* Adds the bytes [start, end) of the segment. If the file is flattened, find_record() later finds
 * the file offset of each byte. */
static void elf_add_piece(struct elf_reading *reading, uint64_t start, uint64_t end,
			  enum page_state state, const uint8_t *data)
{
	const struct elf_segment *segment = &reading->segment;
	uint64_t first = segment->paddr + start;
	unsigned int file = reading->dump->source.runs ? 0 : 1;

	if (start >= end || first < start)
		return;
	if (state == PAGE_PRESENT)
		pieces_add_bytes(&reading->pieces, first, end - start, data, file,
				 segment->offset + start);
	else
		pieces_add(&reading->pieces, first, end - start, state, 0);
}

static void tell_missing(const struct elf_reading *reading, uint64_t at, uint64_t size)
{
	const struct elf_segment *segment = &reading->segment;

	dump_trouble(reading->dump,
		     "segment %zu: the bytes of physical %" PRIx64 " to %" PRIx64
		     " should be at offset %#" PRIx64
		     " of the dump, but the dump ends at %#" PRIx64,
		     reading->index, segment->paddr + at, segment->paddr + at + (size - 1),
		     segment->offset + at, reading->dump->source.size);
}

static void add_content(struct elf_reading *reading)
{
	const struct elf_segment *segment = &reading->segment;
	uint64_t at = 0;

	while (at < segment->filesz && !reading->pieces.failed) {
		uint64_t left = segment->filesz - at;
		struct stretch part = { .size = left };
		enum page_state state = PAGE_TRUNCATED;

		if (segment->offset <= UINT64_MAX - at)
			part = source_span(&reading->dump->source, segment->offset + at, left);
		if (part.there || part.zero)
			state = part.there ? PAGE_PRESENT : PAGE_ZERO;
		if (state == PAGE_TRUNCATED) {
			reading->missing += part.size;
			tell_missing(reading, at, part.size);
		}
		elf_add_piece(reading, at, at + part.size, state, part.data);
		at += part.size;
	}
}

static void elf_add_segment(struct elf_reading *reading)
{
	struct elf_segment *segment = &reading->segment;
	struct dump *dump = reading->dump;
	uint64_t size = segment->memsz ? segment->memsz : segment->filesz;

	segment->filesz = smaller_of(segment->filesz, size);
	if (size && segment->paddr > UINT64_MAX - (size - 1)) {
		reading->too_high++;
		dump_trouble(dump,
			     "segment %zu: %#" PRIx64 " bytes at physical %" PRIx64
			     " extend past the last address",
			     reading->index, size, segment->paddr);
	}
	if (segment->vaddr)
		dump->mappings[dump->nr_mappings++] =
			(struct dump_mapping){ segment->vaddr, segment->paddr, size };
	add_content(reading);
	/* These pages may have been filtered, or may be zeros: the file does not show which. */
	elf_add_piece(reading, segment->filesz, segment->memsz, PAGE_FILTERED, NULL);
}

/* Reads the notes of a segment. The notes of all segments together must not be larger than the
 * file, because notes that overlap would be read several times. */
static bool elf_read_notes(struct elf_reading *reading, struct error *err)
{
	const struct elf_segment *segment = &reading->segment;
	struct dump *dump = reading->dump;
	struct elf_notes *notes = &reading->notes;
	uint64_t size = segment->filesz, in_file = dump->source.size;
	bool cut = notes->cut;
	struct bytes bytes;

	notes->cut_at = 0;
	in_file -= segment->offset < in_file ? segment->offset : in_file;
	size = smaller_of(size, in_file);
	if (size < segment->filesz || size > reading->unread)
		notes->cut = true;
	if (size && size <= reading->unread) {
		reading->unread -= size;
		if (!source_small(&dump->source, segment->offset, size, &bytes))
			notes->cut = true;
		else if (!elf_notes_read(notes, bytes, dump))
			return out_of_memory(err);
	}
	if (notes->cut && !cut)
		dump_trouble(dump,
			     "segment %zu: the notes at offset %#" PRIx64 " should have %#" PRIx64
			     " bytes; %#" PRIx64
			     " bytes are in the file, and the notes are valid up to offset %#" PRIx64,
			     reading->index, segment->offset, segment->filesz, size,
			     segment->offset + notes->cut_at);
	return true;
}

static void elf_warn(const struct elf_reading *reading)
{
	struct dump *dump = reading->dump;
	char end[SOURCE_END];

	if (reading->lost || reading->missing || !dump->source.complete)
		source_end(&dump->source, end);
	if (reading->lost)
		dump_warn(dump,
			  "the file is %s: %zu of %" PRIu64
			  " program headers are missing, so their memory counts as absent",
			  end, reading->lost, reading->headers->phnum);
	if (reading->missing)
		dump_warn(dump, "the file is %s: %" PRIu64 " bytes of memory are missing", end,
			  reading->missing);
	else if (!dump->source.complete && !reading->lost)
		dump_warn(dump, "the file is %s, but has all memory that its headers list", end);
	if (reading->too_high)
		dump_warn(dump, "%zu segments extend past the last address", reading->too_high);
	if (reading->notes.cut)
		dump_warn(dump, "a note extends past the end of its segment or of the file");
}

static void tell_lost(struct elf_reading *reading, size_t index)
{
	const struct elf_headers *headers = reading->headers;

	if (!reading->lost++)
		dump_trouble(reading->dump,
			     "program header %zu should be at offset %#" PRIx64 " of the dump",
			     index, headers->phoff + index * headers->phentsize);
}

/* Reads all segments: adds memory to the pieces, and notes to the dump. */
static bool elf_read_segments(struct elf_reading *reading, struct error *err)
{
	struct dump *dump = reading->dump;
	bool ok = true;

	for (size_t i = 0; ok && i < reading->headers->phnum; i++) {
		reading->index = i;
		if (!elf_segment_read(reading->headers, i, &reading->segment))
			tell_lost(reading, i);
		else if (reading->segment.type == PT_LOAD)
			elf_add_segment(reading);
		else if (reading->segment.type == PT_NOTE)
			ok = elf_read_notes(reading, err);
	}
	elf_warn(reading);
	if (!ok)
		return false;
	if (reading->notes.user_process && !dump->vmcoreinfo.size && !dump->nr_cpus)
		return dump_fail(dump, err, "is the core of a user-space process, not of a kernel");
	if (!elf_notes_fail(&reading->notes, dump, err))
		return false;
	return !reading->pieces.failed ||
	       fail(err, ERROR_SYSTEM, "%s: has too many segments for the available memory",
		    dump->file.path);
}

/* Fails if the segments contain implausibly much memory. A valid file contains each page once, and
 * pages of the kernel's image twice. A hostile file could list so much memory that a search would
 * not end. */
static bool check_size(const struct elf_reading *reading, const struct extent_list *memory,
		       struct error *err)
{
	const struct dump *dump = reading->dump;
	double claimed = 0, size = (double)dump->file.size;

	for (size_t i = 0; i < memory->nr; i++)
		if (memory->extents[i].state == PAGE_PRESENT)
			claimed += (double)(memory->extents[i].last - memory->extents[i].first) + 1;
	if (reading->lost && !claimed)
		return elf_headers_fail(reading->headers, dump, err);
	if (claimed <= 2 * size)
		return true;
	return dump_fail(
		dump, err,
		"its segments claim %.0f bytes of memory, but the file has %.0f bytes: some of the segments must be wrong",
		claimed, size);
}

static bool take_memory(struct elf_reading *reading, struct error *err)
{
	struct dump *dump = reading->dump;
	struct extent_list *memory = dump->private;

	if (!elf_read_segments(reading, err))
		return false;
	if (!reading->pieces.nr)
		return reading->lost ?
			       elf_headers_fail(reading->headers, dump, err) :
			       dump_fail(dump, err, "has no memory in it (no PT_LOAD segment)");
	if (!extent_list_build(memory, reading->pieces.at, reading->pieces.nr))
		return out_of_memory(err);
	overlap_warn(dump, &reading->pieces, "segments");
	return check_size(reading, memory, err);
}

static bool dump_elf_open(struct dump *dump, struct error *err)
{
	struct elf_headers headers = { 0 };
	struct elf_reading reading = {
		.dump = dump,
		.headers = &headers,
		.unread = dump->file.size,
	};
	bool ok;

	if (!elf_headers_read(&headers, dump, err))
		return false;
	/* Limits the number of pieces. Each header adds at most three pieces. In a flattened file,
	 * the gaps between runs split segments, but each gap splits only a few. */
	reading.pieces.limit = 3 * headers.phnum;
	if (dump->source.runs)
		reading.pieces.limit += 4 * dump->source.runs->nr;
	dump->mappings = calloc(headers.phnum, sizeof(*dump->mappings));
	if (!dump->mappings)
		return out_of_memory(err);
	ok = take_memory(&reading, err);
	free(reading.pieces.at);
	return ok;
}

/* Cuts an extent of a flattened file to the record that contains paddr, because only a record is
 * contiguous in the file. */
static void find_record(const struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct stretch part = source_stretch(&dump->source, extent_offset(extent, paddr),
					     extent->last - paddr + 1);
	uint64_t before = paddr - extent->first;

	extent->last = paddr + (part.size - 1);
	if (!part.there) { /* only possible if the file has changed since it was opened */
		extent->first = paddr;
		extent->data = NULL;
		extent->state = PAGE_TRUNCATED;
		return;
	}
	before = smaller_of(before, part.before);
	extent->first = paddr - before;
	extent->data = part.data ? part.data - before : NULL;
	extent->file = 1;
	extent->origin = part.place - paddr;
}

static void elf_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	extents_find(dump, paddr, extent);
	if (dump->source.runs && extent->state == PAGE_PRESENT)
		find_record(dump, paddr, extent);
}

const struct dump_format dump_format_elf = {
	.name = "ELF",
	.private_size = sizeof(struct extent_list),
	.probe = dump_elf_probe,
	.open = dump_elf_open,
	.close = extents_close,
	.find = elf_find,
	.survey = extents_survey, /* faster than find(), which returns single records */
};
