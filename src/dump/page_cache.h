/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A cache of unpacked pages: set-associative, of a fixed size. Pages used more than once are
 * evicted last, so that page tables stay while other data passes through. */
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

/* A direct-mapped index of the latest hits: a look-up needs one comparison. */
struct hot_page {
	uint64_t tag; /* pfn + 1; 0: empty */
	const uint8_t *data;
};

/* A zeroed cache is empty. */
struct page_cache {
	struct hot_page hot[CACHE_HOT];
	uint64_t tag[CACHE_SETS][CACHE_WAYS]; /* pfn + 1; 0: empty */
	const uint8_t *data[CACHE_SETS][CACHE_WAYS]; /* pages in buffers, or in a mapping */
	uint8_t used[CACHE_SETS]; /* one bit for each way: it had a hit since the hand passed */
	uint8_t hand[CACHE_SETS]; /* the way where the next search for a victim begins */
	/* The last member: its memory is allocated only as pages come in. */
	uint8_t buffers[CACHE_SETS][CACHE_WAYS][CACHE_PAGE_SIZE];
};

static inline size_t dump_cache_set(uint64_t pfn)
{
	return (pfn ^ pfn >> 8) & (CACHE_SETS - 1);
}

/* The slow path of dump_cache_get(). */
const uint8_t *dump_cache_search(struct page_cache *cache, uint64_t pfn);

/* NULL: the page is not cached. The result is valid until the next dump_cache_room(). */
static inline const uint8_t *dump_cache_get(struct page_cache *cache, uint64_t pfn)
{
	const struct hot_page *hot = &cache->hot[pfn & (CACHE_HOT - 1)];

	if (hot->tag == pfn + 1)
		return hot->data;
	return dump_cache_search(cache, pfn);
}

/* A slot for pfn; evicts a page if necessary. The slot is empty until dump_cache_fill(). */
struct page_cache_slot {
	size_t set, way;
	uint8_t *buffer; /* CACHE_PAGE_SIZE bytes */
};
struct page_cache_slot dump_cache_room(struct page_cache *cache, uint64_t pfn);

/* data: the slot's buffer, or a page that outlives the cache. */
void dump_cache_fill(struct page_cache *cache, const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data);
