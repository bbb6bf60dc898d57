/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The differences between architectures. HACKING.md explains how to add an architecture. */
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
	unsigned int modes; /* a set of modes, bits 1 << enum kernel_mode */
	bool has_phys_offset; /* the direct map begins at FACT_PHYS_OFFSET, not at 0 */
	/* Memory for devices is mapped uncached, although the direct map maps it cached. */
	bool remaps_for_dma;
	/* If a device writes to an address in the range DMA_INTERRUPT (devices/dma.h), this is an
	 * interrupt. */
	bool dma_interrupts;
	bool levels_vary; /* the number of levels varies within a mode */
	uint8_t pointer_size; /* in bytes */
	uint8_t page_shift; /* log2 of the size of the smallest page in any mode */
	uint64_t address_mask; /* the bits of a virtual address */
	const struct fact_source *sources; /* ends with an entry whose name is NULL */

	/* The image is not in the direct map, so virt_to_page() is not valid for it. */
	bool image_is_apart;
	/* A set of the regions that contain modules, bits 1 << enum region_kind. */
	unsigned int module_regions;

	/* Does the paging also depend on this fact, given the members of choice above it? NULL:
	 * mode and levels determine the paging. */
	bool (*needs_fact)(const struct paging_choice *choice, enum fact_id id);
	/* Returns the paging for this choice, or NULL if there is none. */
	const struct paging *(*paging)(const struct paging_choice *choice);
	/* Sets *root to the physical address of the top-level table in a CR3 value. space has no
	 * root yet. Returns false if cr3 has impossible bits. */
	bool (*table_of_cr3)(const struct space *space, uint64_t cr3, uint64_t *root);
	/* Sets *root to the start of the kernel's top-level table. *root is this address, or the
	 * value of the register that points to the table. space has no root yet. Returns false if
	 * no table of this paging can begin there. NULL: *root is always the start. */
	bool (*kernel_table)(const struct space *space, uint64_t *root);
	/* Does the CPU use page tables? A CPU that runs firmware does not. */
	bool (*cpu_pages)(const struct cpu_state *cpu);
	/* Returns the physical address of the kernel's table that a CPU used. space has no root
	 * yet. */
	uint64_t (*cpu_root)(const struct space *space, const struct cpu_state *cpu);
	/* Sets *root to the second table, which the kernel keeps for user mode besides space->root.
	 * If there is no second table, leaves *root unchanged and returns false. */
	bool (*user_table)(const struct space *space, uint64_t *root);
	/* Adds the page at paddr to the tables of the search if it is certainly the kernel's
	 * top-level table. Called for many pages, so it must reject most of them fast. */
	void (*try_table)(struct table_search *search, uint64_t paddr);
	/* Does KASLR change the address of a symbol with this link-time address and section? */
	bool (*relocated)(uint64_t address, uint16_t section);
	/* Sets *first and *last (inclusive) to a range of virtual addresses that contains the
	 * kernel's image. The range may have gaps. Returns false if the range is unknown. */
	bool (*image_range)(struct kernel *kernel, const struct space *space, uint64_t *first,
			    uint64_t *last);
	/* Finds the address of a function that a CPU's state points to. The symbol of the function
	 * is one of two names, which are static. */
	bool (*known_function)(struct kernel *kernel, const struct space *space,
			       const char *names[2], uint64_t *address);
	/* Adds all regions, in the order of addresses. If exact is false, regions that need types
	 * become REGION_NEEDS_TYPES. */
	bool (*regions)(struct kernel *kernel, bool exact, struct region_list *list,
			struct error *err);
	/* Finds the fixmap slot at vaddr. Returns false if there is none, or if the types with the
	 * names of slots are unknown. */
	bool (*fixmap_slot)(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
	/* May processes read this page, which is in the kernel's half? */
	bool (*users_may_read)(struct kernel *kernel, uint64_t vaddr);
	/* Finds the place of vaddr in the cpu entry area. Returns false if region is another
	 * region, if vaddr does not belong to a CPU, or if the types are unknown. */
	bool (*cpu_entry_at)(struct kernel *kernel, const struct region *region, uint64_t vaddr,
			     struct cpu_entry_place *place);
	/* Finds the stack at vaddr in the region "espfix". NULL: the architecture has no such
	 * region. */
	bool (*espfix_stack)(struct kernel *kernel, uint64_t vaddr, struct stack *stack);
	/* Adds the stacks of each CPU for interrupts and exceptions. */
	void (*add_cpu_stacks)(struct kernel *kernel, struct stack_list *list);
	/* Finds the registers that a task will have when it continues to run. task is the address
	 * of the task_struct of a task that is not running. Registers that the switch does not save
	 * are unknown. */
	bool (*switched_registers)(struct kernel *kernel, uint64_t task,
				   struct registers *registers, struct error *err);
	/* Changes state from the registers of a function to the registers of its caller, or of the
	 * code that an exception interrupted. Returns false and sets err if the caller cannot be
	 * found. NULL: stacks cannot be unwound. */
	bool (*unwind_step)(struct kernel *kernel, struct unwind_state *state, struct error *err);
	/* Does a call instruction end at vaddr? Sets *target to the address that it calls, or to 0
	 * if this address is in a register or in memory. */
	bool (*follows_call)(struct kernel *kernel, uint64_t vaddr, uint64_t *target);
	/* Do these registers belong to code in user mode? */
	bool (*in_user_mode)(const struct registers *registers);
	/* Computes a physical address as virt_to_phys() of the kernel does, using arithmetic.
	 * Returns false if vaddr is not in the range for which the arithmetic is valid. */
	bool (*virt_to_phys)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

	/* Writes the meaning of the register with the cause of an exception. value: the register,
	 * from a log. Returns false if the value has no known meaning. NULL: logs do not contain
	 * such a register. */
	bool (*syndrome_text)(uint64_t value, char *text, size_t size);

	struct sparse_defaults (*sparse_defaults)(struct kernel *kernel,
						  const struct paging *paging);

	/* Implementations of kernel_entry_rules() and kernel_describe_entry(), and the names of the
	 * bits that are set in an entry. */
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
