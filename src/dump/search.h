/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The search of memory by several threads. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

/* Memory that is contiguous both in physical addresses and in the addresses of answers, which may
 * be virtual. */
struct search_range {
	uint64_t address; /* address of the first byte in answers */
	uint64_t paddr; /* physical address of the first byte */
	uint64_t last; /* address of the last byte in answers */
};

/* A range of memory at one of its addresses. Memory with several addresses is searched at the one
 * of lowest rank. */
struct ranked_range {
	struct search_range range;
	unsigned int rank; /* lower than SEARCH_RANKS */
};

enum { SEARCH_RANKS = 5 };

/* Ranges for a search, in the order of addresses; the caller frees them. Returns either all given
 * ranges, or each byte of memory once: at the address of the lowest rank, and with equal ranks at
 * the address given first. NULL: out of memory. */
struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges);

struct search {
	struct dump *dump;
	const struct matcher *matcher; /* borrowed, finished */
	const struct search_range *ranges; /* borrowed; disjoint, in the order of addresses */
	size_t nr_ranges;
	unsigned int nr_threads; /* 0: the caller's thread alone */
	/* Called for each hit, in the order of addresses, in the caller's thread. False ends the
	 * search. */
	bool (*found)(void *arg, const struct hit *hit);
	/* Called often; done: bytes searched so far. False ends the search. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* Result, added to the previous values: bytes in each state, including bytes that were not
	 * searched, and the first address in each state. The same for any number of threads. */
	struct dump_survey survey;
};

/* The number of threads that this process may run at the same time, up to a limit. */
unsigned int search_threads(void);

/* False: out of memory, or ended by found() or progress(). Hits below the address where the search
 * ended were reported. */
bool search_memory(struct search *search, struct error *err);
