/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest users of memory: slab caches and callers of vmalloc. */
#pragma once

#include "kernel/kernel.h"

enum { MOST_AMOUNTS = 40, AMOUNT_NAME = 320 };

struct amount {
	uint64_t address; /* address of the struct kmem_cache; 0: not a slab cache */
	uint64_t size; /* in bytes */
	uint64_t nr; /* number of slabs or areas */
	uint64_t active, objects; /* numbers of objects of a slab cache */
	bool has_active; /* active is valid */
	bool damaged; /* a list of the cache is damaged */
	char name[AMOUNT_NAME];
};

struct amounts {
	bool known;
	struct error why; /* set even if a part is known */
	struct amount item[MOST_AMOUNTS]; /* the largest first */
	size_t nr;
	uint64_t nr_all, size; /* totals of all amounts */
	uint64_t nr_unsized; /* number of caches of unknown size, which are not in item */
	uint64_t nr_damaged; /* number of caches with damaged lists */
	struct error damage; /* the first damage; code ERROR_NONE: no damage */
};

/* Slab caches, by the memory that their slabs take. */
void amounts_of_slabs(struct amounts *amounts, struct kernel *kernel);
/* Areas of vmalloc, by caller: the bytes that are mapped, without guard pages. */
void amounts_of_areas(struct amounts *amounts, struct kernel *kernel);
