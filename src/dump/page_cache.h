/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* A set-associative cache of unpacked pages. Its size is fixed. Pages that were used more than once
 * are evicted last. So page tables are not evicted by data that are read only once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	CACHE_PAGE_SHIFT = 12,
	CACHE_PAGE_SIZE = 1 << CACHE_PAGE_SHIFT,
	CACHE_SETS = 256,
	CACHE_WAYS = 4,
	CACHE_HOT = 256,
};

/* An entry of the index of hot pages, which are the latest hits. The index is direct-mapped, so a
 * look-up needs only one comparison. */
struct hot_page {
	uint64_t tag; /* pfn + 1, or 0 if the entry is empty */
	const uint8_t *data;
};

/* The cache. A zeroed struct is an empty cache that uses all sets. */
struct page_cache {
	size_t unused_sets; /* the number of unused sets: 0, or CACHE_SETS less a power of two */
	struct hot_page hot[CACHE_HOT];
	uint64_t tag[CACHE_SETS][CACHE_WAYS]; /* pfn + 1, or 0 if the way is empty */
	/* Pointers into buffers, or to pages outside the cache. */
	const uint8_t *data[CACHE_SETS][CACHE_WAYS];
	/* For each set, a bit for each way that had a hit since the clock algorithm tested it last:
	 * see victim(). */
	uint8_t used[CACHE_SETS];
	uint8_t hand[CACHE_SETS]; /* for each set, the way that the clock algorithm tests next */
	/* A buffer for each way. This must be the last member, so that the system allocates its
	 * memory only when pages are stored. */
	uint8_t buffers[CACHE_SETS][CACHE_WAYS][CACHE_PAGE_SIZE];
};

/* Does what dump_cache_get() does if the page is not in the index of hot pages. */
const uint8_t *dump_cache_search(struct page_cache *cache, uint64_t pfn);

/* Returns the page, or NULL if it is not in the cache. The result is valid until the next
 * dump_cache_room(). */
static inline const uint8_t *dump_cache_get(struct page_cache *cache, uint64_t pfn)
{
	const struct hot_page *hot = &cache->hot[pfn & (CACHE_HOT - 1)];

	if (hot->tag == pfn + 1)
		return hot->data;
	return dump_cache_search(cache, pfn);
}

/* A slot into which a page can be stored. dump_cache_room() returns a slot for the page of pfn; if
 * necessary, it evicts another page. The slot stays empty until dump_cache_fill() is called. */
struct page_cache_slot {
	size_t set, way;
	uint8_t *buffer; /* has CACHE_PAGE_SIZE bytes */
};
struct page_cache_slot dump_cache_room(struct page_cache *cache, uint64_t pfn);

/* Stores a page into the slot. data is the buffer of the slot, or a page that is valid longer than
 * the cache. */
void dump_cache_fill(struct page_cache *cache, const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data);
