/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How physical memory is used, and which part of it is in the dump: totals, and a map with a
 * limited number of cells. Each cell represents a run of frames. */
#pragma once

#include "dump/dump.h"
#include "linux/page/page_use.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "report/users/amounts.h"

struct output;

enum { MAP_CACHES = 6 }; /* number of slab caches with a colour */

/* A use that the map distinguishes: a use in memory_runs.h, or a part of such a use. Legends list
 * the shades in this order. */
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
	SHADE_CACHE, /* part of PAGE_USE_SLAB: the slabs of frame_map.cache[0] */
	SHADE_CACHE_LAST = SHADE_CACHE + MAP_CACHES - 1, /* the last cache */
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
	SHADE_KERNEL, /* this shade and the next two are parts of PAGE_USE_RESERVED */
	SHADE_HOLE,
	SHADE_RESERVED,
	SHADE_OFFLINE,
	SHADE_GUARD,
	SHADE_UNACCEPTED,
	SHADE_HWPOISON,
	SHADE_UNREADABLE, /* the struct page of the frame is not in the dump */
	SHADE_DAMAGED,
	SHADE_UNKNOWN, /* memory that is in the dump, but has an unknown use */
	NR_SHADES
};

struct shade_text {
	enum page_use_kind use; /* the use to which the shade belongs */
	/* name of the part of the use; NULL: the whole use, or its remaining part */
	const char *part;
};
extern const struct shade_text shade_texts[NR_SHADES];

enum {
	MAP_CELLS = 1 << 15,
	STRIP_BINS = 96,
	MOST_ZONES = 64,
};

/* A slab cache with a colour. */
struct map_cache {
	uint64_t address; /* virtual address of the struct kmem_cache */
	char name[64];
};

/* A cell of the map, which represents cell_frames frames. */
struct map_cell {
	/* The most common shade of those frames of the cell that have struct pages. While it is
	 * determined, the slabs of all caches count as one shade. NR_SHADES: no frame of the cell
	 * has a struct page. */
	uint8_t shade;
	/* enum page_state: the most common state of the cell's memory; PAGE_ABSENT: no memory */
	uint8_t state;
	bool damaged; /* at least one struct page is damaged or not in the dump */
	uint64_t frames; /* number of frames that have a struct page or an unknown use */
	uint64_t in_dump; /* number of frames whose memory is in the dump */
};

struct frame_map {
	uint8_t page_shift;
	uint64_t nr_frames; /* number of all frames, counted from address 0 */
	uint64_t cell_frames; /* number of frames in a cell; a power of two */
	size_t nr_cells;
	struct map_cell *cell; /* owned */
	bool use_known; /* if false, all shades are unknown, and why_use is the reason */
	struct error why_use;
	uint64_t frames[NR_SHADES];
	/* Memory is divided into STRIP_BINS equal parts: the number of frames of each shade in each
	 * part. */
	uint64_t strip[NR_SHADES][STRIP_BINS];
	uint64_t strip_frames; /* number of frames in each of these parts */
	uint64_t state_frames[NR_PAGE_STATES]; /* number of frames in each state */
	/* The caches that have a shade. Slabs of all other caches have SHADE_SLAB. */
	struct map_cache cache[MAP_CACHES];
	size_t nr_caches;
	struct zone zone[MOST_ZONES];
	size_t nr_zones, zones_cut;
	struct error why_zones; /* the reason if the zones are unknown, or code ERROR_NONE */
};

/* Returns the size in bytes of a number of frames. If `frames` is a frame number, the result is the
 * physical address of that frame. */
static inline uint64_t frame_map_size(const struct frame_map *map, uint64_t frames)
{
	return frames << map->page_shift;
}

/* Makes the map of all memory. slabs: the slab caches, sorted by size, the largest first. The
 * largest caches get colours. If the caches are unknown, slabs is empty. Returns false and sets err
 * if memory is exhausted. */
bool frame_map_make(struct frame_map *map, struct kernel *kernel, const struct amounts *slabs,
		    struct error *err);
void frame_map_release(struct frame_map *map); /* all members of map may be zero */

/* Returns the slab cache that has the shade, or NULL if it is not the shade of a cache. */
static inline const struct map_cache *frame_map_cache(const struct frame_map *map,
						      unsigned int shade)
{
	return shade >= SHADE_CACHE && shade < SHADE_CACHE + map->nr_caches ?
		       &map->cache[shade - SHADE_CACHE] :
		       NULL;
}
