/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/kcore: the running machine's memory as an ELF core (fs/proc/kcore.c).
 * It cannot be mapped and changes while it is read, so each access reads, and
 * nothing is kept.
 */
#include "dump/dump.h"

#include <elf.h>
#include <stdlib.h>

#include "dump/elf_headers.h"
#include "dump/elf_notes.h"

struct area {
	uint64_t first, last; /* physical addresses, both inclusive */
	uint64_t offset;      /* in the file */
};

struct kcore {
	struct area *areas; /* owned; in the file's order */
	size_t nr;
	uint8_t *notes; /* owned; the note segment */
	uint8_t page[CACHE_PAGE_SIZE]; /* what was read last */
};

/* The physical address of vmalloc and its like is all ones: they have none in
 * one piece. */
static bool has_paddr(const struct elf_segment *segment)
{
	return segment->type == PT_LOAD && segment->memsz && segment->filesz &&
	       segment->paddr != UINT64_MAX && segment->paddr != UINT32_MAX &&
	       segment->memsz - 1 <= UINT64_MAX - segment->paddr;
}

/* The file has all of it: p_filesz is p_memsz. */
static void add_area(struct dump *dump, const struct elf_segment *segment)
{
	struct kcore *kcore = dump->private;
	uint64_t size = segment->filesz < segment->memsz ? segment->filesz :
							   segment->memsz;

	kcore->areas[kcore->nr++] =
		(struct area){ segment->paddr, segment->paddr + (size - 1),
			       segment->offset };
	dump->mappings[dump->nr_mappings++] =
		(struct dump_mapping){ segment->vaddr, segment->paddr, size };
}

/* VMCOREINFO is among them since 4.19 (23c85094fe18). */
static bool read_notes(struct dump *dump, const struct elf_segment *segment,
		       struct error *err)
{
	enum { NOTES_MAX = 1 << 20 };
	struct kcore *kcore = dump->private;
	struct elf_notes notes = { 0 };
	bool ok;

	if (!segment->filesz || segment->filesz > NOTES_MAX) {
		dump_warn(dump, "its notes have %llu bytes: they are not read",
			  (unsigned long long)segment->filesz);
		return true;
	}
	kcore->notes = malloc(segment->filesz);
	if (!kcore->notes)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!file_read(&dump->file, segment->offset, kcore->notes,
		       segment->filesz)) {
		dump_warn(dump, "its notes cannot be read");
		return true;
	}
	ok = elf_notes_read(&notes,
			    (struct bytes){ kcore->notes, segment->filesz });
	dump->vmcoreinfo = notes.vmcoreinfo;
	dump->cpus = notes.cpus;
	dump->nr_cpus = notes.nr_cpus;
	return ok || fail(err, ERROR_SYSTEM, "out of memory");
}

/* Before 4.11 (464920104bf7) all physical addresses were left 0. */
static bool tells_addresses(const struct kcore *kcore)
{
	size_t zeros = 0;

	for (size_t i = 0; i < kcore->nr; i++)
		zeros += kcore->areas[i].first == 0;
	return kcore->nr && zeros <= 1;
}

static bool kcore_open(struct dump *dump, struct error *err)
{
	struct kcore *kcore = calloc(1, sizeof(*kcore));
	struct elf_headers headers = { 0 };

	dump->private = kcore;
	dump->pages = page_cache_create();
	if (!kcore || !dump->pages)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!elf_headers_read(&headers, dump, err))
		return false;
	kcore->areas = calloc(headers.phnum, sizeof(*kcore->areas));
	dump->mappings = calloc(headers.phnum, sizeof(*dump->mappings));
	if (!kcore->areas || !dump->mappings)
		return fail(err, ERROR_SYSTEM, "out of memory");
	for (size_t i = 0; i < headers.phnum; i++) {
		struct elf_segment segment = elf_segment_read(&headers, i);

		if (has_paddr(&segment))
			add_area(dump, &segment);
		else if (segment.type == PT_NOTE && !kcore->notes &&
			 !read_notes(dump, &segment, err))
			return false;
	}
	if (!tells_addresses(kcore))
		return fail(err, ERROR_FORMAT,
			    "%s: tells no physical addresses, as kernels before 4.11 do",
			    dump->file.path);
	return true;
}

static void kcore_close(struct dump *dump)
{
	struct kcore *kcore = dump->private;

	page_cache_destroy(dump->pages);
	if (kcore) {
		free(kcore->areas);
		free(kcore->notes);
	}
	free(kcore);
}

/* The page of an area that holds paddr, read now. */
static void read_page(struct dump *dump, const struct area *area,
		      uint64_t paddr, struct extent *extent)
{
	struct kcore *kcore = dump->private;
	uint64_t first = paddr & ~(uint64_t)(CACHE_PAGE_SIZE - 1);
	uint64_t last = paddr | (CACHE_PAGE_SIZE - 1);

	*extent = (struct extent){
		.first = first > area->first ? first : area->first,
		.last = last < area->last ? last : area->last,
		.state = PAGE_DAMAGED,
	};
	if (!file_read(&dump->file, area->offset + (extent->first - area->first),
		       kcore->page, extent->last - extent->first + 1))
		return;
	extent->data = kcore->page;
	extent->state = PAGE_PRESENT;
}

static void kcore_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct kcore *kcore = dump->private;
	struct extent gap = { .last = UINT64_MAX, .state = PAGE_ABSENT };

	for (size_t i = 0; i < kcore->nr; i++) {
		const struct area *area = &kcore->areas[i];

		if (area->first <= paddr && paddr <= area->last) {
			read_page(dump, area, paddr, extent);
			return;
		}
		if (area->last < paddr && area->last >= gap.first)
			gap.first = area->last + 1;
		if (area->first > paddr && area->first <= gap.last)
			gap.last = area->first - 1;
	}
	*extent = gap;
}

/* The kernel image is in an area of its own besides the direct map's. */
static void kcore_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct kcore *kcore = dump->private;
	uint64_t at = 0;
	bool more = true;

	while (more) {
		uint64_t next = UINT64_MAX, end = 0;

		more = false;
		for (size_t i = 0; i < kcore->nr; i++) {
			const struct area *area = &kcore->areas[i];

			if (area->last < at)
				continue;
			if (!more || area->first < next) {
				next = area->first;
				end = area->last;
			}
			more = true;
		}
		if (!more || end == UINT64_MAX)
			break;
		if (next < at)
			next = at;
		dump_survey_add(survey, PAGE_PRESENT, next, end - next + 1);
		at = end + 1;
	}
}

const struct dump_format dump_format_kcore = {
	.name = "running kernel",
	.open = kcore_open,
	.close = kcore_close,
	.find = kcore_find,
	.survey = kcore_survey,
};
