/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads the frames to be written, using all CPUs, and passes them on in order. */
#pragma once

#include "base/error.h"
#include "dump/codec.h"
#include "dump/write/dump_out.h"

enum { BATCH_PAGES = 64 };

enum page_kind {
	PAGE_IS_DATA,
	PAGE_IS_ZERO, /* the content of its buffer does not matter */
	PAGE_IS_LOST, /* the page could not be read */
};

/* The frames [start, end). Kept frames that are not in pfn[] are known to be zeros. */
struct page_batch {
	uint64_t start, end;
	uint64_t rank; /* number of kept frames below start */
	size_t nr;
	uint64_t pfn[BATCH_PAGES]; /* in ascending order */
	enum page_kind kind[BATCH_PAGES];
	/* Set by make(): bytes of the page's data, if not a whole page. */
	uint32_t size[BATCH_PAGES];
	uint8_t *bytes; /* one page of bytes for each frame; make() may change them */
	int error; /* errno of make(); 0: success */
};

struct page_crew {
	const struct memory_out *memory;
	const uint64_t *kept; /* the frames to read, in place of memory's kept */
	unsigned int nr_threads;
	enum codec codec; /* each thread gets a deflater for this codec; CODEC_NONE: no deflater */
	/* Called in any thread: does the work on a batch that does not depend on the order. */
	void (*make)(const void *arg, struct deflater *deflater, struct page_batch *batch);
	/* Called in the caller's thread for each batch, in the order of frames. Each frame is in
	 * one batch. False: the work ends. */
	bool (*take)(void *arg, const struct page_batch *batch, struct error *err);
	void *arg;
};

bool dump_out_crew_run(struct page_crew *crew, struct error *err);
