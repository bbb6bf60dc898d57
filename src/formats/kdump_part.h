/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file of a kdump-compressed dump, which may be split over several: the page
 * descriptors of a range of frames, and their pages.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "container/inflate.h"
#include "dump/dump.h"
#include "formats/kdump_bitmap.h"
#include "formats/kdump_header.h"

struct kdump_part {
	const char *path;      /* borrowed from the dump, like source */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* its frames, half-open */
	uint64_t start_rank; /* of start_pfn */
	uint64_t nr; /* number of its descriptors */
	uint64_t descriptors; /* file offset of the first one */
	uint64_t data; /* file offset behind the last: pages follow */
	bool in_order; /* pages follow one another as their descriptors do */
	bool cut; /* pages are beyond the end of the file */
	bool nonsense; /* a descriptor is invalid */
	bool contradictory; /* the bitmap and the descriptors exclude each other */
};

/* A page's bytes in the file. */
struct kdump_place {
	uint64_t offset, size;
	enum codec codec;
};

/* Computes start_rank and all that follows from start_pfn and end_pfn, and tells
 * listener what is wrong with the file. */
void kdump_part_place(struct kdump_part *part,
		      const struct kdump_bitmaps *bitmaps,
		      struct listener *listener);

/* Tells listener why the page of this rank cannot be read; what names the page. */
void kdump_part_tell(const struct kdump_part *part, uint64_t rank,
		     const char *what, struct listener *listener);

/* Finds the page of this rank: PAGE_PRESENT with *place set to a range within the
 * file, or the reason why it cannot be read. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct kdump_place *place);
