/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Reads the frames that must be written, using all CPUs, and passes them on in ascending order. */
#pragma once

#include "base/error.h"
#include "dump/codec.h"
#include "dump/write/dump_out.h"

enum { BATCH_PAGES = 64 };

enum page_kind {
	PAGE_IS_DATA,
	PAGE_IS_ZERO, /* all bytes are zero; the buffer of the page is not used */
	PAGE_IS_LOST, /* the page could not be read */
};

/* The frames [start, end). Of these, pfn[] contains the kept frames that must be read. Kept frames
 * that are not in pfn[] are known to be zeros. */
struct page_batch {
	uint64_t start, end;
	uint64_t rank; /* the number of kept frames below start */
	size_t nr;
	uint64_t pfn[BATCH_PAGES]; /* in ascending order */
	enum page_kind kind[BATCH_PAGES];
	/* The size of a page's data in bytes. make() may set it to less than the size of a page. */
	uint32_t size[BATCH_PAGES];
	uint8_t *bytes; /* has space for BATCH_PAGES pages; make() may change the bytes */
	int error; /* an errno that make() sets, or 0 */
};

struct page_crew {
	const struct memory_out *memory;
	const uint64_t *kept; /* the frames to read; memory->kept is not used */
	unsigned int nr_threads;
	/* Each thread gets a deflater for this codec; CODEC_NONE: no thread gets one. */
	enum codec codec;
	/* Does all work on a batch that can be done in any order. Called in any thread. */
	void (*make)(const void *arg, struct deflater *deflater, struct page_batch *batch);
	/* Does the rest of the work on a batch. Called in the caller's thread, for each batch in
	 * the order of frames. Returns false to end the work. */
	bool (*take)(void *arg, const struct page_batch *batch, struct error *err);
	void *arg;
};

bool dump_out_crew_run(struct page_crew *crew, struct error *err);
