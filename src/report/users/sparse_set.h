/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of page frames with any frame numbers. A set has a bitmap for each chunk of memory that
 * contains frames of the set. dump/write/frame_set.h has sets of a fixed size. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	SET_CHUNK_BITS = 20, /* log2 of the frames of a chunk: 4 GiB of memory, 128 KiB of bits */
	SET_MOST_CHUNKS = 1 << 12, /* 16 TiB of memory; frames above are never in a set */
};

struct sparse_set {
	uint64_t **chunk; /* owned; each element is owned, or NULL if the chunk has no frames */
	bool cut; /* frames could not be added: too high, or out of memory */
};

/* Adds the frames first to last, inclusive, to once. Frames that are in once already are added to
 * again. */
void sparse_set_add(struct sparse_set *once, struct sparse_set *again, uint64_t first,
		    uint64_t last);
/* Returns how many of the frames first to last, inclusive, are in the set. */
uint64_t sparse_set_count(const struct sparse_set *set, uint64_t first, uint64_t last);
void sparse_set_release(struct sparse_set *set); /* set may be zeroed */
