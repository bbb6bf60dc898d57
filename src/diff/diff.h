/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Compares two dumps: the parts that can differ, and the rows with differences that each comparison
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
	enum page_state reason; /* why the table cannot be read; valid with MAPPING_UNREADABLE */
	bool writable, executable, user; /* these and the members below: valid with MAPPING_PAGES */
	/* True if the page of a process is mapped to an address without memory or device. */
	bool nowhere;
	bool has_cache;
	uint8_t cache; /* enum cache_type; 0 unless has_cache */
};

/* Two ranges of addresses, one in each dump. Addresses at the same distance from first correspond
 * to each other. */
struct window {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	const char *region; /* static name; NULL: several regions */
	char module[64]; /* printable; "": no module */
	/* Static: name of the part of the module. Without a module: name of the part of the region,
	 * or NULL. */
	const char *part;
};

/* A range of addresses where both mappings stay the same. Page sizes, the global bit and frame
 * numbers are not compared. */
struct mapping_diff {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* both inclusive */
	struct compared_mapping mapping[NR_SIDES];
	const struct window *window; /* borrowed during the call */
};

enum { MOST_FRAME_RUNS = 64 };

/* Neighbouring frames whose use changed in the same way. */
struct frame_change {
	uint64_t first, last; /* page frame numbers, both inclusive */
	enum page_use_kind use[NR_SIDES]; /* as in struct frame_run, or PAGE_USE_NONE */
};

struct frames_diff {
	/* The uses found, in the order of their first frames. */
	enum page_use_kind use[NR_PAGE_USES];
	size_t nr_uses;
	uint64_t frames[NR_SIDES][NR_PAGE_USES]; /* number of frames of each use */
	/* If the dumps are of different boots, their frames cannot be matched, and the members
	 * below are 0. */
	bool has_changes;
	/* Number of frames; indexes: use in OTHER, use in THIS. */
	uint64_t changed[NR_PAGE_USES][NR_PAGE_USES];
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest changes, longest first */
	size_t nr_largest;
};

/* A task. In dumps of different boots: all tasks with the same name. */
struct task_diff {
	/* Dumps of one boot: the task in the list of each dump, borrowed. NULL: the list has no
	 * such task. */
	const struct task *task[NR_SIDES];
	struct task_info info[NR_SIDES]; /* valid for dumps that have the task */
	bool same_mm; /* both dumps have the task, and it has the same mm: it has not called exec */
	/* Dumps of different boots: */
	const char *comm; /* NULL: dumps of one boot */
	uint64_t nr[NR_SIDES]; /* number of tasks with this name */
	/* Dumps of one or different boots: bytes in memory. Set for processes, but not for their
	 * further threads. */
	bool has_rss[NR_SIDES];
	uint64_t rss[NR_SIDES];
};

/* An area of vmalloc. In dumps of different boots: all areas of one kind with the same caller. */
struct area_diff {
	/* Dumps of one boot: the area in the list of each dump, borrowed. NULL: the list has no
	 * such area. */
	const struct vmalloc_area *area[NR_SIDES];
	/* Dumps of different boots: */
	const char *kind; /* NULL: dumps of one boot; "": unknown */
	const char *caller; /* symbol without offset; "": unknown */
	uint64_t nr[NR_SIDES], bytes[NR_SIDES];
};

struct module_place {
	char name[64]; /* printable */
	uint64_t module; /* address of the struct module */
	bool has_size;
	uint64_t size; /* bytes of its parts, without the parts that only its initialization uses */
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

/* Receives the rows. Items without a difference are rows, too, except equal mappings. */
struct diff_visitor {
	bool (*visit)(const struct diff_row *row, void *arg); /* returns false to end the part */
	void *arg;
	uint64_t nr_runs; /* for PART_FRAMES: number of the longest changes to store */
};

struct diff_summary {
	bool compared;
	struct error why; /* if not compared: the reason */
	/* The number of rows by status. For frames, the number of frames: DIFF_SAME counts frames
	 * with the same use in both dumps, DIFF_CHANGED frames with different uses, and
	 * DIFF_UNKNOWN frames whose use is unknown in a dump. For dumps of different boots, these
	 * numbers are computed from the totals of each use. */
	uint64_t nr[NR_DIFF_STATUSES];
	bool has_bytes; /* bytes is valid; true for mappings */
	uint64_t bytes[NR_DIFF_STATUSES];
	bool cache_unknown; /* cache types of mappings are unknown and were not compared */
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

/* Compares one part. If that is not possible, the summary has the reason. */
void diff_compare(enum diff_part part, const struct pair *pair, const struct diff_visitor *visitor,
		  struct diff_summary *summary);

/* Returns the damage of the list that a part was compared with, in one of the dumps. The part of
 * the list before the damage was compared. NULL: no damage is known. */
const struct error *diff_damage(const struct pair *pair, enum diff_part part, enum pair_side side);

/* Returns "different", "same" or "unknown". */
const char *diff_verdict(const struct diff_summary *summary);

/* --- parts: each function returns false and sets diff->summary->why if the part cannot be compared
 * --- */

/* Compares all facts that are known in at least one dump. A fact that only one dump knows is
 * DIFF_UNKNOWN. */
bool diff_facts(const struct diff *diff);

/* Compares all regions except holes. Rows come in the order of addresses, first of the open dump,
 * then of the other dump. The nth region of a kind is compared with the nth region of this kind in
 * the other dump. DIFF_MOVED: the region has the same size at another address. */
bool diff_regions(const struct diff *diff);
/* Returns the region in among, the other dump's list, that corresponds to list->region[nr], or NULL
 * if there is none. */
const struct region *diff_region_counterpart(const struct region_list *list, size_t nr,
					     const struct region_list *among);

/* Compares the kernels' page tables in all windows, in one pass over each page table. If a pass
 * ends early, the rows before that were already visited. */
bool diff_mappings(const struct diff *diff);
/* Compares the user half of a process in the two dumps. */
bool diff_process_mappings(const struct diff *diff, const struct process *const process[NR_SIDES]);

struct windows {
	struct window *window; /* owned */
	size_t nr, room;
};

/* Finds the parts of the kernels' halves that correspond to each other. If the dumps are or may be
 * of one boot, this is the whole half. If they are of different boots, these are the regions that
 * have the same layout in each boot, and the parts of modules that are in both dumps. Returns false
 * and sets err if no parts correspond. */
bool windows_find(struct windows *windows, const struct pair *pair, struct error *err);
void windows_release(struct windows *windows);

/* Compares the uses of frames. The time depends on the number of struct pages, but the use of
 * memory does not. */
bool diff_frames(const struct diff *diff);

/* Compares tasks. Matches tasks by pid, or by comm for dumps of different boots. In dumps of one
 * boot, two tasks are the same if pid and start time are equal. A task that may be in the damaged
 * part of a list is DIFF_UNKNOWN. */
bool diff_tasks(const struct diff *diff);

/* Compares areas of vmalloc. Matches areas by address, or by caller and kind for dumps of different
 * boots. An area that may be in the damaged part of a list is DIFF_UNKNOWN. */
bool diff_areas(const struct diff *diff);

/* Compares modules. Matches modules by name. A module at another address is DIFF_MOVED in dumps of
 * different boots. In dumps of one boot it was loaded again, and is DIFF_CHANGED. */
bool diff_modules(const struct diff *diff);
