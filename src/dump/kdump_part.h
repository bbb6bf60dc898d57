/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file of a kdump-compressed dump, of which a split one has several: the
 * descriptors of a range of frames, and their pages.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"
#include "dump/inflate.h"
#include "dump/kdump_bitmap.h"
#include "dump/kdump_header.h"

struct kdump_part {
	const char *path;      /* borrowed from the dump, like source */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* whose descriptors it has, half-open */
	uint64_t start_rank, nr; /* of these */
	uint64_t descriptors;  /* offset of start_pfn's */
	uint64_t data;         /* offset behind the last descriptor: pages follow */
	bool cut;              /* some of it is not in the file */
	bool nonsense;         /* a descriptor that was looked at cannot be right */
	bool contradictory;    /* the bitmap and the descriptors cannot both be right */
};

/* Where a page's bytes are. */
struct kdump_place {
	uint64_t offset, size;
	enum codec codec;
};

/* From the bitmaps: where its descriptors and pages are; whether that can be. */
void kdump_part_place(struct kdump_part *part,
		      const struct kdump_bitmaps *bitmaps,
		      struct inflater *inflater, struct listener *listener);

/* Tells why the page of the descriptor of that rank is not to be had. */
void kdump_part_tell(const struct kdump_part *part, uint64_t rank,
		     const char *what, struct listener *listener);

/* By the descriptor of that rank: PAGE_PRESENT with *place set, which then lies
 * in the file, or why there is no page to be had. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct kdump_place *place);
