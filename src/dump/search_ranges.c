/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include <stdlib.h>

#include "base/ranges.h"
#include "dump/search.h"

/* Memory as pieces that overlap, by rank: of those the first wins. */
static bool search_ranges_choose(const struct ranked_range *given, size_t nr,
				 struct extent_list *list)
{
	struct extent *pieces = calloc(nr, sizeof(*pieces));
	size_t nr_pieces = 0;
	bool built;

	for (unsigned int rank = 0; pieces && rank < SEARCH_RANKS; rank++)
		for (size_t i = 0; i < nr; i++) {
			const struct search_range *range = &given[i].range;

			if (given[i].rank == rank)
				pieces[nr_pieces++] = (struct extent){
					.first = range->paddr,
					.last = range->paddr + (range->last - range->address),
					.origin = range->address - range->paddr,
				};
		}
	built = pieces && extent_list_build(list, pieces, nr_pieces);
	free(pieces);
	return built;
}

static struct search_range range_of(const struct extent *extent)
{
	return (struct search_range){
		.address = extent_offset(extent, extent->first),
		.paddr = extent->first,
		.last = extent_offset(extent, extent->last),
	};
}

struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges)
{
	struct extent_list list = { .nr = nr };
	struct search_range *ranges = NULL;

	if (all || search_ranges_choose(given, nr, &list))
		ranges = calloc(list.nr, sizeof(*ranges));
	*nr_ranges = ranges ? list.nr : 0;
	for (size_t i = 0; i < *nr_ranges; i++)
		ranges[i] = all ? given[i].range : range_of(&list.extents[i]);
	if (!all)
		extent_list_release(&list);
	if (ranges)
		qsort(ranges, *nr_ranges, sizeof(*ranges), ranges_compare);
	return ranges;
}
