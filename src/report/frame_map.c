/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/frame_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "linux/slab/slab.h"
#include "query/memory_runs.h"

const struct shade_text shade_texts[NR_SHADES] = {
	[SHADE_FREE] = { PAGE_USE_FREE, NULL },
	[SHADE_FREE_PERCPU] = { PAGE_USE_FREE_PERCPU, NULL },
	[SHADE_FILE] = { PAGE_USE_FILE, NULL },
	[SHADE_SHMEM] = { PAGE_USE_SHMEM, NULL },
	[SHADE_ANON] = { PAGE_USE_ANON, NULL },
	[SHADE_KSM] = { PAGE_USE_KSM, NULL },
	[SHADE_HUGETLB] = { PAGE_USE_HUGETLB, NULL },
	[SHADE_MOVABLE] = { PAGE_USE_MOVABLE, NULL },
	[SHADE_ZSMALLOC] = { PAGE_USE_ZSMALLOC, NULL },
	[SHADE_CACHE... SHADE_CACHE_LAST] = { PAGE_USE_SLAB, "cache" },
	[SHADE_SLAB] = { PAGE_USE_SLAB, NULL },
	[SHADE_LARGE_KMALLOC] = { PAGE_USE_KMALLOC, NULL },
	[SHADE_VMALLOC] = { PAGE_USE_VMALLOC, NULL },
	[SHADE_VMAP] = { PAGE_USE_VMAP, NULL },
	[SHADE_STACK] = { PAGE_USE_STACK, NULL },
	[SHADE_PERCPU] = { PAGE_USE_PERCPU, NULL },
	[SHADE_CMA] = { PAGE_USE_CMA, NULL },
	[SHADE_OTHER] = { PAGE_USE_OTHER, NULL },
	[SHADE_PAGE_TABLE] = { PAGE_USE_TABLE, NULL },
	[SHADE_PGD] = { PAGE_USE_PGD, NULL },
	[SHADE_KERNEL] = { PAGE_USE_RESERVED, "kernel-image" },
	[SHADE_HOLE] = { PAGE_USE_RESERVED, "hole" },
	[SHADE_RESERVED] = { PAGE_USE_RESERVED, NULL },
	[SHADE_OFFLINE] = { PAGE_USE_OFFLINE, NULL },
	[SHADE_GUARD] = { PAGE_USE_GUARD, NULL },
	[SHADE_UNACCEPTED] = { PAGE_USE_UNACCEPTED, NULL },
	[SHADE_HWPOISON] = { PAGE_USE_HWPOISON, NULL },
	[SHADE_UNREADABLE] = { PAGE_USE_UNREADABLE, NULL },
	[SHADE_DAMAGED] = { PAGE_USE_DAMAGED, NULL },
	[SHADE_UNKNOWN] = { PAGE_USE_UNKNOWN, NULL },
};

/* Counters for the current cell. Runs of frames must be added in ascending order. */
struct filling {
	struct frame_map *map;
	struct kernel *kernel;
	size_t cell;
	uint64_t shade[NR_SHADES];
	uint64_t state[NR_PAGE_STATES];
};

static enum shade shade_of(enum page_use_kind use)
{
	enum shade shade = 0;

	if (use == PAGE_USE_IMAGE)
		return SHADE_KERNEL;
	if (use == PAGE_USE_HOLE)
		return SHADE_HOLE;
	use = page_use_whole(use);
	while (shade < SHADE_UNKNOWN && (shade_texts[shade].part || shade_texts[shade].use != use))
		shade++;
	return shade;
}

static size_t largest(const uint64_t *count, size_t nr)
{
	size_t best = 0;

	for (size_t i = 1; i < nr; i++)
		if (count[i] > count[best])
			best = i;
	return best;
}

/* Returns the shade of the current cell, which is the most common shade. First, the slabs of all
 * caches count as one shade. If that is the most common shade, the result is the shade of the cache
 * with the most slabs. */
static size_t most_common(const struct filling *fill)
{
	const uint64_t *by_cache = &fill->shade[SHADE_CACHE];
	uint64_t by_use[NR_SHADES];
	size_t shade;

	memcpy(by_use, fill->shade, sizeof(by_use));
	for (size_t i = SHADE_CACHE; i <= SHADE_CACHE_LAST; i++) {
		by_use[SHADE_SLAB] += by_use[i];
		by_use[i] = 0;
	}
	shade = largest(by_use, NR_SHADES);
	return shade == SHADE_SLAB ? SHADE_CACHE + largest(by_cache, MAP_CACHES + 1) : shade;
}

/* Sets the shade of the current cell. All frames of the cell must have been counted. */
static void finish_cell(struct filling *fill)
{
	struct map_cell *cell = &fill->map->cell[fill->cell];
	size_t shade = most_common(fill);
	uint64_t sum = 0;

	for (size_t i = 0; i < NR_SHADES; i++)
		sum += fill->shade[i];
	cell->frames = sum;
	if (sum) {
		cell->shade = (uint8_t)shade;
		cell->damaged = fill->shade[SHADE_DAMAGED] || fill->shade[SHADE_UNREADABLE];
	}
	memset(fill->shade, 0, sizeof(fill->shade));
}

static void finish_state(struct filling *fill)
{
	struct map_cell *cell = &fill->map->cell[fill->cell];
	uint64_t sum = 0;

	cell->in_dump = fill->state[PAGE_PRESENT] + fill->state[PAGE_ZERO];
	fill->state[PAGE_ABSENT] = 0;
	for (size_t i = 0; i < NR_PAGE_STATES; i++)
		sum += fill->state[i];
	cell->state = sum ? (uint8_t)largest(fill->state, NR_PAGE_STATES) : PAGE_ABSENT;
	memset(fill->state, 0, sizeof(fill->state));
}

/* Adds the frames from first to last (both inclusive) to *count, which is the counter for the
 * current cell. At the end of each cell, calls finish() and continues with the next cell. */
static void spread(struct filling *fill, uint64_t first, uint64_t last, uint64_t *count,
		   void (*finish)(struct filling *fill))
{
	const struct frame_map *map = fill->map;

	while (first <= last) {
		size_t cell = first / map->cell_frames;
		uint64_t end = (cell + 1) * map->cell_frames - 1;

		if (cell != fill->cell) {
			finish(fill);
			fill->cell = cell;
		}
		if (end > last)
			end = last;
		*count += end - first + 1;
		first = end + 1;
	}
}

static void add_shade(struct filling *fill, enum shade shade, uint64_t first, uint64_t last)
{
	struct frame_map *map = fill->map;

	map->frames[shade] += last - first + 1;
	spread(fill, first, last, &fill->shade[shade], finish_cell);
	while (first <= last) {
		uint64_t bin = first / map->strip_frames;
		uint64_t end = (bin + 1) * map->strip_frames - 1;

		if (end > last)
			end = last;
		map->strip[shade][bin] += end - first + 1;
		first = end + 1;
	}
}

/* Counts frames that are slabs. Each slab is counted for the shade of its cache. */
static void add_slabs(struct filling *fill, uint64_t first, uint64_t last)
{
	const struct frame_map *map = fill->map;
	uint64_t steps = 0;

	while (first <= last && !listener_stops_at(fill->kernel->listener, ++steps)) {
		uint64_t cache = 0, end = first;
		size_t i = 0;

		if (!slab_cache_of(fill->kernel, first, &cache, &end))
			i = map->nr_caches;
		while (i < map->nr_caches && map->cache[i].address != cache)
			i++;
		end = end < last ? end : last;
		add_shade(fill, i < map->nr_caches ? SHADE_CACHE + i : SHADE_SLAB, first, end);
		first = end + 1;
	}
}

static bool frame_map_take_run(const struct frame_run *run, void *arg)
{
	struct filling *fill = arg;

	if (run->use == PAGE_USE_SLAB && fill->map->nr_caches)
		add_slabs(fill, run->first, run->last);
	else
		add_shade(fill, shade_of(run->use), run->first, run->last);
	return !kernel_stopped(fill->kernel);
}

static void fill_shades(struct frame_map *map, struct kernel *kernel)
{
	struct filling fill = { .map = map, .kernel = kernel };
	struct memory_question question = {
		.frames = { .first = 0, .last = map->nr_frames - 1 },
		.parts = true,
		.visit = frame_map_take_run,
		.arg = &fill,
	};

	map->use_known = query_memory_runs(kernel, &question, &map->why_use);
	finish_cell(&fill);
}

static void fill_states(struct frame_map *map, struct kernel *kernel)
{
	struct filling fill = { .map = map, .kernel = kernel };
	uint64_t pfn = 0, last = map->nr_frames - 1;
	uint64_t steps = 0;

	while (pfn <= last && !listener_stops_at(kernel->listener, ++steps)) {
		struct extent extent;
		uint64_t end;

		dump_peek(kernel->dump, kernel_frame(kernel, pfn), &extent);
		end = kernel_pfn(kernel, extent.last);
		end = end < pfn ? pfn : end > last ? last : end;
		map->state_frames[extent.state] += end - pfn + 1;
		spread(&fill, pfn, end, &fill.state[extent.state], finish_state);
		pfn = end + 1;
	}
	finish_state(&fill);
}

/* Called if the use of frames is unknown. Shows all memory as unknown, because without a shade it
 * would look unused. */
static void shade_unknown(struct frame_map *map)
{
	for (size_t i = 0; i < map->nr_cells; i++)
		if (map->cell[i].state != PAGE_ABSENT) {
			map->cell[i].shade = SHADE_UNKNOWN;
			map->cell[i].frames = map->cell_frames;
		}
	for (unsigned int i = 0; i < NR_PAGE_STATES; i++)
		if (i != PAGE_ABSENT)
			map->frames[SHADE_UNKNOWN] += map->state_frames[i];
}

static bool frame_map_add_zone(const struct zone *zone, void *arg)
{
	struct frame_map *map = arg;

	if (map->nr_zones == MOST_ZONES)
		map->zones_cut++;
	else
		map->zone[map->nr_zones++] = *zone;
	return map->zones_cut < MOST_ZONES;
}

/* Returns the number of the last frame with a struct page, plus 1. If this is unknown, returns the
 * number of the last frame in the dump, plus 1. */
static uint64_t end_of_memory(struct kernel *kernel)
{
	uint64_t end;

	if (kernel_fact(kernel, FACT_MAX_PFN, &end) && end)
		return end;
	return kernel_pfn(kernel, dump_last_paddr(kernel->dump)) + 1;
}

static bool frame_map_lay_out(struct frame_map *map)
{
	uint64_t last = map->nr_frames - 1;

	map->cell_frames = 1;
	while (last / map->cell_frames >= MAP_CELLS)
		map->cell_frames *= 2;
	map->nr_cells = last / map->cell_frames + 1;
	map->strip_frames = last / STRIP_BINS + 1;
	map->cell = calloc(map->nr_cells, sizeof(*map->cell));
	for (size_t i = 0; map->cell && i < map->nr_cells; i++)
		map->cell[i] = (struct map_cell){ .shade = NR_SHADES, .state = PAGE_ABSENT };
	return map->cell;
}

/* Chooses the slab caches that get colours, which are the largest. */
static void choose_caches(struct frame_map *map, const struct amounts *slabs)
{
	for (size_t i = 0; i < slabs->nr && map->nr_caches < MAP_CACHES; i++) {
		struct map_cache *cache = &map->cache[map->nr_caches];

		if (!slabs->item[i].size)
			break;
		cache->address = slabs->item[i].address;
		snprintf(cache->name, sizeof(cache->name), "%.63s", slabs->item[i].name);
		map->nr_caches++;
	}
}

bool frame_map_make(struct frame_map *map, struct kernel *kernel, const struct amounts *slabs,
		    struct error *err)
{
	*map = (struct frame_map){
		.page_shift = (uint8_t)kernel_page_shift(kernel),
		.nr_frames = end_of_memory(kernel),
	};
	if (!frame_map_lay_out(map))
		return out_of_memory(err);
	choose_caches(map, slabs);
	fill_shades(map, kernel);
	fill_states(map, kernel);
	if (!map->use_known)
		shade_unknown(map);
	page_each_zone(kernel, frame_map_add_zone, map, &map->why_zones);
	return true;
}

void frame_map_release(struct frame_map *map)
{
	free(map->cell);
	map->cell = NULL;
}
