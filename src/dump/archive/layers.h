/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Archives within archives, read with libarchive. Only members.c uses it. */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "base/file.h"
#include "base/listener.h"

/* A package, its part, the compression of the part, a compressed file in it. */
enum { MOST_LAYERS = 4, LAYER_BUFFER = 64 << 10, LAYER_START = 64 << 10 };

/* Loaded on demand: it brings a dozen other libraries. Only formats and filters for which it
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

/* libarchive does not verify the checksum of gzip's data: see gunzip(). */
struct gunzip {
	bool used, ended;
	z_stream zlib;
	uint8_t packed[LAYER_BUFFER];
};

/* An archive, and its current member. */
struct layer {
	struct layers *layers;
	struct layer *below; /* NULL: the file */
	struct archive *archive;
	uint8_t start[LAYER_START];
	char name[256]; /* "": a compressed file, alone */
	size_t nr, used; /* bytes in start, and how many of them were read again */
	uint8_t buffer[LAYER_BUFFER];
	struct gunzip gunzip;
};

struct layers {
	const struct file *file;
	const struct listener *listener;
	struct library library;
	struct progress progress;
	uint64_t at; /* in the file */
	bool bomb; /* too much came out of it */
	const char *why; /* reading failed; NULL: it did not, or libarchive knows */
	struct layer *layers[MOST_LAYERS];
	size_t nr;
};

/* Loads the library. layers is zeroed but for file and listener. */
bool layers_load(struct layers *layers, struct error *err);

/* Opens the current member of the topmost layer, first the file, as an archive. */
bool layers_add(struct layers *layers, struct error *err);
void layers_drop(struct layers *layers);

static inline struct layer *layers_top(const struct layers *layers)
{
	return layers->layers[layers->nr - 1];
}

/* Fails with the reason why reading the topmost layer failed. */
bool layers_fail(const struct layers *layers, struct error *err);

/* The bytes of the current member, also those in start. Negative: failed. */
la_ssize_t layer_read(struct layer *layer, void *to, size_t size);

/* Neither compressed nor an archive: its input comes out unchanged. */
bool layer_is_plain(const struct layer *layer);
