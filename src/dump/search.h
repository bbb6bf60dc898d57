/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Searches memory using several threads. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

/* A range that is contiguous both in physical addresses and in the addresses that answers show,
 * which may be virtual. */
struct search_range {
	uint64_t address; /* the first byte's address in answers */
	uint64_t paddr; /* the first byte's physical address */
	uint64_t last; /* the last byte's address in answers */
};

/* A range of memory at one of its addresses. Memory that has several addresses is searched at the
 * address of the lowest rank. */
struct ranked_range {
	struct search_range range;
	unsigned int rank; /* less than SEARCH_RANKS */
};

enum { SEARCH_RANKS = 5 };

/* Returns the ranges for a search in the order of addresses; the caller must free() them. If all is
 * true, these are all given ranges. Otherwise each byte of memory is in one range: at the address
 * of the lowest rank, and among equal ranks at the address that was given first. Returns NULL if
 * memory runs out. */
struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges);

struct search {
	struct dump *dump;
	const struct matcher *matcher; /* borrowed; matcher_finish() was called */
	const struct search_range *ranges; /* borrowed; disjoint, in the order of addresses */
	size_t nr_ranges;
	unsigned int nr_threads; /* 0: only the caller's thread */
	/* Called for each hit, in the order of addresses, in the caller's thread. Returns false to
	 * end the search. */
	bool (*found)(void *arg, const struct hit *hit);
	/* Called often. done and total are numbers of bytes. Returns false to end the search. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* The result, which is added to the previous values: the number of bytes in each state,
	 * including bytes that were not searched, and the first address in each state. The result
	 * does not depend on the number of threads. */
	struct dump_survey survey;
};

/* The number of threads that this process can run at the same time, but at most a limit. */
unsigned int search_threads(void);

/* Returns false if memory ran out, or if found() or progress() ended the search. Hits below the
 * address where the search ended were reported. */
bool search_memory(struct search *search, struct error *err);
