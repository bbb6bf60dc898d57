/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The headers of kdump-compressed and diskdump files, of all versions and both word
 * sizes. Offsets are file offsets; ranges of frames are half-open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/page.h"
#include "dump/codec.h"
#include "dump/dump.h"

enum {
	KDUMP_BLOCK = PAGE_BYTES, /* the unit of all parts of the file */
	KDUMP_DESCRIPTOR_SIZE = 24,
};

/* Bits of the header's status; a page descriptor's flags have the compression's
 * bit too. Source: makedumpfile's diskdump_mod.h. */
enum {
	KDUMP_ZLIB = 1 << 0,
	KDUMP_LZO = 1 << 1,
	KDUMP_SNAPPY = 1 << 2,
	KDUMP_INCOMPLETE = 1 << 3,
	KDUMP_ZSTD = 1 << 5,
	KDUMP_COMPRESSIONS = KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD,
};

/* Bit of dump_level: DL_EXCLUDE_ZERO of makedumpfile.h. */
enum { KDUMP_WITHOUT_ZERO = 1 << 0 };

struct kdump_header {
	bool diskdump; /* signature DISKDUMP: no sub-header */
	unsigned int version;
	unsigned int word; /* size of a long in the program that wrote it */
	char system[66], release[66], machine[66]; /* from utsname */
	uint32_t status;
	uint64_t sub_blocks, bitmap_blocks;
	uint64_t max_pfn; /* one past the last frame of the bitmaps */
	uint64_t timestamp;
	/* From the sub-header; zero if its version lacks them. */
	uint64_t phys_base;
	uint64_t dump_level;
	uint64_t split; /* 0: not a part of a split set */
	uint64_t start_pfn, end_pfn; /* of this part */
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t notes_offset, notes_size;
	uint64_t erased_size; /* of the description of erased data */
};

bool kdump_header_probe(const struct source *source);

/* path is for the error message. */
bool kdump_header_read(const struct source *source, const char *path, struct kdump_header *header,
		       struct error *err);

/* Did QEMU write it? Then the machine is the emulator's, and phys_base is wrong: QEMU
 * reads the note's decimal phys_base as hexadecimal (dump/dump.c, vmcoreinfo). */
bool kdump_header_by_qemu(const struct kdump_header *header);

/* The codec of a page descriptor's flags. False: not the flags of one codec. */
bool kdump_codec(uint32_t flags, enum codec *codec);

/* The compression that the header names. */
enum codec kdump_header_codec(const struct kdump_header *header);

void kdump_header_describe(const struct kdump_header *header, dump_visit *visit, void *arg);
