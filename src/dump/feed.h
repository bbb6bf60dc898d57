/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches memory for patterns: passes it to a matcher, piece by piece. A pattern may begin in one
 * piece and end in the next piece. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

enum { FEED_BUFFER = 1 << 18 /* in bytes; fits into a second-level cache */ };

struct feed {
	/* Borrowed; dump, buffer, hits and survey are borrowed, too. */
	const struct matcher *matcher;
	struct dump *dump;
	uint8_t *buffer; /* has FEED_BUFFER bytes */
	struct hits *hits;
	/* The number of bytes in each state. The addresses in survey->first are of the same kind as
	 * the addresses of hits: physical or virtual. */
	struct dump_survey *survey;
	uint64_t damaged; /* a physical address in a damaged page; 0: no page was damaged */
	uint64_t next; /* the address after the last piece */
	uint64_t end; /* patterns must begin below this address; 0: no limit */
	/* True if the last N - 1 bytes before `next` are zeros. N is the size of the longest
	 * pattern. */
	bool only_zeros;
	size_t kept; /* the number of bytes in seam, which are the last bytes before `next` */
	uint8_t seam[2 * MATCHER_LONGEST];
};

/* Searches the size bytes of memory at the physical address paddr. `address` is the address that
 * hits report for the first of them. *end gets the extent that contains the last byte. */
void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
		 struct extent *end);
