/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's address space: its regions, the mappings in each region, and read-only frames that
 * are writable through a second mapping. */
#pragma once

#include "linux/region.h"
#include "kernel/kernel.h"

enum {
	MOST_SPOTS = 64, /* at most this many places are listed for each kind of trouble */
};

/* A region, and a summary of the mappings in it. */
struct region_map {
	struct region region;
	bool scanned; /* the kernel's page table was scanned here; false for the user half */
	uint64_t mapped, writable, executable, both; /* in bytes */
	uint64_t first_mapped, last_mapped; /* both inclusive; valid if mapped is not 0 */
	/* unreadable: bytes whose tables are not in the dump; corrupt: bytes whose entries are
	 * corrupt. */
	uint64_t unreadable, corrupt;
	uint64_t nr_ranges;
};

/* A range of virtual addresses that is both writable and executable. */
struct open_range {
	uint64_t first, last; /* both inclusive */
	const char *region; /* static; NULL: unknown */
};

/* Frames that are read-only or code at one virtual address, and writable at another. */
struct alias_range {
	/* paddr: physical address of the first frame; size: in bytes, of all frames */
	uint64_t paddr, size;
	uint64_t protected_at, writable_at; /* virtual addresses of the first frame */
};

struct space_map {
	struct region_map region[MAX_REGIONS];
	size_t nr;
	struct error why_regions; /* the reason if the regions are unknown, or code ERROR_NONE */
	/* the reason if the page table was not scanned, or code ERROR_NONE */
	struct error why_tables;
	bool has_gaps; /* parts of the page table are corrupt or not in the dump */
	bool whole; /* the whole page table was scanned, without gaps */
	bool has_no_execute; /* the paging mode has no-execute bits in entries */
	struct open_range open[MOST_SPOTS];
	size_t nr_open;
	/* Number of ranges and bytes, including the ranges that do not fit into `open`. */
	uint64_t open_ranges, open_bytes;
	struct alias_range alias[MOST_SPOTS];
	size_t nr_alias;
	/* Number of ranges and bytes, including the ranges that do not fit into `alias`. */
	uint64_t alias_ranges, alias_bytes;
	/* there were too many read-only frames, so not all of them were compared */
	bool aliases_cut;
	struct error why_aliases;
	bool has_kaslr_offset;
	int64_t kaslr_offset;
};

/* Makes the map. This cannot fail, because the map contains reasons for missing parts. */
void space_map_make(struct space_map *map, struct kernel *kernel);
