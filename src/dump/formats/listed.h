/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Functions for formats whose memory is a list of extents. dump->private is a struct extent_list,
 * or begins with one. open() adds pieces without checking for errors, and then calls
 * extents_take(), which reports them. extents_close(), extents_find() and extents_survey()
 * implement the members close(), find() and survey() of struct dump_format. */
#pragma once

#include "dump/extents.h"
#include "dump/dump.h"

/* A range of bytes in a file of the dump. */
struct listed_place {
	const struct file *file; /* borrowed */
	unsigned int number; /* the number of the file, for dump_file() */
	uint64_t start, size; /* the offset in the file, and the size, in bytes */
};

/* Returns the place that consists of the whole file with this number. */
struct listed_place listed_place_whole(const struct dump *dump, unsigned int number);

/* Adds size bytes of memory, from the physical address paddr on. Their bytes are at `offset` in the
 * place. Returns the number of bytes that are beyond the end of the place. These bytes are added as
 * PAGE_TRUNCATED. */
uint64_t extents_add(struct pieces *pieces, const struct listed_place *place, uint64_t offset,
		     uint64_t paddr, uint64_t size);

/* Sets the file number and the data of a present extent. The dump must have only one file. If the
 * file is not mapped, data is NULL. */
void extent_take_place(const struct dump *dump, struct extent *extent);

/* Builds the list of extents from the pieces, and frees the pieces. Fails if there are no pieces,
 * or if a piece could not be added. */
bool extents_take(struct dump *dump, struct pieces *pieces, struct error *err);
void extents_close(struct dump *dump);
void extents_find(struct dump *dump, uint64_t paddr, struct extent *extent);
void extents_survey(struct dump *dump, struct dump_survey *survey);

/* Warns if two present pieces have different bytes for the same memory. The piece that was added
 * first is used. `what` is the word for pieces in the warning, such as "segments". Of long pieces,
 * only some pages are compared. */
void overlap_warn(struct dump *dump, const struct pieces *pieces, const char *what);

/* An index for formats in which the pieces of memory may be in any order. Its extents have no data.
 * A run may consist of pages or chunks that have different sizes in the file. extent_offset() of a
 * run's first address is the file offset of its first page or chunk. */
struct run_index {
	struct pieces runs; /* the runs in the order of the file */
	bool contradictory; /* two runs contain the same address, or a page is out of order */
	/* Private to run_index_add_page(). `pending` is the page that was given last. This page is
	 * checked and added when the next page is given. `before` is the end address of the page
	 * before `pending`; 0: there is none. */
	struct extent pending;
	uint64_t before;
};

/* Adds a page. Pages must be given in the order of the file. Programs write memory in ascending
 * order of addresses, perhaps several times. Therefore, if the addresses of the two neighbours of a
 * page in the file are in ascending order, the address of the page must be between them. If it is
 * not, the address is wrong. In this case the page at this address, and the memory between the two
 * neighbours, become PAGE_DAMAGED. */
void run_index_add_page(struct run_index *index, uint64_t paddr, uint64_t offset);

/* Builds the dump's list of extents from the runs, and frees the runs. If two runs contain the same
 * address, this address is PAGE_DAMAGED, and the listener gets a report. Fails if there are no
 * runs, or if a run could not be added. */
bool run_index_finish(struct run_index *index, struct dump *dump, struct error *err);
