/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two bitmaps of a kdump-compressed file, a bit for each frame: memory that
 * there was, and memory that is in the file. A frame's page descriptor is found
 * by its rank, the number of dumped frames below it; every so many frames it is
 * remembered, the rest is counted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { KDUMP_BITMAP_BLOCK = 4096 };

enum kdump_frame {
	FRAME_NONE,     /* in neither: no memory */
	FRAME_LEFT_OUT, /* in the first only */
	FRAME_DUMPED,   /* in the second */
};

struct kdump_bitmaps {
	/* Owned; by block, which are borrowed: of a flattened file they may be
	 * apart, and copies of those of a large dump would be too much. */
	const uint8_t **memory, **dumped;
	uint64_t max_pfn; /* frames from here on are not told of: FRAME_NONE */
	uint64_t *ranks;  /* owned; of the first frame of each block */
};

/* Makes the ranks; the other members are set. False for lack of memory. */
bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps);
void kdump_bitmaps_close(struct kdump_bitmaps *bitmaps); /* zeroed is fine */

static inline const uint8_t *kdump_bitmap_byte(const uint8_t *const *blocks,
					       uint64_t byte)
{
	return blocks[byte / KDUMP_BITMAP_BLOCK] + byte % KDUMP_BITMAP_BLOCK;
}

static inline bool kdump_is_dumped(const struct kdump_bitmaps *bitmaps,
				   uint64_t pfn)
{
	return pfn < bitmaps->max_pfn &&
	       (*kdump_bitmap_byte(bitmaps->dumped, pfn >> 3) >> (pfn & 7) & 1);
}

/* Dumped frames below pfn, which is max_pfn at most. */
uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* All frames from first to last are what pfn among them is. A FRAME_NONE run is
 * as long as it gets; others may go on. */
struct kdump_run {
	uint64_t first, last; /* last: UINT64_MAX where nothing follows */
	enum kdump_frame frame;
};
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* Frames that are in the first bitmap and not in the second, and in the second
 * but not in the first: nonsense. */
void kdump_count(const struct kdump_bitmaps *bitmaps, uint64_t *left_out,
		 uint64_t *nonsense);
