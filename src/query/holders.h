/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Finds out why memory is not freed: counts the pointers to this memory in the kernel's data. The
 * memory in question is all frames with certain uses, or all objects of one slab cache. Also counts
 * pointers in the other direction: from the memory in question to symbols, and to objects of slab
 * caches outside of it. Pointers are counted in groups. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

enum holder_kind {
	HOLDER_SYMBOL, /* a variable or function of the kernel or a module */
	HOLDER_CACHE, /* objects of one slab cache */
	HOLDER_PERCPU, /* per-CPU memory */
	HOLDER_CALLER, /* areas of vmalloc that one caller allocated */
	HOLDER_AREA, /* an area of vmalloc whose caller has no symbol, because the code was freed */
	HOLDER_USE, /* page frames with the same use */
	HOLDER_ITSELF, /* the memory in question */
};

struct holder_group {
	/* true: the group contains pointers to the memory in question; false: pointers in the
	 * memory in question point to the group */
	bool by;
	enum holder_kind kind;
	uint64_t id; /* address of the symbol, cache or caller; with HOLDER_USE the use */
	uint64_t offset; /* with HOLDER_CACHE: offset of the pointers in the objects */
	/* If `by` is true: number of pointers. If not: number of objects or frames in question that
	 * contain a pointer to the group. */
	uint64_t count;
	uint64_t example; /* physical address of the first pointer that was counted */
	uint64_t last; /* the object that was counted last: see count_pointer() */
	bool in_module; /* with HOLDER_SYMBOL: the symbol belongs to a module */
	char name[96];
};

struct holders {
	/* Owned. First the groups with `by`, then the other groups. Both are sorted by count. */
	struct holder_group *group;
	size_t nr, room;
	uint64_t frames; /* number of frames that the memory in question has */
	/* Number of pointers that are not in a group, because there were too many groups. */
	uint64_t left_out;
	uint64_t unread; /* number of blocks of 4096 bytes not searched: they are not in the dump */
};

/* Counts the pointers. use: the memory in question is the frames with these uses. cache: 0, or the
 * address of a kmem_cache whose objects are the memory in question. Reads all memory that may
 * contain pointers once. Returns false and sets err if page_runs() fails, if there is not enough
 * memory, or if the user stopped the work. */
bool query_holders(struct kernel *kernel, const bool use[NR_PAGE_USES], uint64_t cache,
		   struct holders *holders, struct error *err);
void query_holders_release(struct holders *holders); /* holders may be zeroed */
