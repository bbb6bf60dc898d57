/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/listed.h"

#include <stdlib.h>

uint64_t extents_add(struct pieces *pieces, struct bytes file, uint64_t offset,
		     uint64_t paddr, uint64_t size)
{
	uint64_t in_file = offset < file.size ? file.size - offset : 0;

	if (in_file > size)
		in_file = size;
	if (in_file)
		pieces_add(pieces, paddr, in_file, PAGE_PRESENT,
			   file.data + offset);
	pieces_add(pieces, paddr + in_file, size - in_file, PAGE_TRUNCATED,
		   NULL);
	return size - in_file;
}

bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err)
{
	struct extent_list *list = calloc(1, sizeof(*list));
	bool ok = false;

	dump->private = list;
	if (!list || pieces->failed)
		fail(err, ERROR_SYSTEM, "out of memory");
	else if (!pieces->nr)
		fail(err, ERROR_FORMAT, "%s: has no memory in it",
		     dump->file.path);
	else if (!extent_list_build(list, pieces->at, pieces->nr, false))
		fail(err, ERROR_SYSTEM, "out of memory");
	else
		ok = true;
	free(pieces->at);
	*pieces = (struct pieces){ 0 };
	return ok;
}

void extents_close(struct dump *dump)
{
	if (dump->private)
		extent_list_release(dump->private);
	free(dump->private);
}

void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent)
{
	extent_list_find(dump->private, paddr, extent);
}

void extents_survey(const struct extent_list *list, struct dump_survey *survey)
{
	for (size_t i = 0; i < list->nr; i++)
		dump_survey_add(
			survey, list->extents[i].state, list->extents[i].first,
			list->extents[i].last - list->extents[i].first + 1);
}
