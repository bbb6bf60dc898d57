/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What differs between machines. To add one: arch/NAME.c ending in "const
 * struct arch arch_NAME", its line in FOR_EACH_ARCH, its makefile line.
 */
#pragma once

#include <elf.h>

#include "kernel/entry.h"
#include "kernel/facts.h"
#include "kernel/kernel.h"

struct arch {
	const char *name;
	uint16_t machine;              /* EM_* */
	uint8_t pointer_size;          /* bytes */
	uint64_t address_mask;         /* bits of a virtual address */
	const struct fact_source *sources; /* ends with a NULL name */

	/* The paging of a mode that has that many levels. */
	const struct paging *(*paging)(enum kernel_mode mode, unsigned int levels);
	/* Physical address of the kernel's table that CR3 names. space holds
	 * all but the root. */
	uint64_t (*cpu_root)(const struct space *space, uint64_t cr3);
	/* Adds the page at paddr if it proves to be the kernel's own top-level
	 * table. Most pages are none: the first look has to be a cheap one. */
	void (*try_table)(struct table_search *search, uint64_t paddr);
	/* Does KASLR move a symbol of this link-time address and section? */
	bool (*relocated)(uint64_t address, uint16_t section);
	/* Where to look for the kernel's image: a range of virtual addresses, not
	 * all of it mapped, both ends inclusive. False where nothing tells. */
	bool (*image_range)(struct kernel *kernel, const struct space *space,
			    uint64_t *first, uint64_t *last);
	/* A function that a CPU's state names, and its symbol: of both names the
	 * one that this kernel has. */
	bool (*known_function)(struct kernel *kernel, const struct space *space,
			       const char *names[2], uint64_t *address);
	/* Adds all regions, in address order. What types are needed for gets no
	 * name unless it shall be exact. */
	bool (*regions)(struct kernel *kernel, bool exact,
			struct region_list *list, struct error *err);
	/* FIXADDR_TOP: slots of the fixmap go down from there. */
	bool (*fixmap_top)(struct kernel *kernel, uint64_t *top);
	/* The kernel's own virt_to_phys(): arithmetic, false outside its domain. */
	bool (*virt_to_phys)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

	/* How this kernel codes entries that are not present, and cache types. */
	void (*entry_rules)(struct kernel *kernel, struct entry_rules *rules);
	struct entry_meaning (*describe_entry)(const struct entry_rules *rules,
					       const struct paging *paging,
					       unsigned int level, uint64_t entry);
	struct entry_flags (*entry_flags)(const struct entry_rules *rules,
					  const struct paging *paging,
					  unsigned int level, uint64_t entry);
};

// clang-format off
#define FOR_EACH_ARCH(X) X(i386) X(x86_64)
// clang-format on

#define DECLARE_ARCH(NAME) extern const struct arch arch_##NAME;
FOR_EACH_ARCH(DECLARE_ARCH)
#undef DECLARE_ARCH

/* NULL where no architecture has this e_machine. */
const struct arch *arch_find(uint16_t machine);
