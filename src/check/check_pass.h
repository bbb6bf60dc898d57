/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The pass of check over the page tables, shared by check_tables.c and check_cache.c. */
#pragma once

#include "check/check.h"
#include "query/hidden.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "linux/task/mm.h"

/* The lists in the last line. */
struct check_summary {
	char looked[512];
	char missed[1024];
	/* Last check in the list of missed ones, as one check may miss several parts; CHECK_OF_ALL:
	 * none yet. */
	enum check last_missed;
};

/* Trouble of one kind: number of places, their size, and text of the first place. */
struct tally {
	const struct checker *checker;
	enum check check; /* the check that counts it */
	uint64_t nr, bytes;
	char first[512];
};

/* A mapping outside of the direct map, for comparing cache types. */
struct frame_alias {
	uint64_t paddr, last; /* physical, both inclusive */
	uint64_t vaddr;
	uint8_t cache; /* enum cache_type */
	int32_t pid; /* 0: a mapping of the kernel */
};

struct ram {
	uint64_t first, last; /* physical, both inclusive */
};

/* A physical range that the direct map maps with one cache type. */
struct direct_run {
	uint64_t first, last; /* physical, both inclusive */
	size_t next_other; /* index of the next run with another cache type */
	uint8_t cache;
};

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* First and last address of the direct map; no_direct_map: why they are unknown. */
	uint64_t direct_first, direct_last;
	uint64_t direct_base; /* result of kernel_direct_base() */
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: unknown or damaged */
	uint64_t next; /* physical: end of the part of the direct map checked so far */
	struct tally missing, left_out, corrupt, misplaced, unmapped, write_execute, user,
		process_write_execute;
	struct tally memory_conflict, device_conflict;
	struct kfence_pool kfence; /* valid if nr_asked is not 0 */
	uint64_t hidden[NR_HIDDEN]; /* bytes of RAM hidden from the direct map, by reason */
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
	size_t nr_processes, nr_unknown; /* number of processes; of those without a known table */
	bool tasks_damaged; /* the lists of tasks are damaged: processes may be missing */
	bool processes_complete; /* the halves of all processes were scanned, too */
	struct error no_processes; /* why processes are not known; code 0: they are known */
};

/* Counts a place. text is formatted only for the first place, or if the caller wants all places. */
void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes the line of a tally, unless it is 0; one and many: noun and verb, singular and plural. */
void check_tell_tally(const struct tally *tally, enum check_status status, const char *one,
		      const char *many);

/* Reports that a check found nothing: OK only if all data that the check needs were read. */
void check_tell_none(const struct pass *pass, enum check check, bool complete, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* check_cache.c: do the kernel's resources call it RAM? True also if they are unknown. */
bool check_is_ram(struct pass *pass, uint64_t paddr);
/* May the missing table have been left out of the dump on purpose? */
bool check_is_left_out(struct pass *pass, const struct scanned *scanned);
/* Three steps: checks one page of the kernel (pid 0) or of a process; then the user halves of all
 * processes; then reports. */
void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid);
void check_processes(struct pass *pass, struct scan *scan);

/* check_user.c: the mappings of processes. */
struct user_pass;
struct user_pass *check_user_start(struct pass *pass); /* NULL: out of memory */
void check_user_process(struct user_pass *user, const struct process *process, struct scan *scan);
void check_user_entry(struct user_pass *user, const struct scanned *scanned);
void check_user_no_table(struct user_pass *user, const struct error *why);
void check_user_end(struct user_pass *user); /* reports, and frees */
void check_tell_cache(struct pass *pass);

/* check_kernel_half.c: the kernel's half in the tables of processes. */
struct half_pass {
	struct kernel *kernel;
	struct error why_not; /* code 0: it can be compared; otherwise why not */
	uint64_t first; /* first address of the kernel's half, without sign extension */
	uint64_t sign;
	struct tally differing, unread; /* differing entries; unreadable tables */
	size_t nr; /* number of processes compared */
};

void check_half_start(struct half_pass *half, struct pass *pass);
/* kernels: the space of swapper_pg_dir. */
void check_half_process(struct half_pass *half, const struct space *kernels,
			const struct process *process);
void check_half_tell(const struct half_pass *half, const struct pass *pass);

/* check_counts.c: pages that are mapped more often than they count. */
/* A page of one frame that a process maps. */
struct mapped_page {
	uint64_t pfn, vaddr, times;
	int32_t pid;
	uint32_t mapcount;
};

struct mapped_pages {
	struct mapped_page *page; /* owned */
	size_t nr, room;
	bool too_many; /* too many to be kept or sorted */
};

void check_add_mapped(struct mapped_pages *pages, const struct mapped_page *mapped);
void check_count_mapped(struct mapped_pages *pages, struct tally *overmapped);
