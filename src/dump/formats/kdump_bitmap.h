/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The two bitmaps of a kdump-compressed file, with a bit for each frame. The first bitmap contains
 * the frames that are memory. The second contains the frames whose page is in the file. The rank of
 * a frame is the number of dumped frames below it, and is the index of the frame's page
 * descriptor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kdump_frame {
	FRAME_NONE, /* in neither bitmap: no memory */
	FRAME_LEFT_OUT, /* only in the first bitmap */
	FRAME_DUMPED, /* in the second bitmap */
};

struct kdump_bitmaps {
	const uint8_t *memory, *dumped; /* borrowed; whole blocks of 512 frames */
	uint64_t max_pfn; /* frames from max_pfn on are FRAME_NONE */
	uint64_t *ranks; /* owned; freed using free(); the rank of every 512th frame */
};

/* Computes ranks from the other members. Returns false if memory runs out. */
bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps);

static inline bool kdump_is_dumped(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	return pfn < bitmaps->max_pfn && (bitmaps->dumped[pfn / 8] >> pfn % 8 & 1);
}

/* The number of dumped frames below pfn, which must be at most max_pfn. */
uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* A run of frames of one kind; first and last are inclusive. A run of FRAME_NONE is as long as
 * possible. The frames before and after other runs may be of the same kind. */
struct kdump_run {
	uint64_t first, last; /* last is UINT64_MAX if no other frames follow */
	enum kdump_frame frame;
};
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* The number of frames that are FRAME_LEFT_OUT. */
uint64_t kdump_left_out(const struct kdump_bitmaps *bitmaps);
