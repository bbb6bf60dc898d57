/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A dump without names and texts. Names that answers show are replaced in place by pseudonyms. In
 * other data that answers use, everything that looks like text is removed. In the rest of the
 * kernel's memory only data that cannot be text stay: constants of the kernel's image, pointers,
 * and small numbers. */
#pragma once

#include "base/address_set.h"
#include "extract/machine_out.h"
#include "extract/pseudonym.h"
#include "extract/scrub_places.h"
#include "kernel/noted.h"

/* New content for some bytes of one frame. */
struct scrub_piece {
	uint64_t paddr;
	enum noted_kind kind;
	uint32_t size;
	size_t at; /* NOTED_NAME: place in names of the new bytes */
};

struct scrub {
	struct note_taker taker; /* records which bytes are names while commands answer */
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	/* Owned: bytes of the build, which are no secret. Its symbols and types are recorded
	 * here. */
	struct kept *own;
	struct pseudonyms *pseudonyms; /* owned; pseudonyms of all names */
	struct scrub_places places;
	struct scrub_piece *piece; /* owned; after scrub_settle() in the order of addresses */
	size_t nr_pieces, room_pieces;
	struct address_set seen; /* physical addresses of pieces, plus 1 */
	char *names; /* owned */
	size_t nr_names, room_names; /* in bytes */
	/* Pages of tables or struct pages have no run of this many printable bytes. */
	unsigned int shortest_in_frame;
	bool failed; /* out of memory */
};

/* Reads facts of the kernel. kept is borrowed and must be empty: frames of the kernel will be
 * judged (kept.h). False: names cannot be found, because vmlinux belongs to another kernel; out of
 * memory; or stopped. */
bool scrub_create(struct scrub **scrub, struct kernel *kernel, struct kept *kept,
		  struct error *err);
void scrub_destroy(struct scrub *scrub); /* NULL is fine */

/* Call it when all kept bytes are known, before their note is made: adds the names of the machine,
 * and drops bytes that are text. False: out of memory. */
bool scrub_settle(struct scrub *scrub, const struct memory_out *memory);

/* Reduces a frame to the bytes that may be copied. Any thread may call it after scrub_settle(). */
void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES]);

/* Reduces headers and notes in the same way, before machine_known_finish(). False: out of
 * memory. */
bool scrub_machine(const struct scrub *scrub, struct machine_known *known);

/* --- for scrub.c: scrub_names.c --- */

/* Takes a note: adds pieces, or adds bytes of the build. */
void scrub_take(struct note_taker *taker, const struct noted *noted);
/* Keeps the machine's names in memory, and notes them. */
void scrub_take_machine(struct scrub *scrub);

/* Sets the bits of bytes that are the same on each machine with this kernel. */
void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]);
