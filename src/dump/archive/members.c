/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/archive/members.h"

#ifdef HAVE_LIBARCHIVE

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/dlopen_note.h"
#include "base/listener.h"
#include "dump/archive/packed.h"

/* --- layers: archives within archives, using libarchive --- */

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

static inline struct layer *layers_top(const struct layers *layers)
{
	return layers->layers[layers->nr - 1];
}

#define LIBARCHIVE_SONAME "libarchive.so.13"

DLOPEN_NOTE("archive", LIBARCHIVE_SONAME, "Opens compressed files, archives and packages");

/* Loads libarchive. It is never unloaded, because the libraries that it uses keep global state. All
 * members of *layers except file and listener must be zeroed. */
static bool layers_load(struct layers *layers, struct error *err)
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

/* Reads the next bytes of the current member. The first call starts at its first byte: bytes that
 * are already in layer->start are returned first. Returns the number of bytes, or a negative value
 * on failure. */
static la_ssize_t layer_read(struct layer *layer, void *to, size_t size)
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

static void layers_drop(struct layers *layers)
{
	struct layer *layer = layers->layers[--layers->nr];

	layers->why = NULL;
	if (layer->archive)
		layers->library.archive_read_free(layer->archive);
	if (layer->gunzip.used)
		inflateEnd(&layer->gunzip.zlib);
	free(layer);
}

/* Returns false, and sets *err to the reason why reading the topmost layer failed. */
static bool layers_fail(const struct layers *layers, struct error *err)
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

/* Adds a layer, and opens it as an archive. The archive is the current member of the topmost layer.
 * If there is no layer, the archive is the file. */
static bool layers_add(struct layers *layers, struct error *err)
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

/* Is the layer's input neither compressed nor an archive? In this case its output is equal to its
 * input. */
static bool layer_is_plain(const struct layer *layer)
{
	const struct library *call = &layer->layers->library;

	return !layer->gunzip.used && call->archive_format(layer->archive) == ARCHIVE_FORMAT_RAW &&
	       call->archive_filter_count(layer->archive) <= 1;
}

/* --- members --- */

/* At most this many members are looked at. The source of Linux has fewer than 100,000 files. */
enum { MOST_MEMBERS = 1 << 20 };

struct members {
	struct layers layers;
	uint64_t nr_steps; /* members that were looked at, in all layers */
};

struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err)
{
	struct members *members = calloc(1, sizeof(*members));
	struct error why;

	if (!members)
		return out_of_memory(err), NULL;
	members->layers.file = file;
	members->layers.listener = listener;
	members->layers.progress = progress_start("unpacking", listener);
	if (!layers_load(&members->layers, &why))
		fail(err, why.code, "%s: cannot be unpacked: %s", file->path, why.message);
	else if (layers_add(&members->layers, err))
		return members;
	members_close(members);
	return NULL;
}

void members_close(struct members *members)
{
	while (members && members->layers.nr)
		layers_drop(&members->layers);
	free(members);
}

/* --- members --- */

static bool members_read_start(struct layer *layer)
{
	const struct library *call = &layer->layers->library;
	la_ssize_t got = 1;

	layer->nr = layer->used = 0;
	while (layer->nr < MEMBER_START && got > 0) {
		got = call->archive_read_data(layer->archive, layer->start + layer->nr,
					      MEMBER_START - layer->nr);
		if (got > 0)
			layer->nr += (size_t)got;
	}
	return got >= 0;
}

static void members_describe(struct layer *layer, struct archive_entry *entry,
			     struct archive_member *member)
{
	const struct library *call = &layer->layers->library;
	la_int64_t size =
		call->archive_entry_size_is_set(entry) ? call->archive_entry_size(entry) : 0;

	const char *name = NULL;

	if (call->archive_format(layer->archive) == ARCHIVE_FORMAT_RAW) {
		name = layer->below ? layer->below->name : "";
	} else {
		name = call->archive_entry_pathname_utf8(entry);
		if (!name)
			name = call->archive_entry_pathname(entry);
	}
	snprintf(layer->name, sizeof(layer->name), "%s", name ? name : "?");
	*member = (struct archive_member){
		.name = layer->name[0] ? layer->name : NULL,
		.size = size > 0 ? (uint64_t)size : 0,
		.start = { layer->start, layer->nr },
	};
}

/* Is the member a regular file? In archives that binutils' ar has made, the mode contains no file
 * type. */
static bool is_regular(const struct library *call, struct archive_entry *entry)
{
	unsigned int type = call->archive_entry_filetype(entry);

	return type == AE_IFREG || !type;
}

/* Takes one step: to the next member, or into the current member if it is an archive. Sets *found
 * if the step has found a file. Returns false at the end and on failure. */
static bool step(struct members *members, struct archive_member *member, bool *found,
		 struct error *err)
{
	struct layer *top = layers_top(&members->layers);
	const struct library *call = &members->layers.library;
	struct archive_entry *entry;
	bool is_file, failed;
	int got;

	if (members->nr_steps++ == MOST_MEMBERS)
		return fail(err, ERROR_FORMAT, "%s: has more than %d files",
			    members->layers.file->path, MOST_MEMBERS);
	if (listener_stops_at(members->layers.listener, members->nr_steps))
		return fail(err, ERROR_INTERRUPTED, "%s: interrupted", members->layers.file->path);
	got = call->archive_read_next_header(top->archive, &entry);
	if (got == ARCHIVE_EOF) {
		layers_drop(&members->layers);
		return true;
	}
	/* After ARCHIVE_RETRY there is no entry: the header is damaged. */
	failed = got < ARCHIVE_WARN || got == ARCHIVE_RETRY;
	is_file = !failed && is_regular(call, entry);
	if (failed || (is_file && !members_read_start(top))) {
		layers_fail(&members->layers, err);
		layers_drop(&members->layers);
		return false;
	}
	if (!is_file)
		return true;
	members_describe(top, entry, member);
	if (members->layers.nr < MOST_LAYERS && !layer_is_plain(top) && packed_kind(member->start))
		return layers_add(&members->layers, err);
	*found = true;
	return true;
}

bool members_next(struct members *members, struct archive_member *member, struct error *err)
{
	bool found = false;

	err->code = ERROR_NONE;
	while (!found && members->layers.nr)
		if (!step(members, member, &found, err))
			return false;
	return found;
}

static bool too_large(const struct members *members, uint64_t most, const char *why,
		      struct error *err)
{
	return fail(err, ERROR_SYSTEM, "%s: its unpacked size is larger than %llu MiB%s",
		    members->layers.file->path, (unsigned long long)most >> 20, why);
}

/* Reads until the buffer is full, or until the member ends. Returns the number of bytes, or a
 * negative value on failure. */
static la_ssize_t read_full(struct layer *layer, uint8_t *to, size_t size)
{
	size_t nr = 0;
	la_ssize_t got = 1;

	while (nr < size && got > 0) {
		got = layer_read(layer, to + nr, size - nr);
		if (got > 0)
			nr += (size_t)got;
	}
	return got < 0 ? got : (la_ssize_t)nr;
}

bool members_read(struct members *members, void *to, size_t size)
{
	struct layer *top = layers_top(&members->layers);
	uint8_t more;

	return read_full(top, to, size) == (la_ssize_t)size && layer_read(top, &more, 1) == 0;
}

bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err)
{
	struct layer *top = layers_top(&members->layers);
	uint8_t page[LAYER_BUFFER];
	uint64_t size = 0, stored = 0;
	la_ssize_t got;

	while ((got = read_full(top, page, sizeof(page))) > 0) {
		if (bounds->size - size < (uint64_t)got)
			return too_large(members, bounds->size, bounds->why, err);
		if (!file_write_sparse(fd, size, (struct bytes){ page, (size_t)got }, &stored))
			return fail(err, ERROR_SYSTEM, "%s: cannot be unpacked: %s",
				    members->layers.file->path, strerror(errno));
		if (stored > bounds->stored)
			return too_large(members, bounds->stored, bounds->why, err);
		size += (uint64_t)got;
		if (listener_stops(members->layers.listener))
			break;
	}
	if (got)
		return layers_fail(&members->layers, err);
	return ftruncate(fd, (off_t)size) == 0 ||
	       fail(err, ERROR_SYSTEM, "%s: cannot be unpacked: %s", members->layers.file->path,
		    strerror(errno));
}

#else

bool members_read(struct members *members, void *to, size_t size)
{
	(void)members, (void)to, (void)size;
	return false;
}

struct members *members_open(const struct file *file, const struct listener *listener,
			     struct error *err)
{
	(void)listener;
	fail(err, ERROR_UNKNOWN, "%s: cannot be unpacked: kwalk was built without libarchive",
	     file->path);
	return NULL;
}

void members_close(struct members *members)
{
	(void)members;
}

bool members_next(struct members *members, struct archive_member *member, struct error *err)
{
	(void)members, (void)member;
	err->code = ERROR_NONE;
	return false;
}

bool members_copy(struct members *members, int fd, const struct member_bounds *bounds,
		  struct error *err)
{
	(void)members, (void)fd, (void)bounds;
	return fail(err, ERROR_UNKNOWN, "kwalk was built without libarchive");
}

#endif
