/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/archive/packed.h"

/* All but the lz4 frames are in the "magic" files of file(1); those are of lz4's
 * doc/lz4_Frame_format.md. tar: of POSIX 1988 and of GNU, struct header.magic. */
// clang-format off
static const struct kind {
	size_t offset, size;
	const char *magic;
	struct packed packed;
} kinds[] = {
	{ 0, 3, "\x1f\x8b\x08",      { "compressed by gzip", "gunzip -k" } },
	{ 0, 6, "\xfd" "7zXZ\0",     { "compressed by xz", "unxz -k" } },
	{ 0, 4, "\x28\xb5\x2f\xfd",  { "compressed by zstd", "unzstd" } },
	{ 0, 3, "BZh",               { "compressed by bzip2", "bunzip2 -k" } },
	{ 0, 4, "\x04\x22\x4d\x18",  { "compressed by lz4", "unlz4" } },
	{ 0, 4, "\x02\x21\x4c\x18",  { "compressed by lz4", "unlz4" } },
	{ 257, 5, "ustar",           { "a tar archive", "tar -xf" } },
	{ 0, 8, "!<arch>\n",         { "a Debian package or another archive of ar", "ar x" } },
	{ 0, 4, "\xed\xab\xee\xdb",  { "an RPM package", "bsdtar -xf" } },
	{ 0, 4, "PK\3\4",            { "a zip archive", "unzip" } },
};
// clang-format on

const struct packed *packed_kind(struct bytes start)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (range_within(kinds[i].offset, kinds[i].size, start.size) &&
		    !memcmp(start.data + kinds[i].offset, kinds[i].magic, kinds[i].size))
			return &kinds[i].packed;
	return NULL;
}
