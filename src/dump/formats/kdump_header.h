/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The headers of kdump-compressed files and of diskdump files, in all versions and for both word
 * sizes. All offsets are file offsets in bytes. The ends of ranges of frames are exclusive. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/codec.h"
#include "dump/dump.h"

enum {
	/* The possible sizes of pages: a bit for each size. */
	KDUMP_BLOCKS = 1 << 12 | 1 << 14 | 1 << 16,
	KDUMP_MOST_BLOCK = 1 << 16,
	KDUMP_DESCRIPTOR_SIZE = 24,
};

/* The bits of the header's status. The flags of a page descriptor use the same bits for the
 * compression. Source: makedumpfile's diskdump_mod.h. */
enum {
	KDUMP_ZLIB = 1 << 0,
	KDUMP_LZO = 1 << 1,
	KDUMP_SNAPPY = 1 << 2,
	KDUMP_INCOMPLETE = 1 << 3,
	KDUMP_ZSTD = 1 << 5,
	KDUMP_COMPRESSIONS = KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD,
};

/* The bit of dump_level that means "pages of zeros were left out": DL_EXCLUDE_ZERO of
 * makedumpfile.h. */
enum { KDUMP_WITHOUT_ZERO = 1 << 0 };

struct kdump_header {
	/* The file is a diskdump: its signature is DISKDUMP, and it has no sub-header. */
	bool diskdump;
	unsigned int version;
	unsigned int word; /* the size in bytes of a long in the program that wrote the file */
	/* Log2 of the page size; parts of the file begin at multiples of this size. */
	unsigned int shift;
	char system[66], release[66], machine[66]; /* names from utsname */
	uint32_t status;
	uint64_t sub_blocks, bitmap_blocks;
	uint64_t max_pfn; /* the last frame in the bitmaps, plus 1 */
	uint64_t timestamp;
	/* The following members are from the sub-header. A member is zero if the version of the
	 * sub-header lacks the field. */
	uint64_t phys_base;
	uint64_t dump_level;
	uint64_t split; /* not 0 if the file is one part of a split dump */
	uint64_t start_pfn, end_pfn; /* the frames of this part; the end is exclusive */
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t notes_offset, notes_size;
	uint64_t erased_offset; /* the place in the file of the list of erased data */
	uint64_t erased_size; /* the size in bytes of the list of erased data */
};

/* Returns the size of a block in bytes, which is also the size of a page. */
static inline uint64_t kdump_header_block(const struct kdump_header *header)
{
	return UINT64_C(1) << header->shift;
}

bool kdump_header_probe(const struct source *source);

/* Reads the headers of a file. `path` is for error messages. Returns false if the headers are
 * invalid. */
bool kdump_header_read(const struct source *source, const char *path, struct kdump_header *header,
		       struct error *err);

/* Did QEMU write the file? If so, two values are not what they seem. The machine in the header is
 * the machine on which the emulator ran. phys_base is wrong, because QEMU reads the decimal
 * phys_base of the note as if it were hexadecimal (dump/dump.c, vmcoreinfo). */
bool kdump_header_by_qemu(const struct kdump_header *header);

/* Finds the codec in the flags of a page descriptor. Returns false if the flags contain the bits of
 * several codecs, or unknown bits. */
bool kdump_codec(uint32_t flags, enum codec *codec);

/* Returns the codec that the header names. A page may have another codec. */
enum codec kdump_header_codec(const struct kdump_header *header);

void kdump_header_describe(const struct kdump_header *header, dump_visit *visit, void *arg);
