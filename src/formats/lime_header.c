/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/lime_header.h"

bool lime_header_read(const struct source *source, uint64_t offset,
		      struct lime_header *header)
{
	uint8_t scratch[LIME_HEADER_SIZE];
	const uint8_t *at =
		source_view(source, offset, sizeof(scratch), scratch);

	if (!at)
		return false;
	*header = (struct lime_header){
		.magic = load_le32(at),
		.version = load_le32(at + 4),
		.first = load_le64(at + 8),
		.last = load_le64(at + 16),
	};
	return true;
}

bool lime_header_probe(const struct source *source, uint32_t magic)
{
	uint8_t scratch[4];
	const uint8_t *at = source_view(source, 0, sizeof(scratch), scratch);

	return !source->runs && at && load_le32(at) == magic;
}
