/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Checks the dump for damage, and for facts that contradict each other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct check_summary;
struct kernel;

enum check_status {
	CHECK_OK,
	CHECK_INAPPLICABLE, /* the check does not apply to this kernel or paging mode */
	CHECK_NOT_CHECKED, /* not checked, or only partly; the message gives the reason */
	CHECK_WARNING, /* a weakness of the kernel */
	CHECK_ERROR, /* damage, or facts that contradict each other */
	NR_CHECK_STATUSES
};
extern const char *const check_status_names[NR_CHECK_STATUSES];

/* Each line of the report belongs to one of these checks. */
enum check {
	CHECK_OF_FACTS,
	CHECK_OF_ROOT,
	CHECK_OF_PAGE_OFFSET,
	CHECK_OF_TABLES,
	CHECK_OF_DIRECT_MAP,
	CHECK_OF_WRITE_EXECUTE,
	CHECK_OF_USER_ACCESS,
	CHECK_OF_USER_TABLES,
	CHECK_OF_KERNEL_HALF,
	CHECK_OF_USER_RIGHTS,
	CHECK_OF_CACHE,
	CHECK_OF_IOMEM,
	CHECK_OF_IOPORTS,
	CHECK_OF_TASKS,
	CHECK_OF_VMAS,
	CHECK_OF_FILES,
	CHECK_OF_AREAS,
	CHECK_OF_SLABS,
	CHECK_OF_FREE_LISTS,
	CHECK_OF_LOG,
	CHECK_OF_IO_TABLES,
	CHECK_OF_IO_WRITES,
	CHECK_OF_IO_SHARING,
	/* the last line: lists the parts that were checked, and the parts that were not */
	CHECK_OF_ALL,
	NR_CHECKS
};

struct check_row {
	const char *name; /* name in answers */
	const char *command; /* a command that shows more details */
};
extern const struct check_row check_rows[NR_CHECKS];

struct checker {
	struct kernel *kernel;
	/* Called for each line of the report. */
	void (*tell)(void *arg, enum check check, enum check_status status, const char *message);
	/* Called for each place where a problem was found, before the line of the report that
	 * counts these places. text: the place, in the form in which that line names the first
	 * place. Called at most MOST_PLACES times for each kind of problem. May be NULL. */
	void (*place)(void *arg, enum check check, const char *text);
	void *arg;
	struct check_summary *summary; /* set and used by check_kernel() */
};

enum { MOST_PLACES = 32 };

/* Runs all checks. If something cannot be checked, a line reports the reason. */
void check_kernel(const struct checker *checker);

/* check_tables.c: checks the kernel's half of its page table, in one pass. */
void check_tables(const struct checker *checker);

/* check_areas.c: checks the mappings of processes, and the areas of vmalloc. */
void check_vmas(const struct checker *checker);
void check_areas(const struct checker *checker);

/* check_free.c: checks the lists of free page frames of zones and CPUs. */
void check_free_lists(const struct checker *checker);

/* check_io.c: checks the page tables of IOMMUs. */
void check_io(const struct checker *checker);

void check_tell(const struct checker *checker, enum check check, enum check_status status,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Adds the text to the last line's list of parts that were checked. The list of parts that were not
 * checked is made by check_tell(). */
void check_looked(const struct checker *checker, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Reports the last line, which names the parts that were checked and were not checked. */
void check_sum_up(const struct checker *checker);

/* --- frames that a filtered dump has and lacks, by the kinds of pages that makedumpfile -d distinguishes --- */

enum need {
	NEED_KERNEL, /* the kernel's own memory, which all levels keep */
	NEED_CACHE,
	NEED_USER,
	NEED_FREE,
	NEED_UNKNOWN, /* the use of the frame is not known, because its struct page is missing */
	NR_NEEDS
};

struct need_row {
	const char *name; /* name in answers */
	unsigned int level; /* the highest level of makedumpfile that keeps these pages */
	const char *questions; /* the questions that need these pages */
};

extern const struct need_row need_rows[NR_NEEDS];

struct need_count {
	uint64_t frames, missing; /* missing: the number of these frames that were left out */
	uint64_t first_missing; /* pfn; valid if missing is not 0 */
};

/* The level of makedumpfile that excludes free pages: DL_EXCLUDE_FREE of makedumpfile.h. */
enum { LEVEL_WITHOUT_FREE = 1 << 4 };

/* Counts all frames that have a struct page. Memory that the dump never had (holes, devices, the
 * memory of the capture kernel) is not counted. Returns false and sets err if the layout of struct
 * page is not known, or if the listener stopped the work. */
bool check_count_needs(struct kernel *kernel, struct need_count count[NR_NEEDS], struct error *err);
