/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* For formats whose dump->private is, or begins with, a struct extent_list. open()
 * adds pieces, unchecked, and ends with extents_take(), which reports failures; the
 * other functions have the meaning of struct dump_format's. */
#pragma once

#include "dump/extents.h"
#include "dump/dump.h"

/* A place of memory in one of the dump's files. */
struct listed_place {
	const struct file *file; /* borrowed */
	unsigned int number; /* by dump_file() */
	uint64_t start, size; /* bytes of the file */
};

/* All of the dump's file of this number. */
struct listed_place listed_place_whole(const struct dump *dump, unsigned int number);

/* Adds size bytes of memory at paddr, which are at offset in the place. Returns how many
 * lie after its end: these are PAGE_TRUNCATED. */
uint64_t extents_add(struct pieces *pieces, const struct listed_place *place, uint64_t offset,
		     uint64_t paddr, uint64_t size);

/* For a present extent whose origin is the dump's only file: adds data, where it is
 * mapped. */
void extent_take_place(const struct dump *dump, struct extent *extent);

/* Builds the list and frees the pieces. Fails if there are none, or if one could
 * not be added. */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void extents_survey(struct dump *dump, struct dump_survey *survey);

/* Warns if two pieces that are present hold the same memory with different bytes, and
 * says which one is read: the one that was added first. what: "segments". Of
 * long pieces some pages are compared. */
void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what);

/* For formats that list memory piece by piece, in any order. The extents have no data:
 * extent_offset() of the first address is the file offset of its page or chunk. */
struct run_index {
	struct pieces runs; /* as they are in the file */
	bool contradictory; /* an address is in two runs, or a page out of order */
	/* Of run_index_add_page(): the last page, checked when the next one comes, and
	 * the end address of the page before it; 0: none. */
	struct extent pending;
	uint64_t before;
};

/*
 * Adds a page, in the order of the file. Writers go through memory upwards, perhaps
 * several times: if a page is not between its neighbours, and these are in order, its
 * address is wrong. Then the page at that address and those between the neighbours are
 * PAGE_DAMAGED.
 */
void run_index_add_page(struct run_index *index, uint64_t paddr, uint64_t offset);

/* Moves the runs to the dump's list, sorted and disjoint. Two runs of one address are
 * both PAGE_DAMAGED, and the dump's listener gets a warning. Fails if there are none, or if
 * one could not be added. */
bool run_index_finish(struct run_index *index, struct dump *dump, struct error *err);
