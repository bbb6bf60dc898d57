/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Counts the frames that a filtered dump has and lacks, by the kinds of pages that makedumpfile -d
 * distinguishes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

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
