/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Shared by check_user.c and check_user_tell.c: the pass over the mappings of processes. */
#pragma once

#include "check/check_pass.h"
#include "base/address_set.h"
#include "linux/vma/vma.h"

/* Limit of frames after the first one of large pages that are not compound pages: one entry has up
 * to 262143 of them, and a table has 512 entries. */
enum { MOST_OTHERS = 1 << 22 };

struct user_pass {
	struct pass *pass;
	struct kernel *kernel;
	struct tally no_table, missing, left_out, corrupt, closed, two_levels, shared, outside,
		kernel_frames, overmapped;
	/* Each with its level, and with the rights of the entries that lead to it. */
	struct address_set tables;
	uint64_t nr_tables;
	bool has_frames; /* struct pages are consistent with each other */
	struct mapped_pages mapped;
	struct address_set large; /* physical addresses of large pages whose frames were checked */
	uint32_t nr_others; /* limited by MOST_OTHERS */
	bool too_many_others;
	uint64_t nr_pages, nr_unjudged;
	uint64_t text_first, text_last; /* frames of the kernel's text; 1 and 0: unknown */
	/* The process that is being checked. */
	struct process process;
	struct scan *scan;
	struct vma_list areas; /* mappings of the process, if has_areas */
	bool tried_areas, has_areas;
	uint64_t nr_areas_read; /* summed over all processes */
};

void check_user_tell(const struct user_pass *user);
