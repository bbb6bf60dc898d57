/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Functions for formats whose dump->private is a struct extent_list, or begins with one. open()
 * adds pieces without checking for errors, and ends with extents_take(), which reports errors. The
 * other functions implement the members of struct dump_format that have the same names. */
#pragma once

#include "dump/extents.h"
#include "dump/dump.h"

/* A range of bytes in one of the dump's files. */
struct listed_place {
	const struct file *file; /* borrowed */
	unsigned int number; /* the number of the file, for dump_file() */
	uint64_t start, size; /* offset and size in the file, in bytes */
};

/* Returns the place that is the whole file of the dump with this number. */
struct listed_place listed_place_whole(const struct dump *dump, unsigned int number);

/* Adds size bytes of memory at paddr. They are stored at offset in the place. Returns the number of
 * bytes that are after the end of the place; these are PAGE_TRUNCATED. */
uint64_t extents_add(struct pieces *pieces, const struct listed_place *place, uint64_t offset,
		     uint64_t paddr, uint64_t size);

/* Sets file and data of a present extent in the dump's only file. data is NULL if the file is not
 * mapped. */
void extent_take_place(const struct dump *dump, struct extent *extent);

/* Builds the list and frees the pieces. Fails if there are no pieces, or if a piece could not be
 * added. */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void extents_survey(struct dump *dump, struct dump_survey *survey);

/* Warns if two present pieces have different bytes for the same memory. The piece that was added
 * first is used. `what` is the name of pieces in the warning, such as "segments". Of long pieces,
 * only some pages are compared. */
void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what);

/* An index for formats that list memory piece by piece, in any order. The extents have no data.
 * extent_offset() of the first address is the file offset of the extent's page or chunk. */
struct run_index {
	struct pieces runs; /* in the order of the file */
	bool contradictory; /* two runs share an address, or a page is out of order */
	/* Used by run_index_add_page(). `pending` is the last page, which is checked when the next
	 * page is added. `before` is the end address of the previous page, or 0 if there is
	 * none. */
	struct extent pending;
	uint64_t before;
};

/* Adds a page, in the order of the file. Programs write memory in ascending order, perhaps several
 * times. Therefore the address of a page is wrong if it is not between the addresses of the page
 * before and the page after, although these two are in order. In this case both that address and
 * the memory between the two pages become PAGE_DAMAGED. */
void run_index_add_page(struct run_index *index, uint64_t paddr, uint64_t offset);

/* Moves the runs to the dump's list, sorted and disjoint. If two runs have the same address, both
 * are PAGE_DAMAGED there, and the dump's listener gets a report. Fails if there are no runs, or if
 * a run could not be added. */
bool run_index_finish(struct run_index *index, struct dump *dump, struct error *err);
