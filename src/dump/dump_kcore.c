/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/kcore: the running machine's memory as an ELF core (fs/proc/kcore.c).
 */
#include "dump/dump.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#include "dump/elf_headers.h"
#include "dump/elf_notes.h"
#include "dump/live.h"

struct kcore {
	struct live live;
	struct place *places; /* owned; of the segments that have an address */
	size_t nr;
	uint8_t *notes; /* owned; the note segment */
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
static bool add_area(struct dump *dump, const struct elf_segment *segment,
		     struct pieces *pieces)
{
	struct kcore *kcore = dump->private;
	struct place *place = &kcore->places[kcore->nr++];
	uint64_t size = segment->filesz < segment->memsz ? segment->filesz :
							   segment->memsz;

	*place = (struct place){ segment->paddr, segment->offset };
	dump->mappings[dump->nr_mappings++] = (struct dump_mapping){
		segment->vaddr, segment->paddr, size
	};
	return pieces_add(pieces, segment->paddr, size, PAGE_PRESENT,
			  (const uint8_t *)place);
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
		dump_trouble(dump, "notes of %llu bytes at offset %#llx: %s",
			     (unsigned long long)segment->filesz,
			     (unsigned long long)segment->offset,
			     strerror(errno));
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
		zeros += kcore->places[i].paddr == 0;
	return kcore->nr && zeros <= 1;
}

static bool read_segments(struct dump *dump, const struct elf_headers *headers,
			  struct pieces *pieces, struct error *err)
{
	struct kcore *kcore = dump->private;
	bool ok = true;

	for (size_t i = 0; ok && i < headers->phnum; i++) {
		struct elf_segment segment;

		if (!elf_segment_read(headers, i, &segment))
			return elf_headers_fail(headers, dump, err);
		if (has_paddr(&segment))
			ok = add_area(dump, &segment, pieces) ||
			     fail(err, ERROR_SYSTEM, "out of memory");
		else if (segment.type == PT_NOTE && !kcore->notes)
			ok = read_notes(dump, &segment, err);
	}
	return ok;
}

static bool kcore_open(struct dump *dump, struct error *err)
{
	struct kcore *kcore = calloc(1, sizeof(*kcore));
	struct elf_headers headers = { 0 };
	struct pieces pieces = { 0 };
	bool ok;

	dump->private = kcore;
	dump->pages = page_cache_create(); /* none is put there: see live.h */
	if (!kcore || !dump->pages)
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!elf_headers_read(&headers, dump, err))
		return false;
	pieces.limit = headers.phnum;
	kcore->places = calloc(headers.phnum, sizeof(*kcore->places));
	dump->mappings = calloc(headers.phnum, sizeof(*dump->mappings));
	if (!kcore->places || !dump->mappings)
		return fail(err, ERROR_SYSTEM, "out of memory");
	ok = read_segments(dump, &headers, &pieces, err);
	if (ok && !tells_addresses(kcore))
		ok = fail(err, ERROR_FORMAT,
			  "%s: tells no physical addresses, as kernels before 4.11 do",
			  dump->file.path);
	/* The kernel image is in an area of its own besides the direct map's. */
	if (ok && !extent_list_build(&kcore->live.memory, pieces.at, pieces.nr,
				     true))
		ok = fail(err, ERROR_SYSTEM, "out of memory");
	free(pieces.at);
	return ok;
}

static void kcore_close(struct dump *dump)
{
	struct kcore *kcore = dump->private;

	page_cache_destroy(dump->pages);
	if (!kcore)
		return;
	extent_list_release(&kcore->live.memory);
	free(kcore->places);
	free(kcore->notes);
	free(kcore);
}

static void kcore_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	struct kcore *kcore = dump->private;

	live_find(dump, &kcore->live, paddr, extent);
}

static void kcore_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct kcore *kcore = dump->private;

	live_survey(&kcore->live, survey);
}

const struct dump_format dump_format_kcore = {
	.name = "running kernel",
	.open = kcore_open,
	.close = kcore_close,
	.find = kcore_find,
	.survey = kcore_survey,
};
