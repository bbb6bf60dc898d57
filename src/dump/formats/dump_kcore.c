/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* /proc/kcore: the memory of the running machine, in the form of an ELF core (fs/proc/kcore.c). */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "dump/formats/elf_headers.h"
#include "dump/formats/live.h"

/* Does the segment have a physical address? The field is -1 for areas that are not physically
 * contiguous, such as vmalloc. */
static bool has_paddr(const struct elf_segment *segment)
{
	return segment->type == PT_LOAD && segment->memsz && segment->filesz &&
	       segment->paddr != UINT64_MAX && segment->paddr != UINT32_MAX &&
	       segment->memsz - 1 <= UINT64_MAX - segment->paddr;
}

static void kcore_add_area(struct dump *dump, const struct elf_segment *segment,
			   struct pieces *pieces)
{
	uint64_t size = segment->filesz < segment->memsz ? segment->filesz : segment->memsz;

	dump->mappings[dump->nr_mappings++] =
		(struct dump_mapping){ segment->vaddr, segment->paddr, size };
	pieces_add(pieces, segment->paddr, size, PAGE_PRESENT, segment->offset - segment->paddr);
}

/* Reads the notes. They contain VMCOREINFO since 4.19 (23c85094fe18). */
static bool kcore_read_notes(struct dump *dump, const struct elf_segment *segment,
			     struct error *err)
{
	enum { NOTES_MAX = 1 << 20 };

	if (segment->filesz && segment->filesz <= NOTES_MAX)
		return live_read_notes(dump, segment->offset, segment->filesz, err);
	dump_warn(dump,
		  "its notes have an implausible size, %" PRIu64 " bytes, so they are not read",
		  segment->filesz);
	return true;
}

/* Do the segments have physical addresses? Before 4.11 (464920104bf7) all of them are 0. */
static bool has_addresses(const struct dump *dump)
{
	size_t zeros = 0;

	for (size_t i = 0; i < dump->nr_mappings; i++)
		zeros += dump->mappings[i].paddr == 0;
	return dump->nr_mappings && zeros <= 1;
}

static int compare_vaddr(const void *a, const void *b)
{
	const struct elf_segment *x = a, *y = b;

	return (x->vaddr > y->vaddr) - (x->vaddr < y->vaddr);
}

/* Adds the segments in the order of their virtual addresses. If segments overlap, the segment that
 * was added first is used. So the direct map is used, not the segment of the kernel's image, whose
 * virtual address is higher. This is necessary because parts of the image that the kernel has freed
 * can be read only in the direct map; in the image's segment they are zeros. The order of the file
 * would be wrong, because the file lists the image before the direct map. */
static bool kcore_take_segments(struct dump *dump, struct elf_segment *segments, size_t nr,
				struct pieces *pieces, struct error *err)
{
	struct live *live = dump->private;
	bool ok = true;

	qsort(segments, nr, sizeof(*segments), compare_vaddr);
	for (size_t i = 0; ok && i < nr; i++) {
		if (has_paddr(&segments[i]))
			kcore_add_area(dump, &segments[i], pieces);
		else if (segments[i].type == PT_NOTE && !live->notes)
			ok = kcore_read_notes(dump, &segments[i], err);
	}
	return ok;
}

static bool kcore_read_segments(struct dump *dump, const struct elf_headers *headers,
				struct pieces *pieces, struct error *err)
{
	struct elf_segment *segments = calloc(headers->phnum, sizeof(*segments));
	bool ok = true;

	if (!segments)
		return out_of_memory(err);
	for (size_t i = 0; ok && i < headers->phnum; i++)
		ok = elf_segment_read(headers, i, &segments[i]) ||
		     elf_headers_fail(headers, dump, err);
	ok = ok && kcore_take_segments(dump, segments, headers->phnum, pieces, err);
	free(segments);
	return ok;
}

static bool kcore_open(struct dump *dump, struct error *err)
{
	struct elf_headers headers = { 0 };
	struct pieces pieces = { 0 };

	if (!elf_headers_read(&headers, dump, err))
		return false;
	dump->mappings = calloc(headers.phnum, sizeof(*dump->mappings));
	if (!dump->mappings)
		return out_of_memory(err);
	/* Overlaps are expected, because the kernel's image is also part of the direct map. */
	if (kcore_read_segments(dump, &headers, &pieces, err)) {
		if (has_addresses(dump))
			return extents_take(dump, &pieces, err);
		dump_fail(
			dump, err,
			"has no physical addresses, because the kernel is older than 4.11; try /dev/mem");
	}
	free(pieces.at);
	return false;
}

const struct dump_format dump_format_kcore = {
	.name = "running kernel",
	.private_size = sizeof(struct live),
	.running = true,
	.copies = true,
	.open = kcore_open,
	.close = live_close,
	.peek = extents_find,
	.find = live_find,
	.survey = extents_survey,
};
