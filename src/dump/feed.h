/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Feeds memory to a matcher, piece by piece. Patterns may cross from one piece to the next. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

enum { FEED_BUFFER = 1 << 18 /* bytes: fits in a second-level cache */ };

struct feed {
	const struct matcher *matcher; /* borrowed, like dump, buffer, hits and survey */
	struct dump *dump;
	uint8_t *buffer; /* FEED_BUFFER bytes */
	struct hits *hits;
	/* Bytes in each state; its first addresses are addresses of hits. */
	struct dump_survey *survey;
	uint64_t damaged; /* physical address in a damaged page; 0: no page was damaged */
	uint64_t next; /* the address after the last piece */
	uint64_t end; /* patterns begin below this address; 0: no limit */
	/* The last bytes before next are zeros: one byte less than the longest pattern. */
	bool only_zeros;
	size_t kept; /* number of bytes kept from before next, fewer than the longest pattern has */
	uint8_t seam[2 * MATCHER_LONGEST];
};

/* Feeds size bytes at paddr; their addresses in hits begin at address. *end: the extent that holds
 * the last byte. */
void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
		 struct extent *end);
