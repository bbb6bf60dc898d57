/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who asked for how much: slab caches, and the callers of vmalloc. */
#pragma once

#include "kernel/kernel.h"

enum { MOST_AMOUNTS = 40, AMOUNT_NAME = 320 };

struct amount {
	uint64_t address; /* of the struct kmem_cache; 0: it is of something else */
	uint64_t size; /* bytes */
	uint64_t nr; /* of slabs, or areas */
	uint64_t active, objects; /* of a slab cache; */
	bool has_active; /* valid if so */
	bool damaged; /* one of its lists is */
	char name[AMOUNT_NAME];
};

struct amounts {
	bool known;
	struct error why; /* also where a part is known */
	struct amount item[MOST_AMOUNTS]; /* the largest, first */
	size_t nr;
	uint64_t nr_all, size; /* of all */
	uint64_t nr_unsized; /* caches of unknown size: not among the items */
	uint64_t nr_damaged; /* caches whose lists are */
	struct error damage; /* the first; code ERROR_NONE: none */
};

/* Slab caches by the memory of their slabs. */
void amounts_of_slabs(struct amounts *amounts, struct kernel *kernel);
/* Areas of vmalloc by who asked for them: bytes mapped, without guard pages. */
void amounts_of_areas(struct amounts *amounts, struct kernel *kernel);
