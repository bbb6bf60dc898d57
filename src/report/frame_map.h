/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The uses of physical memory, and the part of it in the dump: totals, and a map of a bounded
 * number of cells. Each cell stands for a run of frames. */
#pragma once

#include "dump/dump.h"
#include "linux/page/page_use.h"
#include "linux/page/zone.h"
#include "kernel/kernel.h"
#include "report/users/amounts.h"

struct output;

enum { MAP_CACHES = 6 }; /* slab caches that have a colour each */

/* A use as the map shows it: one of frame_run's, or a part of one. In the order of legends. */
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
	SHADE_CACHE, /* of PAGE_USE_SLAB: of frame_map's first cache, */
	SHADE_CACHE_LAST = SHADE_CACHE + MAP_CACHES - 1, /* and so on */
	SHADE_SLAB,
	SHADE_LARGE_KMALLOC,
	SHADE_VMALLOC, /* of PAGE_USE_OTHER: mapped in vmalloc or by modules */
	SHADE_OTHER,
	SHADE_PAGE_TABLE,
	SHADE_KERNEL, /* of PAGE_USE_RESERVED: the kernel's image, by its resources */
	SHADE_HOLE, /* of the same: neither memory nor firmware's, by the kernel's resources */
	SHADE_RESERVED,
	SHADE_OFFLINE,
	SHADE_GUARD,
	SHADE_UNACCEPTED,
	SHADE_HWPOISON,
	SHADE_UNREADABLE, /* its struct page is not in the dump */
	SHADE_DAMAGED,
	SHADE_UNKNOWN, /* memory of the dump, but what it is used for cannot be known */
	NR_SHADES
};

struct shade_text {
	enum page_use_kind use; /* of a part: that which it is of */
	const char *part; /* a part's own name; NULL: the whole use, or its rest */
};
extern const struct shade_text shade_texts[NR_SHADES];

enum {
	MAP_CELLS = 1 << 15,
	STRIP_BINS = 96,
	MOST_ZONES = 64,
};

/* A slab cache that has a colour. */
struct map_cache {
	uint64_t address; /* of its struct kmem_cache */
	char name[64];
};

/* A run of cell_frames frames. */
struct map_cell {
	/* Of most of its frames that have a struct page, slabs of all caches being one use;
	 * NR_SHADES: none has. */
	uint8_t shade;
	uint8_t state; /* enum page_state of most of its memory; PAGE_ABSENT: of all */
	bool damaged; /* some of its struct pages are, or are not in the dump */
	uint64_t frames; /* that have a struct page, or whose use is unknown */
	uint64_t in_dump; /* whose memory is in the dump */
};

struct frame_map {
	uint8_t page_shift;
	uint64_t nr_frames; /* from the first of memory */
	uint64_t cell_frames; /* a power of two */
	size_t nr_cells;
	struct map_cell *cell; /* owned */
	bool use_known; /* else why_use says why, and all shades are unknown */
	struct error why_use;
	uint64_t frames[NR_SHADES];
	uint64_t strip[NR_SHADES][STRIP_BINS]; /* frames of each part of the map */
	uint64_t strip_frames; /* frames of a bin */
	uint64_t state_frames[NR_PAGE_STATES]; /* of frames in the map */
	struct map_cache cache[MAP_CACHES]; /* with a shade each; the rest is SHADE_SLAB */
	size_t nr_caches;
	struct zone zone[MOST_ZONES];
	size_t nr_zones, zones_cut;
	struct error why_zones; /* code ERROR_NONE: zones are known */
};

/* The bytes of so many frames; the address of a frame. */
static inline uint64_t frame_map_size(const struct frame_map *map, uint64_t frames)
{
	return frames << map->page_shift;
}

/* A range of frames of some shade, to tell parts of uses by; by address, disjoint. */
struct shaded_run {
	uint64_t first, last; /* inclusive */
	uint8_t shade, of; /* only frames of the shade `of` have it */
};

/* Parts of uses: the kernel's image by its resources, what vmalloc and modules map by the
 * page table, slabs by cache. */
struct frame_parts {
	struct shaded_run *run; /* owned; NULL where nothing is known */
	size_t nr;
	struct map_cache cache[MAP_CACHES];
	size_t nr_caches;
};

/* slabs: caches by size, the largest have a colour; none if they are not known. */
void frame_parts_find(struct frame_parts *parts, struct kernel *kernel,
		      const struct amounts *slabs);
void frame_parts_release(struct frame_parts *parts); /* zeroed is fine */

/* Of all memory. False with err: there is no room for it. */
bool frame_map_make(struct frame_map *map, struct kernel *kernel, const struct frame_parts *parts,
		    struct error *err);
void frame_map_release(struct frame_map *map); /* zeroed is fine */
/* Fields of the open JSON answer. */
void frame_map_json(const struct frame_map *map, struct output *output);

/* The slab cache of a shade; NULL: it is of none. */
static inline const struct map_cache *frame_map_cache(const struct frame_map *map,
						      unsigned int shade)
{
	return shade >= SHADE_CACHE && shade < SHADE_CACHE + map->nr_caches ?
		       &map->cache[shade - SHADE_CACHE] :
		       NULL;
}
