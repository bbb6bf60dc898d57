/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/*
 * Pages of which a dump has only some bytes. "extract" cleared the other bytes, which are zeros in
 * the dump. The note KWALK of type 1 lists these pages. All its numbers are little-endian.
 *
 * The note describes frames in ascending order. A frame has a frame number (u64), a number of runs
 * above 0 (u16), and the runs. A run is a range of bytes that are in the dump: the first and the
 * last offset in the page (u16 each, inclusive). Runs are in ascending order, with at least one
 * byte between two runs.
 *
 * In some frames, "extract --scrub" has cleared single words, depending on their content. Such a
 * frame has PARTS_MARKED added to its number of runs, which may be 0. Its runs are ranges of bytes
 * that are not in the dump. In addition, words of four bytes at multiples of four whose value is
 * PARTS_MARK are not in the dump.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum { PARTS_NOTE_TYPE = 1, PARTS_MARKED = 0x8000 };
#define PARTS_MARK UINT32_C(0xbdbdbdbd)
#define PARTS_NOTE_NAME "KWALK"

/* The sizes in bytes of the description of a frame, without its runs, and of a run. */
enum { PARTS_FRAME_BYTES = 10, PARTS_RUN_BYTES = 4 };

struct extent;

struct parts {
	struct bytes note; /* borrowed */
	size_t *frame; /* owned; for each frame, the offset of its description in the note */
	size_t nr;
};

/* Reads the note, which is borrowed. Returns NULL if the note is damaged, or if memory runs out. */
struct parts *parts_create(struct bytes note);
void parts_destroy(struct parts *parts); /* `parts` may be NULL */

/* Cuts an extent that contains paddr to a part that contains paddr and has one state. If this part
 * consists of cleared bytes, its state becomes PAGE_FILTERED. */
void parts_cut(const struct parts *parts, uint64_t paddr, struct extent *extent);
