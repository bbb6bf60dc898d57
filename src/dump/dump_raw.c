/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw images: files that are memory and nothing else, as QEMU's pmemsave, dd
 * and LiME's "raw" and "padded" write them. Where each begins the user says.
 */
#include "dump/dump.h"

#include <stdlib.h>

#include "dump/extents.h"

/* Where two hold the same addresses, the one given first is believed. */
static void warn_of_overlap(struct dump *dump, const struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->nr; i++)
		for (size_t j = i + 1; j < pieces->nr; j++) {
			const struct extent *a = &pieces->at[i];
			const struct extent *b = &pieces->at[j];

			if (a->first > b->last || b->first > a->last)
				continue;
			dump_warn(dump,
				  "%s holds addresses that an image before it holds too",
				  dump->more[j - 1].file.path);
			listener_trouble(dump->listener,
					 i ? dump->more[i - 1].file.path :
					     dump->file.path,
				     "%s holds physical %llx to %llx too",
				     dump->more[j - 1].file.path,
				     (unsigned long long)(a->first > b->first ?
								  a->first :
								  b->first),
				     (unsigned long long)(a->last < b->last ?
								  a->last :
								  b->last));
			return;
		}
}

static bool raw_open(struct dump *dump, struct error *err)
{
	struct pieces pieces = { .limit = dump->nr_more + 1 };

	for (size_t i = 0; i <= dump->nr_more; i++) {
		const struct file *file = i ? &dump->more[i - 1].file :
					      &dump->file;

		if (file->bytes.size - 1 > UINT64_MAX - dump->bases[i]) {
			free(pieces.at);
			return fail(err, ERROR_USAGE,
				    "%s: reaches past the last address there is",
				    file->path);
		}
		if (!pieces_add(&pieces, dump->bases[i], file->bytes.size,
				PAGE_PRESENT, file->bytes.data)) {
			free(pieces.at);
			return fail(err, ERROR_SYSTEM, "out of memory");
		}
	}
	warn_of_overlap(dump, &pieces);
	return extents_take(dump, &pieces, err);
}

const struct dump_format dump_format_raw = {
	.name = "raw memory",
	.only_memory = true,
	.open = raw_open,
	.close = extents_close,
	.find = extents_find,
};
