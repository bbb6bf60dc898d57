/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Pages of which a dump has only some bytes, and zeros for the bytes that "extract" cleared, by its
 * note KWALK of type 1. All numbers are little-endian:
 *
 * *   for each such frame, in ascending order: *     u64 frame number, u16 number of runs, above 0
 * *     for each run of bytes that are in the dump, in ascending order and apart: *       u16
 * first, u16 last: offsets in the page, inclusive
 *
 * Of frames that "extract --scrub" went through word by word, what is not in the dump depends on
 * the content. For these PARTS_MARKED is added to the number of runs, which may be 0, the runs are
 * of bytes that are not in the dump, and neither are words of four bytes, at multiples of four,
 * that are PARTS_MARK.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { PARTS_NOTE_TYPE = 1, PARTS_MARKED = 0x8000 };
#define PARTS_MARK UINT32_C(0xbdbdbdbd)
#define PARTS_NOTE_NAME "KWALK"

/* Sizes of the parts of the note. */
enum { PARTS_FRAME_BYTES = 10, PARTS_RUN_BYTES = 4 };

struct extent;

struct parts {
	struct bytes note; /* borrowed */
	size_t *frame; /* owned; offset of each frame */
	size_t nr;
};

/* NULL: the note is damaged, or out of memory. */
struct parts *parts_create(struct bytes note);
void parts_destroy(struct parts *parts); /* NULL is fine */

/* Cuts an extent that holds paddr to the bytes around paddr in the same state: cleared bytes are
 * PAGE_FILTERED. */
void parts_cut(const struct parts *parts, uint64_t paddr, struct extent *extent);
