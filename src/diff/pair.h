/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Two dumps to compare. Their common properties determine what can be compared and how items are
 * matched. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"

/* THIS is the open dump. OTHER is the dump that it is compared with. Items that are only in THIS
 * have appeared, and items that are only in OTHER have vanished. */
enum pair_side { THIS, OTHER, NR_SIDES };

/* Whether both dumps are of the same kernel. */
enum pair_build {
	BUILD_UNKNOWN, /* the release of at least one kernel is unknown */
	BUILD_SAME_RELEASE, /* the releases are equal, and nothing else could be compared */
	BUILD_SAME,
	BUILD_DIFFERENT,
	NR_PAIR_BUILDS
};
extern const char *const pair_build_names[NR_PAIR_BUILDS];

struct pair {
	struct kernel *kernel[NR_SIDES]; /* borrowed */
	enum pair_build build;
	const char *build_proof; /* static; the properties that were compared; "": none */
	enum certainty same_boot;
	const char *boot_proof;
	bool same_paging; /* both paging modes are known and equal */
	bool same_bases; /* as far as is known, KASLR chose the same addresses */
};

void pair_compare(struct pair *pair, struct kernel *this, struct kernel *other);

/* Returns true if both paging modes are known and equal. Otherwise sets err to a message that names
 * the modes. */
bool pair_require_paging(const struct pair *pair, struct error *err);

/* Adds the file name of a dump to an error. Returns false. */
bool pair_blame(enum pair_side side, struct error *err);

/* Returns true if the user stopped the work. */
static inline bool pair_stopped(const struct pair *pair)
{
	return kernel_stopped(pair->kernel[THIS]);
}

/* The start time in a task_struct. Two task_structs with the same pid and start time are the same
 * task. */
struct task_start {
	bool known;
	uint64_t word[2]; /* nanoseconds in word[0]; before 3.17 a struct timespec */
};
struct task_start diff_task_start(struct kernel *kernel, uint64_t task);

/* --- results --- */

enum diff_status {
	DIFF_SAME,
	/* The item is the same at another address, because KASLR chooses addresses at each boot. */
	DIFF_MOVED,
	DIFF_CHANGED,
	DIFF_APPEARED, /* only in the open dump */
	DIFF_VANISHED, /* only in the other dump */
	DIFF_UNKNOWN, /* one of the dumps does not show the item */
	NR_DIFF_STATUSES
};
extern const char *const diff_status_names[NR_DIFF_STATUSES];

/* Returns the status of an item that is in only one dump's list. If the other list is damaged, the
 * item may have been in its missing part. */
enum diff_status pair_single(enum pair_side has, bool other_is_whole);

/* A merge of two sorted arrays. */
struct pair_merge {
	const void *items[NR_SIDES]; /* borrowed */
	size_t nr[NR_SIDES], at[NR_SIDES];
	size_t size; /* bytes of an item */
	int (*compare)(const void *one, const void *other);
};

/* Finds the next two items if they are equal, or else the smaller item and NULL. Returns false if
 * there are no more items. */
bool pair_next(struct pair_merge *merge, const void *item[NR_SIDES]);
