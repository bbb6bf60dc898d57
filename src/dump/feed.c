/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/feed.h"

#include "base/counts.h"
#include "base/page.h"

enum { LARGE_PIECE = 1 << 16 /* in bytes; smaller pieces are searched in the mapping */ };

static void feed_find(struct feed *feed, struct match_window window)
{
	if (feed->end && window.address >= feed->end)
		return;
	if (feed->end && feed->end - window.address < window.starts)
		window.starts = (size_t)(feed->end - window.address);
	matcher_find(feed->matcher, &window, feed->hits);
}

/* Updates the seam: it becomes the last bytes of the old seam and of data. */
static void feed_keep(struct feed *feed, const uint8_t *data, size_t size)
{
	size_t most = feed->matcher->longest - 1, old = most - size;

	if (size >= most) {
		memcpy(feed->seam, data + (size - most), most);
		feed->kept = most;
		return;
	}
	old = smaller_of(old, feed->kept);
	memmove(feed->seam, feed->seam + (feed->kept - old), old);
	memcpy(feed->seam + old, data, size);
	feed->kept = old + size;
}

static void feed_data(struct feed *feed, uint64_t address, const uint8_t *data, size_t size)
{
	size_t part = feed->matcher->longest - 1;

	feed->only_zeros = false;
	if (address != feed->next)
		feed->kept = 0;
	part = smaller_of(part, size);
	if (feed->kept) {
		memcpy(feed->seam + feed->kept, data, part);
		feed_find(feed, (struct match_window){ feed->seam, address - feed->kept,
						       feed->kept + part, feed->kept, feed->kept });
	}
	feed_find(feed, (struct match_window){ data, address, size, size, 0 });
	feed_keep(feed, data, size);
	feed->next = address + size;
}

/* Searches size zeros. If zeros match no pattern, most of them are skipped. Only the first and the
 * last zeros are searched, because they may be parts of patterns. */
static void feed_zeros(struct feed *feed, uint64_t address, uint64_t size)
{
	size_t edge = feed->matcher->longest - 1, part;
	bool passed = !feed->matcher->matches_zeros;
	bool whole = size >= edge;

	if (passed && feed->only_zeros && address == feed->next) {
		feed->next += size;
		return;
	}
	while (size) {
		if (passed && size > 2 * edge) {
			if (address == feed->next)
				feed_data(feed, address, dump_zero_page, edge);
			address += size - edge;
			size = edge;
			feed->next = address;
			feed->kept = 0;
		}
		part = size < PAGE_BYTES ? (size_t)size : PAGE_BYTES;
		feed_data(feed, address, dump_zero_page, part);
		address += part;
		size -= part;
	}
	feed->only_zeros = whole;
}

/* Searches bytes that are read from the file part by part, because they may be too many for memory.
 * A hole is searched as zeros, without reading it. If bytes can be neither read nor found in the
 * mapping, the file has changed since it was opened, and the address is recorded in
 * feed->damaged. */
static void feed_file(struct feed *feed, const struct extent *extent, uint64_t address,
		      uint64_t paddr, uint64_t size)
{
	uint64_t hole = dump_hole(feed->dump, extent, paddr, size);
	size_t part;

	feed_zeros(feed, address, hole);
	for (uint64_t at = hole; at < size; at += part) {
		const uint8_t *data = NULL;

		part = size - at < FEED_BUFFER ? (size_t)(size - at) : FEED_BUFFER;
		if (dump_reread(feed->dump, extent, paddr + at, feed->buffer, part))
			data = feed->buffer;
		else if (extent->data)
			data = extent->data + (paddr + at - extent->first);
		if (data)
			feed_data(feed, address + at, data, part);
		else if (!feed->damaged)
			feed->damaged = paddr + at;
	}
}

static void feed_present(struct feed *feed, const struct extent *extent, uint64_t address,
			 uint64_t paddr, uint64_t size)
{
	const uint8_t *data = extent->data;

	if (data)
		data += paddr - extent->first;
	if ((uintptr_t)data - (uintptr_t)dump_zero_page < PAGE_BYTES)
		feed_zeros(feed, address, size);
	else if (!data || size >= LARGE_PIECE)
		feed_file(feed, extent, address, paddr, size);
	else
		feed_data(feed, address, data, (size_t)size);
	if (dump_extents_last(feed->dump) && size < LARGE_PIECE)
		count_read(feed->dump->counts, size);
}

void feed_memory(struct feed *feed, uint64_t address, uint64_t paddr, uint64_t size,
		 struct extent *end)
{
	while (size) {
		uint64_t part = size;

		dump_find_run(feed->dump, paddr, end);
		if (end->last - paddr < size)
			part = end->last - paddr + 1;
		dump_survey_add(feed->survey, end->state, address, part);
		if (end->state == PAGE_PRESENT)
			feed_present(feed, end, address, paddr, part);
		else if (end->state == PAGE_ZERO)
			feed_zeros(feed, address, part);
		else if (end->state == PAGE_DAMAGED && !feed->damaged)
			feed->damaged = paddr;
		address += part;
		paddr += part;
		size -= part;
	}
}
