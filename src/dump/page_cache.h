/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Cache of inflated pages: set-associative, of a fixed size. Pages used more than once
 * are evicted last, so page tables stay while data streams through. */
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

/* Direct-mapped index of the latest hits, for a look-up by one comparison. */
struct hot_page {
	uint64_t tag; /* pfn + 1; 0: none */
	const uint8_t *data;
};

/* Empty if zeroed. */
struct page_cache {
	struct hot_page hot[CACHE_HOT];
	uint64_t tag[CACHE_SETS][CACHE_WAYS]; /* pfn + 1; 0: empty */
	const uint8_t *data[CACHE_SETS][CACHE_WAYS]; /* in buffers, or in a mapping */
	uint8_t used[CACHE_SETS]; /* a bit for each way: hit since the hand passed */
	uint8_t hand[CACHE_SETS]; /* the way to look for a victim at next */
	/* Last, so that memory is only allocated as pages come in. */
	uint8_t buffers[CACHE_SETS][CACHE_WAYS][CACHE_PAGE_SIZE];
};

static inline size_t dump_cache_set(uint64_t pfn)
{
	return (pfn ^ pfn >> 8) & (CACHE_SETS - 1);
}

/* Slow half of dump_cache_get(). */
const uint8_t *dump_cache_search(struct page_cache *cache, uint64_t pfn);

/* NULL if the page is not cached. Valid until the next dump_cache_room(). */
static inline const uint8_t *dump_cache_get(struct page_cache *cache, uint64_t pfn)
{
	const struct hot_page *hot = &cache->hot[pfn & (CACHE_HOT - 1)];

	if (hot->tag == pfn + 1)
		return hot->data;
	return dump_cache_search(cache, pfn);
}

/* A slot for pfn, evicting a page if need be. Empty until dump_cache_fill(). */
struct page_cache_slot {
	size_t set, way;
	uint8_t *buffer; /* CACHE_PAGE_SIZE bytes */
};
struct page_cache_slot dump_cache_room(struct page_cache *cache, uint64_t pfn);

/* data: the slot's buffer, or a page that outlives the cache. */
void dump_cache_fill(struct page_cache *cache, const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data);
