/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/kdump_header.h"

#include <stdio.h>

/*
 * struct disk_dump_header and struct kdump_sub_header of makedumpfile's
 * diskdump_mod.h, as the compilers of the two word sizes lay them out; QEMU's
 * include/sysemu/dump.h writes down the same.
 */
enum {
	HEADER_VERSION = 8,
	HEADER_UTSNAME = 12, /* six names of 65 bytes */
	UTSNAME_FIELD = 65,
	UTSNAME_RELEASE = 2,
	UTSNAME_MACHINE = 4,
	HEADER_SIZE = 464,   /* of the longer one */
	SUB_HEADER_SIZE = 104,
};

/* From status on both headers are words of 32 bits. */
enum {
	STATUS = 0,
	BLOCK_SIZE = 4,
	SUB_BLOCKS = 8,
	BITMAP_BLOCKS = 12,
	MAX_MAPNR = 16,
};

/* Where things are, by word size. Number after the sub-header's fields: the
 * version that brought them. */
struct layout {
	unsigned int word;
	unsigned int timestamp, status;
	unsigned int dump_level;                    /* 1 */
	unsigned int split, start_pfn, end_pfn;     /* 2 */
	unsigned int vmcoreinfo, vmcoreinfo_size;   /* 3 */
	unsigned int notes, notes_size;             /* 4 */
	unsigned int erased_size;                   /* 5 */
	unsigned int start_pfn_64, end_pfn_64, max_pfn_64; /* 6 */
};

static const struct layout layouts[] = {
	{ .word = 8, .timestamp = 408, .status = 424, .dump_level = 8,
	  .split = 12, .start_pfn = 16, .end_pfn = 24, .vmcoreinfo = 32,
	  .vmcoreinfo_size = 40, .notes = 48, .notes_size = 56,
	  .erased_size = 72, .start_pfn_64 = 80, .end_pfn_64 = 88,
	  .max_pfn_64 = 96 },
	{ .word = 4, .timestamp = 404, .status = 412, .dump_level = 4,
	  .split = 8, .start_pfn = 12, .end_pfn = 16, .vmcoreinfo = 20,
	  .vmcoreinfo_size = 28, .notes = 32, .notes_size = 40,
	  .erased_size = 52, .start_pfn_64 = 56, .end_pfn_64 = 64,
	  .max_pfn_64 = 72 },
};

static const char kdump_signature[] = "KDUMP   ";
static const char diskdump_signature[] = "DISKDUMP";
enum { SIGNATURE_SIZE = sizeof(kdump_signature) - 1 };

bool kdump_header_probe(const struct source *source)
{
	uint8_t scratch[SIGNATURE_SIZE];
	const uint8_t *at = source_view(source, 0, sizeof(scratch), scratch);

	return at && (!memcmp(at, kdump_signature, SIGNATURE_SIZE) ||
		      !memcmp(at, diskdump_signature, SIGNATURE_SIZE));
}

bool kdump_header_by_qemu(const struct kdump_header *header)
{
	return !header->diskdump && !header->system[0] && !header->release[0];
}

uint64_t kdump_header_descriptors(const struct kdump_header *header)
{
	return (1 + header->sub_blocks + header->bitmap_blocks) * KDUMP_BLOCK;
}

static void copy_name(char *to, const uint8_t *header, unsigned int field)
{
	memcpy(to, header + HEADER_UTSNAME + field * UTSNAME_FIELD,
	       UTSNAME_FIELD);
}

/* Blocks of a bitmap with a bit for each frame. */
static uint64_t blocks_for(uint64_t max_pfn)
{
	return (max_pfn + 8 * KDUMP_BLOCK - 1) / (8 * KDUMP_BLOCK);
}

/*
 * The word size is told by nothing but that the header makes sense: blocks are
 * pages, and the bitmaps are of the size that the memory takes. The more of it
 * is so, the higher the number; 0: not this layout.
 */
static int plausible(const uint8_t *header, const struct layout *layout)
{
	const uint8_t *at = header + layout->status;
	uint64_t needed = blocks_for(load_le32(at + MAX_MAPNR));
	uint32_t blocks = load_le32(at + BITMAP_BLOCKS);

	if (load_le32(at + BLOCK_SIZE) != KDUMP_BLOCK)
		return 0;
	if (load_le32(at + SUB_BLOCKS) == 0 || blocks == 0)
		return 1;
	return blocks == needed || blocks == 2 * needed ? 3 : 2;
}

static const struct layout *find_layout(const uint8_t *header)
{
	const struct layout *best = NULL;
	int most = 0;

	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		int fits = plausible(header, &layouts[i]);

		if (fits > most) {
			best = &layouts[i];
			most = fits;
		}
	}
	return best;
}

static uint64_t load_word(const struct layout *layout, const uint8_t *at)
{
	return load_le(at, layout->word);
}

static void read_sub_header(struct kdump_header *header,
			    const struct layout *layout, const uint8_t *sub)
{
	unsigned int version = header->version;

	header->phys_base = load_word(layout, sub);
	if (version >= 1)
		header->dump_level = load_le32(sub + layout->dump_level);
	if (version >= 2) {
		header->split = load_le32(sub + layout->split);
		header->start_pfn = load_word(layout, sub + layout->start_pfn);
		header->end_pfn = load_word(layout, sub + layout->end_pfn);
	}
	if (version >= 3) {
		header->vmcoreinfo_offset = load_le64(sub + layout->vmcoreinfo);
		header->vmcoreinfo_size =
			load_word(layout, sub + layout->vmcoreinfo_size);
	}
	if (version >= 4) {
		header->notes_offset = load_le64(sub + layout->notes);
		header->notes_size = load_word(layout, sub + layout->notes_size);
	}
	if (version >= 5)
		header->erased_size =
			load_word(layout, sub + layout->erased_size);
	if (version < 6)
		return;
	/* The older fields hold what fits into 32 bits only. */
	header->start_pfn = load_le64(sub + layout->start_pfn_64);
	header->end_pfn = load_le64(sub + layout->end_pfn_64);
	if (load_le64(sub + layout->max_pfn_64) > header->max_pfn)
		header->max_pfn = load_le64(sub + layout->max_pfn_64);
}

static bool read_main(const uint8_t *at, const char *path,
		      struct kdump_header *header, const struct layout **layout,
		      struct error *err)
{
	const uint8_t *fields;

	header->diskdump = !memcmp(at, diskdump_signature, SIGNATURE_SIZE);
	header->version = load_le32(at + HEADER_VERSION);
	copy_name(header->system, at, 0);
	copy_name(header->release, at, UTSNAME_RELEASE);
	copy_name(header->machine, at, UTSNAME_MACHINE);
	if (header->version >> 24)
		return fail(err, ERROR_FORMAT,
			    "%s: is of a big-endian machine (%.65s), not of x86",
			    path, header->machine);
	*layout = find_layout(at);
	if (!*layout)
		return fail(err, ERROR_FORMAT,
			    "%s: its header does not say blocks of %d bytes, as those of x86 do (but %u, or %u)",
			    path, KDUMP_BLOCK,
			    load_le32(at + layouts[0].status + BLOCK_SIZE),
			    load_le32(at + layouts[1].status + BLOCK_SIZE));
	fields = at + (*layout)->status;
	header->word = (*layout)->word;
	header->timestamp = load_word(*layout, at + (*layout)->timestamp);
	header->status = load_le32(fields + STATUS);
	header->sub_blocks = load_le32(fields + SUB_BLOCKS);
	header->bitmap_blocks = load_le32(fields + BITMAP_BLOCKS);
	header->max_pfn = load_le32(fields + MAX_MAPNR);
	return true;
}

bool kdump_header_read(const struct source *source, const char *path,
		       struct kdump_header *header, struct error *err)
{
	uint8_t scratch[HEADER_SIZE];
	const struct layout *layout = NULL;
	const uint8_t *at = source_view(source, 0, HEADER_SIZE, scratch);

	*header = (struct kdump_header){ 0 };
	if (!at)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its header, of %d bytes",
			    path, HEADER_SIZE);
	if (!read_main(at, path, header, &layout, err))
		return false;
	if (header->diskdump || !header->sub_blocks)
		return true;
	at = source_view(source, KDUMP_BLOCK, SUB_HEADER_SIZE, scratch);
	if (!at)
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its sub-header, %d bytes at offset %#x",
			    path, SUB_HEADER_SIZE, KDUMP_BLOCK);
	read_sub_header(header, layout, at);
	return true;
}

enum codec kdump_header_codec(const struct kdump_header *header)
{
	if (header->diskdump)
		return CODEC_NONE; /* its status says other things */
	if (header->status & KDUMP_ZLIB)
		return CODEC_ZLIB;
	if (header->status & KDUMP_LZO)
		return CODEC_LZO;
	if (header->status & KDUMP_SNAPPY)
		return CODEC_SNAPPY;
	return header->status & KDUMP_ZSTD ? CODEC_ZSTD : CODEC_NONE;
}

static void describe_level(uint32_t level, char *text, size_t size)
{
	static const char *const words[] = {
		"zero", "cache", "private cache", "user", "free",
	};
	enum { NR_WORDS = sizeof(words) / sizeof(words[0]) };
	const char *before = ": left out are pages of these kinds: ";
	size_t used = (size_t)snprintf(text, size, "%u", level);

	if (!level)
		snprintf(text + used, size - used, ": nothing was left out");
	for (unsigned int i = 0; i < NR_WORDS; i++) {
		if (!(level >> i & 1))
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 before, words[i]);
		before = ", ";
	}
}

void kdump_header_describe(const struct kdump_header *header,
			   dump_visit *visit, void *arg)
{
	char text[128];
	const char *writer = kdump_header_by_qemu(header) ? "QEMU" :
							    "makedumpfile";

	if (header->diskdump)
		writer = "diskdump";
	snprintf(text, sizeof(text), "%s, %u-bit, header version %u", writer,
		 8 * header->word, header->version);
	visit(arg, "writer", text);
	if (header->diskdump)
		return;
	visit(arg, "compression", codec_names[kdump_header_codec(header)]);
	/* QEMU says 1 and leaves nothing out. */
	if (!kdump_header_by_qemu(header)) {
		describe_level(header->dump_level, text, sizeof(text));
		visit(arg, "dump_level", text);
	}
	if (header->erased_size)
		visit(arg, "erased", "the writer wiped some data");
}
