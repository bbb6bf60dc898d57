/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/inflate.h"

#include <stdlib.h>
#include <zlib.h>

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

// clang-format off
const char *const codec_names[NR_CODECS] = {
	[CODEC_NONE]   = "none",
	[CODEC_ZLIB]   = "zlib",
	[CODEC_LZO]    = "lzo",
	[CODEC_SNAPPY] = "snappy",
	[CODEC_ZSTD]   = "zstd",
};
// clang-format on

struct inflater {
	z_stream zlib;
	bool has_zlib;
#ifdef HAVE_SNAPPY
	void *snappy_library;
	bool snappy_tried;
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
	if (inflater->has_zlib)
		inflateEnd(&inflater->zlib);
#ifdef HAVE_SNAPPY
	if (inflater->snappy_library)
		dlclose(inflater->snappy_library);
#endif
#ifdef HAVE_ZSTD
	ZSTD_freeDCtx(inflater->zstd);
#endif
	free(inflater);
}

static bool inflate_zlib(struct inflater *inflater, struct bytes from,
			 void *to, size_t size)
{
	z_stream *zlib = &inflater->zlib;

	if (inflater->has_zlib ? inflateReset(zlib) != Z_OK :
				 inflateInit(zlib) != Z_OK)
		return false;
	inflater->has_zlib = true;
	zlib->next_in = (Bytef *)from.data;
	zlib->avail_in = (uInt)from.size;
	zlib->next_out = to;
	zlib->avail_out = (uInt)size;
	return inflate(zlib, Z_FINISH) == Z_STREAM_END && !zlib->avail_out;
}

static bool inflate_lzo(struct bytes from, void *to, size_t size)
{
#ifdef HAVE_LZO
	lzo_uint length = size;

	return lzo1x_decompress_safe(from.data, from.size, to, &length, NULL) ==
		       LZO_E_OK &&
	       length == size;
#else
	(void)from, (void)to, (void)size;
	return false;
#endif
}

/* The C++ library behind it takes longer to load than most questions take to
 * answer: it is loaded when it is needed. */
static bool load_snappy(struct inflater *inflater)
{
#ifdef HAVE_SNAPPY
	if (!inflater->snappy_tried) {
		inflater->snappy_tried = true;
		inflater->snappy_library =
			dlopen("libsnappy.so.1", RTLD_NOW | RTLD_LOCAL);
		if (inflater->snappy_library)
			inflater->snappy = (__typeof__(inflater->snappy))dlsym(
				inflater->snappy_library, "snappy_uncompress");
	}
	return inflater->snappy;
#else
	(void)inflater;
	return false;
#endif
}

static bool inflate_snappy(struct inflater *inflater, struct bytes from,
			   void *to, size_t size)
{
#ifdef HAVE_SNAPPY
	size_t length = size;

	return load_snappy(inflater) &&
	       inflater->snappy((const char *)from.data, from.size, to,
				&length) == SNAPPY_OK &&
	       length == size;
#else
	(void)inflater, (void)from, (void)to, (void)size;
	return false;
#endif
}

static bool inflate_zstd(struct inflater *inflater, struct bytes from, void *to,
			 size_t size)
{
#ifdef HAVE_ZSTD
	if (!inflater->zstd)
		inflater->zstd = ZSTD_createDCtx();
	return inflater->zstd &&
	       ZSTD_decompressDCtx(inflater->zstd, to, size, from.data,
				   from.size) == size;
#else
	(void)inflater, (void)from, (void)to, (void)size;
	return false;
#endif
}

bool inflater_has(struct inflater *inflater, enum codec codec)
{
	switch (codec) {
	case CODEC_LZO:
#ifdef HAVE_LZO
		return true;
#else
		return false;
#endif
	case CODEC_SNAPPY:
		return load_snappy(inflater);
	case CODEC_ZSTD:
#ifdef HAVE_ZSTD
		return true;
#else
		return false;
#endif
	default:
		return true;
	}
}

bool inflate_bytes(struct inflater *inflater, enum codec codec,
		   struct bytes from, void *to, size_t size)
{
	switch (codec) {
	case CODEC_ZLIB:
		return inflate_zlib(inflater, from, to, size);
	case CODEC_LZO:
		return inflate_lzo(from, to, size);
	case CODEC_SNAPPY:
		return inflate_snappy(inflater, from, to, size);
	case CODEC_ZSTD:
		return inflate_zstd(inflater, from, to, size);
	default:
		if (from.size != size)
			return false;
		memcpy(to, from.data, size);
		return true;
	}
}
