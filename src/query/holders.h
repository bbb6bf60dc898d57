/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who holds memory? Finds the pointers to frames of some uses, or to objects of a slab cache, and
 * the pointers in this memory; both in groups. */
#pragma once

#include "kernel/kernel.h"
#include "linux/page/page_use.h"

enum holder_kind {
	HOLDER_SYMBOL, /* a variable or function of the kernel or a module */
	HOLDER_CACHE, /* objects of a slab cache */
	HOLDER_PERCPU, /* memory of CPUs */
	HOLDER_CALLER, /* areas of vmalloc of one caller */
	HOLDER_AREA, /* an area whose caller has no symbol: its code was freed after the start */
	HOLDER_USE, /* frames of a use */
	HOLDER_ITSELF, /* the memory of the question itself */
};

struct holder_group {
	bool by; /* the group points to the memory; false: the memory points to the group */
	enum holder_kind kind;
	uint64_t id; /* address of the symbol, cache or caller; or the use */
	uint64_t offset; /* HOLDER_CACHE: offset of the pointers in the object */
	uint64_t count; /* by: number of pointers; else: of objects or frames with a pointer */
	uint64_t example; /* physical address of the first pointer */
	uint64_t last; /* the object that was counted last */
	char name[96];
};

struct holders {
	struct holder_group *group; /* owned; pointers to the memory come first; then by count */
	size_t nr, room;
	uint64_t frames; /* number of frames of the question */
	uint64_t left_out; /* number of pointers without a group: there were too many groups */
	uint64_t unread; /* number of frames that are not in the dump */
};

/* use: the uses of the question; cache: address of a kmem_cache in place of uses, or 0. All memory
 * of the kernel is read once. False with err: the errors of page_runs(), stopped, or out of
 * memory. */
bool query_holders(struct kernel *kernel, const bool use[NR_PAGE_USES], uint64_t cache,
		   struct holders *holders, struct error *err);
void query_holders_release(struct holders *holders); /* holders may be zeroed */
