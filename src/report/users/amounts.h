/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The largest users of memory: slab caches and callers of vmalloc. */
#pragma once

#include "kernel/kernel.h"

enum { MOST_AMOUNTS = 40, AMOUNT_NAME = 320 };

struct amount {
	/* virtual address of the struct kmem_cache; 0: the amount is not a slab cache */
	uint64_t address;
	uint64_t size; /* in bytes */
	uint64_t nr; /* number of slabs, or of areas */
	/* for a slab cache: numbers of objects, as in struct slab_count */
	uint64_t active, allocated, objects;
	bool has_active, has_allocated; /* active, allocated are valid */
	bool damaged; /* a list of the slab cache is damaged */
	char name[AMOUNT_NAME];
};

struct amounts {
	bool known;
	/* The reason if known is false. May also be set if known is true: then amounts are
	 * missing. */
	struct error why;
	struct amount item[MOST_AMOUNTS]; /* the largest first */
	size_t nr;
	/* number and size of all amounts, including those that are not in item */
	uint64_t nr_all, size;
	uint64_t nr_unsized; /* number of caches of unknown size, which are not counted in size */
	uint64_t nr_damaged; /* number of caches with damaged lists */
	struct error damage; /* the first damage that was found; code ERROR_NONE: none */
};

/* Finds the slab caches with the most memory in slabs. */
void amounts_of_slabs(struct amounts *amounts, struct kernel *kernel);
/* Finds the callers of vmalloc with the most memory: the bytes that are mapped in their areas,
 * without guard pages. */
void amounts_of_areas(struct amounts *amounts, struct kernel *kernel);
