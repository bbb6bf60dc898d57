/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of page frames, with large gaps between frame numbers. A set has bitmaps only for chunks of
 * memory with frames in the set. For memory without large gaps, see dump/write/frame_set.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	/* a chunk has 1 << SET_CHUNK_BITS frames: 4 GiB of memory, with a bitmap of 128 KiB */
	SET_CHUNK_BITS = 20,
	SET_MOST_CHUNKS = 1 << 12, /* 16 TiB of memory; frames above this are never added */
};

struct sparse_set {
	uint64_t **chunk; /* owned, like its elements; NULL: no frame of this chunk is in the set */
	/* some frames could not be added, because they were too high or memory was exhausted */
	bool cut;
};

/* Adds the frames first to last (both inclusive) to *once. Frames that are already in *once are
 * added to *again, too. */
void sparse_set_add(struct sparse_set *once, struct sparse_set *again, uint64_t first,
		    uint64_t last);
/* Returns how many of the frames first to last (both inclusive) are in the set. */
uint64_t sparse_set_count(const struct sparse_set *set, uint64_t first, uint64_t last);
void sparse_set_release(struct sparse_set *set); /* all members of set may be zero */
