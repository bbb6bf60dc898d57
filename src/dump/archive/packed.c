/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/archive/packed.h"

/* The kinds of compressed files and archives. The magic bytes are from file(1), and for lz4 from its
 * doc/lz4_Frame_format.md; kernels have the legacy frame. The magic of tar is the member magic of
 * struct header (POSIX 1988 and GNU). Files without a command are not unpacked: their magic is too
 * short, or libarchive cannot read them. */
// clang-format off
static const struct kind {
	size_t offset, size;
	const char *magic;
	struct packed packed;
} kinds[] = {
	{ 0, 3, "\x1f\x8b\x08",      { "gzip", "compressed by gzip", "gunzip -k" } },
	{ 0, 6, "\xfd" "7zXZ\0",     { "xz", "compressed by xz", "unxz -k" } },
	{ 0, 3, "\x5d\0\0",          { "lzma", NULL, NULL } },
	{ 0, 4, "\x28\xb5\x2f\xfd",  { "zstd", "compressed by zstd", "unzstd" } },
	{ 0, 3, "BZh",               { "bzip2", "compressed by bzip2", "bunzip2 -k" } },
	{ 0, 4, "\x04\x22\x4d\x18",  { "lz4", "compressed by lz4", "unlz4" } },
	{ 0, 4, "\x02\x21\x4c\x18",  { "lz4", "compressed by lz4", "unlz4" } },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", { "lzo", NULL, NULL } },
	{ 257, 5, "ustar",           { NULL, "a tar archive", "tar -xf" } },
	{ 0, 8, "!<arch>\n",         { NULL, "a Debian package or another archive of ar", "ar x" } },
	{ 0, 4, "\xed\xab\xee\xdb",  { NULL, "an RPM package", "bsdtar -xf" } },
	{ 0, 4, "PK\3\4",            { NULL, "a zip archive", "unzip" } },
};
// clang-format on

static const struct packed *packed_find(struct bytes start)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (range_within(kinds[i].offset, kinds[i].size, start.size) &&
		    !memcmp(start.data + kinds[i].offset, kinds[i].magic, kinds[i].size))
			return &kinds[i].packed;
	return NULL;
}

const struct packed *packed_kind(struct bytes start)
{
	const struct packed *packed = packed_find(start);

	return packed && packed->command ? packed : NULL;
}

const char *packed_format(struct bytes start)
{
	const struct packed *packed = packed_find(start);

	return packed ? packed->format : NULL;
}
