/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/scatter.h"
#include "dump/dump.h"
#include "dump/parts.h"
#include "dump/write/frame_set.h"

// clang-format off
const char *const kept_kind_names[NR_KEPT_KINDS] = {
	[KEPT_TABLE]      = "page-table",
	[KEPT_MEMORY_MAP] = "memory-map",
	[KEPT_PROCESS]    = "process",
	[KEPT_KERNEL]     = "kernel",
	[KEPT_FACTS]      = "facts",
};
// clang-format on

/* A frame that is kept in part, with its mask. */
struct part {
	uint64_t pfn;
	uint8_t mask[PAGE_MASK_BYTES];
};

struct kept {
	uint64_t nr_frames;
	/* Sets with one bit for each frame, see frame_set.h. */
	uint64_t *bits; /* owned; frames that are kept wholly or in part */
	uint64_t *whole; /* owned; frames that are kept wholly */
	/* Owned; frames that blank_words() will judge word by word. NULL: no frames are judged. */
	uint64_t *judged;
	/* Owned; the frames that are kept in part. If such a frame is later kept wholly, its
	 * element stays in the array, but is not used any more. */
	struct part *part;
	size_t nr_parts, room_parts;
	/* Owned; a hash table with the key pfn. A slot contains an index in `part`, plus 1, or 0 if
	 * the slot is free. */
	size_t *slot;
	size_t nr_slots; /* 0, or a power of two larger than nr_parts */
	uint64_t key; /* key for scatter() */
	size_t last; /* index of the part that was found last */
	uint64_t pages[NR_KEPT_KINDS];
	uint8_t *note; /* owned; NULL until the note is made */
	size_t note_size, note_room;
	bool failed;
};

struct kept *kept_create(uint64_t nr_frames)
{
	struct kept *kept = calloc(1, sizeof(*kept));

	if (!kept)
		return NULL;
	kept->nr_frames = nr_frames;
	kept->key = scatter_key();
	kept->bits = frame_set_create(nr_frames);
	kept->whole = frame_set_create(nr_frames);
	if (kept->bits && kept->whole)
		return kept;
	kept_destroy(kept);
	return NULL;
}

void kept_destroy(struct kept *kept)
{
	if (!kept)
		return;
	free(kept->bits);
	free(kept->whole);
	free(kept->judged);
	free(kept->part);
	free(kept->slot);
	free(kept->note);
	free(kept);
}

bool kept_judge(struct kept *kept)
{
	kept->judged = frame_set_create(kept->nr_frames);
	return kept->judged;
}

bool kept_is_judged(const struct kept *kept, uint64_t pfn)
{
	return kept->judged && frame_set_has(kept->judged, pfn);
}

void kept_add(struct kept *kept, uint64_t pfn, enum kept_kind kind)
{
	bool judge = kept->judged && kind == KEPT_KERNEL;

	if (pfn >= kept->nr_frames || frame_set_has(kept->whole, pfn) ||
	    (judge && kept_is_judged(kept, pfn)))
		return;
	if (kept_is_judged(kept, pfn))
		kept->pages[KEPT_KERNEL]--;
	else if (frame_set_has(kept->bits, pfn))
		kept->pages[KEPT_FACTS]--;
	frame_set_add(kept->bits, pfn);
	frame_set_add(judge ? kept->judged : kept->whole, pfn);
	if (kept->judged && !judge)
		frame_set_remove(kept->judged, pfn);
	kept->pages[kind]++;
}

void kept_add_range(struct kept *kept, uint64_t first, uint64_t last, enum kept_kind kind,
		    const struct listener *listener)
{
	for (uint64_t pfn = first >> PAGE_SHIFT;
	     pfn <= last >> PAGE_SHIFT && pfn < kept->nr_frames &&
	     !listener_stops_at(listener, pfn);
	     pfn++)
		kept_add(kept, pfn, kind);
}

/* --- frames kept in part --- */

/* Returns the slot of pfn in the hash table. If pfn has no slot, returns the free slot for it. */
static size_t *kept_slot_of(const struct kept *kept, uint64_t pfn)
{
	size_t at = (size_t)scatter(pfn, kept->key);

	for (;; at++) {
		size_t *slot = &kept->slot[at & (kept->nr_slots - 1)];

		if (!*slot || kept->part[*slot - 1].pfn == pfn)
			return slot;
	}
}

static bool kept_grow(struct kept *kept)
{
	size_t nr = kept->nr_slots ? 2 * kept->nr_slots : 1024;
	size_t *slot = calloc(nr, sizeof(*slot));

	if (!slot)
		return false;
	free(kept->slot);
	kept->slot = slot;
	kept->nr_slots = nr;
	for (size_t i = 0; i < kept->nr_parts; i++)
		*kept_slot_of(kept, kept->part[i].pfn) = i + 1;
	return true;
}

/* Returns the part of a frame. Adds an empty part if there is none. The pointer is valid until the
 * next call. Returns NULL if memory is exhausted. */
static struct part *part_of(struct kept *kept, uint64_t pfn)
{
	const struct part new = { .pfn = pfn };
	size_t *slot;

	if (kept->last < kept->nr_parts && kept->part[kept->last].pfn == pfn)
		return &kept->part[kept->last];
	if (2 * kept->nr_parts >= kept->nr_slots && !kept_grow(kept))
		return NULL;
	slot = kept_slot_of(kept, pfn);
	if (!*slot) {
		if (!array_add(&kept->part, &kept->nr_parts, &kept->room_parts, &new, sizeof(new)))
			return NULL;
		*slot = kept->nr_parts;
	}
	kept->last = *slot - 1;
	return &kept->part[kept->last];
}

/* Adds size bytes from paddr on. All bytes must be in one frame. */
static void kept_add_piece(struct kept *kept, uint64_t paddr, unsigned int size)
{
	uint64_t pfn = paddr >> PAGE_SHIFT;
	struct part *part;

	if (pfn >= kept->nr_frames || frame_set_has(kept->whole, pfn))
		return;
	part = part_of(kept, pfn);
	if (!part) {
		kept->failed = true;
		return;
	}
	mask_set(part->mask, paddr & (PAGE_BYTES - 1), size);
	if (!frame_set_has(kept->bits, pfn))
		kept->pages[KEPT_FACTS]++;
	frame_set_add(kept->bits, pfn);
}

void kept_add_bytes(struct kept *kept, uint64_t paddr, uint64_t size)
{
	while (size) {
		uint64_t room = PAGE_BYTES - (paddr & (PAGE_BYTES - 1));
		uint64_t piece = size < room ? size : room;

		kept_add_piece(kept, paddr, (unsigned int)piece);
		paddr += piece;
		size -= piece;
	}
}

bool kept_failed(const struct kept *kept)
{
	return kept->failed;
}

/* --- results --- */

/* Removes the frames from first to last (both inclusive), because they are not in the dump. Returns
 * how many of them were kept. */
static uint64_t kept_drop(struct kept *kept, uint64_t first, uint64_t last)
{
	uint64_t end = last < kept->nr_frames ? last + 1 : kept->nr_frames, nr = 0;

	for (uint64_t pfn = first; (pfn = frame_set_next(kept->bits, NULL, true, pfn, end)) < end;
	     pfn++, nr++)
		frame_set_remove(kept->bits, pfn);
	return nr;
}

bool kept_settle(struct kept *kept, struct dump *dump, uint64_t *lost)
{
	uint64_t end = kept->nr_frames << PAGE_SHIFT, steps = 0;
	struct extent extent;

	memset(lost, 0, NR_PAGE_STATES * sizeof(*lost));
	for (uint64_t paddr = 0; paddr < end; paddr = extent.last + 1) {
		dump_peek(dump, paddr, &extent);
		if (extent.state > PAGE_ZERO)
			lost[extent.state] +=
				kept_drop(kept, paddr >> PAGE_SHIFT, extent.last >> PAGE_SHIFT);
		if (extent.last >= end - 1)
			return true;
		if (listener_stops_at(dump->listener, ++steps))
			return false;
	}
	return true;
}

const uint64_t *kept_bits(const struct kept *kept)
{
	return kept->bits;
}

uint64_t kept_nr_frames(const struct kept *kept)
{
	return kept->nr_frames;
}

bool kept_has(const struct kept *kept, uint64_t pfn)
{
	return pfn < kept->nr_frames && frame_set_has(kept->bits, pfn);
}

const uint8_t *kept_bytes(const struct kept *kept, uint64_t pfn)
{
	const size_t *slot = kept->nr_slots ? kept_slot_of(kept, pfn) : NULL;

	return slot && *slot ? kept->part[*slot - 1].mask : NULL;
}

bool kept_is_whole(const struct kept *kept, uint64_t pfn)
{
	return frame_set_has(kept->whole, pfn);
}

void kept_clear_rest(const struct kept *kept, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	const uint8_t *mask;

	if (frame_set_has(kept->whole, pfn))
		return;
	mask = kept_bytes(kept, pfn);
	for (unsigned int at = 0; at < PAGE_BYTES; at++)
		if (!mask_has(mask, at))
			page[at] = 0;
}

void kept_remove(struct kept *kept, uint64_t pfn)
{
	if (kept_has(kept, pfn))
		kept->pages[KEPT_FACTS]--;
	frame_set_remove(kept->bits, pfn);
}

bool kept_each_part(const struct kept *kept,
		    bool (*visit)(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]),
		    void *arg)
{
	for (size_t i = 0; i < kept->nr_parts; i++) {
		struct part *part = &kept->part[i];

		if (frame_set_has(kept->bits, part->pfn) &&
		    !frame_set_has(kept->whole, part->pfn) && !visit(arg, part->pfn, part->mask))
			return false;
	}
	return true;
}

/* --- the note --- */

static bool add_number(struct kept *kept, uint64_t value, unsigned int size)
{
	uint8_t bytes[8];

	store_le(bytes, value, size);
	return array_add_bytes(&kept->note, &kept->note_size, &kept->note_room, bytes, size);
}

/* Finds the next run of kept bytes, from byte *first on. *last is inclusive. */
static bool kept_next_run(const uint8_t mask[PAGE_MASK_BYTES], unsigned int *first,
			  unsigned int *last)
{
	while (*first < PAGE_BYTES && !mask_has(mask, *first))
		++*first;
	for (*last = *first; *last + 1 < PAGE_BYTES && mask_has(mask, *last + 1); ++*last)
		;
	return *first < PAGE_BYTES;
}

/* In `others`, sets the bits of all bytes that are not kept, but are in a word of four bytes with
 * at least one kept byte. */
static void beside(const uint8_t mask[PAGE_MASK_BYTES], uint8_t others[PAGE_MASK_BYTES])
{
	for (unsigned int i = 0; i < PAGE_MASK_BYTES; i++) {
		uint8_t low = mask[i] & 0xf, high = mask[i] >> 4;

		others[i] = (uint8_t)((low ? ~low & 0xf : 0) | (high ? (~high & 0xf) << 4 : 0));
	}
}

/* Adds a frame to the note, with the ranges of bytes whose mask bits are set. `flag` is
 * PARTS_MARKED or 0: see dump/parts.h. */
static bool add_to_note(struct kept *kept, uint64_t pfn, const uint8_t mask[PAGE_MASK_BYTES],
			unsigned int flag)
{
	size_t nr_at = kept->note_size + 8;
	unsigned int first = 0, last, nr = flag;

	if (!add_number(kept, pfn, 8) || !add_number(kept, 0, 2))
		return false;
	for (; kept_next_run(mask, &first, &last); first = last + 1, nr++)
		if (!add_number(kept, first, 2) || !add_number(kept, last, 2))
			return false;
	kept->note[nr_at] = (uint8_t)nr;
	kept->note[nr_at + 1] = (uint8_t)(nr >> 8);
	return true;
}

static bool add_frame(struct kept *kept, uint64_t pfn)
{
	const uint8_t *mask = kept_bytes(kept, pfn);
	uint8_t others[PAGE_MASK_BYTES] = { 0 };
	unsigned int first = 0, last;

	if (kept_is_judged(kept, pfn)) {
		if (mask)
			beside(mask, others);
		return add_to_note(kept, pfn, others, PARTS_MARKED);
	}
	kept_next_run(mask, &first, &last);
	if (first == 0 && last == PAGE_BYTES - 1)
		return true;
	return add_to_note(kept, pfn, mask, 0);
}

bool kept_note(struct kept *kept, const struct listener *listener, struct bytes *note)
{
	uint64_t end = kept->nr_frames, nr_steps = 0;
	bool ok = true;

	kept->note_size = 0;
	for (uint64_t pfn = 0;
	     ok && (pfn = frame_set_next(kept->bits, kept->whole, true, pfn, end)) < end; pfn++)
		ok = add_frame(kept, pfn) && !listener_stops_at(listener, ++nr_steps);
	*note = (struct bytes){ kept->note, kept->note_size };
	return ok;
}

static uint64_t kept_nr_bytes(const struct part *part)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < sizeof(part->mask); i += sizeof(uint64_t))
		nr += (unsigned int)__builtin_popcountll(load_le64(part->mask + i));
	return nr;
}

struct kept_count kept_count(const struct kept *kept, enum kept_kind kind)
{
	struct kept_count count = { kept->pages[kind], kept->pages[kind] << PAGE_SHIFT };

	if (kind != KEPT_FACTS)
		return count;
	count.bytes = 0;
	for (size_t i = 0; i < kept->nr_parts; i++)
		if (kept_has(kept, kept->part[i].pfn) && !kept_is_judged(kept, kept->part[i].pfn) &&
		    !frame_set_has(kept->whole, kept->part[i].pfn))
			count.bytes += kept_nr_bytes(&kept->part[i]);
	return count;
}
