/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The format of sadump. The firmware of Fujitsu's servers writes such a dump to a partition, from
 * which it can be copied to other media. A dump consists of headers, two bitmaps, and the pages
 * that the second bitmap lists. Source: makedumpfile's sadump_mod.h. */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "dump/extents.h"
#include "dump/formats/listed.h"

/* Offsets in struct sadump_part_header, which is the first block of a partition. */
enum {
	PART_SET_DISK_SET = 152, /* 0 if the partition is not one of a set of disks */
	PART_USED_DEVICE = 160,
	PART_SIZE = 168,
};

/* Offsets in struct sadump_header, which is the block after the header of the partition. */
enum {
	AT_VERSION = 8,
	AT_BLOCK_SIZE = 40,
	AT_SUB_HDR_SIZE = 48, /* in blocks; the sizes of the bitmaps are in blocks, too */
	AT_BITMAP_BLOCKS = 52,
	AT_DUMPABLE_BLOCKS = 56,
	AT_MAX_MAPNR = 60,
	AT_NR_CPUS = 80,
	AT_MAX_MAPNR_64 = 88, /* since version 1 */
	HEADER_SIZE = 120,
};

/* The blocks that describe CPUs contain, in this order: the size of the description (4 bytes), a
 * struct sadump_apic_state for each CPU, and a struct sadump_smram_cpu_state for each CPU. */
enum {
	APIC_STATE_SIZE = 16,
	CPU_STATE_SIZE = 1024,
	CPU_EFER = 992,
	EFER_LMA = 1 << 10,
};

static const char part_signature[8] = "sadump\0";

/* The file offsets of the parts that follow the headers, and the number of frames in each
 * bitmap. */
struct sadump_layout {
	uint64_t cpus, memory, dumped, pages, max_pfn;
	/* The bytes of the two bitmaps, borrowed from the source. */
	struct bytes memory_bits, dumped_bits;
};

/* Finds the header of the partition. It is at the start of the file, or after the header of a
 * medium. */
static bool find_part(const struct source *source, uint64_t *offset)
{
	for (*offset = 0; *offset <= PAGE_BYTES; *offset += PAGE_BYTES)
		if (!source->runs && range_within(*offset, PART_SIZE, source->size) &&
		    source_has(source, *offset, part_signature, sizeof(part_signature)))
			return true;
	return false;
}

static bool sadump_probe(const struct source *source)
{
	uint64_t offset;

	return find_part(source, &offset);
}

/* Returns the bit of a frame. In each byte, the highest bit belongs to the lowest frame. */
static bool bit_of(struct bytes bitmap, uint64_t pfn)
{
	return bitmap.data[pfn / 8] & 0x80 >> pfn % 8;
}

static enum page_state sadump_state_of(const struct sadump_layout *layout, uint64_t pfn)
{
	if (bit_of(layout->dumped_bits, pfn))
		return PAGE_PRESENT;
	return bit_of(layout->memory_bits, pfn) ? PAGE_FILTERED : PAGE_ABSENT;
}

/* Adds all pages. Returns the number of bytes of memory that are missing at the end of the file.
 * *end gets the offset after the last page. */
static uint64_t add_pages(struct pieces *pieces, const struct sadump_layout *layout,
			  const struct listed_place *whole, uint64_t *end)
{
	uint64_t pfn = 0, next, missing = 0;

	*end = layout->pages;
	for (; pfn < layout->max_pfn && !pieces->failed; pfn = next) {
		enum page_state state = sadump_state_of(layout, pfn);
		uint64_t paddr = pfn << PAGE_SHIFT, size;

		for (next = pfn + 1;
		     next < layout->max_pfn && sadump_state_of(layout, next) == state;)
			next++;
		size = (next - pfn) << PAGE_SHIFT;
		if (state == PAGE_FILTERED)
			pieces_add(pieces, paddr, size, state, 0);
		if (state != PAGE_PRESENT)
			continue;
		missing += extents_add(pieces, whole, *end, paddr, size);
		*end += size;
	}
	return missing;
}

/* Finds the machine: x86-64 if a CPU was in long mode, or else i386. */
static uint16_t sadump_find_machine(const struct source *source, const struct sadump_layout *layout,
				    uint32_t nr)
{
	uint64_t at = 4 + (uint64_t)nr * APIC_STATE_SIZE;
	uint64_t size = layout->memory - layout->cpus;

	for (; nr && range_within(at, CPU_STATE_SIZE, size); nr--) {
		uint8_t efer[8];

		if (source_read(source, layout->cpus + at + CPU_EFER, efer, sizeof(efer)) &&
		    load_le64(efer) & EFER_LMA)
			return EM_X86_64;
		at += CPU_STATE_SIZE;
	}
	return EM_386;
}

static uint64_t sadump_nr_bytes(const uint8_t *header, size_t at)
{
	return (uint64_t)PAGE_BYTES * load_le32(header + at);
}

/* Finds the offsets of the parts. `start` is the file offset of the partition's header. The dump's
 * header follows it. */
static bool sadump_find_layout(const struct dump *dump, uint64_t start, const uint8_t *header,
			       struct sadump_layout *layout, struct error *err)
{
	layout->max_pfn = load_le32(header + AT_MAX_MAPNR);
	if (load_le32(header + AT_VERSION) >= 1)
		layout->max_pfn = load_le64(header + AT_MAX_MAPNR_64);
	layout->cpus = start + 2 * PAGE_BYTES;
	layout->memory = layout->cpus + sadump_nr_bytes(header, AT_SUB_HDR_SIZE);
	layout->dumped = layout->memory + sadump_nr_bytes(header, AT_BITMAP_BLOCKS);
	layout->pages = layout->dumped + sadump_nr_bytes(header, AT_DUMPABLE_BLOCKS);
	if (layout->pages > dump->source.size)
		return dump_fail(dump, err, "is cut short within its bitmaps");
	if (layout->max_pfn > 8 * (layout->dumped - layout->memory) ||
	    layout->max_pfn > 8 * (layout->pages - layout->dumped))
		return dump_fail(dump, err, "its bitmaps cover less memory than its header says");
	return true;
}

/* Is the number of pages in the bitmap right? If one bit were wrong, each page above it would be
 * read from the place of the next or previous page. `end` is the offset after the last page, so it
 * must be equal to `used`, the size of the written data. But `used` may or may not include a
 * medium's header of `start` bytes, which is as large as a page. So if the number of pages is one
 * too high or too low, `end` may still seem right. In this case the size of the file shows the
 * error. */
static bool sadump_is_all(uint64_t size, uint64_t end, uint64_t start, uint64_t used)
{
	if (end == used)
		return !start || size != end + start;
	return end - start == used && size != end - start;
}

static bool sadump_find_bitmaps(struct dump *dump, struct sadump_layout *layout, struct error *err)
{
	return (source_bytes(&dump->source, layout->memory, layout->dumped - layout->memory,
			     &layout->memory_bits) &&
		source_bytes(&dump->source, layout->dumped, layout->pages - layout->dumped,
			     &layout->dumped_bits)) ||
	       dump_fail(dump, err, "its bitmaps cannot be read");
}

static bool sadump_read_pages(struct dump *dump, uint64_t start, const uint8_t *part,
			      struct error *err)
{
	const uint8_t *header = part + PAGE_BYTES;
	uint64_t used = load_le64(part + PART_USED_DEVICE), end, missing;
	const struct listed_place whole = listed_place_whole(dump, 1);
	struct pieces pieces = { 0 };
	struct sadump_layout layout = { 0 };

	if (!sadump_find_layout(dump, start, header, &layout, err) ||
	    !sadump_find_bitmaps(dump, &layout, err))
		return false;
	missing = add_pages(&pieces, &layout, &whole, &end);
	if (!pieces.failed && !sadump_is_all(whole.size, end, start, used)) {
		free(pieces.at);
		return dump_fail(dump, err,
				 "has a bitmap of %" PRIu64
				 " pages, but a header that says that %" PRIu64
				 " bytes were written, so no page can be trusted",
				 (end - layout.pages) / PAGE_BYTES, used);
	}
	if (missing)
		dump_warn(dump, "the file is cut short: pages are missing");
	dump->machine = sadump_find_machine(&dump->source, &layout, load_le32(header + AT_NR_CPUS));
	return extents_take(dump, &pieces, err);
}

static bool sadump_open(struct dump *dump, struct error *err)
{
	uint8_t part[PAGE_BYTES + HEADER_SIZE];
	uint64_t offset;

	find_part(&dump->source, &offset);
	if (!source_read(&dump->source, offset, part, sizeof(part)))
		return dump_fail(dump, err, "is cut short within its sadump header");
	if (!offset && load_le32(part + PART_SET_DISK_SET))
		return dump_fail(
			dump, err,
			"is one disk of a set, and sets are not supported: convert the set to a kdump-compressed file with makedumpfile");
	if (memcmp(part + PAGE_BYTES, part_signature, sizeof(part_signature)) ||
	    load_le32(part + PAGE_BYTES + AT_BLOCK_SIZE) != PAGE_BYTES)
		return dump_fail(
			dump, err,
			"is a sadump file without a header in its second block of 4096 bytes");
	return sadump_read_pages(dump, offset, part, err);
}

const struct dump_format dump_format_sadump = {
	.name = "sadump",
	.private_size = sizeof(struct extent_list),
	.probe = sadump_probe,
	.open = sadump_open,
	.close = extents_close,
	.find = extents_find,
};
