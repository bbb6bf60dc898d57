/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * The two bitmaps of a kdump-compressed file, one bit per frame: frames of memory, and
 * frames whose page is in the file. A frame's page descriptor is found by its rank, the
 * number of dumped frames below it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum kdump_frame {
	FRAME_NONE, /* in neither bitmap: no memory */
	FRAME_LEFT_OUT, /* in the first bitmap only */
	FRAME_DUMPED, /* in the second bitmap */
};

struct kdump_bitmaps {
	const uint8_t *memory, *dumped; /* borrowed; whole blocks of 512 frames */
	uint64_t max_pfn; /* frames from here on are FRAME_NONE */
	uint64_t *ranks; /* owned: free() it; of every 512th frame */
};

/* Makes the ranks from the other members. False: out of memory. */
bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps);

static inline bool kdump_is_dumped(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	return pfn < bitmaps->max_pfn && (bitmaps->dumped[pfn / 8] >> pfn % 8 & 1);
}

/* Number of dumped frames below pfn. pfn <= max_pfn. */
uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* Frames of one kind, first and last inclusive. A run of FRAME_NONE is maximal; others
 * may have neighbours of their kind. */
struct kdump_run {
	uint64_t first, last; /* last: UINT64_MAX where nothing follows */
	enum kdump_frame frame;
};
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn);

/* Number of frames that are FRAME_LEFT_OUT. */
uint64_t kdump_left_out(const struct kdump_bitmaps *bitmaps);
