/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LKCD, as kernels of 2.4 and 2.6 wrote it: a header, then pages one after the
 * other, each behind a header of its own, by RLE or zlib or as they are.
 */
#include "dump/dump.h"

#include <elf.h>
#include <stdlib.h>

#include "dump/inflate.h"
#include "dump/page_index.h"

/* struct __dump_header of LKCD's dump.h: what is at the same place in all. */
enum {
	AT_VERSION = 8,
	AT_LEVEL = 16,
	AT_PAGE_SIZE = 20,
	AT_BUFFER_SIZE = 734, /* version 9 */
	HEADER_SIZE = AT_BUFFER_SIZE + 8,
	USUAL_START = 65536, /* of the pages */
};

/* DUMP_LEVEL_ALL_RAM, DUMP_LEVEL_ALL: nothing was to be left out. */
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
	struct page_index index; /* offsets are of the pages' headers */
	struct inflater *inflater;
	enum compression compression;
	enum page_state left_out; /* of frames that no page is there of */
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

/* Where utsname stands, and the kind of compression; it depends on the version
 * and on the word size of the kernel that wrote it. */
struct layout {
	uint8_t first, last; /* versions */
	uint16_t utsname, compression;
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

	if (!source_bytes(&dump->source, 0, HEADER_SIZE, &header))
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
			"%s: is an LKCD dump of version %u with a header that is not understood",
			path, version);
	if (load_le32(header.data + AT_PAGE_SIZE) != CACHE_PAGE_SIZE)
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

	return !(page->paddr % CACHE_PAGE_SIZE) && page->paddr >> 52 == 0 &&
	       page->size && page->size <= CACHE_PAGE_SIZE &&
	       (kind == PAGE_COMPRESSED ||
		(kind == PAGE_RAW && page->size == CACHE_PAGE_SIZE));
}

static bool find_pages(struct dump *dump, uint64_t offset, struct error *err)
{
	struct lkcd *lkcd = dump->private;
	struct page_header page = { 0 };

	while (read_page_header(dump, offset, &page) &&
	       !(page.flags & PAGE_END) && is_sound(&page)) {
		if (!page_index_page(&lkcd->index,
				     page.paddr >> CACHE_PAGE_SHIFT, offset))
			return fail(err, ERROR_SYSTEM, "out of memory");
		offset += PAGE_HEADER + page.size;
	}
	if (!page_index_finish(&lkcd->index))
		return fail(err, ERROR_SYSTEM, "out of memory");
	if (!range_within(offset, PAGE_HEADER, dump->source.size)) {
		lkcd->left_out = PAGE_TRUNCATED;
		dump_warn(dump, "the file is cut short: pages are missing");
	} else if (!(page.flags & PAGE_END)) {
		lkcd->left_out = PAGE_DAMAGED;
		dump_warn(
			dump,
			"what stands at offset %#llx is no header of a page: the %llu bytes from there on were not read",
			(unsigned long long)offset,
			(unsigned long long)(dump->source.size - offset));
	}
	if (lkcd->index.contradictory)
		dump_warn(dump, "some of its pages have a wrong address");
	return lkcd->index.nr ||
	       fail(err, ERROR_FORMAT, "%s: has no memory in it",
		    dump->file.path);
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
	page_index_release(&lkcd->index);
	free(lkcd);
}

/* A byte stands for itself; a zero, N and a byte for N of it; two zeros for one:
 * dump_compress_rle() of LKCD. */
static bool expand_rle(struct bytes from, uint8_t *to, size_t size)
{
	const uint8_t *at = from.data, *end = at + from.size;
	size_t nr = 0;

	while (at < end) {
		uint8_t byte = *at++, count = 1;

		if (!byte) {
			if (at == end)
				return false;
			if (*at && end - at < 2)
				return false;
			count = *at++;
			if (count)
				byte = *at++;
			else
				count = 1;
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
		return expand_rle(from, to, CACHE_PAGE_SIZE);
	case COMPRESS_GZIP:
		return inflate_bytes(lkcd->inflater, CODEC_ZLIB, from, to,
				     CACHE_PAGE_SIZE);
	default:
		return false;
	}
}

static enum page_state load_page(struct dump *dump, uint64_t pfn,
				 uint64_t offset, const uint8_t **data)
{
	struct lkcd *lkcd = dump->private;
	uint8_t scratch[CACHE_PAGE_SIZE];
	struct page_cache_slot slot;
	struct page_header page;
	const uint8_t *at;

	if (!read_page_header(dump, offset, &page))
		return PAGE_TRUNCATED;
	at = source_view(&dump->source, offset + PAGE_HEADER, page.size,
			 scratch);
	if (!at)
		return PAGE_TRUNCATED;
	slot = page_cache_room(dump->pages, pfn);
	*data = slot.buffer;
	if (page.flags & PAGE_RAW)
		memcpy(slot.buffer, at, CACHE_PAGE_SIZE);
	else if (!expand(lkcd, (struct bytes){ at, page.size }, slot.buffer))
		return PAGE_DAMAGED;
	page_cache_fill(dump->pages, &slot, pfn, slot.buffer);
	return PAGE_PRESENT;
}

static void lkcd_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct lkcd *lkcd = dump->private;
	uint64_t pfn = paddr >> CACHE_PAGE_SHIFT, offset;
	const uint8_t *data = page_cache_get(dump->pages, pfn);

	page_index_find(&lkcd->index, paddr, extent, &offset);
	if (extent->state == PAGE_PRESENT) {
		offset += (pfn << CACHE_PAGE_SHIFT) - extent->first;
		extent->first = pfn << CACHE_PAGE_SHIFT;
		extent->last = paddr | (CACHE_PAGE_SIZE - 1);
		if (!data)
			extent->state = load_page(dump, pfn, offset, &data);
	}
	if (extent->state == PAGE_PRESENT)
		extent->data = data;
	/* Above the highest page of a whole file there is nothing to be missed. */
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
