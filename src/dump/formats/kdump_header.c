/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/kdump_header.h"

#include <stdio.h>

#include "base/machine.h"
#include "base/text.h"

/* Offsets in struct disk_dump_header and struct kdump_sub_header: makedumpfile's diskdump_mod.h,
 * and QEMU's include/sysemu/dump.h. */
enum {
	HEADER_VERSION = 8,
	NAME_SIZE = 65,
	HEADER_SYSTEM = 12, /* six names, which are a struct utsname */
	HEADER_RELEASE = HEADER_SYSTEM + 2 * NAME_SIZE,
	HEADER_MACHINE = HEADER_SYSTEM + 4 * NAME_SIZE,
	HEADER_SIZE = 464, /* the size in bytes with a word of 8 bytes, which is the larger size */
	SUB_HEADER_SIZE = 104,
};

/* Offsets from the member status. They are the same for both word sizes. */
enum {
	BLOCK_SIZE = 4,
	SUB_BLOCKS = 8,
	BITMAP_BLOCKS = 12,
	MAX_MAPNR = 16,
};

/* The offsets of members that depend on the word size. */
static const struct kdump_header_layout {
	unsigned int word, timestamp, status;
} layouts[] = { { 8, 408, 424 }, { 4, 404, 412 } };

/* The fields of the sub-header. Some fields have only 32 bits, and a later version has added a
 * wider field. If the file has both, the later field is used. */
static const struct kdump_header_field {
	unsigned int version; /* the version of the header that introduced the field */
	uint8_t at[2]; /* the offset for each word size */
	uint8_t size; /* in bytes; 0: the word size */
	/* The offset of the member of struct kdump_header, a uint64_t, that gets the value. */
	size_t to;
} fields[] = {
	{ 0, { 0, 0 }, 0, offsetof(struct kdump_header, phys_base) },
	{ 1, { 8, 4 }, 4, offsetof(struct kdump_header, dump_level) },
	{ 2, { 12, 8 }, 4, offsetof(struct kdump_header, split) },
	{ 2, { 16, 12 }, 0, offsetof(struct kdump_header, start_pfn) },
	{ 2, { 24, 16 }, 0, offsetof(struct kdump_header, end_pfn) },
	{ 3, { 32, 20 }, 8, offsetof(struct kdump_header, vmcoreinfo_offset) },
	{ 3, { 40, 28 }, 0, offsetof(struct kdump_header, vmcoreinfo_size) },
	{ 4, { 48, 32 }, 8, offsetof(struct kdump_header, notes_offset) },
	{ 4, { 56, 40 }, 0, offsetof(struct kdump_header, notes_size) },
	{ 5, { 64, 44 }, 8, offsetof(struct kdump_header, erased_offset) },
	{ 5, { 72, 52 }, 0, offsetof(struct kdump_header, erased_size) },
	{ 6, { 80, 56 }, 8, offsetof(struct kdump_header, start_pfn) },
	{ 6, { 88, 64 }, 8, offsetof(struct kdump_header, end_pfn) },
	{ 6, { 96, 72 }, 8, offsetof(struct kdump_header, max_pfn) },
};

static const char kdump_signature[] = "KDUMP   ";
static const char diskdump_signature[] = "DISKDUMP";
enum { SIGNATURE_SIZE = sizeof(kdump_signature) - 1 };

bool kdump_header_probe(const struct source *source)
{
	return source_has(source, 0, kdump_signature, SIGNATURE_SIZE) ||
	       source_has(source, 0, diskdump_signature, SIGNATURE_SIZE);
}

bool kdump_header_by_qemu(const struct kdump_header *header)
{
	return !header->diskdump && !header->system[0] && !header->release[0];
}

/* Returns a score for a word size, or 0 if it is impossible. No field contains the word size. So
 * the word size is chosen for which the sizes of blocks and bitmaps are more plausible. */
static int plausible(const uint8_t *header, const struct kdump_header_layout *layout)
{
	const uint8_t *at = header + layout->status;
	uint64_t block = load_le32(at + BLOCK_SIZE), per_block = 8 * block;
	uint64_t frames = load_le32(at + MAX_MAPNR);
	uint32_t blocks = load_le32(at + BITMAP_BLOCKS);
	uint64_t needed;

	if (!(block & KDUMP_BLOCKS) || (block & (block - 1)))
		return 0;
	needed = (frames + per_block - 1) / per_block;
	if (load_le32(at + SUB_BLOCKS) == 0 || blocks == 0)
		return 1;
	return blocks == needed || blocks == 2 * needed ? 3 : 2;
}

static const struct kdump_header_layout *kdump_header_find_layout(const uint8_t *header)
{
	int first = plausible(header, &layouts[0]);
	int second = plausible(header, &layouts[1]);

	if (!first && !second)
		return NULL;
	return &layouts[second > first];
}

static void read_sub_header(struct kdump_header *header, const struct kdump_header_layout *layout,
			    const uint8_t *sub)
{
	uint64_t max_pfn = header->max_pfn;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct kdump_header_field *field = &fields[i];
		uint64_t value = load_le(sub + field->at[layout - layouts],
					 field->size ? field->size : layout->word);

		if (field->version <= header->version)
			memcpy((char *)header + field->to, &value, sizeof(value));
	}
	header->max_pfn = larger_of(header->max_pfn, max_pfn);
}

static bool read_main(const uint8_t *at, const char *path, struct kdump_header *header,
		      const struct kdump_header_layout **layout, struct error *err)
{
	const uint8_t *status;

	header->diskdump = !memcmp(at, diskdump_signature, SIGNATURE_SIZE);
	header->version = load_le32(at + HEADER_VERSION);
	memcpy(header->system, at + HEADER_SYSTEM, NAME_SIZE);
	memcpy(header->release, at + HEADER_RELEASE, NAME_SIZE);
	memcpy(header->machine, at + HEADER_MACHINE, NAME_SIZE);
	if (header->version >> 24)
		return fail(err, ERROR_FORMAT,
			    "%s: is a dump of a big-endian machine (%.65s), not of " MACHINES_READ,
			    path, header->machine);
	*layout = kdump_header_find_layout(at);
	if (!*layout)
		return fail(
			err, ERROR_FORMAT,
			"%s: its header has no block size of 4096, 16384 or 65536 bytes, but %u, or %u if the header has the other layout",
			path, load_le32(at + layouts[0].status + BLOCK_SIZE),
			load_le32(at + layouts[1].status + BLOCK_SIZE));
	status = at + (*layout)->status;
	header->word = (*layout)->word;
	header->shift = (unsigned int)__builtin_ctz(load_le32(status + BLOCK_SIZE));
	header->timestamp = load_le(at + (*layout)->timestamp, (*layout)->word);
	header->status = load_le32(status);
	header->sub_blocks = load_le32(status + SUB_BLOCKS);
	header->bitmap_blocks = load_le32(status + BITMAP_BLOCKS);
	header->max_pfn = load_le32(status + MAX_MAPNR);
	return true;
}

bool kdump_header_read(const struct source *source, const char *path, struct kdump_header *header,
		       struct error *err)
{
	uint8_t at[HEADER_SIZE];
	const struct kdump_header_layout *layout = NULL;

	*header = (struct kdump_header){ 0 };
	if (!source_read(source, 0, at, HEADER_SIZE))
		return fail(err, ERROR_FORMAT, "%s: is cut short within its header, of %d bytes",
			    path, HEADER_SIZE);
	if (!read_main(at, path, header, &layout, err))
		return false;
	if (header->diskdump || !header->sub_blocks)
		return true;
	if (!source_read(source, kdump_header_block(header), at, SUB_HEADER_SIZE))
		return fail(err, ERROR_FORMAT,
			    "%s: is cut short within its sub-header, %d bytes at offset %#x", path,
			    SUB_HEADER_SIZE, 1u << header->shift);
	read_sub_header(header, layout, at);
	return true;
}

bool kdump_codec(uint32_t flags, enum codec *codec)
{
	static const uint32_t codec_flags[NR_CODECS] = {
		[CODEC_ZLIB] = KDUMP_ZLIB,
		[CODEC_LZO] = KDUMP_LZO,
		[CODEC_SNAPPY] = KDUMP_SNAPPY,
		[CODEC_ZSTD] = KDUMP_ZSTD,
	};

	for (*codec = CODEC_NONE; *codec < NR_CODECS; (*codec)++)
		if (codec_flags[*codec] == flags)
			return true;
	return false;
}

enum codec kdump_header_codec(const struct kdump_header *header)
{
	uint32_t flags = header->status & KDUMP_COMPRESSIONS;
	enum codec codec = CODEC_NONE;

	/* In a diskdump, these bits of status have other meanings. */
	if (!header->diskdump)
		kdump_codec(flags & -flags, &codec);
	return codec;
}

static void describe_level(uint32_t level, char *text, size_t size)
{
	static const char *const words[] = {
		"zero", "cache", "private cache", "user", "free",
	};
	const char *before = ": pages of these kinds were left out: ";

	snprintf(text, size, "%u%s", level, level ? "" : ": nothing was left out");
	for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(level >> i & 1))
			continue;
		text_append(text, size, "%s%s", before, words[i]);
		before = ", ";
	}
}

void kdump_header_describe(const struct kdump_header *header, dump_visit *visit, void *arg)
{
	char text[128];
	const char *writer = kdump_header_by_qemu(header) ? "QEMU" : "makedumpfile";

	if (header->diskdump)
		writer = "diskdump";
	snprintf(text, sizeof(text), "%s, %u-bit, header version %u", writer, 8 * header->word,
		 header->version);
	visit(arg, "writer", text);
	if (header->diskdump)
		return;
	visit(arg, "compression", codec_names[kdump_header_codec(header)]);
	/* QEMU writes the level 1, although it leaves out no pages. */
	if (!kdump_header_by_qemu(header)) {
		describe_level((uint32_t)header->dump_level, text, sizeof(text));
		visit(arg, "dump_level", text);
	}
}
