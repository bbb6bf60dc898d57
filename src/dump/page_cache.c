/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "dump/page_cache.h"

#include <stdbool.h>

static size_t set_of(const struct page_cache *cache, uint64_t pfn)
{
	return (pfn ^ pfn >> 8) & (CACHE_SETS - cache->unused_sets - 1);
}

const uint8_t *dump_cache_search(struct page_cache *cache, uint64_t pfn)
{
	size_t set = set_of(cache, pfn);

	for (size_t way = 0; way < CACHE_WAYS; way++) {
		if (cache->tag[set][way] != pfn + 1)
			continue;
		cache->used[set] |= (uint8_t)(1 << way);
		cache->hot[pfn & (CACHE_HOT - 1)] =
			(struct hot_page){ pfn + 1, cache->data[set][way] };
		return cache->data[set][way];
	}
	return NULL;
}

/* Removes a page from the index of hot pages. Returns true if the page was in the index. */
static bool cool(struct page_cache *cache, uint64_t tag)
{
	struct hot_page *hot = &cache->hot[(tag - 1) & (CACHE_HOT - 1)];

	if (!tag || hot->tag != tag)
		return false;
	hot->tag = 0;
	return true;
}

/* Chooses the way whose page is evicted, using the clock algorithm. The hand moves to the next way
 * until it finds a way that had no hit since the hand passed it last. cache->used does not contain
 * the hits in the index of hot pages. So a page in this index counts as a page that had a hit, and
 * is removed from the index. */
static size_t victim(struct page_cache *cache, size_t set)
{
	for (;;) {
		size_t way = cache->hand[set];
		uint8_t bit = (uint8_t)(1 << way);

		cache->hand[set] = (uint8_t)((way + 1) % CACHE_WAYS);
		if (!cool(cache, cache->tag[set][way]) && !(cache->used[set] & bit))
			return way;
		cache->used[set] &= (uint8_t)~bit;
	}
}

struct page_cache_slot dump_cache_room(struct page_cache *cache, uint64_t pfn)
{
	size_t set = set_of(cache, pfn), way = victim(cache, set);

	cache->tag[set][way] = 0;
	return (struct page_cache_slot){ set, way, cache->buffers[set][way] };
}

void dump_cache_fill(struct page_cache *cache, const struct page_cache_slot *slot, uint64_t pfn,
		     const uint8_t *data)
{
	cache->data[slot->set][slot->way] = data;
	cache->tag[slot->set][slot->way] = pfn + 1;
}
