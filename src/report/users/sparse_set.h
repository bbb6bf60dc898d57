/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of page frames, whatever their numbers: bitmaps of the parts of memory that are in
 * use. dump/write/frame_set.h has sets of a known size. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	SET_CHUNK_BITS = 20, /* frames of a chunk: 4G of memory, in 128K */
	SET_MOST_CHUNKS = 1 << 12, /* 16T of memory; frames beyond are in no set */
};

struct sparse_set {
	uint64_t **chunk; /* owned; each owned, or NULL if it is empty */
	bool cut; /* frames could not be added: beyond the bound, or out of memory */
};

/* Adds frames first to last, inclusive, to once; those that it had already, to again. */
void sparse_set_add(struct sparse_set *once, struct sparse_set *again, uint64_t first,
		    uint64_t last);
/* How many of them the set has. */
uint64_t sparse_set_count(const struct sparse_set *set, uint64_t first, uint64_t last);
void sparse_set_release(struct sparse_set *set); /* zeroed is fine */
