/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/kdump_set.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/ranges.h"

/* Empty parts come first: see read_part(). */
static int compare_start(const void *a, const void *b)
{
	const struct kdump_part *x = a, *y = b;

	if (x->start_pfn != y->start_pfn)
		return x->start_pfn < y->start_pfn ? -1 : 1;
	if (x->end_pfn != y->end_pfn)
		return x->end_pfn < y->end_pfn ? -1 : 1;
	return 0;
}

static bool read_part(struct kdump_part *part, const struct file *file,
		      struct source *source, struct error *err)
{
	struct kdump_header *header = &part->header;

	part->path = file->path;
	part->source = source;
	if (!kdump_header_read(source, file->path, header, err))
		return false;
	part->start_pfn = header->split ? header->start_pfn : 0;
	part->end_pfn = header->split ? header->end_pfn : header->max_pfn;
	/* makedumpfile also writes parts without a frame. They must not come between
	 * two others: neighbours are compared, and a search expects parts to end
	 * in the order in which they begin. */
	if (part->start_pfn >= part->end_pfn)
		part->start_pfn = part->end_pfn = 0;
	return true;
}

static bool same_dump(const struct kdump_header *a,
		      const struct kdump_header *b)
{
	return a->split && b->split && a->version == b->version &&
	       a->word == b->word && a->timestamp == b->timestamp &&
	       a->sub_blocks == b->sub_blocks &&
	       a->bitmap_blocks == b->bitmap_blocks &&
	       a->max_pfn == b->max_pfn && a->phys_base == b->phys_base &&
	       a->dump_level == b->dump_level &&
	       !memcmp(a->release, b->release, sizeof(a->release));
}

static bool check_parts(const struct kdump_set *set, struct error *err)
{
	for (size_t i = 1; i < set->nr; i++) {
		const struct kdump_part *a = &set->parts[i - 1];
		const struct kdump_part *b = &set->parts[i];

		if (!same_dump(&a->header, &b->header))
			return fail(err, ERROR_USAGE,
				    "%s and %s are both dumps, and not parts of one split set",
				    a->path, b->path);
		if (a->start_pfn < a->end_pfn && b->start_pfn < b->end_pfn &&
		    b->start_pfn < a->end_pfn)
			return fail(err, ERROR_USAGE,
				    "%s and %s are the same part of a split set: both hold frame %" PRIx64,
				    a->path, b->path, b->start_pfn);
	}
	return true;
}

bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err)
{
	set->parts = calloc(1 + dump->nr_more, sizeof(*set->parts));
	if (!set->parts)
		return fail(err, ERROR_SYSTEM, "out of memory");
	set->nr = 1 + dump->nr_more;
	if (!read_part(&set->parts[0], &dump->file, &dump->source, err))
		return false;
	for (size_t i = 0; i < dump->nr_more; i++)
		if (!read_part(&set->parts[1 + i], &dump->more[i].file,
			       &dump->more[i].source, err))
			return false;
	qsort(set->parts, set->nr, sizeof(*set->parts), compare_start);
	return check_parts(set, err);
}

void kdump_set_close(struct kdump_set *set)
{
	free(set->parts);
	*set = (struct kdump_set){ 0 };
}

static void trim(struct kdump_part *part, uint64_t max_pfn)
{
	if (part->end_pfn > max_pfn)
		part->end_pfn = max_pfn;
	if (part->start_pfn > part->end_pfn)
		part->start_pfn = part->end_pfn;
}

static void warn_missing(struct dump *dump, uint64_t start, uint64_t end)
{
	if (start < end)
		dump_warn(dump,
			  "a part of the split set is missing: the one with frames %" PRIx64
			  " to %" PRIx64,
			  start, end - 1);
}

void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn)
{
	uint64_t at = 0;

	for (size_t i = 0; i < set->nr; i++) {
		trim(&set->parts[i], max_pfn);
		if (!set->parts[i].header.split)
			continue;
		warn_missing(dump, at, set->parts[i].start_pfn);
		at = set->parts[i].end_pfn > at ? set->parts[i].end_pfn : at;
	}
	if (set->parts[0].header.split)
		warn_missing(dump, at, max_pfn);
}

const struct kdump_part *kdump_set_find(const struct kdump_set *set,
					uint64_t pfn)
{
	/* The first part that ends above pfn. */
	size_t at = ranges_search(set->parts, set->nr, sizeof(*set->parts),
				  offsetof(struct kdump_part, end_pfn), pfn + 1);

	if (at < set->nr && set->parts[at].start_pfn <= pfn)
		return &set->parts[at];
	return NULL;
}
