/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's address space: its regions, what the page table maps in each, and ways around
 * the rights of pages. */
#pragma once

#include "linux/region/region.h"
#include "kernel/kernel.h"

enum {
	MOST_SPOTS = 64, /* listed of each kind of trouble */
};

/* A region, and what is mapped in it. */
struct region_map {
	struct region region;
	bool scanned; /* by the kernel's table; a process' half is not */
	uint64_t mapped, writable, executable, both; /* bytes */
	uint64_t first_mapped, last_mapped; /* inclusive, where anything is mapped */
	uint64_t unreadable, corrupt; /* bytes whose tables are not in the dump, or no tables */
	uint64_t nr_ranges;
};

/* A range that is writable and executable. */
struct open_range {
	uint64_t first, last; /* inclusive */
	const char *region; /* static; NULL: unknown */
};

/* Frames that can be written through one address, and are read-only or code at another. */
struct alias_range {
	uint64_t paddr, size; /* bytes */
	uint64_t protected_at, writable_at; /* addresses of the first frame */
};

struct space_map {
	struct region_map region[MAX_REGIONS];
	size_t nr;
	struct error why_regions; /* code ERROR_NONE: regions are known */
	struct error why_tables; /* code ERROR_NONE: the page table was scanned */
	bool has_gaps; /* parts are not in the dump, or corrupt */
	bool whole; /* all of it was, and it has no gaps */
	bool has_no_execute; /* this paging mode has rights to execute */
	struct open_range open[MOST_SPOTS];
	size_t nr_open;
	uint64_t open_ranges, open_bytes; /* of all */
	struct alias_range alias[MOST_SPOTS];
	size_t nr_alias;
	uint64_t alias_ranges, alias_bytes; /* of all that were compared */
	bool aliases_cut; /* there were more protected frames than were compared */
	struct error why_aliases;
	bool has_kaslr_offset;
	int64_t kaslr_offset;
};

/* Cannot fail: what is not known says why. */
void space_map_make(struct space_map *map, struct kernel *kernel);

/* For space_map_make(), the last: aliases.c */
void space_map_find_aliases(struct space_map *map, struct kernel *kernel);

/* The region of this index may be a hole of x86-64, whose size KASLR chooses: the name of the
 * region after the hole. NULL: it is no such hole. */
const char *space_map_gap_before(const struct space_map *map, size_t index);
