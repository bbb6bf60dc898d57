/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The headers of kdump-compressed and diskdump files, in all versions and both word sizes. Offsets
 * are file offsets in bytes. Ends of frame ranges are exclusive. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/page.h"
#include "dump/codec.h"
#include "dump/dump.h"

enum {
	KDUMP_BLOCKS = 1 << 12 | 1 << 14 | 1 << 16, /* the sizes of pages: a bit for each size */
	KDUMP_MOST_BLOCK = 1 << 16,
	KDUMP_DESCRIPTOR_SIZE = 24,
};

/* Bits of the header's status. The flags of a page descriptor have the same bits for compression.
 * Source: makedumpfile's diskdump_mod.h. */
enum {
	KDUMP_ZLIB = 1 << 0,
	KDUMP_LZO = 1 << 1,
	KDUMP_SNAPPY = 1 << 2,
	KDUMP_INCOMPLETE = 1 << 3,
	KDUMP_ZSTD = 1 << 5,
	KDUMP_COMPRESSIONS = KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD,
};

/* A bit of dump_level: DL_EXCLUDE_ZERO of makedumpfile.h. */
enum { KDUMP_WITHOUT_ZERO = 1 << 0 };

struct kdump_header {
	bool diskdump; /* the signature is DISKDUMP, and there is no sub-header */
	unsigned int version;
	unsigned int word; /* size in bytes of a long in the program that wrote the file */
	unsigned int shift; /* log2 of the page size, which is the unit of all parts */
	char system[66], release[66], machine[66]; /* from utsname */
	uint32_t status;
	uint64_t sub_blocks, bitmap_blocks;
	uint64_t max_pfn; /* the last frame of the bitmaps, plus 1 */
	uint64_t timestamp;
	/* Members from the sub-header. A member is zero if the sub-header's version lacks the
	 * field. */
	uint64_t phys_base;
	uint64_t dump_level;
	uint64_t split; /* 0 if the file is not part of a split dump */
	uint64_t start_pfn, end_pfn; /* frames of this part; the end is exclusive */
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t notes_offset, notes_size;
	uint64_t erased_size; /* size in bytes of the description of erased data */
};

/* The size in bytes of blocks and of pages. */
static inline uint64_t kdump_header_block(const struct kdump_header *header)
{
	return UINT64_C(1) << header->shift;
}

bool kdump_header_probe(const struct source *source);

/* Reads the headers. path is used in the message of an error. */
bool kdump_header_read(const struct source *source, const char *path, struct kdump_header *header,
		       struct error *err);

/* Did QEMU write the file? If so, the header names the machine on which the emulator ran, and
 * phys_base is wrong: QEMU reads the decimal phys_base of the note as hexadecimal (dump/dump.c,
 * vmcoreinfo). */
bool kdump_header_by_qemu(const struct kdump_header *header);

/* Finds the codec in the flags of a page descriptor. Returns false if the flags have the bits of no
 * known codec, or of several codecs. */
bool kdump_codec(uint32_t flags, enum codec *codec);

/* Returns the codec that the header names. */
enum codec kdump_header_codec(const struct kdump_header *header);

void kdump_header_describe(const struct kdump_header *header, dump_visit *visit, void *arg);
