/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Raw images without the holes of memory. LiME's format "raw", VMware's .vmem files, and the memory
 * files of cloud-hypervisor and Firecracker contain the ranges of RAM one after the other. So all
 * bytes after the first hole are at a lower offset than their physical address.
 *
 * Such an image is smaller than the end of memory; so is an image that was cut short. The difference
 * shows in the direct map: each of its entries contains the address that the entry must map. If a table is
 * read from the wrong place, its entries are wrong. */
#include <inttypes.h>
#include <stdio.h>

#include "base/page.h"
#include "dump/dump.h"
#include "dump/formats/formats.h"
#include "kernel/arch.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/table_search.h"
#include "linux/region.h"
#include "open/open.h"
#include "open/opened.h"
#include "paging/family.h"
#include "paging/scan.h"

/* After this number of wrong entries, the place of the tables is certainly wrong. */
enum { MOST_WRONG = 64 };
/* An entry is right by chance if 40 bits are. So a few right entries prove a place. */
enum { FEWEST_RIGHT = 8 };

/* The image. All addresses are physical. */
struct image {
	struct kernel *kernel;
	uint64_t start, size; /* the place that the user gave, or 0 */
	uint64_t end; /* the end of memory, exclusive, as the kernel knows it */
	uint64_t shift; /* the size of the holes that the image lacks, if it was not cut short */
};

/* What the direct map shows. */
struct direct_map {
	uint64_t least; /* set by the caller: smaller gaps are not counted */
	uint64_t above; /* set by the caller; see nr_above */
	uint64_t nr_wrong; /* entries that map another page, or cannot be read */
	uint64_t nr_above; /* right entries that are in tables at or above `above` */
	/* The largest address of a right entry. There is no hole below it. */
	uint64_t proved;
	uint64_t end; /* the end of the memory that right entries map, exclusive */
	/* The gaps are ranges that are not mapped, before `end`. from and to (exclusive) belong to
	 * the first one. */
	uint64_t nr_gaps, from, to;
};

static void take_entry(struct direct_map *map, const struct scanned *scanned, uint64_t base)
{
	uint64_t first = scanned->first - base;

	if (scanned->outcome != WALK_MAPPED || scanned->paddr != first || scanned->repeated) {
		map->nr_wrong++;
		return;
	}
	map->proved = larger_of(map->proved, scanned->entry_paddr);
	map->nr_above += scanned->entry_paddr >= map->above;
	if (first > map->end && first - map->end >= map->least && !map->nr_gaps++) {
		map->from = map->end;
		map->to = first;
	}
	map->end = scanned->last - base + 1;
}

/* Finds the last address of the direct map that is scanned. */
static bool end_of_direct_map(const struct image *image, uint64_t base, uint64_t *last)
{
	const struct region *region;

	*last = base + image->end - 1;
	if (image->end)
		return true;
	region = region_of(image->kernel, base + image->start, NULL);
	*last = region ? region->last : 0;
	return region && region->kind == REGION_DIRECT_MAP;
}

/* Reads the direct map up to the end of memory, or until it is certainly wrong. Returns false if the
 * place of the direct map is unknown, or if the listener stopped the work. */
static bool read_direct_map(const struct image *image, struct direct_map *map)
{
	struct kernel *kernel = image->kernel;
	const struct space *space = kernel_space(kernel, NULL);
	struct scanned scanned;
	struct scan scan;
	uint64_t base, last;

	if (!space || !kernel_direct_base(kernel, &base, NULL) ||
	    !end_of_direct_map(image, base, &last))
		return false;
	map->end = image->start;
	scan_start(&scan, space, base + image->start, last, false);
	scan.listener = kernel->listener;
	while (map->nr_wrong < MOST_WRONG && scan_next(&scan, &scanned))
		take_entry(map, &scanned, base);
	if (scan.end == SCAN_RUNNING)
		scan_release(&scan);
	return scan.end != SCAN_INTERRUPTED && scan.end != SCAN_NO_MEMORY;
}

/* Places the bytes of the image before `from` at its start, and its last bytes from the address `to`
 * on. The bytes between them have no place. */
static bool place_around(struct image *image, uint64_t from, uint64_t to, struct error *err)
{
	const struct raw_run runs[] = {
		{ { 0, image->start }, from - image->start },
		{ { to - image->shift - image->start, to }, image->end - to },
	};

	open_forget(image->kernel);
	return raw_set_runs(image->kernel->dump, runs, 2, 0, err);
}

/* Places the bytes of the image before `end` at its start. Further memory counts as truncated. */
static bool place_before(struct image *image, uint64_t end, struct error *err)
{
	const struct raw_run run = { { 0, image->start }, end - image->start };

	open_forget(image->kernel);
	return raw_set_runs(image->kernel->dump, &run, 1, image->end, err);
}

/* Places the image as if the hole began at `hole`. Returns true if tables after the hole are then
 * right, and no table is wrong, and the direct map has only one gap into which the hole fits. */
static bool try_hole(struct image *image, uint64_t hole, struct direct_map *map)
{
	*map = (struct direct_map){ .above = hole + image->shift, .least = image->shift };
	return hole > image->start && hole < image->start + image->size &&
	       place_around(image, hole, hole + image->shift, NULL) &&
	       read_direct_map(image, map) && !map->nr_wrong && map->nr_above >= FEWEST_RIGHT &&
	       map->nr_gaps == 1;
}

/* The note may have been found after the hole. */
static void move_note(struct image *image, uint64_t from, uint64_t to)
{
	struct vmcoreinfo *note = image->kernel->note;

	if (note->found && note->paddr >= to - image->shift)
		note->paddr += image->shift;
	else if (note->found && note->paddr >= from)
		note->found = false;
}

static bool tell_hole(struct image *image, const struct direct_map *map, struct error *err)
{
	struct dump *dump = image->kernel->dump;

	if (!place_around(image, map->from, map->to, err))
		return false;
	move_note(image, map->from, map->to);
	snprintf(dump->format_name, sizeof(dump->format_name), "raw memory without its holes");
	listener_fact(image->kernel->listener,
		      "%s: the hole in memory was left out: the byte at offset %#" PRIx64
		      " is physical %" PRIx64 " (%" PRIu64 " entries of the direct map agree)",
		      dump->file.path, map->to - image->shift - image->start, map->to,
		      map->nr_above);
	return true;
}

/* Returns the end of the part of the image that is certainly where its offset says. There is no hole
 * within the kernel's image, and none below a table that is right. */
static uint64_t proved_end(struct image *image, const struct direct_map *map)
{
	struct kernel *kernel = image->kernel;
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t proved = map->proved, end;
	struct walk walk;

	if (space)
		proved = larger_of(proved, space_kernel_root(space));
	if (kernel->table->known)
		proved = larger_of(proved, kernel->table->own_banner);
	if (space && kernel_symbol(kernel, "_end", &end, NULL)) {
		walk = walk_page_table(space, end - 1);
		if (walk.outcome == WALK_MAPPED)
			proved = larger_of(proved, walk.paddr);
	}
	return (proved | (kernel_page_size(kernel) - 1)) + 1;
}

/* The place of the bytes after `proved` is unknown. Uses them only if the user gave the place. */
static bool use_proved_part(struct image *image, uint64_t proved, struct error *err)
{
	struct dump *dump = image->kernel->dump;

	proved = smaller_of(proved, image->start + image->size);
	if (!place_before(image, dump->guessed ? proved : image->start + image->size, err))
		return false;
	if (dump->guessed && image->kernel->note->paddr >= proved)
		image->kernel->note->found = false;
	dump_warn(dump,
		  "has %#" PRIx64 " bytes, but memory ends at physical %" PRIx64
		  ", so it was cut short, or the holes in memory were left out; only memory below physical %" PRIx64
		  " is certainly in place",
		  image->size, image->end, proved);
	listener_warn(image->kernel->listener,
		      "%s: %s%s; if the holes were left out, give each range as FILE:OFFSET@ADDRESS",
		      dump->file.path, dump->warning,
		      dump->guessed ? ", and used; if the file was cut short, give it as FILE@0" :
				      "");
	return true;
}

static bool place_image(struct image *image, const struct direct_map *map, struct error *err)
{
	static const uint64_t four_gb = UINT64_C(1) << 32;
	uint64_t proved = proved_end(image, map);
	struct direct_map tried;

	if ((image->end > four_gb && image->shift < four_gb &&
	     try_hole(image, four_gb - image->shift, &tried)) ||
	    try_hole(image, map->nr_gaps ? map->from : map->end, &tried))
		return tell_hole(image, &tried, err);
	return use_proved_part(image, proved, err);
}

bool open_place_image(struct kernel *kernel, struct error *err)
{
	const struct dump *dump = kernel->dump;
	struct image image = { .kernel = kernel, .size = dump->file.size };
	struct direct_map map = { .above = UINT64_MAX };
	uint64_t max_pfn;

	if (!dump->places || dump->nr_more || dump->places[0].offset)
		return true;
	image.start = dump->places[0].paddr;
	if (kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		image.end = max_pfn << kernel->page_shift;
	if (!read_direct_map(&image, &map))
		return true;
	image.end = larger_of(image.end, map.end);
	if (image.end <= image.start + image.size)
		return true;
	image.shift = image.end - image.start - image.size;
	map = (struct direct_map){ .above = UINT64_MAX, .least = image.shift };
	return !read_direct_map(&image, &map) || place_image(&image, &map, err);
}
