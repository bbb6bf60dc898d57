/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/users/sparse_set.h"

#include <stddef.h>
#include <stdlib.h>

enum {
	WORD = 64,
	CHUNK_FRAMES = 1 << SET_CHUNK_BITS,
	CHUNK_WORDS = CHUNK_FRAMES / WORD,
};

/* Returns the word with the bit of frame pfn, or NULL if the set has no such word. */
static uint64_t *sparse_word(const struct sparse_set *set, uint64_t pfn)
{
	uint64_t *chunk;

	if (!set->chunk || pfn >> SET_CHUNK_BITS >= SET_MOST_CHUNKS)
		return NULL;
	chunk = set->chunk[pfn >> SET_CHUNK_BITS];
	return chunk ? &chunk[pfn % CHUNK_FRAMES / WORD] : NULL;
}

static uint64_t *make_word(struct sparse_set *set, uint64_t pfn)
{
	uint64_t at = pfn >> SET_CHUNK_BITS, *word;

	if (!set->chunk)
		set->chunk = calloc(SET_MOST_CHUNKS, sizeof(*set->chunk));
	if (set->chunk && at < SET_MOST_CHUNKS && !set->chunk[at])
		set->chunk[at] = calloc(CHUNK_WORDS, sizeof(uint64_t));
	word = sparse_word(set, pfn);
	set->cut |= !word;
	return word;
}

/* Returns a mask with the bits of frames pfn to last (both inclusive), as far as they are in the
 * same word as pfn. */
static uint64_t bits_of(uint64_t pfn, uint64_t last)
{
	uint64_t end = last - pfn < WORD - pfn % WORD ? last % WORD : WORD - 1;

	return (UINT64_MAX >> (WORD - 1 - end)) & (UINT64_MAX << pfn % WORD);
}

static uint64_t next_word(uint64_t pfn)
{
	return (pfn | (WORD - 1)) + 1;
}

void sparse_set_add(struct sparse_set *once, struct sparse_set *again, uint64_t first,
		    uint64_t last)
{
	for (uint64_t pfn = first; pfn <= last; pfn = next_word(pfn)) {
		uint64_t bits = bits_of(pfn, last);
		uint64_t *word = make_word(once, pfn), *other;

		if (!word)
			return;
		if (*word & bits && (other = make_word(again, pfn)))
			*other |= *word & bits;
		*word |= bits;
	}
}

uint64_t sparse_set_count(const struct sparse_set *set, uint64_t first, uint64_t last)
{
	uint64_t nr = 0;

	for (uint64_t pfn = first; pfn <= last && pfn >> SET_CHUNK_BITS < SET_MOST_CHUNKS;) {
		const uint64_t *word = sparse_word(set, pfn);

		if (word)
			nr += (unsigned int)__builtin_popcountll(*word & bits_of(pfn, last));
		pfn = word ? next_word(pfn) : (pfn | (CHUNK_FRAMES - 1)) + 1;
	}
	return nr;
}

void sparse_set_release(struct sparse_set *set)
{
	for (size_t i = 0; set->chunk && i < SET_MOST_CHUNKS; i++)
		free(set->chunk[i]);
	free(set->chunk);
	*set = (struct sparse_set){ 0 };
}
