/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The uses of physical memory, and which of it is in the dump: totals, and a map of a limited
 * number of cells. Each cell represents a run of frames. */
#pragma once

#include "dump/dump.h"
#include "linux/page/page_use.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "report/users/amounts.h"

struct output;

enum { MAP_CACHES = 6 }; /* number of slab caches with a colour */

/* A use in the map: a use of memory_runs.h, or a part of such a use. In the order of legends. */
enum shade {
	SHADE_FREE,
	SHADE_FREE_PERCPU,
	SHADE_FILE,
	SHADE_SHMEM,
	SHADE_ANON,
	SHADE_KSM,
	SHADE_HUGETLB,
	SHADE_MOVABLE,
	SHADE_ZSMALLOC,
	SHADE_CACHE, /* part of PAGE_USE_SLAB: the first cache of frame_map */
	SHADE_CACHE_LAST = SHADE_CACHE + MAP_CACHES - 1, /* and the last */
	SHADE_SLAB,
	SHADE_LARGE_KMALLOC,
	SHADE_VMALLOC,
	SHADE_VMAP,
	SHADE_STACK,
	SHADE_PERCPU,
	SHADE_CMA,
	SHADE_OTHER,
	SHADE_PAGE_TABLE,
	SHADE_PGD,
	SHADE_KERNEL, /* parts of PAGE_USE_RESERVED, like the next */
	SHADE_HOLE,
	SHADE_RESERVED,
	SHADE_OFFLINE,
	SHADE_GUARD,
	SHADE_UNACCEPTED,
	SHADE_HWPOISON,
	SHADE_UNREADABLE, /* the struct page is not in the dump */
	SHADE_DAMAGED,
	SHADE_UNKNOWN, /* memory in the dump whose use cannot be determined */
	NR_SHADES
};

struct shade_text {
	enum page_use_kind use; /* for a part: the use that it belongs to */
	const char *part; /* name of a part; NULL: the whole use, or its rest */
};
extern const struct shade_text shade_texts[NR_SHADES];

enum {
	MAP_CELLS = 1 << 15,
	STRIP_BINS = 96,
	MOST_ZONES = 64,
};

/* A slab cache with its own colour. */
struct map_cache {
	uint64_t address; /* address of the struct kmem_cache */
	char name[64];
};

/* A run of cell_frames frames. */
struct map_cell {
	/* Shade of most of its frames that have a struct page, slabs of all caches counted as one
	 * use; NR_SHADES: no frame has a struct page. */
	uint8_t shade;
	uint8_t state; /* enum page_state of most of its memory; PAGE_ABSENT: no memory */
	bool damaged; /* some of its struct pages are damaged or not in the dump */
	uint64_t frames; /* frames with a struct page, or of unknown use */
	uint64_t in_dump; /* frames whose memory is in the dump */
};

struct frame_map {
	uint8_t page_shift;
	uint64_t nr_frames; /* frames from the start of memory on */
	uint64_t cell_frames; /* a power of two */
	size_t nr_cells;
	struct map_cell *cell; /* owned */
	bool use_known; /* false: why_use has the reason, and all shades are unknown */
	struct error why_use;
	uint64_t frames[NR_SHADES];
	uint64_t strip[NR_SHADES][STRIP_BINS]; /* frames in each equal part of the map */
	uint64_t strip_frames; /* frames of one part in strip */
	uint64_t state_frames[NR_PAGE_STATES]; /* frames of the map in each state */
	struct map_cache cache[MAP_CACHES]; /* caches with a shade; others are SHADE_SLAB */
	size_t nr_caches;
	struct zone zone[MOST_ZONES];
	size_t nr_zones, zones_cut;
	struct error why_zones; /* code ERROR_NONE: the zones are known */
};

/* The bytes of a number of frames; also the address of a frame. */
static inline uint64_t frame_map_size(const struct frame_map *map, uint64_t frames)
{
	return frames << map->page_shift;
}

/* Makes the map of all memory. slabs: caches sorted by size, the largest get a colour; empty if
 * they are not known. False with err: out of memory, or too many frames. */
bool frame_map_make(struct frame_map *map, struct kernel *kernel, const struct amounts *slabs,
		    struct error *err);
void frame_map_release(struct frame_map *map); /* zeroed is fine */
/* Adds fields to the open JSON answer. */
void frame_map_json(const struct frame_map *map, struct output *output);

/* The slab cache of a shade; NULL: not a shade of a cache. */
static inline const struct map_cache *frame_map_cache(const struct frame_map *map,
						      unsigned int shade)
{
	return shade >= SHADE_CACHE && shade < SHADE_CACHE + map->nr_caches ?
		       &map->cache[shade - SHADE_CACHE] :
		       NULL;
}
