/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Finds out why memory is not freed: which data of the kernel point to it. The memory in question
 * is all frames of some uses, or all objects of one slab cache. Also finds the pointers that are
 * stored in this memory. Pointers are counted in groups. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

enum holder_kind {
	HOLDER_SYMBOL, /* a variable or function of the kernel or a module */
	HOLDER_CACHE, /* objects of one slab cache */
	HOLDER_PERCPU, /* per-CPU memory */
	HOLDER_CALLER, /* areas of vmalloc that were allocated by one caller */
	HOLDER_AREA, /* an area of vmalloc whose caller has no symbol, because its code was freed */
	HOLDER_USE, /* page frames with the same use */
	HOLDER_ITSELF, /* the memory in question */
};

struct holder_group {
	/* true: the group points to the memory in question; false: that memory points to the
	 * group */
	bool by;
	enum holder_kind kind;
	uint64_t id; /* address of the symbol, cache or caller; or the use */
	uint64_t offset; /* with HOLDER_CACHE: offset of the pointers in the object */
	/* If by is true: number of pointers. Otherwise: number of objects or frames in question
	 * that contain a pointer to the group. */
	uint64_t count;
	uint64_t example; /* physical address of the first pointer */
	uint64_t last; /* the object that was counted last, see count_pointer() */
	char name[96];
};

struct holders {
	/* Owned; first the groups that point to the memory in question, then the others; both
	 * sorted by count. */
	struct holder_group *group;
	size_t nr, room;
	uint64_t frames; /* number of frames of the memory in question */
	/* Number of pointers that are in no group, because there were too many groups. */
	uint64_t left_out;
	uint64_t unread; /* number of frames that are not in the dump */
};

/* use: the uses in question. cache: address of a kmem_cache whose objects are in question instead,
 * or 0. Reads all memory of the kernel once. Returns false and sets err if page_runs() fails, if
 * memory is exhausted, or if the user stopped the search. */
bool query_holders(struct kernel *kernel, const bool use[NR_PAGE_USES], uint64_t cache,
		   struct holders *holders, struct error *err);
void query_holders_release(struct holders *holders); /* holders may be zeroed */
