/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Passes memory to a matcher, piece by piece. A pattern may begin in one piece and end in the
 * next. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

enum { FEED_BUFFER = 1 << 18 /* in bytes; fits in a second-level cache */ };

struct feed {
	const struct matcher *matcher; /* borrowed, as are dump, buffer, hits and survey */
	struct dump *dump;
	uint8_t *buffer; /* FEED_BUFFER bytes */
	struct hits *hits;
	/* Counts the bytes in each state. Its member `first` has addresses of the same kind as
	 * hits, which may be virtual. */
	struct dump_survey *survey;
	uint64_t damaged; /* a physical address in a damaged page; 0: no damage */
	uint64_t next; /* the address after the last piece */
	uint64_t end; /* patterns must begin below this address; 0: no limit */
	/* True if the bytes before next are zeros: at least one byte less than the longest pattern
	 * has. */
	bool only_zeros;
	size_t kept; /* number of bytes before next that seam contains */
	uint8_t seam[2 * MATCHER_LONGEST];
};

/* Searches size bytes at paddr. In hits, the first of these bytes has the given address. *end gets
 * the extent that contains the last byte. */
void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
		 struct extent *end);
