/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Compares two dumps. Defines the parts that can be compared, and the rows of results for each
 * part. */
#pragma once

#include "linux/region.h"
#include "linux/vmalloc.h"
#include "diff/pair.h"
#include "linux/page/page_use.h"
#include "paging/walk.h"
#include "linux/task/task_info.h"

struct process;

enum diff_part {
	PART_FACTS,
	PART_REGIONS,
	PART_MAPPINGS, /* mappings of the kernel */
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
	const struct region *region[NR_SIDES]; /* NULL: this dump has no such region; borrowed */
};

enum mapping_kind {
	MAPPING_NONE,
	MAPPING_PAGES,
	MAPPING_CORRUPT, /* an entry has a bit set that the mode reserves */
	MAPPING_UNREADABLE, /* the table is not in the dump */
};

struct compared_mapping {
	enum mapping_kind kind;
	enum page_state reason; /* why the table cannot be read; valid for MAPPING_UNREADABLE */
	bool writable, executable, user; /* this and all members below: valid for MAPPING_PAGES */
	/* True if a process maps the page to a physical address without memory or device. Always
	 * false for the kernel's mappings. */
	bool nowhere;
	bool has_cache;
	uint8_t cache; /* enum cache_type; 0 unless has_cache */
};

/* Two ranges of virtual addresses, one in each dump. Addresses at equal distances from first[]
 * correspond to each other. */
struct window {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	const char *region; /* static name; NULL: several regions */
	char module[64]; /* printable; "": no module */
	/* Static name of the part of the module. If there is no module: name of the part of the
	 * region, or NULL. */
	const char *part;
};

/* A range of virtual addresses that are mapped differently in the two dumps. Within the range, each
 * dump's mapping is uniform: one struct compared_mapping describes it. Page sizes, the global bit
 * and frame numbers are not compared. */
struct mapping_diff {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	struct compared_mapping mapping[NR_SIDES];
	const struct window *window; /* borrowed during the call */
};

enum { MOST_FRAME_RUNS = 64 };

/* Neighbouring frames whose use changed in the same way. */
struct frame_change {
	uint64_t first, last; /* page frame numbers, both inclusive */
	/* as in struct frame_run, or PAGE_USE_NONE for frames that are not in the dump */
	enum page_use_kind use[NR_SIDES];
};

struct frames_diff {
	/* The uses that were found, in the order of their first frames. */
	enum page_use_kind use[NR_PAGE_USES];
	size_t nr_uses;
	uint64_t frames[NR_SIDES][NR_PAGE_USES]; /* number of frames of each use */
	/* False for dumps of different boots: their frames cannot be matched, so the members below
	 * are 0. */
	bool has_changes;
	/* Number of frames with a changed use. The first index is the use in OTHER, the second the
	 * use in THIS. */
	uint64_t changed[NR_PAGE_USES][NR_PAGE_USES];
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest changes, longest first */
	size_t nr_largest;
};

/* A task. For dumps of different boots: all tasks with the same name. */
struct task_diff {
	/* For dumps of one boot: the task in each dump's list, borrowed. NULL: the task is not in
	 * this list. */
	const struct task *task[NR_SIDES];
	struct task_info info[NR_SIDES]; /* valid for dumps that have the task */
	/* the task is in both dumps with the same mm_struct, so it did not call exec() in
	 * between */
	bool same_mm;
	/* Used only for dumps of different boots: */
	const char *comm; /* NULL: dumps of one boot */
	uint64_t nr[NR_SIDES]; /* number of tasks with this name */
	/* For all dumps: the resident memory in bytes. Set for the first thread of a process, but
	 * not for its further threads. */
	bool has_rss[NR_SIDES];
	uint64_t rss[NR_SIDES];
};

/* An area of vmalloc. For dumps of different boots: all areas of one kind with the same caller. */
struct area_diff {
	/* For dumps of one boot: the area in each dump's list, borrowed. NULL: the area is not in
	 * this list. */
	const struct vmalloc_area *area[NR_SIDES];
	/* Used only for dumps of different boots: */
	const char *kind; /* NULL: dumps of one boot; "": unknown */
	const char *caller; /* symbol without offset; "": unknown */
	uint64_t nr[NR_SIDES], bytes[NR_SIDES];
};

struct module_place {
	char name[64]; /* printable */
	uint64_t module; /* virtual address of the struct module */
	bool has_size;
	uint64_t size; /* bytes of all parts that are used after the module's initialization */
};

struct module_diff {
	const struct module_place *module[NR_SIDES]; /* NULL: not loaded in this dump; borrowed */
};

struct diff_row {
	enum diff_part part;
	enum diff_status status; /* not set for PART_FRAMES */
	union {
		struct fact_diff fact;
		struct region_diff region;
		struct mapping_diff mapping;
		const struct frames_diff *frames; /* the only row of PART_FRAMES */
		struct task_diff task;
		struct area_diff area;
		struct module_diff module;
	};
};

/* --- comparing --- */

/* Receives the rows. Equal items are visited, too, except equal mappings. */
struct diff_visitor {
	bool (*visit)(const struct diff_row *row, void *arg); /* returns false to end the part */
	void *arg;
	uint64_t nr_runs; /* for PART_FRAMES: how many of the longest changes to store */
};

struct diff_summary {
	bool compared;
	struct error why; /* the reason if the part was not compared */
	/* The number of rows with each status. For PART_FRAMES, the number of frames: DIFF_SAME are
	 * frames with the same use in both dumps, DIFF_CHANGED frames with different uses, and
	 * DIFF_UNKNOWN frames whose use is unknown in at least one dump. If the dumps are of
	 * different boots, these numbers are computed from the total of each use. */
	uint64_t nr[NR_DIFF_STATUSES];
	bool has_bytes; /* true if bytes is valid, which is the case for PART_MAPPINGS */
	uint64_t bytes[NR_DIFF_STATUSES];
	bool cache_unknown; /* the cache types of mappings are unknown, and were not compared */
};

/* The arguments for the comparison of one part. */
struct diff {
	const struct pair *pair;
	const struct diff_visitor *visitor;
	struct diff_summary *summary;
};

/* Counts a row and visits it. Returns false if the visitor ended the part. */
static inline bool diff_tell(const struct diff *diff, const struct diff_row *row)
{
	diff->summary->nr[row->status]++;
	return diff->visitor->visit(row, diff->visitor->arg);
}

/* Compares one part. If the part cannot be compared, summary->why is the reason. */
void diff_compare(enum diff_part part, const struct pair *pair, const struct diff_visitor *visitor,
		  struct diff_summary *summary);

/* Returns the damage of the list that is compared for the part, in the dump of the given side. The
 * elements before the damage are compared. NULL: no damage is known. */
const struct error *diff_damage(const struct pair *pair, enum diff_part part, enum pair_side side);

/* --- parts: each function returns false and sets diff->summary->why if the part cannot be compared
 * --- */

/* Compares all facts that are known in at least one dump. If a fact is known in only one dump, the
 * row is DIFF_UNKNOWN. */
bool diff_facts(const struct diff *diff);

/* Compares all regions except holes. The nth region of a kind in one dump is compared with the nth
 * region of this kind in the other dump. DIFF_MOVED: both regions have the same size, but different
 * addresses. First come all regions of the open dump, then those that only the other dump has, each
 * sorted by address. */
bool diff_regions(const struct diff *diff);
/* Finds the region that corresponds to list->region[nr]. among: the list of regions of the other
 * dump. Returns NULL if it contains no such region. */
const struct region *diff_region_counterpart(const struct region_list *list, size_t nr,
					     const struct region_list *among);

/* Compares the kernels' page tables in all windows, in one pass over each page table. If the
 * comparison fails, the rows for lower addresses were already visited. */
bool diff_mappings(const struct diff *diff);
/* Compares the user half of a process in the two dumps. */
bool diff_process_mappings(const struct diff *diff, const struct process *const process[NR_SIDES]);

struct windows {
	struct window *window; /* owned */
	size_t nr, room;
};

/* Compares the uses of frames. The time grows with the number of struct pages, but memory use does
 * not. */
bool diff_frames(const struct diff *diff);

/* Compares tasks. Matches tasks by pid and start time, or, for dumps of different boots, by name. A
 * task in one list is DIFF_UNKNOWN if it may be in the damaged part of the other list. */
bool diff_tasks(const struct diff *diff);
