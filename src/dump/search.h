/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search of memory by several threads. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

/* Memory that is contiguous by physical addresses, and by the addresses of answers, which may be
 * virtual. */
struct search_range {
	uint64_t address; /* of the first byte */
	uint64_t paddr; /* the same byte's */
	uint64_t last; /* address of the last byte */
};

/* One of the addresses that memory has: the lowest rank is taken. */
struct ranked_range {
	struct search_range range;
	unsigned int rank; /* below SEARCH_RANKS */
};

enum { SEARCH_RANKS = 5 };

/* Ranges for a search, by address; the caller frees them. Either all given ranges, or each byte
 * of memory once: at the address of the lowest rank, and among equals at the one given first.
 * NULL: out of memory. */
struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges);

struct search {
	struct dump *dump;
	const struct matcher *matcher; /* borrowed, finished */
	const struct search_range *ranges; /* borrowed; disjoint, by address */
	size_t nr_ranges;
	unsigned int nr_threads; /* 0: the caller's alone */
	/* Called for each place in the order of addresses, by the caller's thread.
	 * False ends the search. */
	bool (*found)(void *arg, const struct hit *hit);
	/* Called often: that many of total bytes were searched. False ends the search. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* Results, added to what is there: bytes in each state, including bytes that were not
	 * searched, and the first address in that state. The same for any number of threads. */
	struct dump_survey survey;
};

/* As many threads as this process may run at the same time, within reason. */
unsigned int search_threads(void);

/* False: out of memory, or ended by found() or progress(). Places below the address
 * where it ended were found. */
bool search_memory(struct search *search, struct error *err);
