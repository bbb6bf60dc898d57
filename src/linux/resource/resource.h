/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The kernel's resource trees, as in /proc/iomem and /proc/ioports: include/linux/ioport.h,
 * kernel/resource.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct kernel;

/* ISA_START_ADDRESS, ISA_END_ADDRESS: arch/x86/include/asm/e820/api.h */
static inline bool resource_in_isa_hole(uint64_t paddr)
{
	return paddr >= 0xa0000 && paddr < 0x100000;
}

/* The range with fixed addresses of APICs, timers, TPM and firmware on every PC; the kernel does
 * not list all of them. Local APIC at fee00000: asm/apicdef.h. */
static inline bool resource_in_chipset_hole(uint64_t paddr)
{
	return paddr >= 0xfec00000 && paddr <= UINT32_MAX;
}

enum resource_kind { RESOURCE_MEMORY, RESOURCE_PORTS, NR_RESOURCE_KINDS };

struct resource {
	uint64_t start, end; /* both inclusive, as in struct resource */
	uint64_t address; /* address of the struct resource */
	unsigned int depth; /* 0: a child of the root */
	bool cut; /* children that start at cut_from or above are missing */
	uint64_t cut_from;
	char name[96]; /* printable, possibly cut; "": could not be read */
};

struct resource_tree {
	struct resource *resource; /* owned; parents before children, sorted by address */
	size_t nr, room;
	uint64_t root_end; /* last address of the root */
	size_t nr_damages; /* number of missing branches */
	struct error damage; /* the first damage */
};

/* Read on first use; borrowed from the kernel until its facts are forgotten. NULL with err: address
 * or layout is unknown, or the root cannot be read. The tree itself records which branches are
 * damaged, and so missing. */
const struct resource_tree *resource_all(struct kernel *kernel, enum resource_kind kind,
					 struct error *err);

enum { MAX_RESOURCE_DEPTH = 16 };

/* Is it memory that the kernel manages? Decided by the name. */
bool resource_is_ram(const struct resource *resource);

/* Fills chain with the resources that contain a physical address (or port), the outermost first,
 * borrowed from the tree. Returns their number. */
unsigned int resource_chain(const struct resource_tree *tree, uint64_t at,
			    const struct resource *chain[MAX_RESOURCE_DEPTH]);

/* The innermost resource at `at`; NULL: none, or a smaller one may be missing. */
const struct resource *resource_innermost(const struct resource *const *chain, unsigned int nr,
					  uint64_t at);
/* resource_all() and resource_innermost() in one call. */
const struct resource *resource_at(struct kernel *kernel, enum resource_kind kind, uint64_t at);
