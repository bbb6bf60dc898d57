/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Removes names and texts from a dump. In data that answers use, names are replaced by pseudonyms,
 * and everything else that looks like text is removed. In the rest of the kernel's memory, only
 * data stay that cannot be text: constants of the kernel's image, pointers, and small numbers. */
#pragma once

#include "base/address_set.h"
#include "extract/blank.h"
#include "extract/machine_out.h"
#include "extract/pseudonym.h"
#include "kernel/noted.h"

struct byte_ranges {
	struct byte_range *range; /* owned; physical addresses, sorted, without overlaps */
	size_t nr, room;
};

struct scrub_places {
	/* The text and the constants of the kernel's image, which the kernel cannot write. Data
	 * that the kernel writes only while booting are not included. */
	struct byte_ranges constant;
	/* The heads of the hash table of file names. Pointers to these heads are not kept, because
	 * the address of a head reveals the hash of a name in its list. */
	struct byte_ranges hidden;
	struct blank_rules rules;
	/* The addresses of the struct modules of all modules that belong to the kernel's source
	 * tree. */
	struct address_set own_modules;
};

/* A range of bytes in one frame that will get new content. */
struct scrub_piece {
	uint64_t paddr;
	enum noted_kind kind;
	uint32_t size;
	size_t at; /* for NOTED_NAME: offset of the new content in `names` */
};

struct scrub {
	struct note_taker taker; /* receives the addresses of names while commands answer */
	struct kernel *kernel; /* borrowed */
	struct selection *selection; /* borrowed */
	/* Owned; bytes that are the same in all copies of this kernel, so they are not secret.
	 * Among them are the kernel's symbols and types. */
	struct selection *own;
	struct pseudonyms *pseudonyms; /* owned */
	struct scrub_places places;
	struct scrub_piece *piece; /* owned; sorted by address after scrub_settle() */
	size_t nr_pieces, room_pieces;
	struct address_set seen; /* for each piece, its paddr plus 1 */
	char *names; /* owned */
	size_t nr_names, room_names; /* in bytes */
	/* Undamaged page tables and struct pages never contain a run of this many printable
	 * bytes. */
	unsigned int shortest_in_frame;
	bool failed; /* memory was exhausted */
};

/* Finds the places. If a range is unknown, it stays empty, and then less data is kept. Returns
 * false if memory is exhausted or the user stopped the command. */
bool scrub_places_find(struct scrub_places *places, struct kernel *kernel);
void scrub_places_release(struct scrub_places *places);

/* Reads the facts of the kernel that scrubbing needs. kept is borrowed and must be empty, because
 * this function calls selection_judge(). Returns false and sets err if vmlinux belongs to another kernel
 * (then names would be searched at wrong addresses), if memory is exhausted, or if the user stopped
 * the command. */
bool scrub_create(struct scrub **scrub, struct kernel *kernel, struct selection *selection,
		  struct error *err);
void scrub_destroy(struct scrub *scrub); /* NULL is fine */

/* Adds pieces for the names of the machine, and removes text from the kept bytes. Call this when
 * all kept bytes are known, but before selection_note(). Returns false if memory is exhausted. */
bool scrub_settle(struct scrub *scrub, const struct memory_out *memory);

/* Removes from the content of a frame all bytes that must not be copied. All threads may call it
 * after scrub_settle(). */
void scrub_page(const struct scrub *scrub, uint64_t pfn, uint8_t page[PAGE_BYTES]);

/* Removes names, texts and register values that may be secret from headers and notes. Call this
 * before machine_known_finish(). Returns false if memory is exhausted. */
bool scrub_machine(const struct scrub *scrub, struct machine_known *known);
