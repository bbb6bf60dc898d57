/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/codec.h"

#include <stdlib.h>

#ifdef HAVE_DEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif
#ifdef HAVE_SNAPPY
#include <dlfcn.h>
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/dlopen_note.h"
#include "dump/lzo.h"

#ifdef HAVE_SNAPPY
DLOPEN_NOTE("snappy", "libsnappy.so.1", "Reads and writes dumps that are compressed with snappy");
#endif

/* Space for a compressed page. A page that cannot be compressed may become larger: with snappy by one 6th and 32 bytes. */
enum { SCRATCH = 2 * PAGE_BYTES };

struct inflater {
	uint8_t *input; /* owned; a copy of the data that are being decoded */
	size_t input_room;
#ifdef HAVE_DEFLATE
	struct libdeflate_decompressor *zlib;
#endif
#ifdef HAVE_SNAPPY
	__typeof__(&snappy_uncompress) snappy;
#endif
#ifdef HAVE_ZSTD
	ZSTD_DCtx *zstd;
#endif
};

struct deflater {
	enum codec codec;
	uint8_t scratch[SCRATCH];
#ifdef HAVE_DEFLATE
	struct libdeflate_compressor *zlib;
#endif
#ifdef HAVE_SNAPPY
	__typeof__(&snappy_compress) snappy;
#endif
#ifdef HAVE_ZSTD
	ZSTD_CCtx *zstd;
#endif
};

/* Each codec X has three functions. inflate_X() decompresses. start_X() allocates the working
 * memory of deflate_X(). deflate_X() compresses a page to scratch, and returns the compressed size,
 * or 0 on failure. */

/* --- zlib --- */

#ifdef HAVE_DEFLATE
static bool inflate_zlib(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	if (!inflater->zlib)
		inflater->zlib = libdeflate_alloc_decompressor();
	return inflater->zlib && libdeflate_zlib_decompress(inflater->zlib, from.data, from.size,
							    to, size, NULL) == LIBDEFLATE_SUCCESS;
}

static bool start_zlib(struct deflater *deflater)
{
	deflater->zlib = libdeflate_alloc_compressor(1);
	return deflater->zlib;
}

static size_t deflate_zlib(struct deflater *deflater, const uint8_t *page)
{
	return libdeflate_zlib_compress(deflater->zlib, page, PAGE_BYTES, deflater->scratch,
					PAGE_BYTES);
}
#else
static bool inflate_zlib(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	uLongf length = size;

	(void)inflater;
	return uncompress(to, &length, from.data, from.size) == Z_OK && length == size;
}

static bool start_zlib(struct deflater *deflater)
{
	(void)deflater;
	return true;
}

static size_t deflate_zlib(struct deflater *deflater, const uint8_t *page)
{
	uLongf size = SCRATCH;

	return compress2(deflater->scratch, &size, page, PAGE_BYTES, Z_BEST_SPEED) == Z_OK ? size :
											     0;
}
#endif

/* --- lzo --- */

static bool inflate_lzo(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	(void)inflater;
	return lzo_inflate(from, to, size);
}

/* --- snappy --- */

#ifdef HAVE_SNAPPY
/* Loads libsnappy when it is first used, because it is a C++ library, which takes longer to load
 * than most answers take. It is never unloaded. */
static void *load_snappy(const char *function)
{
	void *library = dlopen("libsnappy.so.1", RTLD_NOW | RTLD_LOCAL);

	return library ? dlsym(library, function) : NULL;
}

static bool has_snappy(struct inflater *inflater)
{
	if (!inflater->snappy)
		inflater->snappy = (__typeof__(inflater->snappy))load_snappy("snappy_uncompress");
	return inflater->snappy;
}

static bool inflate_snappy(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	size_t length = size;

	return has_snappy(inflater) &&
	       inflater->snappy((const char *)from.data, from.size, to, &length) == SNAPPY_OK &&
	       length == size;
}

static bool start_snappy(struct deflater *deflater)
{
	deflater->snappy = (__typeof__(deflater->snappy))load_snappy("snappy_compress");
	return deflater->snappy;
}

static size_t deflate_snappy(struct deflater *deflater, const uint8_t *page)
{
	char *to = (char *)deflater->scratch;
	size_t size = SCRATCH;

	return deflater->snappy((const char *)page, PAGE_BYTES, to, &size) == SNAPPY_OK ? size : 0;
}
#endif

/* --- zstd --- */

#ifdef HAVE_ZSTD
static bool inflate_zstd(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	if (!inflater->zstd)
		inflater->zstd = ZSTD_createDCtx();
	return inflater->zstd &&
	       ZSTD_decompressDCtx(inflater->zstd, to, size, from.data, from.size) == size;
}

static bool start_zstd(struct deflater *deflater)
{
	deflater->zstd = ZSTD_createCCtx();
	return deflater->zstd;
}

static size_t deflate_zstd(struct deflater *deflater, const uint8_t *page)
{
	size_t size =
		ZSTD_compressCCtx(deflater->zstd, deflater->scratch, SCRATCH, page, PAGE_BYTES, 1);

	return ZSTD_isError(size) ? 0 : size;
}
#endif

/* --- codecs without a library --- */

static bool copy_stored(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	(void)inflater;
	if (from.size != size)
		return false;
	memcpy(to, from.data, size);
	return true;
}

/* Decodes the run-length encoding of LKCD. dump_compress_rle() writes three forms: "zero, N, byte"
 * means that the byte is repeated N times, "zero, zero" means one zero, and any other byte means
 * itself. */
static bool expand_rle(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	const uint8_t *at = from.data, *end = at + from.size;
	size_t nr = 0;

	(void)inflater;
	while (at < end) {
		uint8_t byte = *at++, count = 1;

		if (!byte) {
			if (at == end || (*at && end - at < 2))
				return false;
			if (*at) {
				count = at[0];
				byte = at[1];
				at++;
			}
			at++;
		}
		if (count > size - nr)
			return false;
		memset((uint8_t *)to + nr, byte, count);
		nr += count;
	}
	return nr == size;
}

/* --- all codecs --- */

// clang-format off
const char *const codec_names[NR_CODECS] = {
	[CODEC_NONE]   = "none",
	[CODEC_ZLIB]   = "zlib",
	[CODEC_SNAPPY] = "snappy",
	[CODEC_ZSTD]   = "zstd",
	[CODEC_LZO]    = "lzo",
	[CODEC_RLE]    = "rle",
};

/* A function is NULL if kwalk was built without the library, or if kwalk never writes this
 * codec. */
static const struct coder {
	bool (*inflate)(struct inflater *inflater, struct bytes from, void *to, size_t size);
	bool (*start)(struct deflater *deflater);
	size_t (*deflate)(struct deflater *deflater, const uint8_t *page);
} coders[NR_CODECS] = {
	[CODEC_NONE]   = { copy_stored, NULL, NULL },
	[CODEC_ZLIB]   = { inflate_zlib, start_zlib, deflate_zlib },
#ifdef HAVE_SNAPPY
	[CODEC_SNAPPY] = { inflate_snappy, start_snappy, deflate_snappy },
#endif
#ifdef HAVE_ZSTD
	[CODEC_ZSTD]   = { inflate_zstd, start_zstd, deflate_zstd },
#endif
	[CODEC_LZO]    = { inflate_lzo, NULL, NULL },
	[CODEC_RLE]    = { expand_rle, NULL, NULL },
};
// clang-format on

struct inflater *inflater_create(void)
{
	return calloc(1, sizeof(struct inflater));
}

void inflater_destroy(struct inflater *inflater)
{
	if (!inflater)
		return;
#ifdef HAVE_DEFLATE
	libdeflate_free_decompressor(inflater->zlib);
#endif
#ifdef HAVE_ZSTD
	ZSTD_freeDCtx(inflater->zstd);
#endif
	free(inflater->input);
	free(inflater);
}

bool inflater_has(struct inflater *inflater, enum codec codec)
{
	(void)inflater;
#ifdef HAVE_SNAPPY
	if (codec == CODEC_SNAPPY)
		return has_snappy(inflater);
#endif
	return coders[codec].inflate;
}

/* Copies the input, so that it cannot change while a decoder reads it. Another process may change
 * the file, and a decoder may read a length twice: first to check it, and then to use it. */
static bool copy_input(struct inflater *inflater, struct bytes *from)
{
	if (from->size > inflater->input_room) {
		uint8_t *input = realloc(inflater->input, from->size);

		if (!input)
			return false;
		inflater->input = input;
		inflater->input_room = from->size;
	}
	memcpy(inflater->input, from->data, from->size);
	from->data = inflater->input;
	return true;
}

bool inflate_bytes(struct inflater *inflater, enum codec codec, struct bytes from, void *to,
		   size_t size)
{
	if (!from.size || (codec != CODEC_NONE && !copy_input(inflater, &from)))
		return false;
	return coders[codec].inflate && coders[codec].inflate(inflater, from, to, size);
}

struct deflater *deflater_create(enum codec codec)
{
	struct deflater *deflater = coders[codec].start ? calloc(1, sizeof(*deflater)) : NULL;

	if (!deflater)
		return NULL;
	deflater->codec = codec;
	if (coders[codec].start(deflater))
		return deflater;
	deflater_destroy(deflater);
	return NULL;
}

void deflater_destroy(struct deflater *deflater)
{
	if (!deflater)
		return;
#ifdef HAVE_DEFLATE
	libdeflate_free_compressor(deflater->zlib);
#endif
#ifdef HAVE_ZSTD
	ZSTD_freeCCtx(deflater->zstd);
#endif
	free(deflater);
}

bool deflater_has(enum codec codec)
{
	struct deflater *deflater = deflater_create(codec);

	deflater_destroy(deflater);
	return deflater;
}

size_t deflate_page(struct deflater *deflater, const uint8_t page[PAGE_BYTES], uint8_t *to)
{
	size_t size = coders[deflater->codec].deflate(deflater, page);

	if (size >= PAGE_BYTES)
		return 0;
	memcpy(to, deflater->scratch, size);
	return size;
}
