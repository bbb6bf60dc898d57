/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "extract/selection.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/scatter.h"
#include "dump/dump.h"
#include "dump/parts.h"
#include "dump/write/frame_set.h"

// clang-format off
const char *const selection_kind_names[NR_SELECTED_KINDS] = {
	[SELECTED_TABLE]      = "page-table",
	[SELECTED_MEMORY_MAP] = "memory-map",
	[SELECTED_PROCESS]    = "process",
	[SELECTED_KERNEL]     = "kernel",
	[SELECTED_FACTS]      = "facts",
};
// clang-format on

/* A frame that is kept in part, with its mask. */
struct part {
	uint64_t pfn;
	uint8_t mask[PAGE_MASK_BYTES];
};

struct selection {
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
	uint64_t pages[NR_SELECTED_KINDS];
	uint8_t *note; /* owned; NULL until the note is made */
	size_t note_size, note_room;
	bool failed;
};

struct selection *selection_create(uint64_t nr_frames)
{
	struct selection *selection = calloc(1, sizeof(*selection));

	if (!selection)
		return NULL;
	selection->nr_frames = nr_frames;
	selection->key = scatter_key();
	selection->bits = frame_set_create(nr_frames);
	selection->whole = frame_set_create(nr_frames);
	if (selection->bits && selection->whole)
		return selection;
	selection_destroy(selection);
	return NULL;
}

void selection_destroy(struct selection *selection)
{
	if (!selection)
		return;
	free(selection->bits);
	free(selection->whole);
	free(selection->judged);
	free(selection->part);
	free(selection->slot);
	free(selection->note);
	free(selection);
}

bool selection_judge(struct selection *selection)
{
	selection->judged = frame_set_create(selection->nr_frames);
	return selection->judged;
}

bool selection_is_judged(const struct selection *selection, uint64_t pfn)
{
	return selection->judged && frame_set_has(selection->judged, pfn);
}

void selection_add(struct selection *selection, uint64_t pfn, enum selection_kind kind)
{
	bool judge = selection->judged && kind == SELECTED_KERNEL;

	if (pfn >= selection->nr_frames || frame_set_has(selection->whole, pfn) ||
	    (judge && selection_is_judged(selection, pfn)))
		return;
	if (selection_is_judged(selection, pfn))
		selection->pages[SELECTED_KERNEL]--;
	else if (frame_set_has(selection->bits, pfn))
		selection->pages[SELECTED_FACTS]--;
	frame_set_add(selection->bits, pfn);
	frame_set_add(judge ? selection->judged : selection->whole, pfn);
	if (selection->judged && !judge)
		frame_set_remove(selection->judged, pfn);
	selection->pages[kind]++;
}

void selection_add_range(struct selection *selection, uint64_t first, uint64_t last,
			 enum selection_kind kind, const struct listener *listener)
{
	for (uint64_t pfn = first >> PAGE_SHIFT;
	     pfn <= last >> PAGE_SHIFT && pfn < selection->nr_frames &&
	     !listener_stops_at(listener, pfn);
	     pfn++)
		selection_add(selection, pfn, kind);
}

/* --- frames kept in part --- */

/* Returns the slot of pfn in the hash table. If pfn has no slot, returns the free slot for it. */
static size_t *selection_slot_of(const struct selection *selection, uint64_t pfn)
{
	size_t at = (size_t)scatter(pfn, selection->key);

	for (;; at++) {
		size_t *slot = &selection->slot[at & (selection->nr_slots - 1)];

		if (!*slot || selection->part[*slot - 1].pfn == pfn)
			return slot;
	}
}

static bool selection_grow(struct selection *selection)
{
	size_t nr = selection->nr_slots ? 2 * selection->nr_slots : 1024;
	size_t *slot = calloc(nr, sizeof(*slot));

	if (!slot)
		return false;
	free(selection->slot);
	selection->slot = slot;
	selection->nr_slots = nr;
	for (size_t i = 0; i < selection->nr_parts; i++)
		*selection_slot_of(selection, selection->part[i].pfn) = i + 1;
	return true;
}

/* Returns the part of a frame. Adds an empty part if there is none. The pointer is valid until the
 * next call. Returns NULL if memory is exhausted. */
static struct part *part_of(struct selection *selection, uint64_t pfn)
{
	const struct part new = { .pfn = pfn };
	size_t *slot;

	if (selection->last < selection->nr_parts && selection->part[selection->last].pfn == pfn)
		return &selection->part[selection->last];
	if (2 * selection->nr_parts >= selection->nr_slots && !selection_grow(selection))
		return NULL;
	slot = selection_slot_of(selection, pfn);
	if (!*slot) {
		if (!array_add(&selection->part, &selection->nr_parts, &selection->room_parts, &new,
			       sizeof(new)))
			return NULL;
		*slot = selection->nr_parts;
	}
	selection->last = *slot - 1;
	return &selection->part[selection->last];
}

/* Adds size bytes from paddr on. All bytes must be in one frame. */
static void selection_add_piece(struct selection *selection, uint64_t paddr, unsigned int size)
{
	uint64_t pfn = paddr >> PAGE_SHIFT;
	struct part *part;

	if (pfn >= selection->nr_frames || frame_set_has(selection->whole, pfn))
		return;
	part = part_of(selection, pfn);
	if (!part) {
		selection->failed = true;
		return;
	}
	mask_set(part->mask, paddr & (PAGE_BYTES - 1), size);
	if (!frame_set_has(selection->bits, pfn))
		selection->pages[SELECTED_FACTS]++;
	frame_set_add(selection->bits, pfn);
}

void selection_add_bytes(struct selection *selection, uint64_t paddr, uint64_t size)
{
	while (size) {
		uint64_t room = PAGE_BYTES - (paddr & (PAGE_BYTES - 1));
		uint64_t piece = size < room ? size : room;

		selection_add_piece(selection, paddr, (unsigned int)piece);
		paddr += piece;
		size -= piece;
	}
}

bool selection_failed(const struct selection *selection)
{
	return selection->failed;
}

/* --- results --- */

/* Removes the frames from first to last (both inclusive), because they are not in the dump. Returns
 * how many of them were kept. */
static uint64_t selection_drop(struct selection *selection, uint64_t first, uint64_t last)
{
	uint64_t end = last < selection->nr_frames ? last + 1 : selection->nr_frames, nr = 0;

	for (uint64_t pfn = first;
	     (pfn = frame_set_next(selection->bits, NULL, true, pfn, end)) < end; pfn++, nr++)
		frame_set_remove(selection->bits, pfn);
	return nr;
}

bool selection_settle(struct selection *selection, struct dump *dump, uint64_t *lost)
{
	uint64_t end = selection->nr_frames << PAGE_SHIFT, steps = 0;
	struct extent extent;

	memset(lost, 0, NR_PAGE_STATES * sizeof(*lost));
	for (uint64_t paddr = 0; paddr < end; paddr = extent.last + 1) {
		dump_peek(dump, paddr, &extent);
		if (extent.state > PAGE_ZERO)
			lost[extent.state] += selection_drop(selection, paddr >> PAGE_SHIFT,
							     extent.last >> PAGE_SHIFT);
		if (extent.last >= end - 1)
			return true;
		if (listener_stops_at(dump->listener, ++steps))
			return false;
	}
	return true;
}

const uint64_t *selection_bits(const struct selection *selection)
{
	return selection->bits;
}

uint64_t selection_nr_frames(const struct selection *selection)
{
	return selection->nr_frames;
}

static bool has_frame(const struct selection *selection, uint64_t pfn)
{
	return pfn < selection->nr_frames && frame_set_has(selection->bits, pfn);
}

const uint8_t *selection_bytes(const struct selection *selection, uint64_t pfn)
{
	const size_t *slot = selection->nr_slots ? selection_slot_of(selection, pfn) : NULL;

	return slot && *slot ? selection->part[*slot - 1].mask : NULL;
}

bool selection_is_whole(const struct selection *selection, uint64_t pfn)
{
	return frame_set_has(selection->whole, pfn);
}

void selection_clear_rest(const struct selection *selection, uint64_t pfn, uint8_t page[PAGE_BYTES])
{
	const uint8_t *mask;

	if (frame_set_has(selection->whole, pfn))
		return;
	mask = selection_bytes(selection, pfn);
	for (unsigned int at = 0; at < PAGE_BYTES; at++)
		if (!mask_has(mask, at))
			page[at] = 0;
}

void selection_remove(struct selection *selection, uint64_t pfn)
{
	if (has_frame(selection, pfn))
		selection->pages[SELECTED_FACTS]--;
	frame_set_remove(selection->bits, pfn);
}

bool selection_each_part(const struct selection *selection,
			 bool (*visit)(void *arg, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]),
			 void *arg)
{
	for (size_t i = 0; i < selection->nr_parts; i++) {
		struct part *part = &selection->part[i];

		if (frame_set_has(selection->bits, part->pfn) &&
		    !frame_set_has(selection->whole, part->pfn) &&
		    !visit(arg, part->pfn, part->mask))
			return false;
	}
	return true;
}

/* --- the note --- */

static bool add_number(struct selection *selection, uint64_t value, unsigned int size)
{
	uint8_t bytes[8];

	store_le(bytes, value, size);
	return array_add_bytes(&selection->note, &selection->note_size, &selection->note_room,
			       bytes, size);
}

/* Finds the next run of kept bytes, from byte *first on. *last is inclusive. */
static bool selection_next_run(const uint8_t mask[PAGE_MASK_BYTES], unsigned int *first,
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
static bool add_to_note(struct selection *selection, uint64_t pfn,
			const uint8_t mask[PAGE_MASK_BYTES], unsigned int flag)
{
	size_t nr_at = selection->note_size + 8;
	unsigned int first = 0, last, nr = flag;

	if (!add_number(selection, pfn, 8) || !add_number(selection, 0, 2))
		return false;
	for (; selection_next_run(mask, &first, &last); first = last + 1, nr++)
		if (!add_number(selection, first, 2) || !add_number(selection, last, 2))
			return false;
	selection->note[nr_at] = (uint8_t)nr;
	selection->note[nr_at + 1] = (uint8_t)(nr >> 8);
	return true;
}

static bool add_frame(struct selection *selection, uint64_t pfn)
{
	const uint8_t *mask = selection_bytes(selection, pfn);
	uint8_t others[PAGE_MASK_BYTES] = { 0 };
	unsigned int first = 0, last;

	if (selection_is_judged(selection, pfn)) {
		if (mask)
			beside(mask, others);
		return add_to_note(selection, pfn, others, PARTS_MARKED);
	}
	selection_next_run(mask, &first, &last);
	if (first == 0 && last == PAGE_BYTES - 1)
		return true;
	return add_to_note(selection, pfn, mask, 0);
}

bool selection_note(struct selection *selection, const struct listener *listener,
		    struct bytes *note)
{
	uint64_t end = selection->nr_frames, nr_steps = 0;
	bool ok = true;

	selection->note_size = 0;
	for (uint64_t pfn = 0;
	     ok && (pfn = frame_set_next(selection->bits, selection->whole, true, pfn, end)) < end;
	     pfn++)
		ok = add_frame(selection, pfn) && !listener_stops_at(listener, ++nr_steps);
	*note = (struct bytes){ selection->note, selection->note_size };
	return ok;
}

static uint64_t selection_nr_bytes(const struct part *part)
{
	uint64_t nr = 0;

	for (size_t i = 0; i < sizeof(part->mask); i += sizeof(uint64_t))
		nr += (unsigned int)__builtin_popcountll(load_le64(part->mask + i));
	return nr;
}

struct selection_count selection_count(const struct selection *selection, enum selection_kind kind)
{
	struct selection_count count = { selection->pages[kind],
					 selection->pages[kind] << PAGE_SHIFT };

	if (kind != SELECTED_FACTS)
		return count;
	count.bytes = 0;
	for (size_t i = 0; i < selection->nr_parts; i++)
		if (has_frame(selection, selection->part[i].pfn) &&
		    !selection_is_judged(selection, selection->part[i].pfn) &&
		    !frame_set_has(selection->whole, selection->part[i].pfn))
			count.bytes += selection_nr_bytes(&selection->part[i]);
	return count;
}
