/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The data of the pass over the page tables, shared by check_tables.c, check_cache.c and the files
 * that check processes. */
#pragma once

#include "check/check.h"
#include "query/hidden.h"
#include "kernel/kernel.h"
#include "paging/scan.h"
#include "linux/task/mm.h"

/* The two lists in the last line of the report: parts that were checked, and parts that were
 * not. */
struct check_summary {
	char looked[512];
	char missed[1024];
	/* The check that was added last to the list `missed`. A check is added only once, although
	 * it may miss several parts. CHECK_OF_ALL: the list is empty. */
	enum check last_missed;
};

/* Problems of one kind: the number of places, their total size, and text about the first place. */
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
	size_t next_other; /* index in runs of the next run with another cache type */
	uint8_t cache;
};

/* A part of the kernel's image in physical memory. If it is unknown, first is 1 and last is 0. */
struct image_frames {
	uint64_t first, last; /* physical addresses, both inclusive */
	bool read_only; /* the kernel's image maps it without the right to write */
};

enum { FRAMES_OF_TEXT, FRAMES_OF_RODATA, NR_IMAGE_FRAMES };

struct pass {
	const struct checker *checker;
	struct kernel *kernel;
	const struct space *space;
	const struct entry_rules *rules;
	/* First and last virtual address of the direct map. They are valid if has_direct_map is
	 * true. If it is false, no_direct_map is the reason. */
	uint64_t direct_first, direct_last;
	uint64_t direct_base; /* the result of kernel_direct_base() */
	bool has_direct_map;
	struct error no_direct_map;
	const struct resource_tree *resources; /* NULL: unknown or damaged */
	/* Everything below this physical address of the direct map was already checked. */
	uint64_t next;
	struct tally missing, left_out, corrupt, nowhere, contradicted, misplaced, unmapped,
		write_execute, writable_alias, user, process_write_execute;
	struct image_frames image[NR_IMAGE_FRAMES];
	/* The region of the kernel's image, both inclusive. Valid if has_image is true. Everything
	 * below next_of_image was already checked. */
	uint64_t image_first, image_last, next_of_image;
	bool has_image;
	/* The direct map cannot write to the kernel's text either. On old kernels it can. */
	bool protects_direct;
	unsigned int nr_nowhere; /* number of pages that are neither in the dump nor in resources */
	struct tally memory_conflict, device_conflict;
	/* Bytes of RAM that the kernel hides from the direct map, indexed by enum hidden. */
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
	size_t last_run; /* index of the run that was found last */
	bool runs_known, too_many_runs;
	uint64_t nr_pages;
	/* Number of processes, and of processes whose page table is unknown. */
	size_t nr_processes, nr_unknown;
	/* the lists of tasks are damaged, so processes may be missing from the check */
	bool tasks_damaged;
	bool processes_complete; /* the user halves of all processes were scanned */
	struct error no_processes; /* the reason if processes are unknown, or code 0 */
};

/* Counts a place with a problem. bytes: size of the place. The text is formatted only if the place
 * is the first of the tally, or if the caller has set checker->place. */
void check_count(struct tally *tally, uint64_t bytes, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Reports the number of places in the tally, if it is not 0. one and many: what was counted, as
 * text in singular and plural, for example "frame is mapped twice" and "frames are mapped
 * twice". */
void check_tell_tally(const struct tally *tally, enum check_status status, const char *one,
		      const char *many);

/* Lists of a running kernel change while they are read, so they are not checked. If the kernel is
 * running, reports this and returns true. */
bool check_tell_running(const struct checker *checker, enum check check);
/* If the user has stopped the work, or if *why_not contains an error, reports this and returns
 * true. */
bool check_tell_unfinished(const struct checker *checker, enum check check,
			   const struct error *why_not);

/* Reports that a check found no problem. The status is CHECK_OK only if complete is true, which
 * means that the check could read all data that it needs. */
void check_tell_none(const struct pass *pass, enum check check, bool complete, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* check_cache.c: returns true if paddr is RAM according to the kernel's resources, or if the
 * resources are unknown. */
bool check_is_ram(struct pass *pass, uint64_t paddr);
/* Returns true if the missing table may have been left out of the dump on purpose, for example by
 * makedumpfile. */
bool check_is_left_out(struct pass *pass, const struct scanned *scanned);
/* The check of cache types has three steps. check_cache_of() compares the cache type of one page
 * with the page's other mappings. check_processes() does this for the user halves of all processes.
 * check_tell_cache() reports the result. pid: 0 for a mapping of the kernel. */
void check_cache_of(struct pass *pass, const struct scanned *scanned, int32_t pid);
void check_processes(struct pass *pass, struct scan *scan);
bool check_cache_is_plain(const struct pass *pass, const struct scanned *scanned, size_t *last_run);

/* check_user.c: checks the mappings of processes. */
struct user_pass;
struct user_pass *check_user_start(struct pass *pass); /* returns NULL if memory is exhausted */
/* Starts the check of a process. */
void check_user_process(struct user_pass *user, const struct process *process);
/* Ends the check of a process. All its tables were scanned. */
void check_user_counts_end(struct user_pass *user);
void check_user_entry(struct user_pass *user, const struct scanned *scanned);
void check_user_end(struct user_pass *user); /* reports the result, and frees user */
void check_tell_cache(struct pass *pass);

/* check_counts.c: finds frames that have more mappings than their struct page counts. */
/* A place where a process maps a frame. */
struct mapped_place {
	uint64_t vaddr;
	int32_t pid;
};

/* Which further mappings of a frame check_add_plain() may count. */
enum mapped_kind {
	MAPPED_ODD, /* none */
	MAPPED_COUNTED, /* all, until there are more mappings than the struct page counts */
	MAPPED_NOT_COUNTED, /* all, because they are not compared with the struct page */
	MAPPED_READ_ONLY, /* the same, but only mappings that processes may not write */
};

/* A frame that processes map. */
struct mapped_frame {
	uint64_t pfn;
	uint64_t vaddr; /* the mapping that was found first */
	int32_t pid;
	uint32_t mapcount; /* number of mappings that the struct page counts */
	uint32_t left; /* mapcount without the mappings that were found */
	uint32_t kind : 2; /* enum mapped_kind */
	uint32_t over : 30; /* index of the overmapped, plus 1. 0: there is none */
};

/* A frame with more mappings than its struct page counts. */
struct overmapped {
	uint64_t pfn, more;
	/* The mappings with the lowest and the highest pid, and of these the lowest and the highest
	 * address. Of the mappings that the struct page counts, only the first is known. */
	struct mapped_place first, last;
	uint32_t mapcount;
};

enum { CHUNK_FRAMES = 64 };

/* Where CHUNK_FRAMES consecutive frames are stored. Frames that are mapped one after the other are
 * often neighbours, so few chunks are searched. */
struct mapped_chunk {
	uint64_t number; /* the pfn of the first frame, divided by CHUNK_FRAMES */
	uint32_t at[CHUNK_FRAMES]; /* index of the frame, plus 1. 0: it is not stored */
};

struct mapped_frames {
	struct mapped_frame *frame; /* owned */
	size_t nr, room;
	struct mapped_chunk **slot; /* a hash table of chunks; it and the chunks are owned */
	size_t nr_slots, nr_chunks; /* nr_slots: 0 or a power of two */
	struct mapped_chunk *chunk; /* the chunk that was found last, or NULL */
	uint64_t key; /* the key for scatter() */
	/* Index of the frame that was stored after the frame that was found last. Processes map
	 * files in the same order, so this is often the frame of the next page. */
	size_t next;
	struct overmapped *over; /* owned */
	size_t nr_over, room_over;
	uint64_t nr_added; /* number of places that were added */
	bool too_many; /* frames were dropped or not sorted, because there were too many of them */
};

/* Returns the frame, or NULL if it was not added before. */
struct mapped_frame *check_find_frame(struct mapped_frames *frames, uint64_t pfn);
/* Adds a mapping of a frame that was added before. times: number of consecutive pages from the
 * place on that map this frame. Returns false if the frame was not added before, or is not
 * counted. */
bool check_add_place(struct mapped_frames *frames, uint64_t pfn, struct mapped_place place,
		     uint64_t times);
/* Adds a frame, and a mapping if the frame is counted. frame->left and over are not used. */
void check_add_frame(struct mapped_frames *frames, const struct mapped_frame *frame,
		     uint64_t times);
static inline bool check_is_compared(const struct mapped_frame *frame)
{
	return frame->kind == MAPPED_ODD || frame->kind == MAPPED_COUNTED;
}
void check_count_mapped(struct mapped_frames *frames, struct tally *overmapped);
void check_release_mapped(struct mapped_frames *frames);
