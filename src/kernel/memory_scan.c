/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "kernel/memory_scan.h"

#include <stdlib.h>

enum {
	BLOCK = 4096,
	/* Smaller extents are copied to a buffer of this many bytes, so that they are scanned
	 * together. */
	JOINED = 1 << 16,
	LONGEST = 14, /* the number of bytes of the longest text */
	PROGRESS = 1 << 20, /* progress() is called each time this many bytes were scanned */
};

static const struct {
	const char *bytes;
	size_t size;
} texts[NR_MEMORY_TEXTS] = {
	[TEXT_BANNER] = { "Linux version ", 14 },
	[TEXT_NOTE] = { "OSRELEASE=", 10 },
};

#define WORD(A, B, C, D)                                                                           \
	((uint32_t)(A) | (uint32_t)(B) << 8 | (uint32_t)(C) << 16 | (uint32_t)(D) << 24)

/* Can a text, or a part of it, be in this block? The function compares each aligned word with four
 * words of each text, one for each alignment that the text may have. The loop is several times as
 * fast as memmem(), because compilers vectorise a loop of constant length without branches. */
static bool memory_scan_may_hold_text(const uint8_t *block)
{
	uint32_t any = 0;

	for (unsigned int i = 0; i < BLOCK; i += 4) {
		uint32_t word = load_le32(block + i);

		any |= (word == WORD('x', ' ', 'v', 'e')) | (word == WORD(' ', 'v', 'e', 'r')) |
		       (word == WORD('v', 'e', 'r', 's')) | (word == WORD('e', 'r', 's', 'i')) |
		       (word == WORD('O', 'S', 'R', 'E')) | (word == WORD('S', 'R', 'E', 'L')) |
		       (word == WORD('R', 'E', 'L', 'E')) | (word == WORD('E', 'L', 'E', 'A'));
	}
	return any;
}

/* Finds all texts that begin in data[from, to). paddr is the physical address of data[0]. */
static void find_texts(struct memory_scan *scan, const uint8_t *data, size_t from, size_t to,
		       uint64_t paddr)
{
	for (enum memory_text text = 0; text < NR_MEMORY_TEXTS; text++) {
		uint64_t start = paddr + from;
		size_t at = from;

		for (;;) {
			const uint8_t *found;

			if (scan->from[text] > start)
				at += scan->from[text] - start;
			if (at >= to)
				break;
			found = memmem(data + at, to - at, texts[text].bytes, texts[text].size);
			if (!found)
				break;
			at = (size_t)(found - data);
			start = paddr + at;
			scan->from[text] = scan->found(scan->arg, text, start);
			if (scan->from[text] <= start) /* no address is above start */
				scan->from[text] = UINT64_MAX;
		}
	}
}

/* Scans contiguous memory block by block. If a block may contain a text, the bytes before and after
 * it are scanned, too, because the text may extend into them. Holes of a sparse file are skipped,
 * because they contain no text. */
static void memory_scan_run(struct memory_scan *scan, const struct extent *extent,
			    const uint8_t *data, size_t size, uint64_t paddr)
{
	size_t next = 0; /* the offset at which progress is reported and a hole is searched next */

	for (size_t at = 0; at < size; at += BLOCK) {
		size_t from, to;

		if (at >= next) {
			if (listener_stops(scan->dump->listener))
				return;
			scan->progress(scan->arg, paddr + at);
			at += (size_t)dump_hole(scan->dump, extent, paddr + at, size - at) &
			      ~(size_t)(BLOCK - 1);
			if (at >= size)
				return;
			next = at + PROGRESS;
		}
		from = at < LONGEST ? 0 : at - LONGEST;
		to = size - at < BLOCK + LONGEST ? size : at + BLOCK + LONGEST;
		if (size - at < BLOCK || memory_scan_may_hold_text(data + at))
			find_texts(scan, data, from, to, paddr);
	}
}

/* Copies the memory from paddr up to the first gap, but at most JOINED bytes, to buffer. Returns
 * the number of bytes. */
static size_t memory_scan_join(struct dump *dump, uint64_t paddr, uint8_t *buffer)
{
	struct extent extent;
	size_t size = 0, part;

	while (size < JOINED && paddr + size >= paddr) {
		dump_find(dump, paddr + size, &extent);
		if (!extent.data)
			break;
		part = JOINED - size;
		if (extent.last - (paddr + size) < part)
			part = (size_t)(extent.last - (paddr + size)) + 1;
		memcpy(buffer + size, extent.data + (paddr + size - extent.first), part);
		size += part;
	}
	return size;
}

/* Is paddr in a hole of a file that is not mapped? If so, *last gets the last address of this hole
 * in the extent. */
static bool is_hole(const struct dump *dump, const struct extent *extent, uint64_t paddr,
		    uint64_t *last)
{
	uint64_t hole;

	if (extent->state != PAGE_PRESENT || extent->data)
		return false;
	hole = dump_hole(dump, extent, paddr, extent->last - paddr + 1);
	if (hole)
		*last = paddr + hole - 1;
	return hole;
}

void memory_scan(struct memory_scan *scan)
{
	uint8_t *buffer = malloc(JOINED);
	uint64_t paddr = 0, last = 0;
	struct extent extent;

	if (!buffer)
		return;
	do {
		size_t size = 0;

		dump_find_run(scan->dump, paddr, &extent);
		last = extent.last;
		if (is_hole(scan->dump, &extent, paddr, &last)) {
			/* the hole contains no text */
		} else if (extent.data && last - paddr >= JOINED) {
			memory_scan_run(scan, &extent, extent.data + (paddr - extent.first),
					(size_t)(last - paddr) + 1, paddr);
		} else if (extent.state == PAGE_PRESENT &&
			   (size = memory_scan_join(scan->dump, paddr, buffer))) {
			memory_scan_run(scan, &(struct extent){ .file = 0 }, buffer, size, paddr);
			/* A text may begin at the end of the buffer, so the next buffer begins
			 * before that end. */
			last = paddr + size - 1;
			if (size == JOINED)
				last -= LONGEST;
		}
		paddr = last + 1;
	} while (last != UINT64_MAX && !listener_stops(scan->dump->listener));
	free(buffer);
}
