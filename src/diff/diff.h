/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The differences of two dumps: the parts that can differ, and the rows that each comparison
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
	PART_MAPPINGS, /* of the kernels */
	PART_FRAMES,
	PART_TASKS,
	PART_VMALLOC,
	PART_MODULES,
	NR_DIFF_PARTS
};
extern const char *const diff_part_names[NR_DIFF_PARTS];

/* --- rows: what is compared, as each side has it --- */

struct fact_diff {
	enum fact_id id;
	bool known[NR_SIDES];
	uint64_t value[NR_SIDES]; /* where known */
};

struct region_diff {
	const struct region *region[NR_SIDES]; /* NULL: it has none; borrowed */
};

enum mapping_kind {
	MAPPING_NONE,
	MAPPING_PAGES,
	MAPPING_CORRUPT, /* an entry has a bit set that the mode reserves */
	MAPPING_UNREADABLE, /* the table is not in the dump */
};

struct compared_mapping {
	enum mapping_kind kind;
	enum page_state reason; /* MAPPING_UNREADABLE: why */
	bool writable, executable, user; /* MAPPING_PAGES, as are those below */
	bool nowhere; /* of a process: mapped to addresses where neither memory nor a device is */
	bool has_cache;
	uint8_t cache; /* enum cache_type; 0 unless has_cache */
};

/* Addresses that correspond to each other: those at the same distance from first. */
struct window {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* inclusive */
	const char *region; /* static name; NULL: several */
	char module[64]; /* printable; "": none */
	const char *part; /* of the module: static; without a module, of the region, or NULL */
};

/* A range that differs in the same way from start to end. The sizes of pages, the global bit and
 * the frame numbers are not compared, only whether a frame is mapped. */
struct mapping_diff {
	uint64_t first[NR_SIDES], last[NR_SIDES]; /* inclusive */
	struct compared_mapping mapping[NR_SIDES];
	const struct window *window; /* borrowed during the call */
};

enum { MOST_FRAME_RUNS = 64 };

/* Neighbouring frames whose use changed from one to another. */
struct frame_change {
	uint64_t first, last; /* frame numbers, inclusive */
	enum page_use_kind use[NR_SIDES]; /* as of struct frame_run, or PAGE_USE_NONE */
};

struct frames_diff {
	enum page_use_kind use[NR_PAGE_USES]; /* that there are, by the first frame of each */
	size_t nr_uses;
	uint64_t frames[NR_SIDES][NR_PAGE_USES]; /* that are used so */
	/* In dumps of two boots the members below are 0, as their frames cannot be matched. */
	bool has_changes;
	uint64_t changed[NR_PAGE_USES][NR_PAGE_USES]; /* [OTHER's use][THIS's] */
	struct frame_change largest[MOST_FRAME_RUNS]; /* the longest first */
	size_t nr_largest;
};

/* A task, or in dumps of two boots all tasks of a name. */
struct task_diff {
	/* Of dumps of one boot; NULL: not in the dump's list. Borrowed. */
	const struct task *task[NR_SIDES];
	struct task_info info[NR_SIDES]; /* where there is a task */
	bool same_mm; /* if both dumps have the task: exec has not given it another mm */
	/* Of dumps of two boots: */
	const char *comm; /* NULL: of one boot */
	uint64_t nr[NR_SIDES]; /* tasks of that name */
	/* For both dumps: bytes in memory; for processes only, not for their further threads. */
	bool has_rss[NR_SIDES];
	uint64_t rss[NR_SIDES];
};

/* An area, or in dumps of two boots all areas of a kind that one function asked for. */
struct area_diff {
	/* Of dumps of one boot; NULL: not in the dump's list. Borrowed. */
	const struct vmalloc_area *area[NR_SIDES];
	/* Of dumps of two boots: */
	const char *kind; /* NULL: of one boot; "": unknown */
	const char *caller; /* symbol, without offset; "": unknown */
	uint64_t nr[NR_SIDES], bytes[NR_SIDES];
};

struct module_place {
	char name[64]; /* printable */
	uint64_t module; /* address of its struct module */
	bool has_size;
	uint64_t size; /* bytes of its parts, without the parts for initialization */
};

struct module_diff {
	const struct module_place *module[NR_SIDES]; /* NULL: not loaded; borrowed */
};

struct diff_row {
	enum diff_part part;
	enum diff_status status; /* not of frames */
	union {
		struct fact_diff fact;
		struct region_diff region;
		struct mapping_diff mapping;
		const struct frames_diff *frames; /* all of the part */
		struct task_diff task;
		struct area_diff area;
		struct module_diff module;
	};
};

/* --- comparing --- */

/* Receives the rows. Equal items are rows, too, except for mappings. */
struct diff_visitor {
	bool (*visit)(const struct diff_row *row, void *arg); /* false ends the part */
	void *arg;
	uint64_t nr_runs; /* of frames whose use changed, the largest */
};

struct diff_summary {
	bool compared;
	struct error why; /* it was not */
	/* The number of rows by status. For frames: the number of frames with the same use in
	 * both dumps, with different uses, and with a use that one dump does not show; for two
	 * boots, concluded from totals. */
	uint64_t nr[NR_DIFF_STATUSES];
	bool has_bytes; /* of mappings */
	uint64_t bytes[NR_DIFF_STATUSES];
	bool cache_unknown; /* cache types of mappings could not be compared */
};

/* The comparison of one part. */
struct diff {
	const struct pair *pair;
	const struct diff_visitor *visitor;
	struct diff_summary *summary;
};

/* Counts a row, and shows it. False: the visitor ends the part. */
static inline bool diff_tell(const struct diff *diff, const struct diff_row *row)
{
	diff->summary->nr[row->status]++;
	return diff->visitor->visit(row, diff->visitor->arg);
}

/* Compares one part. Cannot fail: the summary says why it was not compared. */
void diff_compare(enum diff_part part, const struct pair *pair, const struct diff_visitor *visitor,
		  struct diff_summary *summary);

/* The damage of the list that a part was compared by, in the dump of that side; NULL: none is
 * known. What was found of the list was compared. */
const struct error *diff_damage(const struct pair *pair, enum diff_part part, enum pair_side side);

/* "different", "same", "unknown". */
const char *diff_verdict(const struct diff_summary *summary);

/* --- the parts: false with diff->summary->why --- */

/* All facts that one of the dumps knows. A fact that one does not know is DIFF_UNKNOWN. */
bool diff_facts(const struct diff *diff);

/* All regions but holes, by address, the open dump first. The nth region of a kind is compared
 * with the nth of the other dump. DIFF_MOVED: the same size elsewhere. */
bool diff_regions(const struct diff *diff);
/* The region of the other dump that is to be compared with list->region[nr] of the open
 * one; NULL: none. For side OTHER the other way round. */
const struct region *diff_region_counterpart(const struct region_list *list, size_t nr,
					     const struct region_list *among);

/* Compares the kernels' own tables in all windows, by one pass over each table. Where a
 * table's end was not reached, what was found before has been shown. */
bool diff_mappings(const struct diff *diff);
/* The same of the user half of a process, as the dumps have it. */
bool diff_process_mappings(const struct diff *diff, const struct process *const process[NR_SIDES]);

struct windows {
	struct window *window; /* owned */
	size_t nr, room;
};

/* The parts of the kernels' halves that correspond. In dumps of one boot, or of what may be one,
 * that is the whole half. In dumps of two boots, they are the regions whose content each boot
 * lays out alike, and the parts of modules that are in both dumps. Fails where nothing
 * corresponds. */
bool windows_find(struct windows *windows, const struct pair *pair, struct error *err);
void windows_release(struct windows *windows);

/* The work grows with the struct pages, memory does not. */
bool diff_frames(const struct diff *diff);

/* By pid, or by comm in dumps of two boots. In dumps of one boot a task is the same if its pid
 * and its start time are. A task that a damaged list lacks is DIFF_UNKNOWN. */
bool diff_tasks(const struct diff *diff);

/* By address, or by caller and kind in dumps of two boots. An area that a damaged list lacks
 * is DIFF_UNKNOWN. */
bool diff_areas(const struct diff *diff);

/* By name. DIFF_MOVED: the same, loaded elsewhere, in a dump of another boot; in one of the
 * same boot that is DIFF_CHANGED: it was loaded again. */
bool diff_modules(const struct diff *diff);
