/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Dumps of Xen guests, which "xl dump-core" writes. The file is an ELF core, but sections instead
 * of segments contain the pages and their frame numbers. Source: Xen's
 * docs/misc/dump-core-format.txt. */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>

#include "base/page.h"
#include "dump/formats/listed.h"

struct xen_section {
	uint64_t offset, size;
	bool found;
};

struct xen_sections {
	struct xen_section pages, frames; /* the sections .xen_pages and .xen_pfn */
	bool translated; /* the file has a section .xen_p2m */
};

static void note_section(const struct source *source, uint64_t names, const uint8_t *header,
			 struct xen_sections *sections)
{
	uint64_t name = names + load_le32(header);
	const struct xen_section section = { load_le64(header + 24), load_le64(header + 32), true };

	if (name < names)
		return;
	if (source_has(source, name, ".xen_pages", sizeof(".xen_pages")))
		sections->pages = section;
	else if (source_has(source, name, ".xen_pfn", sizeof(".xen_pfn")))
		sections->frames = section;
	else if (source_has(source, name, ".xen_p2m", sizeof(".xen_p2m")))
		sections->translated = true;
}

static bool is_core_without_segments(const uint8_t *ehdr)
{
	return !memcmp(ehdr, ELFMAG, SELFMAG) && ehdr[EI_CLASS] == ELFCLASS64 &&
	       ehdr[EI_DATA] == ELFDATA2LSB && load_le16(ehdr + 16) == ET_CORE &&
	       load_le16(ehdr + 56) == 0 && load_le16(ehdr + 58) == sizeof(Elf64_Shdr);
}

static struct xen_sections find_sections(const struct source *source)
{
	struct xen_sections sections = { 0 };
	uint8_t ehdr[sizeof(Elf64_Ehdr)], entry[sizeof(Elf64_Shdr)];
	uint64_t shoff, names;
	uint16_t shnum;

	if (!source_read(source, 0, ehdr, sizeof(ehdr)) || !is_core_without_segments(ehdr))
		return sections;
	shoff = load_le64(ehdr + 40);
	shnum = load_le16(ehdr + 60);
	if (!range_within(shoff, shnum * sizeof(entry), source->size) ||
	    load_le16(ehdr + 62) >= shnum ||
	    !source_read(source, shoff + load_le16(ehdr + 62) * sizeof(entry), entry,
			 sizeof(entry)))
		return sections;
	names = load_le64(entry + 24);
	for (uint16_t i = 0; i < shnum; i++)
		if (source_read(source, shoff + i * sizeof(entry), entry, sizeof(entry)))
			note_section(source, names, entry, &sections);
	return sections;
}

static bool overlaps(const struct xen_section *section, uint64_t offset, uint64_t size)
{
	return section->size && size &&
	       (offset < section->offset ? section->offset - offset < size :
					   offset - section->offset < section->size);
}

/* Do the pages or the frame numbers overlap other parts of the file? If so, the offset of a section
 * is wrong. Nothing else in the file shows where the data of a section begin. */
static bool sections_overlap(const struct source *source, const struct xen_sections *sections)
{
	const struct xen_section *const ours[] = { &sections->pages, &sections->frames };
	uint8_t ehdr[sizeof(Elf64_Ehdr)], entry[sizeof(Elf64_Shdr)];
	uint64_t shoff;
	uint16_t shnum;

	if (!source_read(source, 0, ehdr, sizeof(ehdr)))
		return true;
	shoff = load_le64(ehdr + 40);
	shnum = load_le16(ehdr + 60);
	for (size_t i = 0; i < 2; i++) {
		unsigned int nr_itself = 0;

		if (overlaps(ours[i], 0, sizeof(ehdr)) ||
		    overlaps(ours[i], shoff, shnum * sizeof(entry)))
			return true;
		for (uint16_t j = 0; j < shnum; j++)
			nr_itself +=
				source_read(source, shoff + j * sizeof(entry), entry,
					    sizeof(entry)) &&
				overlaps(ours[i], load_le64(entry + 24), load_le64(entry + 32));
		if (nr_itself > 1)
			return true;
	}
	return false;
}

static bool xen_probe(const struct source *source)
{
	return !source->runs && find_sections(source).pages.found;
}

static bool check_sections(struct dump *dump, const struct xen_sections *sections,
			   struct error *err)
{
	uint64_t nr = sections->frames.size / 8;

	if (dump->machine != EM_X86_64 && dump->machine != EM_386)
		return dump_fail(dump, err,
				 "is a core of another machine (e_machine %u), not of x86",
				 dump->machine);
	if (sections->translated)
		return dump_fail(
			dump, err,
			"is of a paravirtualised Xen guest, whose page tables have frame numbers of the host instead of the guest");
	if (!sections->frames.found)
		return dump_fail(
			dump, err,
			"does not contain the frame numbers of its pages (no section .xen_pfn)");
	if (sections_overlap(&dump->source, sections))
		return dump_fail(
			dump, err,
			"its sections .xen_pages and .xen_pfn overlap each other or other parts of the file");
	/* There must be a page for each frame number, and the pages must be aligned. */
	if (sections->pages.offset % PAGE_BYTES || sections->pages.size / PAGE_BYTES != nr ||
	    nr > dump->source.size / 8)
		return dump_fail(dump, err,
				 "its section .xen_pfn has %" PRIu64
				 " frames, which does not match the %" PRIu64
				 " bytes of .xen_pages",
				 nr, sections->pages.size);
	return true;
}

/* Returns the number of frame numbers from offset on that are in a hole of the file. Only the first
 * frame number in a page of the file is tested; for others the result is 0. The test must be done
 * before that page is read, because reading may fill the hole. */
static uint64_t nr_in_hole(const struct dump *dump, uint64_t offset)
{
	if (offset % PAGE_BYTES >= 8 || !range_within(offset, 8, dump->source.size))
		return 0;
	return file_hole(&dump->file, offset) / 8;
}

static void read_frames(struct dump *dump, const struct xen_sections *sections,
			struct run_index *index)
{
	for (uint64_t i = 0; i < sections->frames.size / 8; i++) {
		uint64_t pfn, hole = nr_in_hole(dump, sections->frames.offset + 8 * i);
		uint8_t frame[8];

		/* A hole contains zeros, so all these frame numbers are 0. Two of them are
		 * sufficient to report the contradiction, so the others are skipped. */
		if (hole > 2)
			i += hole - 2;
		if (!source_read(&dump->source, sections->frames.offset + 8 * i, frame,
				 sizeof(frame))) {
			dump_warn(
				dump,
				"the file is cut short within its table of frames: pages are missing");
			break;
		}
		pfn = load_le64(frame);
		if (pfn >> 40 == 0) /* physical addresses have at most 52 bits */
			run_index_add_page(index, pfn << PAGE_SHIFT,
					   sections->pages.offset + i * PAGE_BYTES);
	}
}

static bool xen_open(struct dump *dump, struct error *err)
{
	struct run_index index = { 0 };
	struct xen_sections sections = find_sections(&dump->source);
	uint8_t machine[2];

	if (source_read(&dump->source, 18, machine, sizeof(machine)))
		dump->machine = load_le16(machine);
	if (!check_sections(dump, &sections, err))
		return false;
	read_frames(dump, &sections, &index);
	if (!run_index_finish(&index, dump, err))
		return false;
	if (index.contradictory)
		dump_warn(
			dump,
			"its table of frames (.xen_pfn) contradicts itself, so the pages concerned count as damaged");
	return true;
}

/* Finds the extent that contains paddr. If the file ends within a run, only the whole pages before
 * the end are present. */
static void xen_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct source *source = &dump->source;
	uint64_t offset, in_file = 0;

	extents_find(dump, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
	offset = extent_offset(extent, extent->first);
	if (offset < source->size)
		in_file = page_first(source->size - offset);
	if (paddr - extent->first >= in_file) {
		extent->first += in_file;
		extent->state = PAGE_TRUNCATED;
		return;
	}
	if (extent->last - extent->first >= in_file)
		extent->last = extent->first + in_file - 1;
	extent_take_place(dump, extent);
}

const struct dump_format dump_format_xen = {
	.name = "Xen",
	.private_size = sizeof(struct extent_list),
	.probe = xen_probe,
	.open = xen_open,
	.close = extents_close,
	.find = xen_find,
};
