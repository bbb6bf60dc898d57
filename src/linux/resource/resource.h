/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's resource trees, which /proc/iomem and /proc/ioports show: include/linux/ioport.h,
 * kernel/resource.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* ISA_START_ADDRESS and ISA_END_ADDRESS in arch/x86/include/asm/e820/api.h. */
static inline bool resource_in_isa_hole(uint64_t paddr)
{
	return paddr >= 0xa0000 && paddr < 0x100000;
}

/* The range in which every PC has APICs, timers, TPM and firmware at fixed addresses. The kernel
 * does not list all of them. The local APIC is at fee00000 (asm/apicdef.h). */
static inline bool resource_in_chipset_hole(uint64_t paddr)
{
	return paddr >= 0xfec00000 && paddr <= UINT32_MAX;
}

enum resource_kind { RESOURCE_MEMORY, RESOURCE_PORTS, NR_RESOURCE_KINDS };

struct resource {
	uint64_t start, end; /* inclusive, as in the kernel */
	uint64_t address; /* address of the struct resource */
	unsigned int depth; /* 0: the parent is the root */
	bool cut; /* children that start at cut_from or above are missing */
	uint64_t cut_from;
	char name[96]; /* printable, perhaps cut; "": the name cannot be read */
};

struct resource_tree {
	struct resource *resource; /* owned; each parent before its children, siblings by address */
	size_t nr, room;
	uint64_t root_end; /* last address of the root resource */
	size_t nr_damages; /* number of missing parts of the tree */
	struct error damage; /* the first damage */
};

/* Returns a tree, which is read on first use and borrowed from the kernel until its facts are
 * forgotten. Returns NULL and sets err if the address or the layout is unknown, or if the root
 * cannot be read. Damaged parts of the tree are missing, and the tree records this. */
const struct resource_tree *resource_all(struct kernel *kernel, enum resource_kind kind,
					 struct error *err);

enum { MAX_RESOURCE_DEPTH = 16 };

/* Is it memory that the kernel manages? Depends on the name. */
bool resource_is_ram(const struct resource *resource);

/* Fills chain with the resources that contain the physical address (or port) at, the outermost
 * first, borrowed from the tree. Returns their number. */
unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH]);

/* Returns the innermost resource of the chain. Returns NULL if there is none, or if a child that
 * contains the address may be missing. */
const struct resource *resource_innermost(const struct resource *const *chain, unsigned int nr,
					  uint64_t at);
/* Returns the innermost resource that contains at, from resource_all() and resource_innermost(). */
const struct resource *resource_at(struct kernel *kernel, enum resource_kind kind, uint64_t at);
