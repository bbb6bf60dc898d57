/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/archive/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "dump/archive/members.h"
#include "dump/archive/packed.h"
#include "dump/lzo.h"

/* Each function decodes to exactly size bytes. */

static bool unpack_gzip(struct bytes from, uint8_t *to, size_t size)
{
	enum { WITH_GZIP_HEADER = 16 };
	z_stream zlib = {
		.next_in = (Bytef *)from.data,
		.avail_in = (uInt)from.size,
		.next_out = to,
		.avail_out = (uInt)size,
	};
	bool ok;

	if (inflateInit2(&zlib, WITH_GZIP_HEADER + MAX_WBITS) != Z_OK)
		return false;
	ok = inflate(&zlib, Z_FINISH) == Z_STREAM_END && !zlib.avail_out;
	inflateEnd(&zlib);
	return ok;
}

#ifdef HAVE_ZSTD
static bool unpack_zstd(struct bytes from, uint8_t *to, size_t size)
{
	size_t frame = ZSTD_findFrameCompressedSize(from.data, from.size);

	return !ZSTD_isError(frame) && ZSTD_decompress(to, size, from.data, frame) == size;
}
#endif

/* Parses the header of lzop, as lib/decompress_unlzo.c of the kernel does. Returns the offset of
 * the first block, or 0 if there are too few bytes. */
static size_t skip_lzop_header(struct bytes from, uint32_t *flags)
{
	enum { MAGIC_SIZE = 9, NAME_AT_MOST = 64, HAS_FILTER = 0x800 };
	size_t at = MAGIC_SIZE;
	bool long_header;

	if (from.size < NAME_AT_MOST)
		return 0;
	/* Since version 0.940, the header also contains the level and the upper half of the
	 * time. */
	long_header = (from.data[at] << 8 | from.data[at + 1]) >= 0x0940;
	at += 7 + long_header;
	*flags = load_be32(from.data + at);
	at += *flags & HAS_FILTER ? 8 : 4;
	at += 8 + 4 * (size_t)long_header;
	return at + 1 + from.data[at] + 4;
}

/* Returns the number of 32-bit checksums that precede the data of a block. */
static size_t nr_lzop_checksums(uint32_t flags, bool packed)
{
	enum {
		ADLER_OF_DATA = 1,
		ADLER_OF_PACKED = 2,
		CRC_OF_DATA = 0x100,
		CRC_OF_PACKED = 0x200,
	};

	return !!(flags & ADLER_OF_DATA) + !!(flags & CRC_OF_DATA) +
	       (packed ? !!(flags & ADLER_OF_PACKED) + !!(flags & CRC_OF_PACKED) : 0);
}

static bool unpack_lzo(struct bytes from, uint8_t *to, size_t size)
{
	uint32_t flags = 0;
	size_t at = skip_lzop_header(from, &flags), done = 0;

	while (at && done < size && range_within(at, 8, from.size)) {
		uint32_t length = load_be32(from.data + at);
		uint32_t packed = load_be32(from.data + at + 4);

		at += 8 + 4 * nr_lzop_checksums(flags, packed < length);
		if (!length || length > size - done || packed > length ||
		    !range_within(at, packed, from.size))
			return false;
		if (packed == length)
			memcpy(to + done, from.data + at, length);
		else if (!lzo_inflate((struct bytes){ from.data + at, packed }, to + done, length))
			return false;
		at += packed;
		done += length;
	}
	return done == size;
}

/* Unpacks by libarchive, which must not see the last four bytes: they are not packed data, but the
 * unpacked size. Sets *err if libarchive is missing. */
static bool unpack_by_archive(struct bytes from, uint8_t *to, size_t size, struct error *err)
{
	const struct file file = {
		.path = (char *)"",
		.fd = -1,
		.bytes = { from.data, from.size - sizeof(uint32_t) },
		.size = from.size - sizeof(uint32_t),
	};
	struct archive_member member;
	struct members *members = members_open(&file, NULL, err);
	bool ok = members && members_next(members, &member, err) && members_read(members, to, size);

	members_close(members);
	return ok;
}

static bool unpack_format(const char *format, struct bytes from, uint8_t *to, size_t size,
			  struct error *err)
{
	if (!strcmp(format, "gzip"))
		return unpack_gzip(from, to, size);
	if (!strcmp(format, "lzo"))
		return unpack_lzo(from, to, size);
#ifdef HAVE_ZSTD
	if (!strcmp(format, "zstd"))
		return unpack_zstd(from, to, size);
#endif
	return unpack_by_archive(from, to, size, err);
}

bool unpack_bytes(struct bytes packed, void *to, size_t size, struct error *err)
{
	const char *format = packed_format(packed);
	struct error why = { .code = ERROR_FORMAT };
	uint8_t *copy;
	bool ok;

	/* The limit is necessary because zlib counts bytes in 32 bits. */
	if (!format || packed.size < sizeof(uint32_t) || packed.size > INT32_MAX ||
	    size > INT32_MAX)
		return fail(err, ERROR_FORMAT, "is not compressed in a known format");
	/* Decoders get a copy, which cannot change while they read it: see copy_input() in
	 * codec.c. */
	copy = malloc(packed.size);
	if (!copy)
		return fail(err, ERROR_SYSTEM, "cannot be unpacked: out of memory");
	memcpy(copy, packed.data, packed.size);
	packed.data = copy;
	ok = unpack_format(format, packed, to, size, &why);
	free(copy);
	if (ok)
		return true;
	if (why.code == ERROR_SYSTEM || why.code == ERROR_UNKNOWN)
		return fail(
			err, why.code,
			"is compressed with %s, but libarchive is not installed, or kwalk was built without it",
			format);
	return fail(err, ERROR_FORMAT, "cannot be unpacked: its %s data is damaged", format);
}
