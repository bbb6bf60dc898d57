/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* A set-associative cache of unpacked pages, of a fixed size. Pages that are used more than once
 * are evicted last, so that page tables remain while other data is read once. */
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

/* A direct-mapped index of the latest hits, in which a look-up needs only one comparison. */
struct hot_page {
	uint64_t tag; /* pfn + 1, or 0 if empty */
	const uint8_t *data;
};

/* A zeroed cache is empty. */
struct page_cache {
	struct hot_page hot[CACHE_HOT];
	uint64_t tag[CACHE_SETS][CACHE_WAYS]; /* pfn + 1, or 0 if empty */
	const uint8_t *data[CACHE_SETS][CACHE_WAYS]; /* pointers into buffers, or into a mapping */
	uint8_t used[CACHE_SETS]; /* a bit for each way that had a hit since the hand passed */
	uint8_t hand[CACHE_SETS]; /* the way at which the next search for a victim begins */
	/* This member is the last, so that the system allocates its memory only when pages are
	 * stored. */
	uint8_t buffers[CACHE_SETS][CACHE_WAYS][CACHE_PAGE_SIZE];
};

static inline size_t dump_cache_set(uint64_t pfn)
{
	return (pfn ^ pfn >> 8) & (CACHE_SETS - 1);
}

/* The slow path of dump_cache_get(). */
const uint8_t *dump_cache_search(struct page_cache *cache, uint64_t pfn);

/* Returns the page, or NULL if the page is not cached. The result is valid until the next
 * dump_cache_room(). */
static inline const uint8_t *dump_cache_get(struct page_cache *cache, uint64_t pfn)
{
	const struct hot_page *hot = &cache->hot[pfn & (CACHE_HOT - 1)];

	if (hot->tag == pfn + 1)
		return hot->data;
	return dump_cache_search(cache, pfn);
}

/* A slot for a page. dump_cache_room() returns a slot for pfn, and evicts a page if necessary. The
 * slot is empty until dump_cache_fill(). */
struct page_cache_slot {
	size_t set, way;
	uint8_t *buffer; /* CACHE_PAGE_SIZE bytes */
};
struct page_cache_slot dump_cache_room(struct page_cache *cache, uint64_t pfn);

/* Fills the slot. data is the slot's buffer, or a page that remains valid longer than the cache. */
void dump_cache_fill(struct page_cache *cache, const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data);
