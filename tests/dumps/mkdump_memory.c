// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mkdump: containers that hold memory and no notes. raw: what lies from the
 * lowest segment on, gaps as zeros. lime: a header and the memory, segment by
 * segment (LiME's src/lime.h).
 */
#include "mkdump.h"

enum { LIME_MAGIC = 0x4c694d45, LIME_VERSION = 1 };

static bool raw_write(const struct dump *d, FILE *out)
{
	const struct segment *s = d->segments.items;
	uint64_t base = UINT64_MAX;

	for (size_t i = 0; i < d->segments.nr; i++)
		if (!s[i].is_notes && s[i].paddr < base)
			base = s[i].paddr;
	for (size_t i = 0; i < d->segments.nr; i++)
		if (!s[i].is_notes && !write_memory(d, &s[i], out, s[i].paddr - base))
			return false;
	return true;
}

static bool lime_write(const struct dump *d, FILE *out)
{
	const struct segment *s = d->segments.items;
	uint64_t offset = 0;

	for (size_t i = 0; i < d->segments.nr; i++) {
		struct buf b = { 0 };
		size_t size;

		if (s[i].is_notes || !s[i].filesz)
			continue;
		buf_add_int(&b, LIME_MAGIC, 4, false);
		buf_add_int(&b, LIME_VERSION, 4, false);
		buf_add_int(&b, s[i].paddr, 8, false);
		buf_add_int(&b, s[i].paddr + s[i].filesz - 1, 8, false);
		buf_add_int(&b, 0, 8, false);
		size = b.size;
		if (!write_buf(out, offset, &b) || !write_memory(d, &s[i], out, offset + size))
			return false;
		offset += size + s[i].filesz;
	}
	return true;
}

const struct container lime_container = { .name = "lime", .write = lime_write };
const struct container raw_container = { .name = "raw", .write = raw_write };
