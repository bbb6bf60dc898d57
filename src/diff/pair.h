/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Two dumps to compare. Their common properties determine what can be compared, and how the items
 * of the two dumps are matched. */
#pragma once

#include <stdint.h>

#include "base/error.h"
#include "kernel/kernel.h"

/* THIS is the open dump, and OTHER is the dump with which THIS is compared. Items that are only in
 * THIS have appeared, and items that are only in OTHER have vanished. */
enum pair_side { THIS, OTHER, NR_SIDES };

/* Whether both dumps are of the same build of the kernel. */
enum pair_build {
	BUILD_UNKNOWN, /* the release of at least one kernel is unknown */
	BUILD_SAME_RELEASE, /* the releases are equal, but nothing else could be compared */
	BUILD_SAME,
	BUILD_DIFFERENT,
	NR_PAIR_BUILDS
};
extern const char *const pair_build_names[NR_PAIR_BUILDS];

struct pair {
	struct kernel *kernel[NR_SIDES]; /* borrowed */
	enum pair_build build;
	const char *build_proof; /* static; names the properties that were compared; "": none */
	enum certainty same_boot;
	const char *boot_proof;
	bool same_paging; /* both paging modes are known and equal */
	bool same_bases; /* KASLR chose the same base addresses, as far as they are known */
};

void pair_compare(struct pair *pair, struct kernel *this, struct kernel *other);

/* Returns true if both paging modes are known and equal. Otherwise sets err to a message that names
 * the modes. */
bool pair_require_paging(const struct pair *pair, struct error *err);

/* If the error is in the dump OTHER, adds "in the other dump" to its message. Always returns
 * false. */
bool pair_blame(enum pair_side side, struct error *err);

/* Returns true if the user stopped the command. */
static inline bool pair_stopped(const struct pair *pair)
{
	return kernel_stopped(pair->kernel[THIS]);
}

/* The start time in a task_struct. Two task_structs with the same pid and start time are the same
 * task. */
struct task_start {
	bool known;
	uint64_t word[2]; /* word[0]: nanoseconds; before 3.17, both words are a struct timespec */
};
struct task_start diff_task_start(struct kernel *kernel, uint64_t task);

/* --- results --- */

enum diff_status {
	DIFF_SAME,
	/* The item is the same, but at another address, because KASLR chooses addresses at each
	 * boot. */
	DIFF_MOVED,
	DIFF_CHANGED,
	DIFF_APPEARED, /* only in the open dump */
	DIFF_VANISHED, /* only in the other dump */
	/* it is unknown whether the item differs, because one of the dumps does not show it */
	DIFF_UNKNOWN,
	NR_DIFF_STATUSES
};
extern const char *const diff_status_names[NR_DIFF_STATUSES];

/* Returns the status of an item that is only in the list of the dump `has`. If the other list is
 * damaged, the result is DIFF_UNKNOWN, because the item may be in the missing part of that list. */
enum diff_status pair_single(enum pair_side has, bool other_is_whole);

/* A merge of two sorted arrays, which finds equal items. */
struct pair_merge {
	const void *items[NR_SIDES]; /* borrowed */
	size_t nr[NR_SIDES], at[NR_SIDES];
	size_t size; /* bytes of an item */
	int (*compare)(const void *one, const void *other);
};

/* Sets item[] to the next two equal items, or, if the next items differ, to the smaller item and
 * NULL. Returns false if there are no more items. */
bool pair_next(struct pair_merge *merge, const void *item[NR_SIDES]);
