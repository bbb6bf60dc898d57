/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What "xl dump-core" writes of a Xen guest: an ELF core without segments, whose
 * sections hold the pages and their frame numbers. Source: Xen's
 * docs/misc/dump-core-format.txt.
 */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "formats/run_index.h"

struct section {
	uint64_t offset, size;
	bool found;
};

struct xen_sections {
	struct section pages, frames; /* .xen_pages, .xen_pfn */
	bool translated; /* .xen_p2m */
};

static bool is_name(const struct source *source, uint64_t offset,
		    const char *name)
{
	uint8_t scratch[16];
	size_t size = strlen(name) + 1;
	const uint8_t *at = source_view(source, offset, size, scratch);

	return at && !memcmp(at, name, size);
}

static void note_section(const struct source *source, uint64_t names,
			 const uint8_t *header, struct xen_sections *sections)
{
	uint64_t name = names + load_le32(header);
	const struct section section = { load_le64(header + 24),
					 load_le64(header + 32), true };

	if (name < names)
		return;
	if (is_name(source, name, ".xen_pages"))
		sections->pages = section;
	else if (is_name(source, name, ".xen_pfn"))
		sections->frames = section;
	else if (is_name(source, name, ".xen_p2m"))
		sections->translated = true;
}

static bool is_core_without_segments(const uint8_t *ehdr)
{
	return !memcmp(ehdr, ELFMAG, SELFMAG) && ehdr[EI_CLASS] == ELFCLASS64 &&
	       ehdr[EI_DATA] == ELFDATA2LSB &&
	       load_le16(ehdr + 16) == ET_CORE && load_le16(ehdr + 56) == 0 &&
	       load_le16(ehdr + 58) == sizeof(Elf64_Shdr);
}

static struct xen_sections find_sections(const struct source *source)
{
	struct xen_sections sections = { 0 };
	uint8_t scratch[sizeof(Elf64_Ehdr)], entry[sizeof(Elf64_Shdr)];
	const uint8_t *at = source_view(source, 0, sizeof(scratch), scratch);
	uint64_t shoff, names;
	uint16_t shnum;

	if (!at || !is_core_without_segments(at))
		return sections;
	shoff = load_le64(at + 40);
	shnum = load_le16(at + 60);
	if (!range_within(shoff, shnum * sizeof(entry), source->size) ||
	    load_le16(at + 62) >= shnum)
		return sections;
	at = source_view(source, shoff + load_le16(at + 62) * sizeof(entry),
			 sizeof(entry), entry);
	if (!at)
		return sections;
	names = load_le64(at + 24);
	for (uint16_t i = 0; i < shnum; i++) {
		at = source_view(source, shoff + i * sizeof(entry),
				 sizeof(entry), entry);
		if (at)
			note_section(source, names, at, &sections);
	}
	return sections;
}

static bool xen_probe(const struct source *source)
{
	return !source->runs && find_sections(source).pages.found;
}

static bool check_sections(struct dump *dump,
			   const struct xen_sections *sections,
			   struct error *err)
{
	uint64_t nr = sections->frames.size / 8;

	if (dump->machine != EM_X86_64 && dump->machine != EM_386)
		return fail(
			err, ERROR_FORMAT,
			"%s: is a core of another machine (e_machine %u), not of x86",
			dump->file.path, dump->machine);
	if (sections->translated)
		return fail(
			err, ERROR_FORMAT,
			"%s: is of a paravirtualised Xen guest: its page tables hold machine frames, which are not the frames its kernel counts",
			dump->file.path);
	if (!sections->frames.found)
		return fail(
			err, ERROR_FORMAT,
			"%s: does not say which frames its pages are (no section .xen_pfn)",
			dump->file.path);
	/* There is a page for each frame. Pages begin at a page boundary, and do not
	 * overlap the table. */
	if (sections->pages.offset % PAGE_BYTES ||
	    (sections->pages.offset <= sections->frames.offset &&
	     sections->pages.size >
		     sections->frames.offset - sections->pages.offset) ||
	    sections->pages.size / PAGE_BYTES != nr ||
	    nr > dump->source.size / 8)
		return fail(err, ERROR_FORMAT,
			    "%s: its section .xen_pfn has %" PRIu64
			    " frames, which does not match the %" PRIu64
			    " bytes of .xen_pages",
			    dump->file.path, nr, sections->pages.size);
	return true;
}

static bool read_frames(struct dump *dump, const struct xen_sections *sections,
			struct error *err)
{
	struct run_index *index = dump->private;
	uint64_t offset = sections->pages.offset;

	for (uint64_t i = 0; i < sections->frames.size / 8; i++) {
		uint8_t scratch[8];
		const uint8_t *at = source_view(&dump->source,
						sections->frames.offset + 8 * i,
						8, scratch);
		uint64_t pfn;

		if (!at) {
			dump_warn(
				dump,
				"the file is cut short within its table of frames: pages are missing");
			break;
		}
		pfn = load_le64(at);
		if (pfn >> 40) /* not of a machine of 52 bits */
			continue;
		if (!run_index_add_page(index, pfn << PAGE_SHIFT,
					offset + i * PAGE_BYTES))
			return fail(err, ERROR_SYSTEM, "out of memory");
	}
	return true;
}

static bool xen_open(struct dump *dump, struct error *err)
{
	struct run_index *index = calloc(1, sizeof(*index));
	struct xen_sections sections = find_sections(&dump->source);
	uint8_t scratch[2];
	const uint8_t *machine = source_view(&dump->source, 18, 2, scratch);

	dump->private = index;
	if (!index)
		return fail(err, ERROR_SYSTEM, "out of memory");
	dump->machine = machine ? load_le16(machine) : EM_NONE;
	if (!check_sections(dump, &sections, err) ||
	    !read_frames(dump, &sections, err) ||
	    !run_index_finish(index, dump, err))
		return false;
	if (index->contradictory)
		dump_warn(
			dump,
			"its table of frames (.xen_pfn) contradicts itself: those pages count as damaged");
	return true;
}

static void xen_close(struct dump *dump)
{
	if (dump->private)
		run_index_release(dump->private);
	free(dump->private);
}

/* The file may end within a run: whole pages of it are read. */
static void xen_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct run *run = run_index_find(dump->private, paddr, extent);
	const struct bytes file = dump->source.file;
	uint64_t in_file = 0;

	if (extent->state != PAGE_PRESENT)
		return;
	if (run->offset < file.size)
		in_file = page_first(file.size - run->offset);
	if (paddr - run->first >= in_file) {
		extent->first += in_file;
		extent->state = PAGE_TRUNCATED;
		return;
	}
	if (run->last - run->first >= in_file)
		extent->last = run->first + in_file - 1;
	extent->data = file.data + run->offset;
}

const struct dump_format dump_format_xen = {
	.name = "Xen",
	.only_memory = true,
	.probe = xen_probe,
	.open = xen_open,
	.close = xen_close,
	.find = xen_find,
};
