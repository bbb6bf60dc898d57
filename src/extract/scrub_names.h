/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a scrub knows of a dump: which bytes are names, and what becomes of them. Only
 * keep/scrub*.c include it. */
#pragma once

#include "base/address_set.h"
#include "extract/pseudonym.h"
#include "extract/scrub.h"
#include "extract/scrub_places.h"
#include "kernel/noted.h"

/* What becomes of bytes of one frame. */
struct scrub_piece {
	uint64_t paddr;
	enum noted_kind kind;
	uint32_t size;
	size_t at; /* NOTED_NAME: of the other bytes, in names */
};

struct scrub {
	struct note_taker taker;
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	struct kept *own; /* owned: bytes of the build */
	struct pseudonyms *pseudonyms; /* owned */
	struct scrub_places places;
	struct scrub_piece *piece; /* owned; settled: in the order of addresses */
	size_t nr_pieces, room_pieces;
	struct address_set seen; /* physical addresses of pieces, and one */
	char *names; /* owned */
	size_t nr_names, room_names; /* bytes */
	/* Printable bytes in a row that no page of tables or struct pages has. */
	unsigned int shortest_in_frame;
	bool failed; /* out of memory */
};

/* Takes a note: adds pieces, or bytes of the build. */
void scrub_take(struct note_taker *taker, const struct noted *noted);
/* Keeps the names of the machine that the memory has, and takes note of them. */
void scrub_take_machine(struct scrub *scrub);

/* Sets the bits of bytes that are the same on each machine. */
void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]);
