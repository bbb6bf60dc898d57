// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mkdump: the kdump-compressed file. What segments hold is dumped, what their
 * memsz adds was left out. Written from makedumpfile's diskdump_mod.h.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "mkdump.h"

enum { MOST_PAGE = 1 << 16, DESCRIPTOR = 24, MOST_FRAMES = 1 << 28 };
enum { ZLIB = 1, LZO = 2, SNAPPY = 4, ZSTD = 0x20 };

/* The file while it is laid out. */
struct file {
	const struct dump *dump;
	const struct kdump_fields *say;
	FILE *out;
	int word;
	uint64_t page; /* bytes of a page, and of a block */
	uint64_t max_pfn, bitmap_size; /* of one bitmap */
	uint8_t *memory, *dumped;
	uint8_t **pages; /* of each frame; NULL: zeros */
	uint64_t bitmaps_at, descriptors_at, data_at;
	uint64_t zero_at, zero_size;
};

void run_kdump(struct dump *d, struct source *s, char *rest)
{
	static const struct key keys[] = {
		KEY(kdump_fields, diskdump),
		KEY(kdump_fields, version),
		KEY(kdump_fields, word),
		KEY(kdump_fields, compression),
		KEY(kdump_fields, status),
		KEY(kdump_fields, level),
		KEY(kdump_fields, split),
		KEY(kdump_fields, start_pfn),
		KEY(kdump_fields, end_pfn),
		KEY(kdump_fields, phys_base),
		KEY(kdump_fields, qemu),
		KEY(kdump_fields, time),
		KEY(kdump_fields, page_size),
		KEY(kdump_fields, block_size),
		KEY(kdump_fields, sub_blocks),
		KEY(kdump_fields, bitmap_blocks),
		KEY(kdump_fields, max_mapnr),
		KEY(kdump_fields, vmcoreinfo_offset),
		KEY(kdump_fields, vmcoreinfo_size),
		KEY(kdump_fields, notes_offset),
		KEY(kdump_fields, notes_size),
		KEY(kdump_fields, erased_size),
	};

	set_keys(&d->kdump, keys, ARRAY_SIZE(keys), s->where, rest);
}

/* page PADDR FIELD=...: what the dump claims about one page, whatever the truth. */
void run_page(struct dump *d, struct source *s, char *rest)
{
	static const struct key keys[] = {
		KEY(kdump_page, offset), KEY(kdump_page, size),	  KEY(kdump_page, flags),
		KEY(kdump_page, memory), KEY(kdump_page, dumped), KEY(kdump_page, wrong),
	};
	struct kdump_page *page = list_add(&d->kdump_pages, sizeof(*page));

	page->offset = page->size = page->flags = NOT_SET;
	page->memory = page->dumped = page->wrong = NOT_SET;
	page->paddr = expr(s->where, need_word(&rest, s->where, "an address"));
	set_keys(page, keys, ARRAY_SIZE(keys), s->where, rest);
}

static uint64_t said(uint64_t said_value, uint64_t truth)
{
	return said_value != NOT_SET ? said_value : truth;
}

static void set_bit(uint8_t *bitmap, uint64_t pfn, bool value)
{
	if (value)
		bitmap[pfn / 8] |= (uint8_t)(1 << pfn % 8);
	else
		bitmap[pfn / 8] &= (uint8_t) ~(1 << pfn % 8);
}

static bool get_bit(const uint8_t *bitmap, uint64_t pfn)
{
	return bitmap[pfn / 8] >> pfn % 8 & 1;
}

static uint64_t frames_to(const struct file *f, uint64_t end)
{
	return (end + f->page - 1) / f->page;
}

static void *need(void *memory)
{
	if (!memory) {
		fputs("mkdump: out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

static void fill_bitmaps(struct file *f)
{
	const struct segment *s = f->dump->segments.items;
	size_t nr = f->dump->segments.nr;

	for (size_t i = 0; i < nr; i++)
		if (!s[i].is_notes && frames_to(f, s[i].paddr + s[i].memsz) > f->max_pfn)
			f->max_pfn = frames_to(f, s[i].paddr + s[i].memsz);
	if (f->max_pfn > MOST_FRAMES) {
		fputs("mkdump: memory ends too far up for bitmaps\n", stderr);
		exit(1);
	}
	f->bitmap_size = (f->max_pfn + 8 * f->page - 1) / (8 * f->page) * f->page;
	f->memory = need(calloc(1, f->bitmap_size));
	f->dumped = need(calloc(1, f->bitmap_size));
	f->pages = need(calloc(f->max_pfn, sizeof(*f->pages)));
	for (size_t i = 0; i < nr; i++) {
		uint64_t first = s[i].paddr / f->page;

		if (s[i].is_notes)
			continue;
		for (uint64_t p = first; p < frames_to(f, s[i].paddr + s[i].memsz); p++)
			set_bit(f->memory, p, true);
		for (uint64_t p = first; p < frames_to(f, s[i].paddr + s[i].filesz); p++)
			set_bit(f->dumped, p, true);
	}
}

static void fill_pages(struct file *f)
{
	const struct chunk *c = f->dump->chunks.items;

	for (size_t i = 0; i < f->dump->chunks.nr; i++)
		for (size_t b = 0; b < c[i].bytes.size; b++) {
			uint64_t at = c[i].start + b;
			uint8_t **page = &f->pages[at / f->page];

			if (!*page)
				*page = need(calloc(1, f->page));
			(*page)[at % f->page] = c[i].bytes.data[b];
		}
}

/* Bytes that the page makes, 0 where it gets no smaller. */
static size_t compress_page(const struct file *f, const uint8_t *page, uint8_t *to, size_t room)
{
	uint64_t by = f->say->compression;

	if (by == ZLIB) {
		uLongf size = room;

		return compress2(to, &size, page, f->page, 6) == Z_OK ? size : 0;
	}
#ifdef HAVE_LZO
	if (by == LZO) {
		static lzo_align_t work[LZO1X_1_MEM_COMPRESS / sizeof(lzo_align_t) + 1];
		lzo_uint size = room;

		return lzo1x_1_compress(page, f->page, to, &size, work) ? 0 : size;
	}
#endif
#ifdef HAVE_SNAPPY
	if (by == SNAPPY) {
		size_t size = room;

		return snappy_compress((const char *)page, f->page, (char *)to, &size) ==
				       SNAPPY_OK ?
			       size :
			       0;
	}
#endif
#ifdef HAVE_ZSTD
	if (by == ZSTD) {
		size_t size = ZSTD_compress(to, room, page, f->page, 1);

		return ZSTD_isError(size) ? 0 : size;
	}
#endif
	if (by) {
		fputs("mkdump: built without this compression\n", stderr);
		exit(1);
	}
	return 0;
}

static bool write_at(struct file *f, uint64_t offset, const void *data, size_t size)
{
	return !size ||
	       (!fseeko(f->out, (off_t)offset, SEEK_SET) && fwrite(data, 1, size, f->out) == size);
}

/* Page data and where it went; flags as the descriptor says them. */
static bool write_data(struct file *f, const uint8_t *page, uint64_t *at, uint64_t *size,
		       uint64_t *flags)
{
	uint8_t packed[2 * MOST_PAGE];
	size_t packed_size = compress_page(f, page, packed, sizeof(packed));
	bool smaller = packed_size && packed_size < f->page;
	uint64_t offset = *at;

	*size = smaller ? packed_size : f->page;
	*flags = smaller ? f->say->compression : 0;
	*at += *size;
	return write_at(f, offset, smaller ? packed : page, *size);
}

static const struct kdump_page *page_said(const struct file *f, uint64_t pfn)
{
	const struct kdump_page *page = f->dump->kdump_pages.items;

	for (size_t i = f->dump->kdump_pages.nr; i; i--)
		if (page[i - 1].paddr / f->page == pfn)
			return &page[i - 1];
	return NULL;
}

static bool write_descriptor(struct file *f, uint64_t pfn, uint64_t at, uint64_t offset,
			     uint64_t size, uint64_t flags)
{
	const struct kdump_page *page = page_said(f, pfn);
	struct buf b = { 0 };
	uint8_t byte;
	bool ok = true;

	if (page && page->wrong != NOT_SET) { /* a byte of the data */
		byte = (uint8_t)page->wrong;
		ok = write_at(f, offset + size / 2, &byte, 1);
	}
	buf_add_int(&b, page ? said(page->offset, offset) : offset, 8, false);
	buf_add_int(&b, page ? said(page->size, size) : size, 4, false);
	buf_add_int(&b, page ? said(page->flags, flags) : flags, 4, false);
	buf_add_int(&b, 0, 8, false);
	ok = ok && write_at(f, at, b.data, b.size);
	buf_free(&b);
	return ok;
}

static bool in_part(const struct file *f, uint64_t pfn)
{
	return get_bit(f->dumped, pfn) &&
	       (!f->say->split || (pfn >= f->say->start_pfn && pfn < f->say->end_pfn));
}

/* The page of zeros comes first, once, as makedumpfile writes it. */
static bool write_pages(struct file *f)
{
	static const uint8_t zeros[MOST_PAGE];
	uint64_t at = f->data_at, descriptor = f->descriptors_at;
	uint64_t zero_at = at, zero_size = 0, zero_flags = 0;

	if (!(f->say->level & 1) && !write_data(f, zeros, &at, &zero_size, &zero_flags))
		return false;
	for (uint64_t pfn = 0; pfn < f->max_pfn; pfn++) {
		const uint8_t *page = f->pages[pfn] ? f->pages[pfn] : zeros;
		uint64_t offset = zero_at, size = zero_size, flags = zero_flags;

		if (!in_part(f, pfn))
			continue;
		if (!zero_size || memcmp(page, zeros, f->page)) {
			offset = at;
			if (!write_data(f, page, &at, &size, &flags))
				return false;
		}
		if (!write_descriptor(f, pfn, descriptor, offset, size, flags))
			return false;
		descriptor += DESCRIPTOR;
	}
	return true;
}

static void add_name(struct buf *b, const char *name)
{
	char field[65] = "";

	snprintf(field, sizeof(field), "%s", name);
	buf_add(b, field, sizeof(field));
}

static bool write_header(struct file *f)
{
	const struct kdump_fields *say = f->say;
	bool qemu = say->qemu;
	struct buf b = { 0 };
	bool ok;

	buf_add(&b, say->diskdump ? "DISKDUMP" : "KDUMP   ", 8);
	buf_add_int(&b, say->version, 4, false);
	add_name(&b, qemu ? "" : "Linux");
	add_name(&b, qemu ? "" : "node");
	add_name(&b, qemu ? "" : "6.1.0");
	add_name(&b, qemu ? "" : "#1");
	add_name(&b, f->dump->elf.machine == 3 && !qemu ? "i686" :
		     f->dump->elf.machine == 183	? "aarch64" :
		     f->dump->elf.machine == 243	? "riscv64" :
		     f->dump->elf.machine == 258	? "loongarch64" :
							  "x86_64");
	add_name(&b, qemu ? "" : "(none)");
	buf_pad(&b, (size_t)f->word);
	buf_add_int(&b, say->time, f->word, false);
	buf_add_int(&b, 0, f->word, false);
	buf_add_int(&b, said(say->status, say->compression), 4, false);
	buf_add_int(&b, said(say->block_size, f->page), 4, false);
	buf_add_int(&b, said(say->sub_blocks, f->bitmaps_at / f->page - 1), 4, false);
	buf_add_int(&b, said(say->bitmap_blocks, 2 * f->bitmap_size / f->page), 4, false);
	buf_add_int(&b, said(say->max_mapnr, f->max_pfn), 4, false);
	buf_pad(&b, 464);
	ok = write_at(f, 0, b.data, b.size);
	buf_free(&b);
	return ok;
}

/* All notes one after the other, and where VMCOREINFO's text lies in them. */
static void add_notes(const struct dump *d, struct buf *b, uint64_t *text_at, uint64_t *text_size)
{
	const struct note *n = d->notes.items;

	for (size_t i = 0; i < d->notes.nr; i++) {
		if (!strcmp(n[i].name, "VMCOREINFO") && !*text_size) {
			*text_at = b->size + 12 + 12;
			*text_size = n[i].desc.size;
		}
		encode_note(&n[i], false, b);
	}
}

static bool write_sub_header(struct file *f)
{
	const struct kdump_fields *say = f->say;
	struct buf b = { 0 }, notes = { 0 };
	uint64_t text_at = 0, text_size = 0;
	uint64_t notes_at = f->page + 112;
	bool ok;

	add_notes(f->dump, &notes, &text_at, &text_size);
	text_at = text_size ? notes_at + text_at : 0;
	buf_add_int(&b, say->phys_base, f->word, false);
	buf_add_int(&b, say->level, 4, false);
	buf_add_int(&b, say->split, 4, false);
	buf_add_int(&b, say->start_pfn, f->word, false);
	buf_add_int(&b, say->end_pfn, f->word, false);
	buf_add_int(&b, said(say->vmcoreinfo_offset, text_at), 8, false);
	buf_add_int(&b, said(say->vmcoreinfo_size, text_size), f->word, false);
	buf_add_int(&b, said(say->notes_offset, notes_at), 8, false);
	buf_add_int(&b, said(say->notes_size, notes.size), f->word, false);
	buf_add_int(&b, 0, 8, false);
	buf_add_int(&b, say->erased_size, f->word, false);
	buf_add_int(&b, say->start_pfn, 8, false);
	buf_add_int(&b, say->end_pfn, 8, false);
	buf_add_int(&b, f->max_pfn, 8, false);
	buf_pad(&b, 112);
	buf_add(&b, notes.data, notes.size);
	ok = write_at(f, f->page, b.data, b.size);
	buf_free(&b);
	buf_free(&notes);
	return ok;
}

/* Later than the descriptors, which follow the true bitmaps. */
static bool write_bitmaps(struct file *f)
{
	const struct kdump_page *page = f->dump->kdump_pages.items;

	for (size_t i = 0; i < f->dump->kdump_pages.nr; i++) {
		uint64_t pfn = page[i].paddr / f->page;

		if (pfn >= 8 * f->bitmap_size)
			continue;
		if (page[i].memory != NOT_SET)
			set_bit(f->memory, pfn, page[i].memory);
		if (page[i].dumped != NOT_SET)
			set_bit(f->dumped, pfn, page[i].dumped);
	}
	return write_at(f, f->bitmaps_at, f->memory, f->bitmap_size) &&
	       write_at(f, f->bitmaps_at + f->bitmap_size, f->dumped, f->bitmap_size);
}

static void place(struct file *f)
{
	struct buf notes = { 0 };
	uint64_t text_at, text_size = 0, nr = 0;

	add_notes(f->dump, &notes, &text_at, &text_size);
	f->bitmaps_at = f->page + (112 + notes.size + f->page - 1) / f->page * f->page;
	f->descriptors_at = f->bitmaps_at + 2 * f->bitmap_size;
	for (uint64_t pfn = 0; pfn < f->max_pfn; pfn++)
		nr += in_part(f, pfn);
	f->data_at = f->descriptors_at + nr * DESCRIPTOR;
	buf_free(&notes);
}

static bool kdump_write(const struct dump *d, FILE *out)
{
	struct file f = { .dump = d, .say = &d->kdump, .out = out };
	bool ok;

	f.word = d->kdump.word == 32 ? 4 : 8;
	f.page = d->kdump.page_size;
	fill_bitmaps(&f);
	fill_pages(&f);
	place(&f);
	ok = write_header(&f) && write_sub_header(&f) && write_pages(&f) && write_bitmaps(&f);
	for (uint64_t pfn = 0; pfn < f.max_pfn; pfn++)
		free(f.pages[pfn]);
	free(f.pages);
	free(f.memory);
	free(f.dumped);
	return ok;
}

const struct container kdump_container = {
	.name = "kdump",
	.write = kdump_write,
};
