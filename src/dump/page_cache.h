/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pages of a compressed dump that were asked for last: set-associative, of
 * a fixed size. A page that was asked for again outlives those that were not,
 * so page tables stay while data passes through.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CACHE_PAGE_SHIFT = 12,
	CACHE_PAGE_SIZE = 1 << CACHE_PAGE_SHIFT,
	CACHE_SETS = 256,
	CACHE_WAYS = 4,
	CACHE_HOT = 256,
};

/* A page of the cache that was asked for last of all that share its place here:
 * found by one comparison. */
struct hot_page {
	uint64_t tag; /* pfn + 1; 0: none */
	const uint8_t *data;
};

struct page_cache {
	struct hot_page hot[CACHE_HOT];
	uint64_t tag[CACHE_SETS][CACHE_WAYS]; /* pfn + 1; 0: empty */
	const uint8_t *data[CACHE_SETS][CACHE_WAYS]; /* in buffers, or in a mapping */
	uint8_t used[CACHE_SETS]; /* bit per way: asked for again */
	uint8_t hand[CACHE_SETS]; /* where the search for a victim goes on */
	uint8_t *buffers;         /* owned; a page for each slot */
};

struct page_cache *page_cache_create(void); /* NULL: out of memory */
void page_cache_destroy(struct page_cache *cache); /* NULL is fine */

static inline size_t page_cache_set(uint64_t pfn)
{
	return (pfn ^ pfn >> 8) & (CACHE_SETS - 1);
}

/* Slow half of page_cache_get(). */
const uint8_t *page_cache_search(struct page_cache *cache, uint64_t pfn);

/* NULL: not there. Valid until the next page_cache_room(). */
static inline const uint8_t *page_cache_get(struct page_cache *cache,
					    uint64_t pfn)
{
	const struct hot_page *hot = &cache->hot[pfn & (CACHE_HOT - 1)];

	if (hot->tag == pfn + 1)
		return hot->data;
	return page_cache_search(cache, pfn);
}

/* A slot for pfn, which another page may have had to leave. It stays empty
 * until it is filled. */
struct page_cache_slot {
	size_t set, way;
	uint8_t *buffer; /* CACHE_PAGE_SIZE bytes */
};
struct page_cache_slot page_cache_room(struct page_cache *cache, uint64_t pfn);

/* data: the slot's buffer, or bytes that outlive the cache. */
void page_cache_fill(struct page_cache *cache,
		     const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data);
