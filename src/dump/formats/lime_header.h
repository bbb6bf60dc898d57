/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The header before each range of memory in the formats of LiME (lime_mem_range_header, src/lime.h)
 * and AVML (Header, src/image.rs). The header has 32 bytes, and its numbers are little-endian. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/source.h"

enum { LIME_HEADER_SIZE = 32 };

/* In the file, these are the texts "EMiL" and "AVML". */
enum { LIME_MAGIC = 0x4c694d45, AVML_MAGIC = 0x4c4d5641 };

struct lime_header {
	uint32_t magic, version;
	uint64_t first, last; /* physical addresses, both inclusive */
};

/* Reads the header at a file offset. Returns false if the file ends within the header. */
static inline bool lime_header_read(const struct source *source, uint64_t offset,
				    struct lime_header *header)
{
	uint8_t at[LIME_HEADER_SIZE];

	if (!source_read(source, offset, at, sizeof(at)))
		return false;
	*header = (struct lime_header){
		.magic = load_le32(at),
		.version = load_le32(at + 4),
		.first = load_le64(at + 8),
		.last = load_le64(at + 16),
	};
	return true;
}

static inline bool lime_header_is_sound(const struct lime_header *header, uint32_t magic,
					uint32_t version)
{
	return header->magic == magic && header->version == version &&
	       header->first <= header->last && header->last - header->first != UINT64_MAX;
}
