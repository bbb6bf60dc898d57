/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Two dumps that are compared, and what is the same in both: this decides what can be compared,
 * and how things are matched. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"

/* The open dump, and the dump that it is compared with. Things have appeared if only the open
 * dump has them, and vanished if only the other has. */
enum pair_side { THIS, OTHER, NR_SIDES };

/* Are they dumps of one kernel? */
enum pair_build {
	BUILD_UNKNOWN, /* of one of them not even the release is known */
	BUILD_SAME_RELEASE, /* all that could be compared */
	BUILD_SAME,
	BUILD_DIFFERENT,
	NR_PAIR_BUILDS
};
extern const char *const pair_build_names[NR_PAIR_BUILDS];

struct pair {
	struct kernel *kernel[NR_SIDES]; /* borrowed */
	enum pair_build build;
	const char *build_proof; /* static: what was compared, "" if nothing */
	enum certainty same_boot;
	const char *boot_proof;
	bool same_paging; /* both paging modes are known, and the same */
	bool same_bases; /* no region lies elsewhere by KASLR, as far as is known */
};

void pair_compare(struct pair *pair, struct kernel *this, struct kernel *other);

/* Fails, and names the paging modes, unless both are the same. */
bool pair_require_paging(const struct pair *pair, struct error *err);

/* Adds to an error of which dump it is. Returns false. */
bool pair_blame(enum pair_side side, struct error *err);

/* Is the work to end? */
static inline bool pair_stopped(const struct pair *pair)
{
	return kernel_stopped(pair->kernel[THIS]);
}

/* When a task started, as its task_struct says: the same task if they are equal. */
struct task_start {
	bool known;
	uint64_t word[2]; /* nanoseconds, or before 3.17 a struct timespec */
};
struct task_start diff_task_start(struct kernel *kernel, uint64_t task);

/* --- what a comparison finds --- */

enum diff_status {
	DIFF_SAME,
	DIFF_MOVED, /* the same elsewhere, as KASLR places it anew at each boot */
	DIFF_CHANGED,
	DIFF_APPEARED, /* in the open dump alone */
	DIFF_VANISHED, /* in the other one alone */
	DIFF_UNKNOWN, /* one of the dumps does not show it */
	NR_DIFF_STATUSES
};
extern const char *const diff_status_names[NR_DIFF_STATUSES];

/* The status of an item that is only in one side's list. If the other list is damaged, the item
 * may have been in it. */
enum diff_status pair_single(enum pair_side has, bool other_is_whole);

/* Two sorted arrays, gone through together. */
struct pair_merge {
	const void *items[NR_SIDES]; /* borrowed */
	size_t nr[NR_SIDES], at[NR_SIDES];
	size_t size; /* bytes of an item */
	int (*compare)(const void *one, const void *other);
};

/* The next two items that are equal, or the smaller one and NULL. False: there is none. */
bool pair_next(struct pair_merge *merge, const void *item[NR_SIDES]);
