/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The data of the pass over the mappings of processes. */
#pragma once

#include "check/check_pass.h"
#include "base/address_set.h"
#include "linux/page/page_layout.h"
#include "linux/vma/vma.h"

/* At most this many frames of large pages are examined. The first frame of a large page and frames
 * of compound pages do not count. The limit is needed because one entry can map 262144 frames, and
 * a table has 512 entries. */
enum { MOST_OTHERS = 1 << 22 };

/* The bits of an entry outside of the address, and what they mean in the current table. */
struct bits_kind {
	uint64_t bits;
	uint64_t high; /* bits of the address that the mask does not contain */
	enum { KIND_ODD, KIND_ABSENT, KIND_PLAIN } kind;
	bool writable;
};

enum { NR_BITS_KINDS = 4 };

/* The kinds of entries that were decoded last. Their meaning depends on the rights in the entries
 * above. */
struct bits_kinds {
	struct bits_kind kind[NR_BITS_KINDS];
	unsigned int nr, next;
	uint64_t rights;
};

/* The tables of the process that is being checked. */
struct own_tables {
	uint64_t nr; /* number of tables that the mm_struct counts */
	uint64_t nr_huge; /* number of pages that entries of the next to last level map */
	bool again; /* a table was seen before, so tables below it were not counted */
	uint64_t unread_before; /* number of parts that could not be read before this process */
};

struct user_pass {
	struct pass *pass;
	struct kernel *kernel;
	struct tally no_table, missing, left_out, corrupt, closed, two_levels, shared, not_tables,
		miscounted, outside, kernel_frames, overmapped;
	/* Keys of the tables that were added. A key consists of the table's address and level, and
	 * of the access rights in the entries that point to the table. */
	struct address_set tables;
	uint64_t nr_tables;
	/* Reads struct pages. NULL: they are not known, or not consistent with each other. */
	struct page_reader *reader;
	struct mapped_frames mapped;
	struct address_set large; /* addresses of large pages whose frames were already examined */
	uint32_t nr_others; /* limited by MOST_OTHERS */
	bool too_many_others;
	uint64_t nr_pages, nr_unjudged;
	/* Number of pages without references in processes whose mappings are unknown, so that
	 * drivers may have mapped the pages. */
	uint64_t nr_unreferenced;
	uint64_t nr_not_compared; /* frames that were not compared with their counts of mappings */
	/* The process that is being checked. */
	struct process process;
	struct own_tables own;
	struct scan *scan;
	struct vma_list areas; /* VMAs of the process; valid if has_areas */
	struct bits_kinds kinds;
	bool tried_areas, has_areas;
	uint64_t nr_areas_read; /* number of VMAs read, for all processes together */
};

/* The key of a table, or of a large page, in a set of addresses. */
static inline uint64_t check_table_key(uint64_t paddr, unsigned int level)
{
	/* Tables are aligned to at least 32 bytes, so bits 4:0 are free for the level. */
	return paddr | 8 | level;
}

/* Adds a table. Returns false if it was already added at another level, or at this level with the
 * same rights. */
bool check_user_add_table(struct user_pass *user, uint64_t paddr, unsigned int level,
			  unsigned int may);
/* Returns true if the page was added as a table. The page's struct page is not enough to find this
 * out, because it does not show that a page is a top-level table. */
bool check_user_is_table(const struct user_pass *user, uint64_t paddr);

/* Counts a page that an entry of the next to last level maps. */
void check_user_counts_page(struct user_pass *user, const struct scanned *scanned);
