/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/inflate.h"

#include <stdlib.h>

#ifdef HAVE_DEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif
#ifdef HAVE_LZO
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_SNAPPY
#include <dlfcn.h>
#include <snappy-c.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

struct inflater {
	uint8_t *input; /* owned: a copy of the data being decoded */
	size_t input_room;
#ifdef HAVE_DEFLATE
	struct libdeflate_decompressor *zlib;
#else
	z_stream zlib;
	bool has_zlib;
#endif
#ifdef HAVE_SNAPPY
	void *snappy_library;
	__typeof__(&snappy_uncompress) snappy;
#endif
#ifdef HAVE_ZSTD
	ZSTD_DCtx *zstd;
#endif
};

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
#else
	if (inflater->has_zlib)
		inflateEnd(&inflater->zlib);
#endif
#ifdef HAVE_SNAPPY
	if (inflater->snappy_library)
		dlclose(inflater->snappy_library);
#endif
#ifdef HAVE_ZSTD
	ZSTD_freeDCtx(inflater->zstd);
#endif
	free(inflater->input);
	free(inflater);
}

#ifdef HAVE_DEFLATE
static bool inflate_zlib(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	if (!inflater->zlib)
		inflater->zlib = libdeflate_alloc_decompressor();
	return inflater->zlib && libdeflate_zlib_decompress(inflater->zlib, from.data, from.size,
							    to, size, NULL) == LIBDEFLATE_SUCCESS;
}
#else
static bool inflate_zlib(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	z_stream *zlib = &inflater->zlib;

	if (inflater->has_zlib ? inflateReset(zlib) != Z_OK : inflateInit(zlib) != Z_OK)
		return false;
	inflater->has_zlib = true;
	zlib->next_in = (Bytef *)from.data;
	zlib->avail_in = (uInt)from.size;
	zlib->next_out = to;
	zlib->avail_out = (uInt)size;
	return inflate(zlib, Z_FINISH) == Z_STREAM_END && !zlib->avail_out;
}
#endif

#ifdef HAVE_LZO
static bool inflate_lzo(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	lzo_uint length = size;

	(void)inflater;
	return lzo1x_decompress_safe(from.data, from.size, to, &length, NULL) == LZO_E_OK &&
	       length == size;
}
#else
#define inflate_lzo NULL
#endif

#ifdef HAVE_SNAPPY
/* On first use: loading a C++ library takes longer than most answers. */
static bool load_snappy(struct inflater *inflater)
{
	if (!inflater->snappy_library)
		inflater->snappy_library = dlopen("libsnappy.so.1", RTLD_NOW | RTLD_LOCAL);
	if (inflater->snappy_library && !inflater->snappy)
		inflater->snappy = (__typeof__(inflater->snappy))dlsym(inflater->snappy_library,
								       "snappy_uncompress");
	return inflater->snappy;
}

static bool inflate_snappy(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	size_t length = size;

	return load_snappy(inflater) &&
	       inflater->snappy((const char *)from.data, from.size, to, &length) == SNAPPY_OK &&
	       length == size;
}
#else
#define inflate_snappy NULL
#define load_snappy(inflater) ((void)(inflater), false)
#endif

#ifdef HAVE_ZSTD
static bool inflate_zstd(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	if (!inflater->zstd)
		inflater->zstd = ZSTD_createDCtx();
	return inflater->zstd &&
	       ZSTD_decompressDCtx(inflater->zstd, to, size, from.data, from.size) == size;
}
#else
#define inflate_zstd NULL
#endif

static bool copy_stored(struct inflater *inflater, struct bytes from, void *to, size_t size)
{
	(void)inflater;
	if (from.size != size)
		return false;
	memcpy(to, from.data, size);
	return true;
}

/* dump_compress_rle() of LKCD: a byte stands for itself; a zero, N and a byte for N
 * of that byte; two zeros for one zero. */
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

// clang-format off
const char *const codec_names[NR_CODECS] = {
	[CODEC_NONE]   = "none",
	[CODEC_ZLIB]   = "zlib",
	[CODEC_LZO]    = "lzo",
	[CODEC_SNAPPY] = "snappy",
	[CODEC_ZSTD]   = "zstd",
	[CODEC_RLE]    = "rle",
};

/* NULL: kwalk was built without the library. */
static bool (*const decoders[NR_CODECS])(struct inflater *inflater,
					 struct bytes from, void *to, size_t size) = {
	[CODEC_NONE]   = copy_stored,
	[CODEC_ZLIB]   = inflate_zlib,
	[CODEC_LZO]    = inflate_lzo,
	[CODEC_SNAPPY] = inflate_snappy,
	[CODEC_ZSTD]   = inflate_zstd,
	[CODEC_RLE]    = expand_rle,
};
// clang-format on

bool inflater_has(struct inflater *inflater, enum codec codec)
{
	return decoders[codec] && (codec != CODEC_SNAPPY || load_snappy(inflater));
}

/* Decoders may read a length twice, to check it and to use it. They get a copy, as
 * another process may write to the file in between. */
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
	return decoders[codec] && decoders[codec](inflater, from, to, size);
}
