/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The header that LiME (lime_mem_range_header, src/lime.h) and AVML (Header,
 * src/image.rs) put before each range of memory: 32 bytes, little-endian.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "container/source.h"

enum { LIME_HEADER_SIZE = 32 };

#define LIME_MAGIC UINT32_C(0x4c694d45) /* "EMiL" in the file */
#define AVML_MAGIC UINT32_C(0x4c4d5641) /* "AVML" in the file */

struct lime_header {
	uint32_t magic, version;
	uint64_t first, last; /* both inclusive */
};

/* False: the file ends before the header does. */
bool lime_header_read(const struct source *source, uint64_t offset,
		      struct lime_header *header);

/* Does the file, which is not flattened, begin with this magic? */
bool lime_header_probe(const struct source *source, uint32_t magic);
