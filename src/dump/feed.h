/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Memory for a matcher, piece by piece. Patterns may cross from one to the next. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

enum { FEED_BUFFER = 1 << 18 /* bytes: within a second-level cache */ };

struct feed {
	const struct matcher *matcher; /* borrowed, as are dump, buffer, hits and survey */
	struct dump *dump;
	uint8_t *buffer; /* FEED_BUFFER bytes */
	struct hits *hits;
	struct dump_survey *survey; /* bytes in each state, by the addresses that hits have */
	uint64_t damaged; /* a physical address in a damaged page; 0: none */
	uint64_t next; /* the address after the last piece */
	uint64_t end; /* patterns begin below it, unless it is 0 */
	bool only_zeros; /* the longest pattern less a byte before next is zeros */
	size_t kept; /* bytes before next, fewer than the longest pattern has */
	uint8_t seam[2 * MATCHER_LONGEST];
};

/* Feeds size bytes at paddr, whose first has the address. *end is the extent in which
 * they end. */
void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
		 struct extent *end);
