/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The format of LKCD, in kernels 2.4 and 2.6. A file consists of a header and pages. Each page has
 * a page header, and may be compressed using RLE or zlib. */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>

#include "base/counts.h"
#include "base/machine.h"
#include "base/page.h"
#include "dump/codec.h"
#include "dump/formats/listed.h"

/* The offsets in struct __dump_header (LKCD's dump.h) that are the same in all versions. */
enum {
	AT_VERSION = 8,
	AT_LEVEL = 16,
	AT_PAGE_SIZE = 20,
	AT_BUFFER_SIZE = 734, /* since version 9 */
	HEADER_SIZE = AT_BUFFER_SIZE + 8,
	USUAL_START = 65536, /* the usual file offset of the first page */
};

/* The bits of the dump levels DUMP_LEVEL_ALL_RAM and DUMP_LEVEL_ALL. At these levels no page is
 * left out. */
enum { LEVEL_ALL = 0x18 };

/* The offsets and flags in struct __dump_page. */
enum {
	PAGE_AT_SIZE = 8,
	PAGE_AT_FLAGS = 12,
	PAGE_HEADER = 16,
	PAGE_RAW = 1,
	PAGE_COMPRESSED = 2,
	PAGE_END = 4,
};

/* The codecs. The index is the number of the compression in the header. */
static const enum codec codecs[] = { CODEC_NONE, CODEC_RLE, CODEC_ZLIB };
enum { RLE = 1, NR_CODECS_KNOWN = sizeof(codecs) / sizeof(codecs[0]) };

struct lkcd {
	/* Runs of page headers, which are entries of an index: see listed.h. */
	struct extent_list memory;
	uint32_t compression;
	enum page_state left_out; /* the state of frames for which the file has no page */
};

static const uint8_t magic_little[] = { 0xed, 0x23, 0x8f, 0x61, 0x73, 0x01, 0x19, 0xa8 };
static const uint8_t magic_big[] = { 0xa8, 0x19, 0x01, 0x73, 0x61, 0x8f, 0x23, 0xed };

static bool lkcd_probe(const struct source *source)
{
	return source_has(source, 0, magic_little, sizeof(magic_little)) ||
	       source_has(source, 0, magic_big, sizeof(magic_big));
}

/* Offsets in the header that depend on the version and on the kernel's word size. */
struct lkcd_layout {
	uint8_t first, last; /* the first and the last version with this layout */
	uint16_t utsname;
	/* The offset of the number of the compression. 0: the header has no such field, and pages
	 * are compressed using RLE. */
	uint16_t compression;
};

static const struct lkcd_layout *lkcd_find_layout(const uint8_t *header, uint32_t version)
{
	static const struct lkcd_layout layouts[] = {
		{ 1, 1, 324, 0 },   { 1, 1, 336, 0 },	{ 2, 4, 316, 0 },    { 2, 4, 328, 0 },
		{ 5, 7, 316, 712 }, { 5, 7, 328, 728 }, { 8, 10, 324, 722 },
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].first <= version && version <= layouts[i].last &&
		    !memcmp(header + layouts[i].utsname, "Linux", 6))
			return &layouts[i];
	return NULL;
}

static bool lkcd_read_header(struct dump *dump, uint64_t *start, struct error *err)
{
	enum { UTS_MACHINE = 4 * 65, VERSION_MASK = 0x3fffffff };
	struct lkcd *lkcd = dump->private;
	const struct lkcd_layout *layout;
	uint8_t header[HEADER_SIZE];
	const char *name;
	uint32_t version;

	if (!source_read(&dump->source, 0, header, sizeof(header)))
		return dump_fail(dump, err, "is cut short within its LKCD header");
	if (header[0] == magic_big[0])
		return dump_fail(dump, err,
				 "is an LKCD dump of a big-endian machine, not of " MACHINES_READ);
	version = load_le32(header + AT_VERSION) & VERSION_MASK;
	layout = lkcd_find_layout(header, version);
	if (!layout)
		return dump_fail(dump, err,
				 "is an LKCD dump with an unsupported header (version %u)",
				 version);
	if (load_le32(header + AT_PAGE_SIZE) != PAGE_BYTES)
		return dump_fail(dump, err, "has pages of %u bytes, not of %d",
				 load_le32(header + AT_PAGE_SIZE), PAGE_BYTES);
	lkcd->compression = RLE;
	if (layout->compression)
		lkcd->compression = load_le32(header + layout->compression);
	lkcd->left_out = load_le32(header + AT_LEVEL) & LEVEL_ALL ? PAGE_ABSENT : PAGE_FILTERED;
	*start = version < 9 ? USUAL_START : load_le64(header + AT_BUFFER_SIZE);
	name = (const char *)header + layout->utsname + UTS_MACHINE;
	dump->machine = machine_of_uname(name);
	return dump->machine != EM_NONE ||
	       dump_fail(dump, err, "is an LKCD dump of a machine \"%.16s\", not of " MACHINES_READ,
			 name);
}

struct page_header {
	uint64_t paddr;
	uint32_t size, flags;
};

static bool read_page_header(const struct dump *dump, uint64_t offset, struct page_header *page)
{
	uint8_t at[PAGE_HEADER];

	if (!source_read(&dump->source, offset, at, sizeof(at)))
		return false;
	*page = (struct page_header){
		load_le64(at),
		load_le32(at + PAGE_AT_SIZE),
		load_le32(at + PAGE_AT_FLAGS),
	};
	return true;
}

static bool lkcd_is_sound(const struct page_header *page)
{
	uint32_t kind = page->flags & (PAGE_RAW | PAGE_COMPRESSED);

	return !(page->paddr % PAGE_BYTES) && page->paddr >> 52 == 0 && page->size &&
	       page->size <= PAGE_BYTES &&
	       (kind == PAGE_COMPRESSED || (kind == PAGE_RAW && page->size == PAGE_BYTES));
}

static bool find_pages(struct dump *dump, uint64_t offset, struct error *err)
{
	struct lkcd *lkcd = dump->private;
	struct run_index index = { 0 };
	struct page_header page = { 0 };

	while (!index.runs.failed && read_page_header(dump, offset, &page) &&
	       !(page.flags & PAGE_END) && lkcd_is_sound(&page)) {
		run_index_add_page(&index, page.paddr, offset);
		offset += PAGE_HEADER + page.size;
	}
	if (!run_index_finish(&index, dump, err))
		return false;
	if (!range_within(offset, PAGE_HEADER, dump->source.size)) {
		lkcd->left_out = PAGE_TRUNCATED;
		dump_warn(dump, "the file is cut short: pages are missing");
	} else if (!(page.flags & PAGE_END)) {
		lkcd->left_out = PAGE_DAMAGED;
		dump_warn(dump,
			  "no page header at offset %#" PRIx64 ": the %" PRIu64
			  " bytes from there on were not read",
			  offset, dump->source.size - offset);
	}
	if (index.contradictory)
		dump_warn(dump, "some of its pages have a wrong address");
	return true;
}

static bool lkcd_open(struct dump *dump, struct error *err)
{
	uint64_t start = 0;

	return lkcd_read_header(dump, &start, err) && find_pages(dump, start, err);
}

static enum page_state lkcd_load_page(struct dump *dump, uint64_t pfn, uint64_t offset,
				      const uint8_t **data)
{
	const struct lkcd *lkcd = dump->private;
	enum codec codec = CODEC_NONE;
	struct packed_page packed;
	struct page_header page;

	if (!read_page_header(dump, offset, &page))
		return PAGE_TRUNCATED;
	if (!lkcd_is_sound(&page)) /* only possible if the file has changed since it was opened */
		return PAGE_DAMAGED;
	if (!(page.flags & PAGE_RAW) && lkcd->compression < NR_CODECS_KNOWN)
		codec = codecs[lkcd->compression];
	packed = (struct packed_page){ &dump->source, offset + PAGE_HEADER, page.size, codec };
	return dump_unpack(dump, pfn, &packed, data);
}

static void lkcd_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct lkcd *lkcd = dump->private;
	bool whole = lkcd->left_out == PAGE_ABSENT || lkcd->left_out == PAGE_FILTERED;

	extents_find(dump, paddr, extent);
	/* If the file is complete, there is no memory above the highest page in the file. */
	if (extent->state == PAGE_ABSENT && (extent->last != UINT64_MAX || !whole))
		extent->state = lkcd->left_out;
}

static void lkcd_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	uint64_t pfn = paddr >> PAGE_SHIFT;
	const uint8_t *data = dump_cache_get(dump->pages, pfn);

	lkcd_peek(dump, paddr, extent);
	if (extent->state != PAGE_PRESENT)
		return;
	extent->first = page_first(paddr);
	extent->last = page_last(paddr);
	if (data)
		count_hit(dump->counts);
	else
		extent->state =
			lkcd_load_page(dump, pfn, extent_offset(extent, extent->first), &data);
	if (extent->state == PAGE_PRESENT)
		extent->data = data;
}

static void lkcd_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	const struct lkcd *lkcd = dump->private;

	if (lkcd->compression < NR_CODECS_KNOWN)
		visit(arg, "compression", codec_names[codecs[lkcd->compression]]);
}

const struct dump_format dump_format_lkcd = {
	.name = "LKCD",
	.private_size = sizeof(struct lkcd),
	.copies = true,
	.probe = lkcd_probe,
	.open = lkcd_open,
	.close = extents_close,
	.find = lkcd_find,
	.peek = lkcd_peek,
	.describe = lkcd_describe,
};
