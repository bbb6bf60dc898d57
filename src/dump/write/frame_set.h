/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Sets of page frames, with a bit for each frame. A word has 64 frames; the lowest bit is the
 * lowest frame. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline size_t frame_set_words(uint64_t nr_frames)
{
	return (size_t)((nr_frames + 63) / 64);
}

static inline bool frame_set_has(const uint64_t *set, uint64_t pfn)
{
	return set[pfn / 64] >> pfn % 64 & 1;
}

static inline void frame_set_add(uint64_t *set, uint64_t pfn)
{
	set[pfn / 64] |= UINT64_C(1) << pfn % 64;
}

static inline void frame_set_remove(uint64_t *set, uint64_t pfn)
{
	set[pfn / 64] &= ~(UINT64_C(1) << pfn % 64);
}

/* Creates an empty set for frames below nr_frames; the caller must free() it. Returns NULL if
 * memory runs out. */
uint64_t *frame_set_create(uint64_t nr_frames);

/* Adds frames [start, end). */
void frame_set_add_run(uint64_t *set, uint64_t start, uint64_t end);

/* The number of frames in [start, end) that are in the set. */
uint64_t frame_set_count(const uint64_t *set, uint64_t start, uint64_t end);

/* The first frame in [start, end) that is in the set, or, if `in` is false, that is not in the set.
 * Returns end if there is no such frame. Frames in the set `but`, which may be NULL, are regarded
 * as not in the set. */
uint64_t frame_set_next(const uint64_t *set, const uint64_t *but, bool in, uint64_t start,
			uint64_t end);
