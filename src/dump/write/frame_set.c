/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/write/frame_set.h"

#include <stdlib.h>

uint64_t *frame_set_create(uint64_t nr_frames)
{
	return calloc(frame_set_words(nr_frames) + 1, sizeof(uint64_t));
}

/* Returns a mask of the bits of this word that belong to frames in [start, end). */
static uint64_t mask_of(uint64_t word, uint64_t start, uint64_t end)
{
	uint64_t mask = UINT64_MAX;

	if (start > 64 * word)
		mask <<= start - 64 * word;
	if (end - 64 * word < 64)
		mask &= ~(UINT64_MAX << (end - 64 * word));
	return mask;
}

void frame_set_add_run(uint64_t *set, uint64_t start, uint64_t end)
{
	for (uint64_t word = start / 64; 64 * word < end; word++)
		set[word] |= mask_of(word, start, end);
}

uint64_t frame_set_count(const uint64_t *set, uint64_t start, uint64_t end)
{
	uint64_t nr = 0;

	for (uint64_t word = start / 64; 64 * word < end; word++)
		nr += (unsigned int)__builtin_popcountll(set[word] & mask_of(word, start, end));
	return nr;
}

uint64_t frame_set_next(const uint64_t *set, const uint64_t *but, bool in, uint64_t start,
			uint64_t end)
{
	for (uint64_t word = start / 64; 64 * word < end; word++) {
		uint64_t bits = but ? set[word] & ~but[word] : set[word];

		bits = (in ? bits : ~bits) & mask_of(word, start, end);
		if (bits)
			return 64 * word + (unsigned int)__builtin_ctzll(bits);
	}
	return end;
}
