/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The headers of kdump-compressed and diskdump files, of all versions and both
 * word sizes, in one shape. Offsets are the file's, frame numbers half-open.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "dump/dump.h"
#include "dump/inflate.h"

enum {
	KDUMP_BLOCK = 4096, /* the unit of all parts of the file: a page */
	KDUMP_DESCRIPTOR_SIZE = 24,
};

/* Bits of status; those of compressions are in a page's flags too. Source:
 * makedumpfile's diskdump_mod.h. */
enum {
	KDUMP_ZLIB = 1 << 0,
	KDUMP_LZO = 1 << 1,
	KDUMP_SNAPPY = 1 << 2,
	KDUMP_INCOMPLETE = 1 << 3,
	KDUMP_VMEMMAP_EXCLUDED = 1 << 4,
	KDUMP_ZSTD = 1 << 5,
	KDUMP_COMPRESSIONS = KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_ZSTD,
};

/* Bits of dump_level: makedumpfile.h, DL_EXCLUDE_*. */
enum {
	KDUMP_WITHOUT_ZERO = 1 << 0,
	KDUMP_WITHOUT_CACHE = 1 << 1,
	KDUMP_WITHOUT_CACHE_PRIVATE = 1 << 2,
	KDUMP_WITHOUT_USER = 1 << 3,
	KDUMP_WITHOUT_FREE = 1 << 4,
};

struct kdump_header {
	bool diskdump;        /* "DISKDUMP": has no kdump sub-header */
	unsigned int version;
	unsigned int word;    /* bytes in a long of the program that wrote it */
	char system[66], release[66], machine[66]; /* of its utsname */
	uint32_t status;
	uint64_t sub_blocks, bitmap_blocks;
	uint64_t max_pfn;     /* one past the last frame that the bitmaps tell of */
	uint64_t timestamp;
	/* Of the sub-header; zero where its version does not have them yet. */
	uint64_t phys_base;
	uint32_t dump_level;
	bool split;
	uint64_t start_pfn, end_pfn; /* of a split set's part */
	uint64_t vmcoreinfo_offset, vmcoreinfo_size;
	uint64_t notes_offset, notes_size;
	uint64_t erased_size; /* of the text that says what was wiped */
};

bool kdump_header_probe(const struct source *source);

/* path is for the error's text. */
bool kdump_header_read(const struct source *source, const char *path,
		       struct kdump_header *header, struct error *err);

/* QEMU leaves all but the machine empty, and that and phys_base are not to be
 * believed: the machine is that of the emulator, and phys_base is the note's
 * decimal number read as a hexadecimal one (dump/dump.c, vmcoreinfo). */
bool kdump_header_by_qemu(const struct kdump_header *header);

/* What the header says that the pages are compressed by. */
enum codec kdump_header_codec(const struct kdump_header *header);

/* For info: what was left out, how it is compressed, what wrote it. */
void kdump_header_describe(const struct kdump_header *header,
			   dump_visit *visit, void *arg);

/* Offset of the first page descriptor. */
uint64_t kdump_header_descriptors(const struct kdump_header *header);
