/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dump/kdump_bitmap.h"

#include <stdlib.h>

#include "base/bytes.h"

/* A cache line of bits: a rank is remembered for each 2M of memory. */
enum { BLOCK_SHIFT = 9, BLOCK_WORDS = (1 << BLOCK_SHIFT) / 64 };

/* Bits set, by adding ever wider fields: x86-64 has no instruction for it that
 * every machine knows. */
static unsigned int count_bits(uint64_t word)
{
	const uint64_t pairs = UINT64_C(0x5555555555555555);
	const uint64_t fours = UINT64_C(0x3333333333333333);
	const uint64_t bytes = UINT64_C(0x0f0f0f0f0f0f0f0f);

	word -= word >> 1 & pairs;
	word = (word & fours) + (word >> 2 & fours);
	word = (word + (word >> 4)) & bytes;
	return (unsigned int)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* 64 frames of a bitmap. */
static uint64_t load_word(const uint8_t *const *blocks, uint64_t word)
{
	return load_le64(kdump_bitmap_byte(blocks, 8 * word));
}

static uint64_t nr_blocks(const struct kdump_bitmaps *bitmaps)
{
	return (bitmaps->max_pfn + (1 << BLOCK_SHIFT) - 1) >> BLOCK_SHIFT;
}

bool kdump_bitmaps_open(struct kdump_bitmaps *bitmaps)
{
	uint64_t nr = nr_blocks(bitmaps), rank = 0;

	bitmaps->ranks = malloc((nr + 1) * sizeof(*bitmaps->ranks));
	if (!bitmaps->ranks)
		return false;
	for (uint64_t block = 0; block < nr; block++) {
		bitmaps->ranks[block] = rank;
		for (unsigned int i = 0; i < BLOCK_WORDS; i++)
			rank += count_bits(load_word(bitmaps->dumped,
						     block * BLOCK_WORDS + i));
	}
	bitmaps->ranks[nr] = rank;
	return true;
}

void kdump_bitmaps_close(struct kdump_bitmaps *bitmaps)
{
	free(bitmaps->ranks);
	free(bitmaps->memory);
	free(bitmaps->dumped);
	*bitmaps = (struct kdump_bitmaps){ 0 };
}

uint64_t kdump_rank(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	uint64_t block = pfn >> BLOCK_SHIFT, word = block * BLOCK_WORDS;
	uint64_t rank = bitmaps->ranks[block];

	for (; word < pfn / 64; word++)
		rank += count_bits(load_word(bitmaps->dumped, word));
	if (pfn % 64)
		rank += count_bits(load_word(bitmaps->dumped, word) &
				   ((UINT64_C(1) << pfn % 64) - 1));
	return rank;
}

/* Of 64 frames those that are this. Beyond max_pfn all are FRAME_NONE. */
static uint64_t frames_that_are(const struct kdump_bitmaps *bitmaps,
				uint64_t word, enum kdump_frame frame)
{
	uint64_t memory = load_word(bitmaps->memory, word);
	uint64_t dumped = load_word(bitmaps->dumped, word);
	uint64_t beyond = 0;

	if (bitmaps->max_pfn - 64 * word < 64)
		beyond = UINT64_MAX << (bitmaps->max_pfn - 64 * word);
	switch (frame) {
	case FRAME_DUMPED:
		return dumped & ~beyond;
	case FRAME_LEFT_OUT:
		return memory & ~dumped & ~beyond;
	default:
		return ~(memory | dumped) | beyond;
	}
}

static uint64_t nr_words(const struct kdump_bitmaps *bitmaps)
{
	return (bitmaps->max_pfn + 63) / 64;
}

/* The words that a run is looked for in: a hole is told of whole, frames that
 * were left out by the block, as they are asked for one by one. */
struct window {
	uint64_t first, end;
};

static struct window window_of(const struct kdump_bitmaps *bitmaps,
			       uint64_t word, enum kdump_frame frame)
{
	uint64_t first = word & ~(uint64_t)(BLOCK_WORDS - 1);
	uint64_t end = nr_words(bitmaps);

	if (frame == FRAME_NONE)
		return (struct window){ 0, end };
	return (struct window){
		first, first + BLOCK_WORDS < end ? first + BLOCK_WORDS : end
	};
}

/* The lowest frame above pfn that is not this or beyond the window. */
static uint64_t end_of_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn,
			   enum kdump_frame frame)
{
	uint64_t word = pfn / 64, others;
	struct window window = window_of(bitmaps, word, frame);

	if (word >= window.end)
		return UINT64_MAX;
	others = ~frames_that_are(bitmaps, word, frame) &
		 UINT64_MAX << pfn % 64;
	while (!others) {
		if (++word == window.end)
			return frame == FRAME_NONE ? UINT64_MAX : word * 64;
		others = ~frames_that_are(bitmaps, word, frame);
	}
	return word * 64 + (unsigned int)__builtin_ctzll(others);
}

/* The lowest frame of the window from which on all up to pfn are this. */
static uint64_t start_of_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn,
			     enum kdump_frame frame)
{
	struct window window;
	uint64_t word, others;

	if (pfn >= bitmaps->max_pfn) {
		if (!bitmaps->max_pfn)
			return 0;
		pfn = bitmaps->max_pfn - 1;
		if (!(frames_that_are(bitmaps, pfn / 64, frame) >> pfn % 64 & 1))
			return bitmaps->max_pfn;
	}
	word = pfn / 64;
	window = window_of(bitmaps, word, frame);
	others = ~frames_that_are(bitmaps, word, frame) &
		 UINT64_MAX >> (63 - pfn % 64);
	while (!others) {
		if (word-- == window.first)
			return window.first * 64;
		others = ~frames_that_are(bitmaps, word, frame);
	}
	return word * 64 + 64 - (unsigned int)__builtin_clzll(others);
}

static enum kdump_frame frame_at(const struct kdump_bitmaps *bitmaps,
				 uint64_t pfn)
{
	if (kdump_is_dumped(bitmaps, pfn))
		return FRAME_DUMPED;
	if (pfn < bitmaps->max_pfn &&
	    (*kdump_bitmap_byte(bitmaps->memory, pfn >> 3) >> (pfn & 7) & 1))
		return FRAME_LEFT_OUT;
	return FRAME_NONE;
}

struct kdump_run kdump_run(const struct kdump_bitmaps *bitmaps, uint64_t pfn)
{
	struct kdump_run run = { .frame = frame_at(bitmaps, pfn) };
	uint64_t end = end_of_run(bitmaps, pfn, run.frame);

	run.first = start_of_run(bitmaps, pfn, run.frame);
	run.last = end == UINT64_MAX ? UINT64_MAX : end - 1;
	return run;
}

void kdump_count(const struct kdump_bitmaps *bitmaps, uint64_t *left_out,
		 uint64_t *nonsense)
{
	*left_out = *nonsense = 0;
	for (uint64_t word = 0; word < nr_words(bitmaps); word++) {
		uint64_t memory = load_word(bitmaps->memory, word);

		*left_out += count_bits(
			frames_that_are(bitmaps, word, FRAME_LEFT_OUT));
		*nonsense += count_bits(
			~memory & frames_that_are(bitmaps, word, FRAME_DUMPED));
	}
}
