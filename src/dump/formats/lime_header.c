/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/formats/lime_header.h"

bool lime_header_read(const struct source *source, uint64_t offset, struct lime_header *header)
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

bool lime_header_is_sound(const struct lime_header *header, uint32_t magic, uint32_t version)
{
	return header->magic == magic && header->version == version &&
	       header->first <= header->last && header->last - header->first != UINT64_MAX;
}
