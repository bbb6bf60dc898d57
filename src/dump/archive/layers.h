/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads archives within archives, using libarchive. Only members.c uses this file. */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "base/file.h"
#include "base/listener.h"

/* MOST_LAYERS is sufficient for these four layers: a package, a part of the package, the
 * compression of this part, and a compressed file in the part. */
enum { MOST_LAYERS = 4, LAYER_BUFFER = 64 << 10, LAYER_START = 64 << 10 };

/* The functions of libarchive that kwalk uses. libarchive is loaded only when it is needed, because
 * it loads a dozen other libraries. The list contains only formats and filters for which libarchive
 * starts no programs. */
// clang-format off
#define FOR_EACH_FUNCTION(X) \
	X(archive_read_new) X(archive_read_free) X(archive_error_string) \
	X(archive_read_support_filter_xz) \
	X(archive_read_support_filter_zstd) X(archive_read_support_filter_bzip2) \
	X(archive_read_support_filter_lz4) X(archive_read_support_filter_lzma) \
	X(archive_read_support_filter_rpm) X(archive_read_support_format_raw) \
	X(archive_read_support_format_tar) X(archive_read_support_format_ar) \
	X(archive_read_support_format_cpio) X(archive_read_support_format_zip) \
	X(archive_read_set_read_callback) X(archive_read_set_seek_callback) \
	X(archive_read_set_skip_callback) X(archive_read_set_callback_data) \
	X(archive_read_open1) X(archive_read_next_header) X(archive_read_data) \
	X(archive_format) X(archive_filter_count) X(archive_filter_bytes) \
	X(archive_entry_filetype) \
	X(archive_entry_pathname) X(archive_entry_pathname_utf8) \
	X(archive_entry_size) X(archive_entry_size_is_set)

struct library {
#define DECLARE(NAME) __typeof__(&(NAME)) NAME;
	FOR_EACH_FUNCTION(DECLARE)
#undef DECLARE
};
// clang-format on

/* The state of unpacking gzip data. libarchive is not used for gzip, because it does not verify the
 * checksum: see gunzip(). */
struct gunzip {
	bool used, ended;
	z_stream zlib;
	uint8_t packed[LAYER_BUFFER];
};

/* An archive or a compressed file, and its current member. */
struct layer {
	struct layers *layers;
	struct layer *below; /* the layer whose current member is this archive; NULL for the file */
	struct archive *archive;
	uint8_t start[LAYER_START];
	char name[256]; /* the name of the member; "" for a compressed file without members */
	/* `nr`: the number of bytes in `start`. `used`: how many of them were already read. */
	size_t nr, used;
	uint8_t buffer[LAYER_BUFFER];
	struct gunzip gunzip;
};

struct layers {
	const struct file *file;
	const struct listener *listener;
	struct library library;
	struct progress progress;
	uint64_t at; /* the offset in the file of the next byte to read */
	bool bomb; /* so many bytes were unpacked that the file cannot be a dump */
	/* The reason why reading failed. It is NULL if reading did not fail, or if libarchive has
	 * the reason. */
	const char *why;
	struct layer *layers[MOST_LAYERS];
	size_t nr;
};

/* Loads libarchive. All members of *layers except file and listener must be zeroed. */
bool layers_load(struct layers *layers, struct error *err);

/* Adds a layer, and opens it as an archive. The archive is the current member of the topmost layer.
 * If there is no layer, the archive is the file. */
bool layers_add(struct layers *layers, struct error *err);
void layers_drop(struct layers *layers);

static inline struct layer *layers_top(const struct layers *layers)
{
	return layers->layers[layers->nr - 1];
}

/* Returns false, and sets *err to the reason why reading the topmost layer failed. */
bool layers_fail(const struct layers *layers, struct error *err);

/* Reads the next bytes of the current member. The first call starts at its first byte. Returns the
 * number of bytes, or a negative value on failure. */
la_ssize_t layer_read(struct layer *layer, void *to, size_t size);

/* Is the layer's input neither compressed nor an archive? In this case its output is equal to its
 * input. */
bool layer_is_plain(const struct layer *layer);
