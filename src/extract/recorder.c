/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/recorder.h"

#include <stdlib.h>

#include "dump/dump.h"
#include "extract/selection.h"

struct recorded {
	struct dump *dump; /* borrowed */
	struct selection *selection; /* borrowed */
};

static void recorder_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct recorded *recorded = dump->private;

	dump_find_run(recorded->dump, paddr, extent);
}

static void recorder_peek(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	const struct recorded *recorded = dump->private;

	dump_peek(recorded->dump, paddr, extent);
}

static void note_read(struct dump *dump, uint64_t paddr, size_t size)
{
	const struct recorded *recorded = dump->private;

	selection_add_bytes(recorded->selection, paddr, size);
}

static void recorder_survey(struct dump *dump, struct dump_survey *survey)
{
	const struct recorded *recorded = dump->private;

	dump_survey(recorded->dump, survey);
}

/* Each extent is a copy. Otherwise a caller of dump_find() could keep the pointer to an extent, and
 * read more bytes through it that would not be recorded. */
static const struct dump_format recorder_format = {
	.name = "recorder",
	.private_size = sizeof(struct recorded),
	.copies = true,
	.find = recorder_find,
	.peek = recorder_peek,
	.survey = recorder_survey,
	.note_read = note_read,
};

struct dump *recorder_create(struct dump *dump, struct selection *selection)
{
	struct dump *recorder = malloc(sizeof(*recorder));
	struct recorded *recorded = malloc(sizeof(*recorded));

	if (!recorder || !recorded) {
		free(recorder);
		free(recorded);
		return NULL;
	}
	dump_share(recorder, dump);
	*recorded = (struct recorded){ dump, selection };
	recorder->format = &recorder_format;
	recorder->private = recorded;
	/* There are no parts, because the recorded dump already applies its parts to extents. The cache of pages stays empty, so each load calls dump_read(). */
	recorder->pages = calloc(1, sizeof(*recorder->pages));
	if (recorder->pages)
		return recorder;
	recorder_destroy(recorder);
	return NULL;
}

void recorder_destroy(struct dump *recorder)
{
	if (!recorder)
		return;
	free(recorder->private);
	free(recorder->pages);
	free(recorder);
}
