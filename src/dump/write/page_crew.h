/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads the frames that are written by all CPUs, and gives them out in order. */
#pragma once

#include "base/error.h"
#include "dump/codec.h"
#include "dump/write/dump_out.h"

enum { BATCH_PAGES = 64 };

enum page_kind {
	PAGE_IS_DATA,
	PAGE_IS_ZERO, /* its bytes do not matter */
	PAGE_IS_LOST, /* could not be read */
};

/* The frames [start, end): kept frames that are not among its pages are known to be zeros. */
struct page_batch {
	uint64_t start, end;
	uint64_t rank; /* kept frames below start */
	size_t nr;
	uint64_t pfn[BATCH_PAGES]; /* ascending */
	enum page_kind kind[BATCH_PAGES];
	uint32_t size[BATCH_PAGES]; /* of the page's bytes, if that is not a page: make()'s */
	uint8_t *bytes; /* a page for each; make() may put others there */
	int error; /* errno of make(), 0 if it succeeded */
};

struct page_crew {
	const struct memory_out *memory;
	const uint64_t *kept; /* instead of memory's: frames to be read */
	unsigned int nr_threads;
	enum codec codec; /* what each thread has a deflater for; CODEC_NONE: none has any */
	/* In a thread: does with a batch that was read what can be done in any order. */
	void (*make)(const void *arg, struct deflater *deflater, struct page_batch *batch);
	/* In the caller's thread, in order of the frames, each in one of the
	 * batches. False: the work ends. */
	bool (*take)(void *arg, const struct page_batch *batch, struct error *err);
	void *arg;
};

bool dump_out_crew_run(struct page_crew *crew, struct error *err);
