/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/archive/members.h"

#ifdef HAVE_LIBARCHIVE

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/listener.h"
#include "dump/archive/layers.h"
#include "dump/archive/packed.h"

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
