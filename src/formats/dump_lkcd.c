/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LKCD, as kernels of 2.4 and 2.6 wrote it: a header, then pages one after the
 * other, each behind a header of its own, by RLE or zlib or as they are.
 */
#include "dump/dump.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/page.h"
#include "container/inflate.h"
#include "formats/run_index.h"

/* struct __dump_header of LKCD's dump.h: fields at the same offset in all versions. */
enum {
	AT_VERSION = 8,
	AT_LEVEL = 16,
	AT_PAGE_SIZE = 20,
	AT_BUFFER_SIZE = 734, /* version 9 */
	HEADER_SIZE = AT_BUFFER_SIZE + 8,
	USUAL_START = 65536, /* of the pages */
};

/* DUMP_LEVEL_ALL_RAM, DUMP_LEVEL_ALL: no page is left out. */
enum { LEVEL_ALL = 0x18 };

/* struct __dump_page. */
enum {
	PAGE_AT_SIZE = 8,
	PAGE_AT_FLAGS = 12,
	PAGE_HEADER = 16,
	PAGE_RAW = 1,
	PAGE_COMPRESSED = 2,
	PAGE_END = 4,
};

enum compression { COMPRESS_NONE, COMPRESS_RLE, COMPRESS_GZIP };

struct lkcd {
	struct run_index index; /* offset is that of the page's header */
	struct inflater *inflater;
	enum compression compression;
	enum page_state left_out; /* of frames without a page */
};

static const uint8_t magic_little[] = { 0xed, 0x23, 0x8f, 0x61,
					0x73, 0x01, 0x19, 0xa8 };
static const uint8_t magic_big[] = { 0xa8, 0x19, 0x01, 0x73,
				     0x61, 0x8f, 0x23, 0xed };

static bool lkcd_probe(const struct source *source)
{
	uint8_t scratch[sizeof(magic_little)];
	const uint8_t *at = source_view(source, 0, sizeof(scratch), scratch);

	return at && (!memcmp(at, magic_little, sizeof(magic_little)) ||
		      !memcmp(at, magic_big, sizeof(magic_big)));
}

/* Offsets that depend on the version and on the kernel's word size. */
struct layout {
	uint8_t first, last; /* versions, inclusive */
	uint16_t utsname;
	uint16_t compression; /* 0: none, pages are compressed by RLE */
};

static const struct layout *find_layout(const uint8_t *header, uint32_t version)
{
	static const struct layout layouts[] = {
		{ 1, 1, 324, 0 },    { 1, 1, 336, 0 },	 { 2, 4, 316, 0 },
		{ 2, 4, 328, 0 },    { 5, 7, 316, 712 }, { 5, 7, 328, 728 },
		{ 8, 10, 324, 722 },
	};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
		if (layouts[i].first <= version && version <= layouts[i].last &&
		    !memcmp(header + layouts[i].utsname, "Linux", 6))
			return &layouts[i];
	return NULL;
}

static bool take_machine(struct dump *dump, const char *name, struct error *err)
{
	if (!strncmp(name, "x86_64", 7))
		dump->machine = EM_X86_64;
	else if (name[0] == 'i' && !strncmp(name + 2, "86", 3))
		dump->machine = EM_386;
	else
		return fail(
			err, ERROR_FORMAT,
			"%s: is an LKCD dump of a machine \"%.16s\", not of x86",
			dump->file.path, name);
	return true;
}

static bool read_header(struct dump *dump, uint64_t *start, struct error *err)
{
	enum { UTS_MACHINE = 4 * 65, VERSION_MASK = 0x3fffffff };
	struct lkcd *lkcd = dump->private;
	const char *path = dump->file.path;
	const struct layout *layout;
	struct bytes header;
	uint32_t version;

	if (!source_small(&dump->source, 0, HEADER_SIZE, &header))
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its LKCD header", path);
	if (header.data[0] == magic_big[0])
		return fail(
			err, ERROR_FORMAT,
			"%s: is an LKCD dump of a big-endian machine, not of x86",
			path);
	version = load_le32(header.data + AT_VERSION) & VERSION_MASK;
	layout = find_layout(header.data, version);
	if (!layout)
		return fail(
			err, ERROR_FORMAT,
			"%s: is an LKCD dump with an unsupported header (version %u)",
			path, version);
	if (load_le32(header.data + AT_PAGE_SIZE) != PAGE_BYTES)
		return fail(err, ERROR_FORMAT,
			    "%s: says its pages have %u bytes", path,
			    load_le32(header.data + AT_PAGE_SIZE));
	lkcd->compression = COMPRESS_RLE;
	if (layout->compression)
		lkcd->compression =
			load_le32(header.data + layout->compression);
	lkcd->left_out = load_le32(header.data + AT_LEVEL) & LEVEL_ALL ?
				 PAGE_ABSENT :
				 PAGE_FILTERED;
	*start = version < 9 ? USUAL_START :
			       load_le64(header.data + AT_BUFFER_SIZE);
	return take_machine(
		dump, (const char *)header.data + layout->utsname + UTS_MACHINE,
		err);
}

struct page_header {
	uint64_t paddr;
	uint32_t size, flags;
};

static bool read_page_header(const struct dump *dump, uint64_t offset,
			     struct page_header *page)
{
	uint8_t scratch[PAGE_HEADER];
	const uint8_t *at =
		source_view(&dump->source, offset, sizeof(scratch), scratch);

	if (!at)
		return false;
	*page = (struct page_header){
		load_le64(at),
		load_le32(at + PAGE_AT_SIZE),
		load_le32(at + PAGE_AT_FLAGS),
	};
	return true;
}

static bool is_sound(const struct page_header *page)
{
	uint32_t kind = page->flags & (PAGE_RAW | PAGE_COMPRESSED);

	return !(page->paddr % PAGE_BYTES) && page->paddr >> 52 == 0 &&
	       page->size && page->size <= PAGE_BYTES &&
	       (kind == PAGE_COMPRESSED ||
		(kind == PAGE_RAW && page->size == PAGE_BYTES));
}

static bool find_pages(struct dump *dump, uint64_t offset, struct error *err)
{
	struct lkcd *lkcd = dump->private;
	struct page_header page = { 0 };

	while (read_page_header(dump, offset, &page) &&
	       !(page.flags & PAGE_END) && is_sound(&page)) {
		if (!run_index_add_page(&lkcd->index, page.paddr, offset))
			return fail(err, ERROR_SYSTEM, "out of memory");
		offset += PAGE_HEADER + page.size;
	}
	if (!run_index_finish(&lkcd->index, dump, err))
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
	if (lkcd->index.contradictory)
		dump_warn(dump, "some of its pages have a wrong address");
	return true;
}

static bool lkcd_open(struct dump *dump, struct error *err)
{
	struct lkcd *lkcd = calloc(1, sizeof(*lkcd));
	uint64_t start = 0;

	dump->private = lkcd;
	dump->pages = page_cache_create();
	if (!lkcd || !dump->pages || !(lkcd->inflater = inflater_create()))
		return fail(err, ERROR_SYSTEM, "out of memory");
	return read_header(dump, &start, err) && find_pages(dump, start, err);
}

static void lkcd_close(struct dump *dump)
{
	struct lkcd *lkcd = dump->private;

	page_cache_destroy(dump->pages);
	if (!lkcd)
		return;
	inflater_destroy(lkcd->inflater);
	run_index_release(&lkcd->index);
	free(lkcd);
}

/* dump_compress_rle() of LKCD: a byte stands for itself; a zero, N and a byte for N
 * of that byte; two zeros for one zero. */
static bool expand_rle(struct bytes from, uint8_t *to, size_t size)
{
	const uint8_t *at = from.data, *end = at + from.size;
	size_t nr = 0;

	while (at < end) {
		uint8_t byte = *at++, count = 1;

		if (!byte) {
			if (at == end || (*at && end - at < 2))
				return false;
			if (*at) {
				count = at[0];
				byte = at[1];
				at++;
			}
			at++;
		}
		if (count > size - nr)
			return false;
		memset(to + nr, byte, count);
		nr += count;
	}
	return nr == size;
}

static bool expand(const struct lkcd *lkcd, struct bytes from, uint8_t *to)
{
	switch (lkcd->compression) {
	case COMPRESS_RLE:
		return expand_rle(from, to, PAGE_BYTES);
	case COMPRESS_GZIP:
		return inflate_bytes(lkcd->inflater, CODEC_ZLIB, from, to,
				     PAGE_BYTES);
	default:
		return false;
	}
}

static enum page_state load_page(struct dump *dump, uint64_t pfn,
				 uint64_t offset, const uint8_t **data)
{
	struct lkcd *lkcd = dump->private;
	uint8_t scratch[PAGE_BYTES];
	struct page_cache_slot slot;
	struct page_header page;
	const uint8_t *at;

	if (!read_page_header(dump, offset, &page))
		return PAGE_TRUNCATED;
	if (!is_sound(&page)) /* the file has changed */
		return PAGE_DAMAGED;
	at = source_view(&dump->source, offset + PAGE_HEADER, page.size,
			 scratch);
	if (!at)
		return PAGE_TRUNCATED;
	slot = page_cache_room(dump->pages, pfn);
	*data = slot.buffer;
	if (page.flags & PAGE_RAW)
		memcpy(slot.buffer, at, PAGE_BYTES);
	else if (!expand(lkcd, (struct bytes){ at, page.size }, slot.buffer))
		return PAGE_DAMAGED;
	page_cache_fill(dump->pages, &slot, pfn, slot.buffer);
	return PAGE_PRESENT;
}

static void lkcd_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct lkcd *lkcd = dump->private;
	uint64_t pfn = paddr >> PAGE_SHIFT;
	const uint8_t *data = page_cache_get(dump->pages, pfn);
	const struct run *run = run_index_find(&lkcd->index, paddr, extent);

	if (extent->state == PAGE_PRESENT) {
		extent->first = page_first(paddr);
		extent->last = page_last(paddr);
		if (!data)
			extent->state = load_page(
				dump, pfn,
				run->offset + (extent->first - run->first),
				&data);
	}
	if (extent->state == PAGE_PRESENT)
		extent->data = data;
	/* Above the highest page of a complete file no memory is missing. */
	if (extent->state == PAGE_ABSENT &&
	    (extent->last != UINT64_MAX || lkcd->left_out == PAGE_TRUNCATED))
		extent->state = lkcd->left_out;
}

static void lkcd_describe(struct dump *dump, dump_visit *visit, void *arg)
{
	static const char *const names[] = { "none", "rle", "zlib" };
	const struct lkcd *lkcd = dump->private;

	if (lkcd->compression <= COMPRESS_GZIP)
		visit(arg, "compression", names[lkcd->compression]);
}

const struct dump_format dump_format_lkcd = {
	.name = "LKCD",
	.only_memory = true,
	.probe = lkcd_probe,
	.open = lkcd_open,
	.close = lkcd_close,
	.find = lkcd_find,
	.describe = lkcd_describe,
};
