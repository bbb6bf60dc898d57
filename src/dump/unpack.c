/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/unpack.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <zlib.h>

#ifdef HAVE_BZIP2
#include <bzlib.h>
#endif
#ifdef HAVE_LZ4
#include <lz4.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/dlopen_note.h"
#include "dump/lzo.h"

#ifdef HAVE_LZMA
DLOPEN_NOTE("lzma", "liblzma.so.5", "Reads boot images that are compressed with xz or lzma");
#endif
#ifdef HAVE_BZIP2
DLOPEN_NOTE("bzip2", "libbz2.so.1.0", "Reads boot images that are compressed with bzip2");
#endif
#ifdef HAVE_LZ4
DLOPEN_NOTE("lz4", "liblz4.so.1", "Reads boot images that are compressed with lz4");
#endif

/* Decodes to exactly size bytes. `library` is the library that was loaded for this format, or NULL
 * if none was loaded. */
typedef bool unpack_function(void *library, struct bytes from, uint8_t *to, size_t size);

/* Finds a function of a loaded library. Its type is the type in the library's header. */
#define LOAD(library, function) ((__typeof__(&(function)))dlsym(library, #function))

static bool unpack_gzip(void *library, struct bytes from, uint8_t *to, size_t size)
{
	enum { WITH_GZIP_HEADER = 16 };
	z_stream zlib = {
		.next_in = (Bytef *)from.data,
		.avail_in = (uInt)from.size,
		.next_out = to,
		.avail_out = (uInt)size,
	};
	bool ok;

	(void)library;
	if (inflateInit2(&zlib, WITH_GZIP_HEADER + MAX_WBITS) != Z_OK)
		return false;
	ok = inflate(&zlib, Z_FINISH) == Z_STREAM_END && !zlib.avail_out;
	inflateEnd(&zlib);
	return ok;
}

#ifdef HAVE_LZMA
/* Decodes .xz files and .lzma files. */
static bool unpack_lzma(void *library, struct bytes from, uint8_t *to, size_t size)
{
	/* Must be enough for dictionaries of up to 128 MiB, which the Makefiles of kernels use. */
	const uint64_t most_memory = UINT64_C(256) << 20;
	__typeof__(&lzma_auto_decoder) start = LOAD(library, lzma_auto_decoder);
	__typeof__(&lzma_code) decode = LOAD(library, lzma_code);
	__typeof__(&lzma_end) end = LOAD(library, lzma_end);
	lzma_stream stream = LZMA_STREAM_INIT;
	bool ok;

	if (!start || !decode || !end || start(&stream, most_memory, 0) != LZMA_OK)
		return false;
	stream.next_in = from.data;
	stream.avail_in = from.size;
	stream.next_out = to;
	stream.avail_out = size;
	ok = decode(&stream, LZMA_FINISH) == LZMA_STREAM_END && !stream.avail_out;
	end(&stream);
	return ok;
}
#else
#define unpack_lzma NULL
#endif

#ifdef HAVE_BZIP2
static bool unpack_bzip2(void *library, struct bytes from, uint8_t *to, size_t size)
{
	__typeof__(&BZ2_bzBuffToBuffDecompress) decode = LOAD(library, BZ2_bzBuffToBuffDecompress);
	unsigned int length = (unsigned int)size;

	return decode &&
	       decode((char *)to, &length, (char *)from.data, (unsigned int)from.size, 0, 0) ==
		       BZ_OK &&
	       length == size;
}
#else
#define unpack_bzip2 NULL
#endif

#ifdef HAVE_ZSTD
static bool unpack_zstd(void *library, struct bytes from, uint8_t *to, size_t size)
{
	size_t frame = ZSTD_findFrameCompressedSize(from.data, from.size);

	(void)library;
	return !ZSTD_isError(frame) && ZSTD_decompress(to, size, from.data, frame) == size;
}
#else
#define unpack_zstd NULL
#endif

#ifdef HAVE_LZ4
/* Decodes the legacy frame format, which kernels use. It consists of blocks of at most 8 MiB. The
 * compressed size of each block precedes the block (lz4's doc/lz4_Frame_format.md). */
static bool unpack_lz4(void *library, struct bytes from, uint8_t *to, size_t size)
{
	enum { MAGIC_SIZE = 4, MOST_BLOCK = 8 << 20 };
	__typeof__(&LZ4_decompress_safe) decode = LOAD(library, LZ4_decompress_safe);
	size_t at = MAGIC_SIZE, done = 0;

	while (decode && done < size && range_within(at, 4, from.size)) {
		size_t left = size - done;
		uint32_t packed = load_le32(from.data + at);
		int length;

		at += 4;
		if (!range_within(at, packed, from.size) || packed > MOST_BLOCK)
			return false;
		length = decode((const char *)from.data + at, (char *)to + done, (int)packed,
				left < MOST_BLOCK ? (int)left : MOST_BLOCK);
		if (length <= 0)
			return false;
		at += packed;
		done += (size_t)length;
	}
	return done == size;
}
#else
#define unpack_lz4 NULL
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

static bool unpack_lzo(void *library, struct bytes from, uint8_t *to, size_t size)
{
	uint32_t flags = 0;
	size_t at = skip_lzop_header(from, &flags), done = 0;

	(void)library;
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

// clang-format off
static const struct format {
	const char *name;
	const char *magic;
	size_t magic_size;
	const char *library;     /* loaded when it is needed; NULL if kwalk is linked with it */
	unpack_function *unpack; /* NULL if kwalk was built without this library */
} formats[] = {
	{ "gzip", "\x1f\x8b\x08", 3, NULL, unpack_gzip },
	{ "xz", "\xfd" "7zXZ", 6, "liblzma.so.5", unpack_lzma },
	{ "lzma", "\x5d\0\0", 3, "liblzma.so.5", unpack_lzma },
	{ "bzip2", "BZh", 3, "libbz2.so.1.0", unpack_bzip2 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, NULL, unpack_zstd },
	{ "lz4", "\x02\x21\x4c\x18", 4, "liblz4.so.1", unpack_lz4 },
	{ "lzo", "\x89LZO\0\r\n\x1a\n", 9, NULL, unpack_lzo },
};
// clang-format on

static const struct format *format_of(struct bytes packed)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (packed.size > formats[i].magic_size &&
		    !memcmp(packed.data, formats[i].magic, formats[i].magic_size))
			return &formats[i];
	return NULL;
}

const char *unpack_format(struct bytes packed)
{
	const struct format *format = format_of(packed);

	return format ? format->name : NULL;
}

static bool unpack_by_library(const struct format *format, struct bytes packed, void *to,
			      size_t size, struct error *err)
{
	void *library = format->library ? dlopen(format->library, RTLD_NOW | RTLD_LOCAL) : NULL;
	bool ok;

	if (format->library && !library)
		return fail(err, ERROR_SYSTEM, "is compressed with %s, but %s is not installed",
			    format->name, format->library);
	ok = format->unpack(library, packed, to, size);
	if (library)
		dlclose(library);
	return ok ||
	       fail(err, ERROR_FORMAT, "cannot be unpacked: its %s data is damaged", format->name);
}

bool unpack_bytes(struct bytes packed, void *to, size_t size, struct error *err)
{
	const struct format *format = format_of(packed);
	uint8_t *copy;
	bool ok;

	/* The limit is necessary because some of the libraries count bytes in 32 bits. */
	if (!format || packed.size > INT32_MAX || size > INT32_MAX)
		return fail(err, ERROR_FORMAT, "is not compressed in a known format");
	if (!format->unpack)
		return fail(err, ERROR_FORMAT,
			    "is compressed with %s, but this kwalk was built without support for it",
			    format->name);
	/* Decoders get a copy, which cannot change while they read it: see copy_input() in
	 * codec.c. */
	copy = malloc(packed.size);
	if (!copy)
		return fail(err, ERROR_SYSTEM, "cannot be unpacked: out of memory");
	memcpy(copy, packed.data, packed.size);
	packed.data = copy;
	ok = unpack_by_library(format, packed, to, size, err);
	free(copy);
	return ok;
}
