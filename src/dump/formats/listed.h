/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* For formats whose dump->private is, or begins with, a struct extent_list. open() adds pieces,
 * unchecked, and ends with extents_take(), which reports failures. The other functions are for the
 * members of struct dump_format of the same names. */
#pragma once

#include "dump/extents.h"
#include "dump/dump.h"

/* A range of bytes in one of the dump's files. */
struct listed_place {
	const struct file *file; /* borrowed */
	unsigned int number; /* number of the file, for dump_file() */
	uint64_t start, size; /* bytes of the file */
};

/* The whole file of the dump with this number. */
struct listed_place listed_place_whole(const struct dump *dump, unsigned int number);

/* Adds size bytes of memory at paddr, stored at offset in the place. Returns how many of the bytes
 * lie after the end of the place: these are PAGE_TRUNCATED. */
uint64_t extents_add(struct pieces *pieces, const struct listed_place *place, uint64_t offset,
		     uint64_t paddr, uint64_t size);

/* For a present extent in the dump's only file: sets data, if the file is mapped. */
void extent_take_place(const struct dump *dump, struct extent *extent);

/* Builds the list and frees the pieces. Fails if there are no pieces, or if one could not be
 * added. */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void extents_survey(struct dump *dump, struct dump_survey *survey);

/* Warns if two present pieces hold the same memory with different bytes, and reports which piece is
 * read: the piece that was added first. what: "segments". Of long pieces only some pages are
 * compared. */
void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what);

/* For formats that list memory piece by piece, in any order. The extents have no data:
 * extent_offset() of the first address is the file offset of its page or chunk. */
struct run_index {
	struct pieces runs; /* in the order of the file */
	bool contradictory; /* two runs have the same address, or a page is out of order */
	/* For run_index_add_page(): the last page, which is checked when the next page comes, and
	 * the end address of the page before it; 0: none. */
	struct extent pending;
	uint64_t before;
};

/* Adds a page, in the order of the file. Writers go through memory upwards, perhaps several times.
 * If the address of a page is not between the addresses of its neighbours, and these are in order,
 * the page's address is wrong: PAGE_DAMAGED is set at that address and between the neighbours. */
void run_index_add_page(struct run_index *index, uint64_t paddr, uint64_t offset);

/* Moves the runs to the dump's list, sorted and disjoint. If two runs have the same address, both
 * are PAGE_DAMAGED there, and the dump's listener gets a warning. Fails if there are no runs, or if
 * one could not be added. */
bool run_index_finish(struct run_index *index, struct dump *dump, struct error *err);
