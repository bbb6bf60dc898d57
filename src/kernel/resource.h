/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel's resource trees: what /proc/iomem and /proc/ioports show.
 * include/linux/ioport.h, kernel/resource.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

enum resource_kind { RESOURCE_MEMORY, RESOURCE_PORTS, NR_RESOURCE_KINDS };

struct resource {
	uint64_t start, end; /* end is the last address */
	uint64_t address;    /* of the struct resource */
	unsigned int depth;  /* 0: a child of the root */
	bool cut;            /* its children from cut_from on could not be read */
	uint64_t cut_from;
	char name[96];       /* printable; "" where it could not be read; cut if longer */
};

struct resource_tree {
	bool tried, known;
	struct error trouble; /* why it is not known */
	struct resource *resource; /* owned; parents before children, by address */
	size_t nr, room;
	uint64_t root_end; /* last address of all */
	size_t nr_damages; /* branches that were cut off */
	struct error damage; /* the first of them */
};

/* Read on first use, and not again. NULL: nothing tells where it is, or its root cannot be
 * read. Damage further down is cut off and told in the tree. */
const struct resource_tree *kernel_resources(struct kernel *kernel,
					     enum resource_kind kind,
					     struct error *err);
void resource_tree_release(struct resource_tree *tree);

enum { MAX_RESOURCE_DEPTH = 16 };

/* The resources that hold a physical address (or port), outermost first; their
 * number, 0 if none. */
unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH]);

/* The innermost of the chain of `at`; NULL where there is none, or where one below
 * it may have been cut off. */
const struct resource *resource_innermost(const struct resource *const *chain,
					  unsigned int nr, uint64_t at);
/* Both in one. */
const struct resource *kernel_resource_at(struct kernel *kernel,
					  enum resource_kind kind, uint64_t at);
