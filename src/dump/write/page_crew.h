/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reads the frames that are to be written, using all CPUs, and passes them on in order. */
#pragma once

#include "base/error.h"
#include "dump/codec.h"
#include "dump/write/dump_out.h"

enum { BATCH_PAGES = 64 };

enum page_kind {
	PAGE_IS_DATA,
	PAGE_IS_ZERO, /* the content of the page's buffer is not used */
	PAGE_IS_LOST, /* the page could not be read */
};

/* A batch has the frames [start, end). Kept frames that are not in pfn[] are known to be zeros. */
struct page_batch {
	uint64_t start, end;
	uint64_t rank; /* the number of kept frames below start */
	size_t nr;
	uint64_t pfn[BATCH_PAGES]; /* in ascending order */
	enum page_kind kind[BATCH_PAGES];
	/* make() sets the size of a page's data in bytes, if that is less than a page. */
	uint32_t size[BATCH_PAGES];
	uint8_t *bytes; /* a page for each frame; make() may change the bytes */
	int error; /* errno of make(), or 0 */
};

struct page_crew {
	const struct memory_out *memory;
	const uint64_t *kept; /* the frames to read, instead of memory->kept */
	unsigned int nr_threads;
	enum codec codec; /* each thread gets a deflater for it; CODEC_NONE: no deflater */
	/* Does the work on a batch that does not depend on the order of batches. Called in any
	 * thread. */
	void (*make)(const void *arg, struct deflater *deflater, struct page_batch *batch);
	/* Called in the caller's thread for each batch, in the order of frames. Each frame is in
	 * one batch. Returns false to end the work. */
	bool (*take)(void *arg, const struct page_batch *batch, struct error *err);
	void *arg;
};

bool dump_out_crew_run(struct page_crew *crew, struct error *err);
