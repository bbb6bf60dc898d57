/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The differences between two dumps: the parts that can differ, and the rows that each comparison
 * finds. */
#pragma once

#include "linux/region/region.h"
#include "linux/vmalloc/vmalloc.h"
#include "diff/pair.h"
#include "linux/page/page_use.h"
#include "paging/walk.h"
#include "linux/task/task_info.h"

struct process;

enum diff_part {
	PART_FACTS,
	PART_REGIONS,
	PART_MAPPINGS, /* mappings of the kernels */
	PART_FRAMES,
	PART_TASKS,
	PART_VMALLOC,
	PART_MODULES,
	NR_DIFF_PARTS
};
extern const char *const diff_part_names[NR_DIFF_PARTS];

/* --- rows: an item with its state on each side --- */

struct fact_diff {
	enum fact_id id;
	bool known[NR_SIDES];
	uint64_t value[NR_SIDES]; /* valid if known */
};

struct region_diff {
	const struct region *region[NR_SIDES]; /* NULL: not on this side; borrowed */
};

enum mapping_kind {
	MAPPING_NONE,
	MAPPING_PAGES,
	MAPPING_CORRUPT, /* an entry has a bit set that the mode reserves */
	MAPPING_UNREADABLE, /* the table is not in the dump */
};

struct compared_mapping {
	enum mapping_kind kind;
	enum page_state reason; /* with MAPPING_UNREADABLE: why */
	bool writable, executable, user; /* with MAPPING_PAGES, like the members below */
	bool nowhere; /* in a process: mapped to a physical address without memory or device */
	bool has_cache;
	uint8_t cache; /* enum cache_type; 0 unless has_cache */
};

/* Ranges of addresses that correspond: addresses at the same distance from first. */
struct window {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	const char *region; /* static name; NULL: several regions */
	char module[64]; /* printable; "": no module */
	/* static: part of the module; without a module, part of the region, or NULL. */
	const char *part;
};

/* A range that differs in the same way from start to end. Page sizes, the global bit and frame
 * numbers are not compared, only whether a frame is mapped. */
struct mapping_diff {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	struct compared_mapping mapping[NR_SIDES];
	const struct window *window; /* borrowed during the call */
};

enum { MOST_FRAME_RUNS = 64 };

/* Neighbouring frames whose use changed in the same way. */
struct frame_change {
	uint64_t first, last; /* frame numbers, both inclusive */
	enum page_use_kind use[NR_SIDES]; /* as in struct frame_run, or PAGE_USE_NONE */
};

struct frames_diff {
	/* Uses found, in the order of the first frame of each. */
	enum page_use_kind use[NR_PAGE_USES];
	size_t nr_uses;
	uint64_t frames[NR_SIDES][NR_PAGE_USES]; /* number of frames of each use */
	/* In dumps of different boots the members below are 0, as their frames cannot be
	 * matched. */
	bool has_changes;
	uint64_t changed[NR_PAGE_USES][NR_PAGE_USES]; /* index: use in OTHER, then use in THIS */
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest changes first */
	size_t nr_largest;
};

/* A task; in dumps of different boots, all tasks with one name. */
struct task_diff {
	/* Dumps of one boot: the task in each dump's list; NULL: not in the list. Borrowed. */
	const struct task *task[NR_SIDES];
	struct task_info info[NR_SIDES]; /* valid for sides with a task */
	bool same_mm; /* both dumps have the task, and exec did not change its mm */
	/* Dumps of different boots: */
	const char *comm; /* NULL: dumps of one boot */
	uint64_t nr[NR_SIDES]; /* number of tasks with this name */
	/* Both kinds: bytes in memory; set for processes only, not for their further threads. */
	bool has_rss[NR_SIDES];
	uint64_t rss[NR_SIDES];
};

/* An area; in dumps of different boots, all areas of one kind from one caller. */
struct area_diff {
	/* Dumps of one boot: the area in each dump's list; NULL: not in the list. Borrowed. */
	const struct vmalloc_area *area[NR_SIDES];
	/* Dumps of different boots: */
	const char *kind; /* NULL: dumps of one boot; "": unknown */
	const char *caller; /* symbol, without offset; "": unknown */
	uint64_t nr[NR_SIDES], bytes[NR_SIDES];
};

struct module_place {
	char name[64]; /* printable */
	uint64_t module; /* address of the struct module */
	bool has_size;
	uint64_t size; /* bytes of its parts, without the parts for initialization */
};

struct module_diff {
	const struct module_place *module[NR_SIDES]; /* NULL: not loaded; borrowed */
};

struct diff_row {
	enum diff_part part;
	enum diff_status status; /* not for frames */
	union {
		struct fact_diff fact;
		struct region_diff region;
		struct mapping_diff mapping;
		const struct frames_diff *frames; /* all of the part PART_FRAMES */
		struct task_diff task;
		struct area_diff area;
		struct module_diff module;
	};
};

/* --- comparing --- */

/* Receives the rows. Equal items also are rows, except for mappings. */
struct diff_visitor {
	bool (*visit)(const struct diff_row *row, void *arg); /* false ends the part */
	void *arg;
	uint64_t nr_runs; /* for frames: how many of the largest changed runs to store */
};

struct diff_summary {
	bool compared;
	struct error why; /* why the part was not compared */
	/* The number of rows by status. For frames: the number of frames with the same use in both
	 * dumps, with different uses, and with a use that one dump does not show; for different
	 * boots these are computed from totals. */
	uint64_t nr[NR_DIFF_STATUSES];
	bool has_bytes; /* for mappings */
	uint64_t bytes[NR_DIFF_STATUSES];
	bool cache_unknown; /* cache types of mappings could not be compared */
};

/* The comparison of one part. */
struct diff {
	const struct pair *pair;
	const struct diff_visitor *visitor;
	struct diff_summary *summary;
};

/* Counts a row, and visits it. False: the visitor ended the part. */
static inline bool diff_tell(const struct diff *diff, const struct diff_row *row)
{
	diff->summary->nr[row->status]++;
	return diff->visitor->visit(row, diff->visitor->arg);
}

/* Compares one part. Cannot fail: the summary has the reason if the part was not compared. */
void diff_compare(enum diff_part part, const struct pair *pair, const struct diff_visitor *visitor,
		  struct diff_summary *summary);

/* The damage of the list used to compare a part, in the dump of that side; NULL: no known damage.
 * The undamaged start of the list was compared. */
const struct error *diff_damage(const struct pair *pair, enum diff_part part, enum pair_side side);

/* "different", "same", "unknown". */
const char *diff_verdict(const struct diff_summary *summary);

/* --- the parts: each returns false with diff->summary->why if it cannot be compared --- */

/* All facts that at least one dump knows. A fact that only one dump knows is DIFF_UNKNOWN. */
bool diff_facts(const struct diff *diff);

/* All regions except holes, by address, first in the open dump. The nth region of a kind is
 * compared with the nth of the other dump. DIFF_MOVED: the region has the same size at another
 * address. */
bool diff_regions(const struct diff *diff);
/* The region of the other dump to compare with list->region[nr] of the open dump; NULL: none. With
 * side OTHER, the region of the open dump. */
const struct region *diff_region_counterpart(const struct region_list *list, size_t nr,
					     const struct region_list *among);

/* Compares the kernels' page tables in all windows, in one pass over each table. If a pass ends
 * early, rows found before were visited. */
bool diff_mappings(const struct diff *diff);
/* Compares the user half of a process in the two dumps. */
bool diff_process_mappings(const struct diff *diff, const struct process *const process[NR_SIDES]);

struct windows {
	struct window *window; /* owned */
	size_t nr, room;
};

/* Finds corresponding parts of the kernels' halves. For dumps of one boot, certain or possible,
 * this is the whole half. For dumps of different boots these are the regions with the same layout
 * in each boot, and the parts of modules that are in both dumps. Fails if nothing corresponds. */
bool windows_find(struct windows *windows, const struct pair *pair, struct error *err);
void windows_release(struct windows *windows);

/* Time grows with the number of struct pages, memory does not. */
bool diff_frames(const struct diff *diff);

/* Matches tasks by pid, or by comm for dumps of different boots. In dumps of one boot two tasks are
 * the same if pid and start time are equal. A task that may be in the damaged part of a list is
 * DIFF_UNKNOWN. */
bool diff_tasks(const struct diff *diff);

/* Matches areas by address, or by caller and kind for dumps of different boots. An area that may be
 * in the damaged part of a list is DIFF_UNKNOWN. */
bool diff_areas(const struct diff *diff);

/* Matches modules by name. DIFF_MOVED: the same module at another address, in dumps of different
 * boots. In dumps of one boot this is DIFF_CHANGED: the module was loaded again. */
bool diff_modules(const struct diff *diff);
