/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The uses of physical memory, and which memory is in the dump: totals, and a map with a limited
 * number of cells. Each cell stands for a run of frames. */
#pragma once

#include "dump/dump.h"
#include "linux/page/page_use.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "report/users/amounts.h"

struct output;

enum { MAP_CACHES = 6 }; /* number of slab caches that have a colour */

/* A use shown in the map: a use of memory_runs.h or a part of such a use. The order is the order in
 * legends. */
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
	SHADE_CACHE, /* part of PAGE_USE_SLAB: frame_map.cache[0] */
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
	SHADE_KERNEL, /* part of PAGE_USE_RESERVED, as the next two */
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
	enum page_use_kind use; /* the use; for a part of a use, the whole use */
	const char *part; /* name of the part; NULL: the whole use, or the rest of it */
};
extern const struct shade_text shade_texts[NR_SHADES];

enum {
	MAP_CELLS = 1 << 15,
	STRIP_BINS = 96,
	MOST_ZONES = 64,
};

/* A slab cache that has a colour. */
struct map_cache {
	uint64_t address; /* address of the struct kmem_cache */
	char name[64];
};

/* A run of cell_frames frames. */
struct map_cell {
	/* The most common shade of the frames that have a struct page. To find it, the slabs of all
	 * caches count as one use. NR_SHADES: no frame has a struct page. */
	uint8_t shade;
	uint8_t state; /* enum page_state of most of the memory; PAGE_ABSENT: no memory */
	bool damaged; /* some struct pages are damaged or not in the dump */
	uint64_t frames; /* number of frames with a struct page, or of unknown use */
	uint64_t in_dump; /* number of frames whose memory is in the dump */
};

struct frame_map {
	uint8_t page_shift;
	uint64_t nr_frames; /* number of frames from address 0 on */
	uint64_t cell_frames; /* frames in a cell; a power of two */
	size_t nr_cells;
	struct map_cell *cell; /* owned */
	bool use_known; /* false: all shades are unknown, and why_use has the reason */
	struct error why_use;
	uint64_t frames[NR_SHADES];
	/* Frames in each of STRIP_BINS equal parts of memory. */
	uint64_t strip[NR_SHADES][STRIP_BINS];
	uint64_t strip_frames; /* number of frames in one of these parts */
	uint64_t state_frames[NR_PAGE_STATES]; /* number of frames in each state */
	/* Caches that have a shade; other caches are SHADE_SLAB. */
	struct map_cache cache[MAP_CACHES];
	size_t nr_caches;
	struct zone zone[MOST_ZONES];
	size_t nr_zones, zones_cut;
	struct error why_zones; /* code ERROR_NONE: zones are known */
};

/* Returns the size of a number of frames in bytes. For a frame number, this is the address of the
 * frame. */
static inline uint64_t frame_map_size(const struct frame_map *map, uint64_t frames)
{
	return frames << map->page_shift;
}

/* Makes the map of all memory. slabs: slab caches by size, the largest first. The largest get a
 * colour. slabs is empty if the caches are not known. Returns false and sets err if out of memory,
 * or if there are too many frames. */
bool frame_map_make(struct frame_map *map, struct kernel *kernel, const struct amounts *slabs,
		    struct error *err);
void frame_map_release(struct frame_map *map); /* map may be zeroed */
/* Adds fields to the open JSON answer. */
void frame_map_json(const struct frame_map *map, struct output *output);

/* Returns the slab cache that a shade stands for, or NULL if the shade does not stand for a
 * cache. */
static inline const struct map_cache *frame_map_cache(const struct frame_map *map,
						      unsigned int shade)
{
	return shade >= SHADE_CACHE && shade < SHADE_CACHE + map->nr_caches ?
		       &map->cache[shade - SHADE_CACHE] :
		       NULL;
}
