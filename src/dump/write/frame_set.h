/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Sets of page frames. A set has a bit for each frame. A word has the bits of 64 frames, and its
 * lowest bit belongs to the lowest of them. */
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

/* Creates an empty set for the frames below nr_frames. The caller must free() it. Returns NULL if
 * memory runs out. */
uint64_t *frame_set_create(uint64_t nr_frames);

/* Adds the frames [start, end). */
void frame_set_add_run(uint64_t *set, uint64_t start, uint64_t end);

/* Returns the number of frames in [start, end) that the set contains. */
uint64_t frame_set_count(const uint64_t *set, uint64_t start, uint64_t end);

/* Returns the first frame in [start, end) that is in the set, or, if `in` is false, the first that
 * is not. Frames in the set `but` count as not in the set; `but` may be NULL. Returns end if there
 * is no such frame. */
uint64_t frame_set_next(const uint64_t *set, const uint64_t *but, bool in, uint64_t start,
			uint64_t end);
