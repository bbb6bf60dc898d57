/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The differences between architectures. HACKING.md explains how to add one. */
#pragma once

#include <elf.h>

#include "kernel/entry.h"
#include "kernel/facts.h"
#include "kernel/kernel.h"

struct cpu_entry_place;
struct fixmap_slot;
struct region;
struct region_list;
struct registers;
struct stack;
struct stack_list;
struct table_search;

struct sparse_defaults {
	uint8_t section_bits; /* SECTION_SIZE_BITS */
	uint8_t memory_bits; /* MAX_PHYSMEM_BITS */
	bool extreme; /* CONFIG_SPARSEMEM_EXTREME is selected */
};

struct arch {
	const char *name;
	uint16_t machine; /* EM_* */
	unsigned int modes; /* 1 << enum kernel_mode each */
	bool levels_vary; /* the mode alone does not determine FACT_LEVELS */
	uint8_t pointer_size; /* bytes */
	uint8_t page_shift; /* of the smallest page of any mode */
	uint64_t address_mask; /* bits of a virtual address */
	const struct fact_source *sources; /* ends with a NULL name */

	unsigned int module_region; /* enum region_kind that modules lie in */

	/* The paging of a mode; NULL where none has that many levels. */
	const struct paging *(*paging)(enum kernel_mode mode, unsigned int levels);
	/* Physical address of the top-level table that CR3 names. space lacks its root. False:
	 * cr3 has impossible bits. */
	bool (*table_of_cr3)(const struct space *space, uint64_t cr3, uint64_t *root);
	/* Does the CPU use page tables? Not yet, while firmware runs. */
	bool (*cpu_pages)(const struct cpu_state *cpu);
	/* Physical address of the kernel's table that a CPU used. space lacks its root. */
	uint64_t (*cpu_root)(const struct space *space, const struct cpu_state *cpu);
	/* Sets *root to the second table that the kernel keeps for user mode beside
	 * space->root. False, and *root left, if there is none. */
	bool (*user_table)(const struct space *space, uint64_t *root);
	/* Adds the page at paddr if it is proved to be the kernel's own top-level
	 * table. Called for many pages: must reject most fast. */
	void (*try_table)(struct table_search *search, uint64_t paddr);
	/* Does KASLR move a symbol of this link-time address and section? */
	bool (*relocated)(uint64_t address, uint16_t section);
	/* A range of vaddrs, both ends inclusive and not all mapped, that holds the
	 * kernel's image. False if it is unknown. */
	bool (*image_range)(struct kernel *kernel, const struct space *space, uint64_t *first,
			    uint64_t *last);
	/* Address of a function that a CPU's state points to, and the two names
	 * (static) that its symbol has had. */
	bool (*known_function)(struct kernel *kernel, const struct space *space,
			       const char *names[2], uint64_t *address);
	/* Adds all regions, in address order. Without exact, those that need types
	 * become REGION_NEEDS_TYPES. */
	bool (*regions)(struct kernel *kernel, bool exact, struct region_list *list,
			struct error *err);
	/* The slot of the fixmap at vaddr. False where there is none, or the
	 * types that name the slots are unknown. */
	bool (*fixmap_slot)(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
	/* May processes read this page of the kernel's half? */
	bool (*users_may_read)(struct kernel *kernel, uint64_t vaddr);
	/* The place of vaddr in the cpu entry area. False if region is another one, no
	 * CPU's part holds vaddr, or the types are unknown. */
	bool (*cpu_entry_at)(struct kernel *kernel, const struct region *region, uint64_t vaddr,
			     struct cpu_entry_place *place);
	/* The stack at vaddr of the region "espfix"; NULL: no such region. */
	bool (*espfix_stack)(struct kernel *kernel, uint64_t vaddr, struct stack *stack);
	/* Adds the stacks that CPUs run interrupts and exceptions on. */
	void (*add_cpu_stacks)(struct kernel *kernel, struct stack_list *list);
	/* Registers of a task that no CPU runs, as they will be when it continues after the
	 * switch to another task. task: address of its task_struct. Registers that the switch
	 * does not save are unknown. */
	bool (*switched_registers)(struct kernel *kernel, uint64_t task,
				   struct registers *registers, struct error *err);
	/* The kernel's own virt_to_phys(): arithmetic, false outside its domain. */
	bool (*virt_to_phys)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

	struct sparse_defaults (*sparse_defaults)(struct kernel *kernel,
						  const struct paging *paging);

	/* For kernel_entry_rules() and kernel_describe_entry(); names of the set bits. */
	void (*entry_rules)(struct kernel *kernel, struct entry_rules *rules);
	struct entry_meaning (*describe_entry)(const struct entry_rules *rules,
					       const struct paging *paging, unsigned int level,
					       uint64_t entry);
	struct entry_flags (*entry_flags)(const struct entry_rules *rules,
					  const struct paging *paging, unsigned int level,
					  uint64_t entry);
};
