/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The two bitmaps of a kdump-compressed file, which have a bit for each frame. The first bitmap
 * shows which frames are memory. The second shows which frames have a page in the file. The rank of
 * a frame is the number of frames below it that have a page. It is also the index of the frame's
 * page descriptor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kdump_frame {
	FRAME_NONE, /* in neither bitmap, so the frame is not memory */
	FRAME_LEFT_OUT, /* in the first bitmap only */
	FRAME_DUMPED, /* in the second bitmap, so the page is in the file */
};

struct kdump_bitmaps {
	const uint8_t *memory, *dumped; /* borrowed; they consist of whole blocks of 512 frames */
	uint64_t max_pfn; /* the bitmaps end here: all further frames are FRAME_NONE */
	uint64_t *ranks; /* owned; the owner must call free(); the rank of every 512th frame */
};

/* Computes `ranks` from the other members. Returns false if memory runs out. */
bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps);

static inline bool kdump_is_dumped(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	return pfn < bitmaps->max_pfn && (bitmaps->dumped[pfn / 8] >> pfn % 8 & 1);
}

/* Returns the rank of a frame: the number of dumped frames below it. pfn must be at most
 * max_pfn. */
uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* A run of frames of the same kind. `first` and `last` are inclusive. A run of FRAME_NONE is as
 * long as possible. Other runs may be shorter. */
struct kdump_run {
	uint64_t first, last; /* `last` is UINT64_MAX if no frame of another kind follows */
	enum kdump_frame frame;
};
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* Returns the number of frames that are FRAME_LEFT_OUT. */
uint64_t kdump_left_out(const struct kdump_bitmaps *bitmaps);
