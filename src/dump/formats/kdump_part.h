/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* One file of a kdump-compressed dump, which may be split over several. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/codec.h"
#include "dump/dump.h"
#include "dump/formats/kdump_bitmap.h"
#include "dump/formats/kdump_header.h"

struct kdump_part {
	const char *path; /* borrowed from the dump, like source */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* its frames, half-open */
	uint64_t start_rank; /* of start_pfn */
	uint64_t nr; /* number of its descriptors */
	uint64_t descriptors; /* file offset of the first one */
	uint64_t data; /* file offset after the last descriptor, where pages begin */
	bool in_order; /* pages are in the order of their descriptors */
	bool cut; /* pages are beyond the end of the file */
	bool nonsense; /* a descriptor is invalid */
	bool contradictory; /* bitmap and descriptors contradict each other */
};

/* Computes start_rank and the members after it, and reports damage to listener. */
void kdump_part_place(struct kdump_part *part, const struct kdump_bitmaps *bitmaps,
		      struct listener *listener);

/* Warns listener why the page of this rank cannot be read; what: the page's name. */
void kdump_part_tell(const struct kdump_part *part, uint64_t rank, const char *what,
		     struct listener *listener);

/* Finds the page of this rank: PAGE_PRESENT with *place set to a range within the
 * file, or the reason why it cannot be read. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct packed_page *place);

/* The parts of a dump, in the order of their memory. */
struct kdump_set {
	struct kdump_part *parts; /* owned; by start_pfn */
	size_t nr;
};

/* Reads the headers of the dump's files, and sorts them. Fails if they are not parts
 * of one dump, or if a part was given twice. */
bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err);

/* Cuts the parts to max_pfn, the end of the bitmaps, and warns of missing parts. */
void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn);

/* The part with the descriptor of this frame; NULL: it was not given. */
const struct kdump_part *kdump_set_find(const struct kdump_set *set, uint64_t pfn);
