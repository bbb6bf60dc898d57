/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The files of a kdump-compressed dump. makedumpfile may split a dump over several files, its
 * parts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "dump/dump.h"
#include "dump/formats/kdump_bitmap.h"
#include "dump/formats/kdump_header.h"

struct kdump_part {
	const char *path; /* `path` and `source` are borrowed from the dump */
	struct source *source;
	struct kdump_header header;
	uint64_t start_pfn, end_pfn; /* the frames of this part; the end is exclusive */
	uint64_t start_rank; /* the rank of start_pfn */
	uint64_t nr; /* the number of descriptors in this part */
	uint64_t descriptors; /* the file offset of the first descriptor */
	uint64_t data; /* the file offset of the first page, which follows the last descriptor */
	bool cut; /* at least one page is beyond the end of the file */
	bool nonsense; /* at least one descriptor is invalid */
	bool contradictory; /* the bitmap does not agree with the descriptors */
};

/* Sets start_rank and the members after it. Reports damage to the listener. */
void kdump_part_place(struct kdump_part *part, const struct kdump_bitmaps *bitmaps,
		      struct listener *listener);

/* Reports to the listener why the page with this rank cannot be read. `what` names the page in the
 * message. */
void kdump_part_tell(const struct kdump_part *part, uint64_t rank, const char *what,
		     struct listener *listener);

/* Finds the page with this rank. If it can be read, returns PAGE_PRESENT, and sets *place to a
 * range within the file. If not, the returned state is the reason. */
enum page_state kdump_part_find(const struct kdump_part *part, uint64_t rank,
				struct packed_page *place);

/* Does another descriptor lead to the page with this rank, or to a part of it? If so, one of the
 * descriptors is wrong. `page` is from kdump_part_find(), and is not the shared page of zeros. */
bool kdump_part_is_shared(const struct kdump_part *part, uint64_t rank,
			  const struct packed_page *page);

/* The parts of a dump, sorted by the addresses of their memory. */
struct kdump_set {
	struct kdump_part *parts; /* owned; sorted by their first frame */
	size_t nr;
};

/* Reads the headers of the dump's files, and sorts the parts. Fails if the files do not belong to
 * the same dump, or if a part was given twice. */
bool kdump_set_open(struct kdump_set *set, struct dump *dump, struct error *err);

/* Limits the frames of the parts to max_pfn, the end of the bitmaps. Warns about missing parts. */
void kdump_set_check(struct kdump_set *set, struct dump *dump, uint64_t max_pfn);

/* Returns the part that contains the descriptor of this frame, or NULL if that part was not
 * given. */
const struct kdump_part *kdump_set_find(const struct kdump_set *set, uint64_t pfn);
