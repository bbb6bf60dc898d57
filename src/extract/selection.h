/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The parts of a dump to copy. From each page frame, nothing, the whole frame, or some bytes are
 * copied. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/listener.h"
#include "base/page.h"

struct dump;
struct selection; /* defined in selection.c */

/* A mask has one bit for each byte of a page, low bits first. */
enum { PAGE_MASK_BYTES = PAGE_BYTES / 8 };

static inline bool mask_has(const uint8_t mask[PAGE_MASK_BYTES], unsigned int at)
{
	return mask[at / 8] >> at % 8 & 1;
}

/* Sets the bits of size bytes from byte `at` on. */
static inline void mask_set(uint8_t mask[PAGE_MASK_BYTES], unsigned int at, unsigned int size)
{
	for (; size && at % 8; at++, size--)
		mask[at / 8] |= (uint8_t)(1 << at % 8);
	memset(mask + at / 8, 0xff, size / 8);
	for (at += size / 8 * 8, size %= 8; size; at++, size--)
		mask[at / 8] |= (uint8_t)(1 << at % 8);
}

/* Reasons to keep a frame. */
enum selection_kind {
	SELECTED_TABLE, /* a page table */
	SELECTED_MEMORY_MAP, /* struct pages */
	SELECTED_PROCESS, /* mapped by a requested process */
	SELECTED_KERNEL, /* the kernel's own memory */
	SELECTED_FACTS, /* only the bytes that answers use are kept */
	NR_SELECTED_KINDS
};
extern const char *const selection_kind_names[NR_SELECTED_KINDS];

struct selection_count {
	/* pages: number of pages that are kept wholly or in part; bytes: number of bytes that are
	 * kept. */
	uint64_t pages, bytes;
};

/* All frames that will be kept must have numbers below nr_frames. Returns NULL if memory is
 * exhausted. */
struct selection *selection_create(uint64_t nr_frames);
void selection_destroy(struct selection *selection); /* NULL is fine */

/* Keeps a whole frame. If the whole frame is already kept, the frame's kind does not change.
 * Ignores frames from nr_frames on. */
void selection_add(struct selection *selection, uint64_t pfn, enum selection_kind kind);
/* Keeps the frames that contain the bytes from first to last, which are physical addresses, both
 * inclusive. Returns early if the listener asks it to stop. */
void selection_add_range(struct selection *selection, uint64_t first, uint64_t last,
			 enum selection_kind kind, const struct listener *listener);
/* Keeps size bytes from the physical address paddr on. */
void selection_add_bytes(struct selection *selection, uint64_t paddr, uint64_t size);
/* From now on, all frames of SELECTED_KERNEL are judged: blank_words() decides later, word by word,
 * what is copied from them. Bytes that selection_add_bytes() adds are copied in any case. Call this
 * before any frame is added. Returns false if memory is exhausted. */
bool selection_judge(struct selection *selection);
/* Returns true if memory was exhausted, so that some parts are missing. */
bool selection_failed(const struct selection *selection);

/* Removes frames that are not in the dump. Counts the removed frames by their state in lost[], an
 * array of NR_PAGE_STATES numbers. Returns false if the listener asked it to stop. */
bool selection_settle(struct selection *selection, struct dump *dump, uint64_t *lost);

/* Returns a set with one bit for each frame that is kept wholly or in part, low bits first. The set
 * is borrowed. */
const uint64_t *selection_bits(const struct selection *selection);
uint64_t selection_nr_frames(const struct selection *selection);
/* For a kept frame: selection_is_whole() returns true if all its bytes are kept, and selection_is_judged()
 * returns true if blank_words() decides which bytes are kept. If both return false, only some bytes
 * are kept. */
bool selection_is_whole(const struct selection *selection, uint64_t pfn);
bool selection_is_judged(const struct selection *selection, uint64_t pfn);
/* Returns a mask of the bytes of the frame that selection_add_bytes() added, or NULL if it added none.
 * The mask is borrowed, and valid until the next addition. */
const uint8_t *selection_bytes(const struct selection *selection, uint64_t pfn);
/* Removes a frame of which only some bytes are kept. */
void selection_remove(struct selection *selection, uint64_t pfn);
/* Visits all frames that are kept in part, in any order. visit may clear bits of the mask. Returns
 * false if visit returned false. */
bool selection_each_part(const struct selection *selection,
			 bool (*visit)(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]),
			 void *arg);
/* Clears the bytes of the page that are not kept. Must not be called for a judged frame. All
 * threads may call it after all frames were added. */
void selection_clear_rest(const struct selection *selection, uint64_t pfn,
			  uint8_t page[PAGE_BYTES]);

/* Makes the note that describes incomplete frames (dump/parts.h): the kept bytes of each frame, and
 * the judged frames, which contain PARTS_MARK. The note is empty if all frames are kept wholly.
 * Call this after all frames were added. The note is owned by `kept`, and is valid until the next
 * call. Returns false if memory is exhausted, or if the listener (which may be NULL) asked it to
 * stop. */
bool selection_note(struct selection *selection, const struct listener *listener,
		    struct bytes *note);

struct selection_count selection_count(const struct selection *selection, enum selection_kind kind);
