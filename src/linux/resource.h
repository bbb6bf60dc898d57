/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The kernel's resource trees, which /proc/iomem and /proc/ioports show: include/linux/ioport.h,
 * kernel/resource.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* Is paddr from ISA_START_ADDRESS to ISA_END_ADDRESS (arch/x86/include/asm/e820/api.h)? */
static inline bool resource_in_isa_hole(uint64_t paddr)
{
	return paddr >= 0xa0000 && paddr < 0x100000;
}

/* Is paddr in the range in which every PC has APICs, timers, TPM and firmware at fixed addresses?
 * The kernel does not list all of these devices. The local APIC is at fee00000 (asm/apicdef.h). */
static inline bool resource_in_chipset_hole(uint64_t paddr)
{
	return paddr >= 0xfec00000 && paddr <= UINT32_MAX;
}

enum resource_kind { RESOURCE_MEMORY, RESOURCE_PORTS, NR_RESOURCE_KINDS };

struct resource {
	uint64_t start, end; /* inclusive, as in the kernel */
	uint64_t address; /* address of the struct resource */
	unsigned int depth; /* 0: the parent is the root of the tree */
	bool cut; /* true: children that start at cut_from or above are missing */
	uint64_t cut_from;
	char name[96]; /* printable, perhaps truncated; "": the name cannot be read */
};

struct resource_tree {
	struct resource *resource; /* owned; parents before children, siblings by address */
	size_t nr, room;
	uint64_t root_end; /* last address of the root resource */
	size_t nr_damages; /* number of missing parts of the tree */
	struct error damage; /* the first damage that was found */
};

/* Returns a tree, which is read on first use and borrowed from the kernel until states_forget().
 * Returns NULL and sets err if the address or the layout is unknown, or if the root cannot be read.
 * If parts of the tree are damaged, they are missing, and nr_damages is not 0. */
const struct resource_tree *resource_all(struct kernel *kernel, enum resource_kind kind,
					 struct error *err);

enum { MAX_RESOURCE_DEPTH = 16 };

/* Is the resource memory that the kernel manages? The name of the resource shows this. */
bool resource_is_ram(const struct resource *resource);

/* Fills chain with the resources that contain the physical address or port `at`, the outermost
 * resource first. The resources are borrowed from the tree. Returns the number of resources. */
unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH]);

/* Returns the innermost resource of a chain from resource_chain(). Returns NULL if the chain is
 * empty, or if a child that contains the address may be missing. */
const struct resource *resource_innermost(const struct resource *const *chain, unsigned int nr,
					  uint64_t at);
/* Returns the innermost resource that contains the address `at`, or NULL if it is unknown. */
const struct resource *resource_at(struct kernel *kernel, enum resource_kind kind, uint64_t at);
