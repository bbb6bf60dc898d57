/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A file of a kdump-compressed dump, which may be split over several files. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/codec.h"
#include "dump/dump.h"
#include "dump/formats/kdump_bitmap.h"
#include "dump/formats/kdump_header.h"

struct kdump_part {
	const char *path; /* borrowed from the dump, as is source */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* frames of this part; the end is exclusive */
	uint64_t start_rank; /* the rank of start_pfn */
	uint64_t nr; /* number of descriptors in this part */
	uint64_t descriptors; /* file offset of the first descriptor */
	uint64_t data; /* file offset of the first page, after the last descriptor */
	bool in_order; /* pages are in the order of their descriptors */
	bool cut; /* some pages are beyond the end of the file */
	bool nonsense; /* a descriptor is invalid */
	bool contradictory; /* the bitmap and the descriptors contradict each other */
};

/* Computes start_rank and the members after it. Reports damage to the listener. */
void kdump_part_place(struct kdump_part *part, const struct kdump_bitmaps *bitmaps,
		      struct listener *listener);

/* Reports to the listener why the page with this rank cannot be read. `what` is the name of the
 * page in the message. */
void kdump_part_tell(const struct kdump_part *part, uint64_t rank, const char *what,
		     struct listener *listener);

/* Finds the page with this rank. Returns PAGE_PRESENT and sets *place to a range within the file,
 * or returns the reason why the page cannot be read. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct packed_page *place);

/* The parts of a dump, sorted by the addresses of their memory. */
struct kdump_set {
	struct kdump_part *parts; /* owned; sorted by start_pfn */
	size_t nr;
};

/* Reads the headers of the dump's files, and sorts the parts. Fails if the files are not parts of
 * one dump, or if a part was given twice. */
bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err);

/* Cuts the parts at max_pfn, the end of the bitmaps, and warns about missing parts. */
void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn);

/* Returns the part that has the descriptor of this frame, or NULL if that part was not given. */
const struct kdump_part *kdump_set_find(const struct kdump_set *set, uint64_t pfn);
