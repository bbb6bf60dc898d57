/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The memory of a dump that is written: which frames, and what reads them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/page.h"

/* A frame of which the dump has less than a page, as where memory ends at 0x9fc00. Ends
 * are half-open: bytes [start, end) of the frame are memory and known, [end, known_end)
 * are memory that is not. */
struct frame_part {
	uint64_t pfn;
	uint16_t start, end, known_end;
};

struct memory_out {
	/* All sets are borrowed, and have frames below nr_frames (frame_set.h). */
	const uint64_t *kept; /* frames that are to be written */
	const uint64_t *known; /* frames that are RAM; those not kept are told as left out */
	const uint64_t *zero; /* kept frames that are known to be zeros; NULL: none */
	uint64_t nr_frames; /* one past the last frame */
	uint64_t nr_lost; /* known frames that are cut off, or damaged, as a look tells */
	const struct frame_part *parts; /* borrowed; by pfn and start */
	size_t nr_parts;
	/* One reader for each thread; NULL: out of memory. */
	void *(*reader_create)(const void *arg);
	void (*reader_destroy)(void *reader);
	/* Fills page with the frame's bytes, zeros where only parts of it are known. False:
	 * they cannot be had after all (damaged), and the frame counts as not kept. */
	bool (*read)(void *reader, uint64_t pfn, uint8_t page[PAGE_BYTES]);
	const void *arg; /* borrowed */
};
