/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Two dumps to compare, and their common properties, which decide what can be compared and how
 * items are matched. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"

/* THIS is the open dump, OTHER the dump to compare with. Items that only the open dump has have
 * appeared; items that only the other dump has have vanished. */
enum pair_side { THIS, OTHER, NR_SIDES };

/* Are they dumps of one kernel? */
enum pair_build {
	BUILD_UNKNOWN, /* the release of at least one kernel is unknown */
	BUILD_SAME_RELEASE, /* equal, and nothing else could be compared */
	BUILD_SAME,
	BUILD_DIFFERENT,
	NR_PAIR_BUILDS
};
extern const char *const pair_build_names[NR_PAIR_BUILDS];

struct pair {
	struct kernel *kernel[NR_SIDES]; /* borrowed */
	enum pair_build build;
	const char *build_proof; /* static: the properties compared; "": none */
	enum certainty same_boot;
	const char *boot_proof;
	bool same_paging; /* both paging modes are known, and the same */
	bool same_bases; /* KASLR placed no region differently, as far as is known */
};

void pair_compare(struct pair *pair, struct kernel *this, struct kernel *other);

/* Fails, with the paging modes in the message, unless both modes are known and equal. */
bool pair_require_paging(const struct pair *pair, struct error *err);

/* Adds the name of the dump to an error. Returns false. */
bool pair_blame(enum pair_side side, struct error *err);

/* Was the work stopped? */
static inline bool pair_stopped(const struct pair *pair)
{
	return kernel_stopped(pair->kernel[THIS]);
}

/* The start time in a task_struct. Tasks with equal start times are the same. */
struct task_start {
	bool known;
	uint64_t word[2]; /* nanoseconds, or before 3.17 a struct timespec */
};
struct task_start diff_task_start(struct kernel *kernel, uint64_t task);

/* --- results --- */

enum diff_status {
	DIFF_SAME,
	DIFF_MOVED, /* the same at another address, as KASLR chooses a new one at each boot */
	DIFF_CHANGED,
	DIFF_APPEARED, /* only in the open dump */
	DIFF_VANISHED, /* only in the other dump */
	DIFF_UNKNOWN, /* one of the dumps does not show the item */
	NR_DIFF_STATUSES
};
extern const char *const diff_status_names[NR_DIFF_STATUSES];

/* The status of an item that is in only one side's list. If the other list is damaged, the item may
 * have been in its missing part. */
enum diff_status pair_single(enum pair_side has, bool other_is_whole);

/* A merge of two sorted arrays. */
struct pair_merge {
	const void *items[NR_SIDES]; /* borrowed */
	size_t nr[NR_SIDES], at[NR_SIDES];
	size_t size; /* bytes of an item */
	int (*compare)(const void *one, const void *other);
};

/* Returns the next two items if they are equal, else the smaller item and NULL. False: no more
 * items. */
bool pair_next(struct pair_merge *merge, const void *item[NR_SIDES]);
