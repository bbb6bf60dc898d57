/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Raw images: files that contain memory without headers. They are written by QEMU's pmemsave, by
 * dd, and by LiME if its format is "raw" or "padded". */
#include "dump/dump.h"

#include <inttypes.h>
#include <stdlib.h>

#include "dump/extents.h"
#include "dump/formats/listed.h"

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

static bool raw_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = { 0 };

	for (unsigned int i = 0; i <= dump->nr_more; i++) {
		const struct listed_place whole = listed_place_whole(dump, i + 1);

		if (whole.size - 1 > UINT64_MAX - dump->bases[i]) {
			free(pieces.at);
			return fail(err, ERROR_USAGE, "%s: extends past the last physical address",
				    whole.file->path);
		}
		extents_add(&pieces, &whole, 0, dump->bases[i], whole.size);
	}
	warn_of_overlap(dump, &pieces);
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_raw = {
	.name = "raw memory",
	.private_size = sizeof(struct extent_list),
	.only_memory = true,
	.open = raw_open,
	.close = extents_close,
	.find = extents_find,
};
