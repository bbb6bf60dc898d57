/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The pass over the page tables, shared by check_tables.c, check_cache.c and the files for
 * processes. */
#pragma once

#include "check/check.h"
#include "query/hidden.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "linux/task/mm.h"

/* The lists in the last line of the report. */
struct check_summary {
	char looked[512];
	char missed[1024];
	/* The last check in the list of missed checks. It is added only once, although one check
	 * may miss several parts. CHECK_OF_ALL: the list is empty. */
	enum check last_missed;
};

/* Problems of one kind: number of places, their size, and text about the first place. */
struct tally {
	const struct checker *checker;
	enum check check; /* the check that the problem belongs to */
	uint64_t nr, bytes;
	char first[512];
};

/* A mapping outside of the direct map, whose cache type is compared. */
struct frame_alias {
	uint64_t paddr, last; /* physical addresses, both inclusive */
	uint64_t vaddr;
	uint8_t cache; /* enum cache_type */
	int32_t pid; /* 0: a mapping of the kernel */
};

struct ram {
	uint64_t first, last; /* physical addresses, both inclusive */
};

/* A physical range that the direct map maps with the same cache type. */
struct direct_run {
	uint64_t first, last; /* physical addresses, both inclusive */
	size_t next_other; /* index of the next run with another cache type */
	uint8_t cache;
};

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* First and last virtual address of the direct map. If they are unknown, no_direct_map has
	 * the reason. */
	uint64_t direct_first, direct_last;
	uint64_t direct_base; /* result of kernel_direct_base() */
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: unknown or damaged */
	/* The physical address after the part of the direct map that was checked so far. */
	uint64_t next;
	struct tally missing, left_out, corrupt, misplaced, unmapped, write_execute, user,
		process_write_execute;
	struct tally memory_conflict, device_conflict;
	struct kfence_pool kfence; /* valid if nr_asked is not 0 */
	/* Bytes of RAM that the kernel hides from the direct map, by reason. */
	uint64_t hidden[NR_HIDDEN];
	unsigned int nr_asked; /* number of frames for which query_frame_hidden() was called */
	bool complete; /* all tables were scanned */
	struct frame_alias *aliases; /* owned */
	size_t nr_aliases, room_aliases;
	bool too_many_aliases;
	struct ram *ram; /* owned; sorted by address; see check_cache.c */
	size_t nr_ram;
	struct direct_run *runs; /* owned; sorted by address; see check_cache.c */
	size_t nr_runs, room_runs;
	bool runs_known, too_many_runs;
	uint64_t nr_pages;
	/* Number of processes, and of processes whose page table is unknown. */
	size_t nr_processes, nr_unknown;
	bool tasks_damaged; /* the lists of tasks are damaged, so processes may be missing */
	bool processes_complete; /* the user halves of all processes were scanned, too */
	struct error no_processes; /* if processes are not known: the reason; otherwise code 0 */
};

/* Counts a place with a problem. The text is formatted only for the first place, or if the caller
 * wants all places. */
void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports the tally, unless its number is 0. one and many: what was counted, in singular and
 * plural, such as "frame is mapped twice" and "frames are mapped twice". */
void check_tell_tally(const struct tally *tally, enum check_status status, const char *one,
		      const char *many);

/* Reports that a check found no problem. The status is CHECK_OK only if complete is true: the check
 * could read all data that it needs. */
void check_tell_none(const struct pass *pass, enum check check, bool complete, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* check_cache.c: returns true if paddr is RAM according to the kernel's resources, or if these are
 * unknown. */
bool check_is_ram(struct pass *pass, uint64_t paddr);
/* Returns true if the missing table may have been left out of the dump on purpose. */
bool check_is_left_out(struct pass *pass, const struct scanned *scanned);
/* The check of cache types has three steps. check_cache_of() compares one page of the kernel (pid
 * 0) or of a process. check_processes() compares the user halves of all processes.
 * check_tell_cache() reports the result. */
void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid);
void check_processes(struct pass *pass, struct scan *scan);

/* check_user.c: checks the mappings of processes. */
struct user_pass;
struct user_pass *check_user_start(struct pass *pass); /* returns NULL if memory is exhausted */
void check_user_process(struct user_pass *user, const struct process *process, struct scan *scan);
void check_user_entry(struct user_pass *user, const struct scanned *scanned);
void check_user_no_table(struct user_pass *user, const struct error *why);
void check_user_end(struct user_pass *user); /* reports the result, and frees user */
void check_tell_cache(struct pass *pass);

/* check_kernel_half.c: checks the kernel's half in the page tables of processes. */
struct half_pass {
	struct kernel *kernel;
	struct error why_not; /* why the half cannot be compared; code 0: it can be compared */
	uint64_t first; /* first address of the kernel's half, without sign extension */
	uint64_t sign;
	struct tally differing, unread; /* differing entries; unreadable tables */
	size_t nr; /* number of processes that were compared */
};

void check_half_start(struct half_pass *half, struct pass *pass);
/* kernels: the address space of swapper_pg_dir. */
void check_half_process(struct half_pass *half, const struct space *kernels,
			const struct process *process);
void check_half_tell(const struct half_pass *half, const struct pass *pass);

/* check_counts.c: finds frames that have more mappings than their struct page counts. */
/* A frame that a process maps. times: number of mappings at consecutive addresses from vaddr on. */
struct mapped_page {
	uint64_t pfn, vaddr, times;
	int32_t pid;
	uint32_t mapcount;
};

struct mapped_pages {
	struct mapped_page *page; /* owned */
	size_t nr, room;
	bool too_many; /* pages are missing or not sorted, because there were too many */
};

void check_add_mapped(struct mapped_pages *pages, const struct mapped_page *mapped);
void check_count_mapped(struct mapped_pages *pages, struct tally *overmapped);
