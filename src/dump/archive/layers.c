/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#ifdef HAVE_LIBARCHIVE

#include "dump/archive/layers.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/dlopen_note.h"

#define LIBARCHIVE_SONAME "libarchive.so.13"

DLOPEN_NOTE("archive", LIBARCHIVE_SONAME, "Opens compressed files, archives and packages");

/* Loads libarchive. It is never unloaded, because the libraries that it uses keep global state. */
bool layers_load(struct layers *layers, struct error *err)
{
	struct library *library = &layers->library;
	void *handle = dlopen(LIBARCHIVE_SONAME, RTLD_NOW | RTLD_LOCAL);
	bool complete = handle;

	if (!handle)
		return fail(err, ERROR_SYSTEM, "%s is not installed", LIBARCHIVE_SONAME);
#define LOAD(NAME)                                                                                 \
	library->NAME = (__typeof__(library->NAME))dlsym(handle, #NAME);                           \
	complete = complete && library->NAME;
	FOR_EACH_FUNCTION(LOAD)
#undef LOAD
	return complete || fail(err, ERROR_SYSTEM, "%s lacks a function", LIBARCHIVE_SONAME);
}

/* --- input of an archive --- */

/* Was the file unpacked to so many bytes that it cannot be a dump? */
static bool is_bomb(struct layers *layers)
{
	uint64_t size = layers->file->size, most;

	if (__builtin_mul_overflow(size, UINT64_C(10000), &most))
		most = INT64_MAX;
	for (size_t i = 0; i < layers->nr && !layers->bomb; i++) {
		struct archive *archive = layers->layers[i]->archive;
		la_int64_t out = layers->library.archive_filter_bytes(archive, 0);

		layers->bomb = out > 1 << 28 && (uint64_t)out > most;
	}
	return layers->bomb;
}

/* Copies bytes of the file to a buffer. libarchive gets this copy and not the mapping of the file,
 * because another process may change the file or make it shorter. */
static la_ssize_t layers_read_file(struct layers *layers, uint8_t *to, size_t size)
{
	const struct file *file = layers->file;
	ssize_t got;

	if (layers->at > INT64_MAX)
		return ARCHIVE_FATAL;
	if (file->fd < 0) {
		got = (ssize_t)smaller_of(size, file->size - smaller_of(layers->at, file->size));
		memcpy(to, file->bytes.data + layers->at, (size_t)got);
	} else {
		got = pread(file->fd, to, size, (off_t)layers->at);
	}
	if (got > 0)
		layers->at += (uint64_t)got;
	progress_long_step(&layers->progress, layers->at, file->size);
	return got < 0 ? ARCHIVE_FATAL : got;
}

static la_int64_t skip_file(struct archive *archive, void *arg, la_int64_t request)
{
	struct layer *layer = arg;
	struct layers *layers = layer->layers;
	uint64_t left = layers->file->size - layers->at, step;

	(void)archive;
	if (request <= 0 || layers->at >= layers->file->size)
		return 0;
	step = (uint64_t)request < left ? (uint64_t)request : left;
	layers->at += step;
	return (la_int64_t)step;
}

static la_int64_t seek_file(struct archive *archive, void *arg, la_int64_t offset, int whence)
{
	struct layer *layer = arg;
	struct layers *layers = layer->layers;
	la_int64_t base = 0;

	(void)archive;
	if (whence == SEEK_CUR)
		base = (la_int64_t)layers->at;
	else if (whence == SEEK_END)
		base = (la_int64_t)layers->file->size;
	if (__builtin_add_overflow(base, offset, &base) || base < 0)
		return ARCHIVE_FATAL;
	layers->at = (uint64_t)base;
	return base;
}

/* Reads bytes of the current member. Bytes that are already in layer->start are returned first. */
la_ssize_t layer_read(struct layer *layer, void *to, size_t size)
{
	size_t left = layer->nr - layer->used;

	if (!left)
		return layer->layers->library.archive_read_data(layer->archive, to, size);
	size = smaller_of(size, left);
	memcpy(to, layer->start + layer->used, size);
	layer->used += size;
	return (la_ssize_t)size;
}

/* Reads the packed bytes of the layer, without decoding them. */
static la_ssize_t read_packed(struct layer *layer, uint8_t *to, size_t size)
{
	return layer->below ? layer_read(layer->below, to, size) :
			      layers_read_file(layer->layers, to, size);
}

/* Reads more packed bytes into gunzip->packed if it is empty. Returns false if the layer has no
 * more bytes, or if they cannot be read. */
static bool feed(struct layer *layer)
{
	struct gunzip *gunzip = &layer->gunzip;
	la_ssize_t got = 0;

	if (gunzip->zlib.avail_in)
		return true;
	got = read_packed(layer, gunzip->packed, LAYER_BUFFER);
	if (got <= 0) {
		layer->layers->why = got ? NULL : "its gzip data is cut short";
		return false;
	}
	gunzip->zlib.next_in = gunzip->packed;
	gunzip->zlib.avail_in = (uInt)got;
	return true;
}

/* Must be called at the end of a stream. If another stream follows, prepares for it and returns
 * true. Other bytes after the end are ignored, as gzip does. */
static bool next_stream(struct layer *layer)
{
	struct gunzip *gunzip = &layer->gunzip;
	bool more = feed(layer);

	layer->layers->why = NULL;
	return more && gunzip->zlib.next_in[0] == 0x1f && inflateReset(&gunzip->zlib) == Z_OK;
}

static la_ssize_t gunzip(struct layer *layer)
{
	struct gunzip *gunzip = &layer->gunzip;
	z_stream *zlib = &gunzip->zlib;

	zlib->next_out = layer->buffer;
	zlib->avail_out = LAYER_BUFFER;
	while (zlib->avail_out && !gunzip->ended) {
		int result = feed(layer) ? inflate(zlib, Z_NO_FLUSH) : Z_BUF_ERROR;

		if (result == Z_STREAM_END) {
			gunzip->ended = !next_stream(layer);
		} else if (result == Z_BUF_ERROR && !zlib->avail_in) {
			return ARCHIVE_FATAL;
		} else if (result != Z_OK) {
			layer->layers->why = "its gzip data is damaged";
			return ARCHIVE_FATAL;
		}
	}
	return LAYER_BUFFER - (la_ssize_t)zlib->avail_out;
}

static la_ssize_t read_source(struct archive *archive, void *arg, const void **data)
{
	struct layer *layer = arg;

	(void)archive;
	*data = layer->buffer;
	/* Limits the output: a layer may unpack to much more than its packed size. */
	if (is_bomb(layer->layers) || listener_stops(layer->layers->listener))
		return ARCHIVE_FATAL;
	return layer->gunzip.used ? gunzip(layer) : read_packed(layer, layer->buffer, LAYER_BUFFER);
}

/* --- layers --- */

void layers_drop(struct layers *layers)
{
	struct layer *layer = layers->layers[--layers->nr];

	layers->why = NULL;
	if (layer->archive)
		layers->library.archive_read_free(layer->archive);
	if (layer->gunzip.used)
		inflateEnd(&layer->gunzip.zlib);
	free(layer);
}

bool layers_fail(const struct layers *layers, struct error *err)
{
	const struct layer *top = layers->layers[layers->nr - 1];
	const char *why = layers->library.archive_error_string(top->archive);

	if (listener_stops(layers->listener))
		return fail(err, ERROR_INTERRUPTED, "%s: interrupted", layers->file->path);
	if (layers->why)
		why = layers->why;
	if (layers->bomb)
		why = "the unpacked data would be more than 10000 times as large as the file";
	return fail(err, ERROR_FORMAT, "%s: cannot be unpacked: %.200s", layers->file->path,
		    why ? why : "damaged or cut short");
}

static struct bytes first_bytes(const struct layer *layer)
{
	const struct layer *below = layer->below;

	return below ? (struct bytes){ below->start, below->nr } : layer->layers->file->bytes;
}

static bool start_gunzip(struct layer *layer)
{
	enum { WITH_GZIP_HEADER = 16 };
	struct bytes start = first_bytes(layer);

	memset(&layer->gunzip.zlib, 0, sizeof(layer->gunzip.zlib));
	layer->gunzip.ended = false;
	layer->gunzip.used =
		start.size > 3 && !memcmp(start.data, "\x1f\x8b\x08", 3) &&
		inflateInit2(&layer->gunzip.zlib, WITH_GZIP_HEADER + MAX_WBITS) == Z_OK;
	return layer->gunzip.used;
}

static bool open_layer(struct layer *layer)
{
	const struct library *call = &layer->layers->library;
	struct archive *archive = call->archive_read_new();
	struct bytes start = first_bytes(layer);

	layer->archive = archive;
	if (!archive)
		return false;
	call->archive_read_support_format_raw(archive);
	/* The content of an RPM package is itself compressed, so it is read as the next layer. */
	if (start.size > 4 && !memcmp(start.data, "\xed\xab\xee\xdb", 4)) {
		call->archive_read_support_filter_rpm(archive);
	} else {
		call->archive_read_support_filter_xz(archive);
		call->archive_read_support_filter_lzma(archive);
		call->archive_read_support_filter_zstd(archive);
		call->archive_read_support_filter_bzip2(archive);
		call->archive_read_support_filter_lz4(archive);
		call->archive_read_support_format_tar(archive);
		call->archive_read_support_format_ar(archive);
		call->archive_read_support_format_cpio(archive);
		call->archive_read_support_format_zip(archive);
	}
	call->archive_read_set_read_callback(archive, read_source);
	if (!start_gunzip(layer) && !layer->below) {
		call->archive_read_set_skip_callback(archive, skip_file);
		call->archive_read_set_seek_callback(archive, seek_file);
	}
	call->archive_read_set_callback_data(archive, layer);
	return call->archive_read_open1(archive) >= ARCHIVE_WARN;
}

bool layers_add(struct layers *layers, struct error *err)
{
	struct layer *layer = malloc(sizeof(*layer));

	if (!layer)
		return out_of_memory(err);
	layer->layers = layers;
	layer->below = NULL;
	if (layers->nr)
		layer->below = layers->layers[layers->nr - 1];
	layer->archive = NULL;
	layer->nr = layer->used = 0;
	layer->gunzip.used = false;
	layers->layers[layers->nr++] = layer;
	if (open_layer(layer))
		return true;
	if (layer->archive)
		layers_fail(layers, err);
	else
		out_of_memory(err);
	layers_drop(layers);
	return false;
}

bool layer_is_plain(const struct layer *layer)
{
	const struct library *call = &layer->layers->library;

	return !layer->gunzip.used && call->archive_format(layer->archive) == ARCHIVE_FORMAT_RAW &&
	       call->archive_filter_count(layer->archive) <= 1;
}

#endif
