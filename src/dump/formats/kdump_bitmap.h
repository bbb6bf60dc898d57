/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The two bitmaps of a kdump-compressed file, with one bit per frame: frames that are memory, and
 * frames whose page is in the file. The rank of a frame, the number of dumped frames below it, is
 * the index of its page descriptor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kdump_frame {
	FRAME_NONE, /* in neither bitmap: not memory */
	FRAME_LEFT_OUT, /* only in the first bitmap */
	FRAME_DUMPED, /* in the second bitmap */
};

struct kdump_bitmaps {
	const uint8_t *memory, *dumped; /* borrowed; whole blocks of 512 frames */
	uint64_t max_pfn; /* frames from max_pfn on are FRAME_NONE */
	uint64_t *ranks; /* owned: free() it; the rank of every 512th frame */
};

/* Computes ranks from the other members. False: out of memory. */
bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps);

static inline bool kdump_is_dumped(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	return pfn < bitmaps->max_pfn && (bitmaps->dumped[pfn / 8] >> pfn % 8 & 1);
}

/* Number of dumped frames below pfn, where pfn <= max_pfn. */
uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* A run of frames of one kind; first and last are inclusive. A run of FRAME_NONE is as long as
 * possible; other runs may have neighbours of their kind. */
struct kdump_run {
	uint64_t first, last; /* last: UINT64_MAX if nothing follows */
	enum kdump_frame frame;
};
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* Number of frames that are FRAME_LEFT_OUT. */
uint64_t kdump_left_out(const struct kdump_bitmaps *bitmaps);
