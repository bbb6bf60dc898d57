/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The parts of a dump to copy: for each page frame nothing, the whole frame, or some of its
 * bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/listener.h"
#include "base/page.h"

struct dump;
struct listener;
struct kept; /* defined in kept.c */

/* A bit for each byte of a page, low bits first. */
enum { PAGE_MASK_BYTES = PAGE_BYTES / 8 };

static inline bool mask_has(const uint8_t mask[PAGE_MASK_BYTES], unsigned int at)
{
	return mask[at / 8] >> at % 8 & 1;
}

/* Sets the bits of size bytes from first on. */
static inline void mask_set(uint8_t mask[PAGE_MASK_BYTES], unsigned int at, unsigned int size)
{
	for (; size && at % 8; at++, size--)
		mask[at / 8] |= (uint8_t)(1 << at % 8);
	memset(mask + at / 8, 0xff, size / 8);
	for (at += size / 8 * 8, size %= 8; size; at++, size--)
		mask[at / 8] |= (uint8_t)(1 << at % 8);
}

/* Reasons to keep a frame. */
enum kept_kind {
	KEPT_TABLE, /* a page table */
	KEPT_MEMORY_MAP, /* struct pages */
	KEPT_PROCESS, /* mapped by a requested process */
	KEPT_KERNEL, /* the kernel's own memory */
	KEPT_FACTS, /* only bytes that answers use */
	NR_KEPT_KINDS
};
extern const char *const kept_kind_names[NR_KEPT_KINDS];

struct kept_count {
	uint64_t pages, bytes; /* pages and bytes that are kept, not cleared */
};

/* nr_frames: the last frame that can be kept, plus 1. NULL: out of memory. */
struct kept *kept_create(uint64_t nr_frames);
void kept_destroy(struct kept *kept); /* NULL is fine */

/* Keeps a whole frame. If it is already kept, its kind stays the same, unless only some of its
 * bytes were kept. Frames from nr_frames on are ignored. */
void kept_add(struct kept *kept, uint64_t pfn, enum kept_kind kind);
/* Keeps the frames that hold bytes first to last, physical and inclusive; the listener can stop the
 * work. */
void kept_add_range(struct kept *kept, uint64_t first, uint64_t last, enum kept_kind kind,
		    const struct listener *listener);
/* Keeps size bytes of memory from paddr on. */
void kept_add_bytes(struct kept *kept, uint64_t paddr, uint64_t size);
/* From now on frames of KEPT_KERNEL are judged word by word: only bytes added by kept_add_bytes(),
 * before or after, are kept in any case. Call it before any frame is added. False: out of
 * memory. */
bool kept_judge(struct kept *kept);
/* Out of memory: some parts are missing. */
bool kept_failed(const struct kept *kept);

/* Drops frames that are not in the dump, and counts them by state in lost[], which has room for
 * NR_PAGE_STATES numbers. False: stopped. */
bool kept_settle(struct kept *kept, struct dump *dump, uint64_t *lost);

/* One bit for each frame that is kept wholly or in part, low bits first; borrowed. */
const uint64_t *kept_bits(const struct kept *kept);
uint64_t kept_nr_frames(const struct kept *kept);
bool kept_has(const struct kept *kept, uint64_t pfn);
/* For a kept frame: are all of its bytes kept? Are its words judged? If neither, some bytes are
 * kept. */
bool kept_is_whole(const struct kept *kept, uint64_t pfn);
bool kept_is_judged(const struct kept *kept, uint64_t pfn);
/* One bit for each byte of the frame that kept_add_bytes() added, low bits first; NULL: no such
 * byte. Borrowed until the next addition. */
const uint8_t *kept_bytes(const struct kept *kept, uint64_t pfn);
/* Removes a frame of which only some bytes are kept. */
void kept_remove(struct kept *kept, uint64_t pfn);
/* Visits the bits of all frames that are kept in part, in any order; visit() may clear bits. False:
 * visit() returned false. */
bool kept_each_part(const struct kept *kept,
		    bool (*visit)(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]),
		    void *arg);
/* For a frame that is not judged: clears the bytes of the page that are not kept. Any thread may
 * call it after all frames have been added. */
void kept_clear_rest(const struct kept *kept, uint64_t pfn, uint8_t page[PAGE_BYTES]);

/* The note that lists the kept bytes of frames (dump/parts.h), and the frames that have marks
 * because they were judged. Empty if all frames are kept wholly. Made once, after all frames have
 * been added; owned by kept. False: out of memory, or stopped by the listener, which may be
 * NULL. */
bool kept_note(struct kept *kept, const struct listener *listener, struct bytes *note);

struct kept_count kept_count(const struct kept *kept, enum kept_kind kind);
