/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "dump/deflate.h"

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

/* A codec may make a page of noise this much larger: lzo, a 16th and 67 bytes; snappy, a 6th
 * and 32. */
enum { SCRATCH = 2 * PAGE_BYTES };

struct deflater {
	size_t (*encode)(struct deflater *deflater, const uint8_t *page);
	uint8_t scratch[SCRATCH];
#ifdef HAVE_DEFLATE
	struct libdeflate_compressor *zlib;
#endif
#ifdef HAVE_LZO
	void *lzo; /* owned: LZO1X_1_MEM_COMPRESS bytes */
#endif
#ifdef HAVE_SNAPPY
	void *snappy_library;
	__typeof__(&snappy_compress) snappy;
#endif
#ifdef HAVE_ZSTD
	ZSTD_CCtx *zstd;
#endif
};

/* start() makes what a codec needs; encode() puts the page into scratch, and returns its
 * size or 0. */

#ifdef HAVE_DEFLATE
static bool start_zlib(struct deflater *deflater)
{
	deflater->zlib = libdeflate_alloc_compressor(1);
	return deflater->zlib;
}

static size_t encode_zlib(struct deflater *deflater, const uint8_t *page)
{
	return libdeflate_zlib_compress(deflater->zlib, page, PAGE_BYTES, deflater->scratch,
					PAGE_BYTES);
}
#else
static bool start_zlib(struct deflater *deflater)
{
	(void)deflater;
	return true;
}

static size_t encode_zlib(struct deflater *deflater, const uint8_t *page)
{
	uLongf size = SCRATCH;

	return compress2(deflater->scratch, &size, page, PAGE_BYTES, Z_BEST_SPEED) == Z_OK ? size :
											     0;
}
#endif

#ifdef HAVE_LZO
static bool start_lzo(struct deflater *deflater)
{
	deflater->lzo = malloc(LZO1X_1_MEM_COMPRESS);
	return deflater->lzo && lzo_init() == LZO_E_OK;
}

static size_t encode_lzo(struct deflater *deflater, const uint8_t *page)
{
	lzo_uint size = SCRATCH;

	return lzo1x_1_compress(page, PAGE_BYTES, deflater->scratch, &size, deflater->lzo) ==
			       LZO_E_OK ?
		       size :
		       0;
}
#else
#define start_lzo NULL
#define encode_lzo NULL
#endif

#ifdef HAVE_SNAPPY
/* A C++ library, loaded when it is needed: see inflate.c. */
static bool start_snappy(struct deflater *deflater)
{
	deflater->snappy_library = dlopen("libsnappy.so.1", RTLD_NOW | RTLD_LOCAL);
	if (deflater->snappy_library)
		deflater->snappy = (__typeof__(deflater->snappy))dlsym(deflater->snappy_library,
								       "snappy_compress");
	return deflater->snappy;
}

static size_t encode_snappy(struct deflater *deflater, const uint8_t *page)
{
	size_t size = SCRATCH;

	return deflater->snappy((const char *)page, PAGE_BYTES, (char *)deflater->scratch, &size) ==
			       SNAPPY_OK ?
		       size :
		       0;
}
#else
#define start_snappy NULL
#define encode_snappy NULL
#endif

#ifdef HAVE_ZSTD
static bool start_zstd(struct deflater *deflater)
{
	deflater->zstd = ZSTD_createCCtx();
	return deflater->zstd;
}

static size_t encode_zstd(struct deflater *deflater, const uint8_t *page)
{
	size_t size =
		ZSTD_compressCCtx(deflater->zstd, deflater->scratch, SCRATCH, page, PAGE_BYTES, 1);

	return ZSTD_isError(size) ? 0 : size;
}
#else
#define start_zstd NULL
#define encode_zstd NULL
#endif

/* NULL: kwalk was built without the library, or does not write the codec. */
static const struct encoder {
	bool (*start)(struct deflater *deflater);
	size_t (*encode)(struct deflater *deflater, const uint8_t *page);
} encoders[NR_CODECS] = {
	[CODEC_ZLIB] = { start_zlib, encode_zlib },
	[CODEC_LZO] = { start_lzo, encode_lzo },
	[CODEC_SNAPPY] = { start_snappy, encode_snappy },
	[CODEC_ZSTD] = { start_zstd, encode_zstd },
};

struct deflater *deflater_create(enum codec codec)
{
	const struct encoder *encoder = &encoders[codec];
	struct deflater *deflater = encoder->start ? calloc(1, sizeof(*deflater)) : NULL;

	if (!deflater)
		return NULL;
	deflater->encode = encoder->encode;
	if (encoder->start(deflater))
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
#ifdef HAVE_LZO
	free(deflater->lzo);
#endif
#ifdef HAVE_SNAPPY
	if (deflater->snappy_library)
		dlclose(deflater->snappy_library);
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
	size_t size = deflater->encode(deflater, page);

	if (size >= PAGE_BYTES)
		return 0;
	memcpy(to, deflater->scratch, size);
	return size;
}
