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
struct unwind_state;

struct sparse_defaults {
	uint8_t section_bits; /* SECTION_SIZE_BITS */
	uint8_t memory_bits; /* MAX_PHYSMEM_BITS */
	bool extreme; /* CONFIG_SPARSEMEM_EXTREME is selected */
};

struct arch {
	const char *name;
	uint16_t machine; /* EM_* */
	unsigned int modes; /* a bit 1 << enum kernel_mode for each mode */
	bool has_phys_offset; /* the direct map begins at FACT_PHYS_OFFSET instead of 0 */
	/* Memory for devices is mapped uncached, and stays cached in the direct map. */
	bool remaps_for_dma;
	/* A device's write to an address of devices/dma.h's DMA_INTERRUPT range is an interrupt. */
	bool dma_interrupts;
	bool levels_vary; /* FACT_LEVELS varies within a mode */
	uint8_t pointer_size; /* bytes */
	uint8_t page_shift; /* log2 of the smallest page of any mode */
	uint64_t address_mask; /* mask of the bits of a virtual address */
	const struct fact_source *sources; /* ends with an entry whose name is NULL */

	/* The image is outside of the direct map: virt_to_page() is not valid for it. */
	bool image_is_apart;
	/* Regions that contain modules: a bit 1 << enum region_kind each. */
	unsigned int module_regions;

	/* Does this fact also choose the paging, given the members of choice that come before it?
	 * NULL: mode and levels suffice. */
	bool (*needs_fact)(const struct paging_choice *choice, enum fact_id id);
	/* NULL: there is no such paging. */
	const struct paging *(*paging)(const struct paging_choice *choice);
	/* Physical address of the top-level table in a CR3. space has no root yet. False: cr3 has
	 * impossible bits. */
	bool (*table_of_cr3)(const struct space *space, uint64_t cr3, uint64_t *root);
	/* Does the CPU use page tables? It does not while firmware runs. */
	bool (*cpu_pages)(const struct cpu_state *cpu);
	/* Physical address of the kernel's table that a CPU used. space has no root yet. */
	uint64_t (*cpu_root)(const struct space *space, const struct cpu_state *cpu);
	/* Sets *root to a second table that the kernel keeps for user mode besides space->root.
	 * False, with *root unchanged: there is none. */
	bool (*user_table)(const struct space *space, uint64_t *root);
	/* Adds the page at paddr to the search's tables if it is surely the kernel's own top-level
	 * table. Called for many pages: must reject most of them fast. */
	void (*try_table)(struct table_search *search, uint64_t paddr);
	/* Does KASLR move a symbol with this link-time address and section? */
	bool (*relocated)(uint64_t address, uint16_t section);
	/* A range of virtual addresses that contains the kernel's image; both ends are inclusive,
	 * and the range may have gaps. False: unknown. */
	bool (*image_range)(struct kernel *kernel, const struct space *space, uint64_t *first,
			    uint64_t *last);
	/* Address of a function that a CPU's state points to, and the two static names that its
	 * symbol may have. */
	bool (*known_function)(struct kernel *kernel, const struct space *space,
			       const char *names[2], uint64_t *address);
	/* Adds all regions, in the order of addresses. Without exact, regions that need types
	 * become REGION_NEEDS_TYPES. */
	bool (*regions)(struct kernel *kernel, bool exact, struct region_list *list,
			struct error *err);
	/* The slot of the fixmap at vaddr. False: there is none, or the types with the names of
	 * slots are unknown. */
	bool (*fixmap_slot)(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
	/* May processes read this page of the kernel's half? */
	bool (*users_may_read)(struct kernel *kernel, uint64_t vaddr);
	/* The place of vaddr in the cpu entry area. False: region is another region, vaddr belongs
	 * to no CPU, or the types are unknown. */
	bool (*cpu_entry_at)(struct kernel *kernel, const struct region *region, uint64_t vaddr,
			     struct cpu_entry_place *place);
	/* The stack at vaddr in the region "espfix"; NULL: the architecture has no such region. */
	bool (*espfix_stack)(struct kernel *kernel, uint64_t vaddr, struct stack *stack);
	/* Adds the stacks for interrupts and exceptions of each CPU. */
	void (*add_cpu_stacks)(struct kernel *kernel, struct stack_list *list);
	/* Registers of a task that is not running, at the time when it continues. task: address of
	 * its task_struct. Registers that a switch does not save are unknown. */
	bool (*switched_registers)(struct kernel *kernel, uint64_t task,
				   struct registers *registers, struct error *err);
	/* Goes from the registers of a function to the registers of its caller, or of the code that
	 * an exception interrupted. False with err: the caller cannot be found. NULL: stacks cannot
	 * be unwound. */
	bool (*unwind_step)(struct kernel *kernel, struct unwind_state *state, struct error *err);
	/* Does a call instruction end at vaddr? *target: the address that it calls; 0: the address
	 * is in a register or in memory. */
	bool (*follows_call)(struct kernel *kernel, uint64_t vaddr, uint64_t *target);
	/* Do these registers belong to code in user mode? */
	bool (*in_user_mode)(const struct registers *registers);
	/* The kernel's own virt_to_phys(): arithmetic. False: vaddr is outside of its domain. */
	bool (*virt_to_phys)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

	/* The meaning of the register with the cause of an exception, as it appears in logs. False:
	 * no meaning. NULL: logs have no such register. */
	bool (*syndrome_text)(uint64_t value, char *text, size_t size);

	struct sparse_defaults (*sparse_defaults)(struct kernel *kernel,
						  const struct paging *paging);

	/* For kernel_entry_rules(), kernel_describe_entry(), and the names of set bits. */
	void (*entry_rules)(struct kernel *kernel, struct entry_rules *rules);
	struct entry_meaning (*describe_entry)(const struct entry_rules *rules,
					       const struct paging *paging, unsigned int level,
					       uint64_t entry);
	struct entry_flags (*entry_flags)(const struct entry_rules *rules,
					  const struct paging *paging, unsigned int level,
					  uint64_t entry);
};

/* The paging of a mode with this number of levels. */
static inline const struct paging *arch_paging(const struct arch *arch, enum kernel_mode mode,
					       unsigned int levels)
{
	const struct paging_choice choice = { .mode = mode, .levels = levels };

	return arch->paging(&choice);
}
