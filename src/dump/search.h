/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Searches memory for patterns, using several threads. */
#pragma once

#include "dump/dump.h"
#include "dump/matcher.h"

/* A range of memory. It must be contiguous in physical memory, and also in the addresses that
 * answers show, which may be virtual. */
struct search_range {
	uint64_t address; /* the address of the first byte in answers */
	uint64_t paddr; /* the physical address of the first byte */
	uint64_t last; /* the address of the last byte in answers */
};

/* A range of memory at one of its addresses, with the rank of this address. Memory that has several
 * addresses is searched at the address with the lowest rank. */
struct ranked_range {
	struct search_range range;
	unsigned int rank; /* less than SEARCH_RANKS */
};

enum { SEARCH_RANKS = 6 };

/* Returns the ranges that must be searched, in ascending order of addresses. The caller must free()
 * them. If `all` is true, these are all given ranges. If `all` is false, each byte of memory is
 * only in one range: at the address with the lowest rank, or, if several addresses have this rank,
 * at the address that was given first. Returns NULL if memory runs out. */
struct search_range *search_ranges(const struct ranked_range *given, size_t nr, bool all,
				   size_t *nr_ranges);

struct search {
	struct dump *dump;
	const struct matcher *matcher; /* borrowed; matcher_finish() was already called */
	const struct search_range *ranges; /* borrowed; disjoint, in ascending order of addresses */
	size_t nr_ranges;
	unsigned int nr_threads; /* 0 means only the caller's thread */
	/* Called in the caller's thread for each hit, in ascending order of addresses. If it
	 * returns false, the search ends. */
	bool (*found)(void *arg, const struct hit *hit);
	/* Called often. `done` and `total` are numbers of bytes. If it returns false, the search
	 * ends. */
	bool (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* The result: the number of bytes in each state and the first address in each state. Bytes
	 * that could not be searched are counted, too. The numbers are added to the previous
	 * values. They do not depend on the number of threads. */
	struct dump_survey survey;
};

/* Runs the search. Returns false if memory ran out, or if found() or progress() ended the search.
 * In this case, all hits below the address where the search ended have been reported. */
bool search_memory(struct search *search, struct error *err);
