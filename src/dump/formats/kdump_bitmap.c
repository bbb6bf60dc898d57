/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/formats/kdump_bitmap.h"

#include <stdlib.h>

#include "base/bytes.h"

/* A block has 512 frames, and the rank of its first frame is stored. The bits of a block are a
 * cache line of 64 bytes. */
enum { BLOCK_SHIFT = 9, BLOCK_WORDS = (1 << BLOCK_SHIFT) / 64 };

static uint64_t kdump_bitmap_load_word(const uint8_t *bitmap, uint64_t word)
{
	return load_le64(bitmap + 8 * word);
}

static uint64_t count_bits(const uint8_t *bitmap, uint64_t word, uint64_t end)
{
	uint64_t nr = 0;

	for (; word < end; word++)
		nr += (unsigned int)__builtin_popcountll(kdump_bitmap_load_word(bitmap, word));
	return nr;
}

bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps)
{
	uint64_t nr = (bitmaps->max_pfn + (1 << BLOCK_SHIFT) - 1) >> BLOCK_SHIFT;

	bitmaps->ranks = calloc(nr + 1, sizeof(*bitmaps->ranks));
	if (!bitmaps->ranks)
		return false;
	for (uint64_t block = 0; block < nr; block++)
		bitmaps->ranks[block + 1] =
			bitmaps->ranks[block] +
			count_bits(bitmaps->dumped, block * BLOCK_WORDS, (block + 1) * BLOCK_WORDS);
	return true;
}

uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	uint64_t block = pfn >> BLOCK_SHIFT, word = pfn / 64;
	uint64_t rank =
		bitmaps->ranks[block] + count_bits(bitmaps->dumped, block * BLOCK_WORDS, word);

	if (pfn % 64)
		rank += (unsigned int)__builtin_popcountll(
			kdump_bitmap_load_word(bitmaps->dumped, word) &
			((UINT64_C(1) << pfn % 64) - 1));
	return rank;
}

/* Returns the frames of this kind among the 64 frames of a word, as a mask. Frames from max_pfn on
 * count as FRAME_NONE. */
static uint64_t frames_of_kind(const struct kdump_bitmaps *bitmaps, uint64_t word,
			       enum kdump_frame frame)
{
	uint64_t memory = kdump_bitmap_load_word(bitmaps->memory, word);
	uint64_t dumped = kdump_bitmap_load_word(bitmaps->dumped, word);
	uint64_t covered = UINT64_MAX;

	if (bitmaps->max_pfn - 64 * word < 64)
		covered = ~(UINT64_MAX << (bitmaps->max_pfn - 64 * word));
	switch (frame) {
	case FRAME_DUMPED: return dumped & covered;
	case FRAME_LEFT_OUT: return memory & ~dumped & covered;
	default: return ~((memory | dumped) & covered);
	}
}

/* Returns the number of frames that are added to a run in one step, beginning with pfn. The result
 * is 64 if pfn is at the edge of a word with only frames of this kind. If not, the result is 1 if
 * pfn is of this kind, and 0 if it is not. */
static uint64_t step_of(const struct kdump_bitmaps *bitmaps, uint64_t pfn, bool at_edge,
			enum kdump_frame frame)
{
	uint64_t frames = frames_of_kind(bitmaps, pfn / 64, frame);

	return at_edge && frames == UINT64_MAX ? 64 : frames >> pfn % 64 & 1;
}

/* Finds the run that contains pfn. A run of FRAME_NONE is found completely. Of other runs, only the
 * part in the block of pfn is found. This limits the time of a look-up, because frames that were
 * left out are looked up one by one, and their runs may be long. */
struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	enum kdump_frame frame = FRAME_NONE;
	uint64_t low = 0, high = bitmaps->max_pfn, step;
	uint64_t start = pfn < high ? pfn : high, end = start;

	while (pfn < high && !step_of(bitmaps, pfn, false, frame))
		frame++;
	if (frame != FRAME_NONE) {
		low = pfn >> BLOCK_SHIFT << BLOCK_SHIFT;
		if (low + (1 << BLOCK_SHIFT) < high)
			high = low + (1 << BLOCK_SHIFT);
	}
	while (start > low && (step = step_of(bitmaps, start - 1, start % 64 == 0, frame)))
		start -= step;
	while (end < high && (step = step_of(bitmaps, end, end % 64 == 0, frame)))
		end += step;
	if (frame == FRAME_NONE && end >= high)
		end = 0; /* the hole extends to the last address, UINT64_MAX */
	return (struct kdump_run){ start, end - 1, frame };
}

uint64_t kdump_left_out(const struct kdump_bitmaps *bitmaps)
{
	uint64_t nr = 0;

	for (uint64_t word = 0; 64 * word < bitmaps->max_pfn; word++)
		nr += (unsigned int)__builtin_popcountll(
			frames_of_kind(bitmaps, word, FRAME_LEFT_OUT));
	return nr;
}
