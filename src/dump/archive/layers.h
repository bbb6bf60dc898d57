/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Archives within archives, read using libarchive. Only members.c uses this file. */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "base/file.h"
#include "base/listener.h"

/* MOST_LAYERS is sufficient for a package, a part of the package, the compression of the part, and
 * a compressed file in the part. */
enum { MOST_LAYERS = 4, LAYER_BUFFER = 64 << 10, LAYER_START = 64 << 10 };

/* Functions of libarchive. They are loaded on demand, because libarchive loads a dozen other
 * libraries. The list has only formats and filters that start no programs. */
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

/* Unpacks gzip data without libarchive, which does not verify the checksum of such data: see
 * gunzip(). */
struct gunzip {
	bool used, ended;
	z_stream zlib;
	uint8_t packed[LAYER_BUFFER];
};

/* An archive, and its current member. */
struct layer {
	struct layers *layers;
	struct layer *below; /* the layer that contains this archive; NULL for the file */
	struct archive *archive;
	uint8_t start[LAYER_START];
	char name[256]; /* of the member; "" for a compressed file without members */
	size_t nr, used; /* bytes in start; how many of them layer_read() has returned */
	uint8_t buffer[LAYER_BUFFER];
	struct gunzip gunzip;
};

struct layers {
	const struct file *file;
	const struct listener *listener;
	struct library library;
	struct progress progress;
	uint64_t at; /* offset in the file of the next byte to read */
	bool bomb; /* the file unpacks to too many bytes */
	/* Why reading failed. NULL if reading did not fail, or if libarchive has the reason. */
	const char *why;
	struct layer *layers[MOST_LAYERS];
	size_t nr;
};

/* Loads libarchive. *layers must be zeroed except for file and listener. */
bool layers_load(struct layers *layers, struct error *err);

/* Opens an archive and adds a layer. The archive is the current member of the topmost layer, or the
 * file if there is no layer. */
bool layers_add(struct layers *layers, struct error *err);
void layers_drop(struct layers *layers);

static inline struct layer *layers_top(const struct layers *layers)
{
	return layers->layers[layers->nr - 1];
}

/* Returns false, and sets *err to the reason why the topmost layer could not be read. */
bool layers_fail(const struct layers *layers, struct error *err);

/* Reads bytes of the current member, including the bytes in start. Returns their number, or a
 * negative value on failure. */
la_ssize_t layer_read(struct layer *layer, void *to, size_t size);

/* Is the layer neither compressed nor an archive? If so, its output is equal to its input. */
bool layer_is_plain(const struct layer *layer);
