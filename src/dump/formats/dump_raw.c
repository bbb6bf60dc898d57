/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Raw images: files that contain memory without headers. They are written by QEMU's pmemsave, by
 * dd, and by LiME if its format is "raw" or "padded". The places of images are given by the user. */
#include "dump/dump.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump/extents.h"
#include "dump/formats/formats.h"
#include "dump/formats/listed.h"

bool raw_place_read(const char *text, struct raw_place *place)
{
	bool is_hex = text[0] == ':' && text[1] == '0' && text[2] == 'x';
	char *end = (char *)text;

	*place = (struct raw_place){ 0 };
	errno = 0;
	if (*text == ':' && isxdigit((unsigned char)text[is_hex ? 3 : 1]))
		place->offset = strtoull(text + 1, &end, is_hex ? 16 : 10);
	if (*end != '@' || !isxdigit((unsigned char)end[1]))
		return false;
	place->paddr = strtoull(end + 1, &end, 16);
	return !errno && !*end;
}

size_t raw_place_split(const char *text, struct raw_place *place)
{
	const char *at = strrchr(text, '@'), *colon;
	struct raw_place part;
	char *path;
	bool is_file;

	if (!at || at == text || access(text, F_OK) == 0 || !raw_place_read(at, place))
		return 0;
	colon = memrchr(text, ':', (size_t)(at - text));
	if (!colon || colon == text || !raw_place_read(colon, &part))
		return (size_t)(at - text);
	path = strndup(text, (size_t)(at - text));
	is_file = path && access(path, F_OK) == 0;
	free(path);
	if (is_file)
		return (size_t)(at - text);
	*place = part;
	return (size_t)(colon - text);
}

static void warn_of_overlap(struct dump *dump, const struct pieces *pieces)
{
	for (unsigned int i = 0; i < pieces->nr; i++)
		for (unsigned int j = i + 1; j < pieces->nr; j++) {
			const struct extent *a = &pieces->at[i];
			const struct extent *b = &pieces->at[j];
			const char *path = dump_file(dump, j + 1)->path;

			if (a->first > b->last || b->first > a->last)
				continue;
			dump_warn(dump,
				  "%s overlaps an image that was given before it; the bytes of the earlier image are used",
				  path);
			listener_trouble(dump->listener, dump_file(dump, i + 1)->path,
					 "%s holds physical %" PRIx64 " to %" PRIx64 " too", path,
					 a->first > b->first ? a->first : b->first,
					 a->last < b->last ? a->last : b->last);
			return;
		}
}

static bool is_same_file(const struct file *a, const struct file *b)
{
	struct stat one, other;

	return a == b || (!fstat(a->fd, &one) && !fstat(b->fd, &other) &&
			  one.st_dev == other.st_dev && one.st_ino == other.st_ino);
}

/* Sets *place to the part of the file that is image number i, counted from 0. */
static bool raw_find_part(const struct dump *dump, unsigned int i, struct listed_place *place,
			  struct error *err)
{
	const uint64_t start = dump->places[i].offset;
	uint64_t end;

	*place = listed_place_whole(dump, i + 1);
	end = place->size;
	if (start >= end)
		return fail(err, ERROR_USAGE,
			    "%s: has no byte at offset %#" PRIx64 ", because its size is %#" PRIx64,
			    place->file->path, start, end);
	for (unsigned int j = 0; j <= dump->nr_more; j++) {
		const uint64_t next = dump->places[j].offset;

		if (next > start && next < end && is_same_file(place->file, dump_file(dump, j + 1)))
			end = next;
	}
	place->start = start;
	place->size = end - start;
	if (place->size - 1 > UINT64_MAX - dump->places[i].paddr)
		return fail(err, ERROR_USAGE, "%s: extends past the last physical address",
			    place->file->path);
	return true;
}

static bool raw_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = { 0 };

	for (unsigned int i = 0; i <= dump->nr_more; i++) {
		struct listed_place image;

		if (!raw_find_part(dump, i, &image, err)) {
			free(pieces.at);
			return false;
		}
		extents_add(&pieces, &image, 0, dump->places[i].paddr, image.size);
	}
	warn_of_overlap(dump, &pieces);
	return extents_take(dump, &pieces, err);
}

/* Forgets the extents and pages that were found, because their places change. */
static void dump_forget(struct dump *dump)
{
	memset(dump->recent, 0, sizeof(dump->recent));
	if (dump->pages)
		memset(dump->pages, 0, offsetof(struct page_cache, buffers));
}

bool raw_set_runs(struct dump *dump, const struct raw_run *runs, size_t nr, uint64_t end,
		  struct error *err)
{
	const struct listed_place whole = listed_place_whole(dump, 1);
	struct pieces pieces = { 0 };

	for (size_t i = 0; i < nr; i++)
		extents_add(&pieces, &whole, runs[i].place.offset, runs[i].place.paddr,
			    runs[i].size);
	if (end)
		pieces_add(&pieces, runs[0].place.paddr, end - runs[0].place.paddr, PAGE_TRUNCATED,
			   0);
	extent_list_release(dump->private);
	*(struct extent_list *)dump->private = (struct extent_list){ 0 };
	dump_forget(dump);
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_raw = {
	.name = "raw memory",
	.private_size = sizeof(struct extent_list),
	.open = raw_open,
	.close = extents_close,
	.find = extents_find,
};
