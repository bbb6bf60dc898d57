/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ELF cores: a kexec kdump's /proc/vmcore, QEMU's dump-guest-memory,
 * makedumpfile -E. Field offsets are those of the ELF specification; the
 * class says nothing of the kernel (QEMU writes i386 guests as ELFCLASS64).
 */
#include "dump/dump.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/elf_headers.h"
#include "dump/elf_notes.h"
#include "dump/extents.h"

static bool elf_probe(const struct source *source)
{
	uint8_t scratch[18];
	const uint8_t *at = source_view(source, 0, SELFMAG, scratch);

	if (!at || memcmp(at, ELFMAG, SELFMAG))
		return false;
	/* A stub of a header can only be complained of: leave that to open. */
	at = source_view(source, 0, sizeof(scratch), scratch);
	return !at || load_le16(at + 16) == ET_CORE ||
	       load_le16(at + 16) == ET_CORE << 8;
}

/* [start, end) of the segment in one state; nothing where it is empty. False:
 * out of memory, or more pieces than a sound file can have. */
static bool add_piece(struct pieces *pieces, const struct elf_segment *segment,
		      uint64_t start, uint64_t end, enum page_state state,
		      const uint8_t *data)
{
	uint64_t first = segment->paddr + start;

	if (start >= end || first < segment->paddr)
		return true;
	return pieces_add(pieces, first, end - start, state, data);
}

/* What the file has of a segment, stretch by stretch. */
static bool add_content(struct dump *dump, const struct elf_segment *segment,
			struct pieces *pieces, uint64_t *missing)
{
	uint64_t at = 0;

	while (at < segment->filesz) {
		uint64_t left = segment->filesz - at;
		struct stretch part = { .size = left };
		enum page_state state = PAGE_PRESENT;

		if (segment->offset <= UINT64_MAX - at)
			part = source_stretch(&dump->source,
					      segment->offset + at, left);
		if (!part.data)
			state = part.zero ? PAGE_ZERO : PAGE_TRUNCATED;
		if (state == PAGE_TRUNCATED)
			*missing += part.size;
		if (!add_piece(pieces, segment, at, at + part.size, state,
			       part.data))
			return false;
		at += part.size;
	}
	return true;
}

static bool add_segment(struct dump *dump, struct elf_segment *segment,
			struct pieces *pieces, uint64_t *missing)
{
	/* A segment has no more in the file than it has in memory. */
	if (segment->memsz && segment->filesz > segment->memsz)
		segment->filesz = segment->memsz;
	if (segment->vaddr)
		dump->mappings[dump->nr_mappings++] = (struct dump_mapping){
			segment->vaddr, segment->paddr,
			segment->memsz ? segment->memsz : segment->filesz
		};
	/* Filtered or zero: the file cannot tell, and zeros would be a guess. */
	return add_content(dump, segment, pieces, missing) &&
	       add_piece(pieces, segment, segment->filesz, segment->memsz,
			 PAGE_FILTERED, NULL);
}

/* All notes together are no longer than the file, or some are read twice. */
static bool read_notes(struct dump *dump, const struct elf_segment *segment,
		       uint64_t *unread, struct elf_notes *notes,
		       struct error *err)
{
	uint64_t size = segment->filesz, in_file = dump->source.size;
	struct bytes bytes;

	in_file -= segment->offset < in_file ? segment->offset : in_file;
	if (in_file < size)
		size = in_file;
	if (size < segment->filesz || size > *unread)
		notes->cut = true;
	if (!size || size > *unread)
		return true;
	*unread -= size;
	if (!source_bytes(&dump->source, segment->offset, size, &bytes))
		notes->cut = true;
	else if (!elf_notes_read(notes, bytes))
		return fail(err, ERROR_SYSTEM, "out of memory");
	return true;
}

static void warn(struct dump *dump, const struct elf_notes *notes,
		 uint64_t missing)
{
	if (missing)
		snprintf(dump->warning, sizeof(dump->warning),
			 "the file is cut short: %llu bytes of memory are missing",
			 (unsigned long long)missing);
	else if (notes->cut)
		snprintf(dump->warning, sizeof(dump->warning),
			 "a note reaches past the end of its segment or of the file");
}

static bool accept_notes(struct dump *dump, const struct elf_notes *notes,
			 struct error *err)
{
	dump->vmcoreinfo = notes->vmcoreinfo;
	dump->cpus = notes->cpus;
	dump->nr_cpus = notes->nr_cpus;
	if (notes->user_process && !notes->vmcoreinfo.size && !notes->nr_cpus)
		return fail(err, ERROR_FORMAT,
			    "%s: is the core of a user-space process, not of a kernel",
			    dump->file.path);
	return true;
}

/* All segments: memory to pieces, notes to the dump. */
static bool read_segments(struct dump *dump, const struct elf_headers *headers,
			  struct pieces *pieces, struct error *err)
{
	struct elf_notes notes = { 0 };
	uint64_t missing = 0, unread = dump->file.bytes.size;
	bool ok = true;

	for (size_t i = 0; ok && i < headers->phnum; i++) {
		struct elf_segment segment = elf_segment_read(headers, i);

		if (segment.type == PT_LOAD) {
			ok = add_segment(dump, &segment, pieces, &missing) ||
			     fail(err, ERROR_SYSTEM,
				  "%s: has too many segments for the memory there is",
				  dump->file.path);
		} else if (segment.type == PT_NOTE) {
			ok = read_notes(dump, &segment, &unread, &notes, err);
		}
	}
	warn(dump, &notes, missing);
	return accept_notes(dump, &notes, err) && ok;
}

static bool elf_open(struct dump *dump, struct error *err)
{
	struct elf_headers headers = { 0 };
	struct pieces pieces = { 0 };

	if (!elf_headers_read(&headers, dump, err))
		return false;
	/* The headers lie in the file, so their number bounds these; a record of
	 * a flattened file is in a few segments at most. */
	pieces.limit = 3 * headers.phnum;
	if (dump->source.records)
		pieces.limit += 4 * dump->source.records->nr;
	dump->mappings = calloc(headers.phnum, sizeof(*dump->mappings));
	if (!dump->mappings)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (read_segments(dump, &headers, &pieces, err)) {
		if (pieces.nr)
			return extents_take(dump, &pieces, err);
		fail(err, ERROR_FORMAT,
		     dump->source.complete ?
			     "%s: has no memory in it (no PT_LOAD segment)" :
			     "%s: is cut short before its program headers, which a flattened core has at its end",
		     dump->file.path);
	}
	free(pieces.at);
	return false;
}

const struct dump_format dump_format_elf = {
	.name = "ELF",
	.probe = elf_probe,
	.open = elf_open,
	.close = extents_close,
	.find = extents_find,
};
