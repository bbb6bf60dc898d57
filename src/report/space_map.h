/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's address space: the regions, the mappings in each region, and the read-only frames
 * that a second mapping makes writable. */
#pragma once

#include "linux/region/region.h"
#include "kernel/kernel.h"

enum {
	MOST_SPOTS = 64, /* most places listed for each kind of trouble */
};

/* A region and the mappings in it. */
struct region_map {
	struct region region;
	bool scanned; /* scanned in the kernel's page table; false for the user half */
	uint64_t mapped, writable, executable, both; /* in bytes */
	uint64_t first_mapped, last_mapped; /* inclusive; valid if mapped is not 0 */
	/* Bytes whose tables are not in the dump, and bytes whose entries are corrupt. */
	uint64_t unreadable, corrupt;
	uint64_t nr_ranges;
};

/* A range that is both writable and executable. */
struct open_range {
	uint64_t first, last; /* both are inclusive */
	const char *region; /* static; NULL: unknown */
};

/* Frames that are read-only or code at one address and writable at another. */
struct alias_range {
	uint64_t paddr, size; /* paddr: physical address of the first frame; size: in bytes */
	uint64_t protected_at, writable_at; /* virtual addresses of the first frame */
};

struct space_map {
	struct region_map region[MAX_REGIONS];
	size_t nr;
	struct error why_regions; /* code ERROR_NONE: the regions are known */
	struct error why_tables; /* code ERROR_NONE: the page table was scanned */
	bool has_gaps; /* parts of the page table are not in the dump, or corrupt */
	bool whole; /* the whole page table was scanned, without gaps */
	bool has_no_execute; /* the paging mode has a no-execute bit */
	struct open_range open[MOST_SPOTS];
	size_t nr_open;
	/* Total numbers of ranges and bytes, including ranges that are not listed. */
	uint64_t open_ranges, open_bytes;
	struct alias_range alias[MOST_SPOTS];
	size_t nr_alias;
	/* Total numbers of ranges and bytes, including ranges that are not listed. */
	uint64_t alias_ranges, alias_bytes;
	bool aliases_cut; /* there were too many read-only frames to compare all of them */
	struct error why_aliases;
	bool has_kaslr_offset;
	int64_t kaslr_offset;
};

/* Cannot fail, because missing parts have their reasons. */
void space_map_make(struct space_map *map, struct kernel *kernel);

/* The last step of space_map_make(), in aliases.c. */
void space_map_find_aliases(struct space_map *map, struct kernel *kernel);

/* If the region with this index is a hole of x86-64 whose size KASLR chooses, returns the name of
 * the region after the hole. Otherwise returns NULL. */
const char *space_map_gap_before(const struct space_map *map, size_t index);
