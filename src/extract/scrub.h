/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Removes names and texts from a dump. Names that answers show are replaced in place by pseudonyms.
 * From other data that answers use, everything that looks like text is removed. In the rest of the
 * kernel's memory only data stay that cannot be text: constants of the kernel's image, pointers,
 * and small numbers. */
#pragma once

#include "base/address_set.h"
#include "extract/machine_out.h"
#include "extract/pseudonym.h"
#include "extract/scrub_places.h"
#include "kernel/noted.h"

/* A range of bytes in one frame that get new content. */
struct scrub_piece {
	uint64_t paddr;
	enum noted_kind kind;
	uint32_t size;
	size_t at; /* with NOTED_NAME: offset of the new bytes in names */
};

struct scrub {
	struct note_taker taker; /* receives the places of names while commands answer */
	struct kernel *kernel; /* borrowed */
	struct kept *kept; /* borrowed */
	/* Owned: bytes that are the same in all copies of this kernel, so they are no secret.
	 * Symbols and types of the kernel are recorded here. */
	struct kept *own;
	struct pseudonyms *pseudonyms; /* owned */
	struct scrub_places places;
	struct scrub_piece *piece; /* owned; sorted by address after scrub_settle() */
	size_t nr_pieces, room_pieces;
	struct address_set seen; /* the paddr of each piece, plus 1 */
	char *names; /* owned */
	size_t nr_names, room_names; /* in bytes */
	/* A run of this many printable bytes does not occur in undamaged page tables and struct
	 * pages. */
	unsigned int shortest_in_frame;
	bool failed; /* memory was exhausted */
};

/* Reads the facts of the kernel that scrubbing needs. kept is borrowed and must be empty, because
 * frames of the kernel become judged (kept.h). Returns false and sets err if vmlinux belongs to
 * another kernel (names would be searched in wrong places), if memory is exhausted, or if the user
 * stopped it. */
bool scrub_create(struct scrub **scrub, struct kernel *kernel, struct kept *kept,
		  struct error *err);
void scrub_destroy(struct scrub *scrub); /* NULL is fine */

/* Call this when all kept bytes are known, but before their note is made. Adds the names of the
 * machine, and removes kept bytes that are text. Returns false if memory is exhausted. */
bool scrub_settle(struct scrub *scrub, const struct memory_out *memory);

/* Reduces the content of a frame to the bytes that may be copied. Any thread may call it after
 * scrub_settle(). */
void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES]);

/* Reduces headers and notes in the same way. Call it before machine_known_finish(). Returns false
 * if memory is exhausted. */
bool scrub_machine(const struct scrub *scrub, struct machine_known *known);

/* --- for scrub.c: scrub_names.c --- */

/* Handles a noted place in memory: adds pieces, or adds the bytes to scrub->own. */
void scrub_take(struct note_taker *taker, const struct noted *noted);
/* Keeps the names of the machine in memory, and adds pieces for them. */
void scrub_take_machine(struct scrub *scrub);

/* Sets the mask bits of bytes that are the same on each machine with this kernel. */
void scrub_mark_own(const struct scrub *scrub, uint64_t pfn, uint8_t mask[PAGE_MASK_BYTES]);
