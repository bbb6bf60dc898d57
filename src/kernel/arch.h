/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The interface of an architecture: everything that differs between architectures. HACKING.md
 * explains how to add an architecture. */
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
	bool extreme; /* CONFIG_SPARSEMEM_EXTREME is set */
};

/* A line that the architecture's arch_crash_save_vmcoreinfo() adds to VMCOREINFO. */
struct note_fact {
	const char *key; /* such as "NUMBER(phys_base)" */
	enum fact_id fact;
	bool hex; /* the line has a number such as 0x10; false: a signed decimal number */
	bool needed; /* without this line the note would mislead other tools */
	/* Computes the number in the line from the value of the fact. Returns false if the kernel
	 * would not write the line. NULL: the number is the value. */
	bool (*number)(uint64_t value, uint64_t *number);
	const char *text; /* the line has this text and not the number; NULL: the number */
};

struct arch {
	/* --- required --- */

	const char *name;
	uint16_t machine; /* EM_* */
	/* The modes of this architecture, a set of bits 1 << enum kernel_mode. */
	unsigned int modes;
	uint8_t pointer_size; /* in bytes */
	uint8_t page_shift; /* log2 of the smallest page size of all modes */
	uint8_t first_argument; /* enum cpu_register: the first argument of a function */
	/* enum cpu_register: the register of the caller that tracers use to recognise the frame whose
	 * return address they replaced. CPU_SP: they use the address of the return address, which
	 * is the word below SP. */
	uint8_t traced_register;
	/* An array of the kernel: the machine's number of each CPU, if the kernel may number CPUs in
	 * another order. */
	const char *cpu_numbers;
	uint64_t address_mask; /* the bits of a virtual address */
	/* The regions that contain modules, a set of bits 1 << enum region_kind. */
	unsigned int module_regions;
	/* The sources of facts; the last entry has no name (NULL). */
	const struct fact_source *sources;
	/* The name of the register that points to the top-level table. If there are two, the one for
	 * the lower half. */
	const char *root_register;
	/* Sets *root to the physical address of the top-level table, computed from a value of the
	 * root register. space has no root yet. Returns false if the register cannot have this
	 * value. */
	bool (*root_of_register)(const struct space *space, uint64_t value, uint64_t *root);
	/* Returns the bits of the register's value that do not belong to the address `root` of the
	 * table. *name gets their name. */
	unsigned int (*root_tag)(uint64_t value, uint64_t root, const char **name);
	/* Returns the paging mode for this choice, or NULL if there is no such mode. */
	const struct paging *(*paging)(const struct paging_choice *choice);
	/* Tests the page at paddr. If the page is certainly the kernel's top-level table, adds it
	 * to the tables of the search. The function is called for many pages, so it must reject
	 * most of them quickly. */
	void (*try_table)(struct table_search *search, uint64_t paddr);
	/* Does KASLR change the address of a symbol that has this link-time address and this
	 * section? */
	bool (*relocated)(uint64_t address, uint16_t section);
	/* Finds a range of virtual addresses that contains the kernel's image. *first and *last are
	 * inclusive. Some pages in the range may be unmapped. Returns false if the range is
	 * unknown. */
	bool (*image_range)(struct kernel *kernel, const struct space *space, uint64_t *first,
			    uint64_t *last);
	/* Finds the run-time address of a function or of another symbol, without symbols. The symbol
	 * has one of two names. `names` gets both names, which are static. */
	bool (*known_function)(struct kernel *kernel, const struct space *space,
			       const char *names[2], uint64_t *address);
	/* Adds all regions of the address space in ascending order. If `exact` is false, regions
	 * whose addresses depend on types become REGION_NEEDS_TYPES. */
	bool (*regions)(struct kernel *kernel, bool exact, struct region_list *list,
			struct error *err);
	/* Finds the slot of the fixmap that contains vaddr. Returns false if there is no such slot,
	 * or if the types that contain the names of slots are unknown. */
	bool (*fixmap_slot)(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
	/* Adds the stacks that each CPU has for interrupts and exceptions. */
	void (*add_cpu_stacks)(struct kernel *kernel, struct stack_list *list);
	/* Finds the registers with which a task will continue. `task` is the address of the
	 * task_struct of a task that is not running. Registers that the kernel does not save when
	 * it switches to another task are unknown. */
	bool (*switched_registers)(struct kernel *kernel, uint64_t task,
				   struct registers *registers, struct error *err);
	/* Loads the stack pointer with which a task will continue, from its task_struct. For a running
	 * task, it is the stack pointer of its last switch. 0: the task has never been switched. */
	bool (*saved_sp)(struct kernel *kernel, uint64_t task, uint64_t *sp);
	/* Unwinds one step: replaces the registers of a function in *state by the registers of its
	 * caller, or of the code that an exception interrupted. Returns false and sets *err if the
	 * caller cannot be found. */
	bool (*unwind_step)(struct kernel *kernel, struct unwind_state *state, struct error *err);
	/* Is there a call instruction that ends at vaddr? *target gets the address that it calls,
	 * or 0 if this address is in a register or in memory. */
	bool (*follows_call)(struct kernel *kernel, uint64_t vaddr, uint64_t *target);
	/* Are these the registers of code that ran in user mode? */
	bool (*in_user_mode)(const struct registers *registers);
	/* Computes the physical address in the same way as the kernel's virt_to_phys(), without a
	 * page table. Returns false if the kernel's virt_to_phys() is not valid for vaddr. */
	bool (*virt_to_phys)(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);
	struct sparse_defaults (*sparse_defaults)(struct kernel *kernel,
						  const struct paging *paging);
	/* entry_rules() and describe_entry() implement kernel_entry_rules() and
	 * kernel_describe_entry(). entry_flags() returns the names of the bits that are set in an
	 * entry. */
	void (*entry_rules)(struct kernel *kernel, struct entry_rules *rules);
	struct entry_meaning (*describe_entry)(const struct entry_rules *rules,
					       const struct paging *paging, unsigned int level,
					       uint64_t entry);
	struct entry_flags (*entry_flags)(const struct entry_rules *rules,
					  const struct paging *paging, unsigned int level,
					  uint64_t entry);
	/* Gives the facts that a vmlinux without a dump does not show values that are usual
	 * (kernel_suppose_fact()). */
	void (*suppose_facts)(struct kernel *kernel);

	/* --- absent (false, 0 or NULL) if the architecture has no such thing --- */

	bool levels_vary; /* the mode does not determine the number of levels */
	bool char_was_signed; /* until 6.2 (3bc753c06dd0) */
	/* The direct map starts at the physical address FACT_PHYS_OFFSET, not at 0. */
	bool has_phys_offset;
	/* The kernel's image is not in the direct map, so virt_to_page() cannot be used for its
	 * addresses. */
	bool image_is_apart;
	/* For devices, the kernel maps some memory a second time, uncached, although the direct map
	 * maps the same memory cached. */
	bool remaps_for_dma;
	/* If a device writes to an address in the range DMA_INTERRUPT (devices/dma.h), it does not
	 * write to memory, but signals an interrupt. */
	bool dma_interrupts;
	/* All areas of vmalloc() are at or above FACT_VMALLOC_START. */
	bool areas_are_in_vmalloc;
	/* If memory is added, max_pfn grows before the node does (since 4.13). */
	bool max_pfn_grows_first;
	/* The virtual address at which FACT_PHYS_BASE is mapped, if the architecture has this
	 * fact. */
	uint64_t phys_base_vaddr;
	/* The lines of VMCOREINFO, in the kernel's order; the last entry has no key (NULL). */
	const struct note_fact *note_facts;
	/* Is this fact necessary to choose the paging mode? The members of `choice` that are
	 * declared before the member of this fact are already known. NULL: kernel mode and levels
	 * determine the paging mode. */
	bool (*needs_fact)(const struct paging_choice *choice, enum fact_id id);
	/* Sets *root to the start of the kernel's top-level table. Before the call, *root is either
	 * this address or the value of the register that points to the table. space has no root
	 * yet. Returns false if no table of this paging can begin there. NULL: *root is always the
	 * start. */
	bool (*kernel_table)(const struct space *space, uint64_t *root);
	/* Does the CPU run without page tables, as the firmware may do? `why` gets the value of the
	 * register that shows this, such as "CR0 is 60000010". NULL: no dump shows this. */
	bool (*cpu_unpaged)(const struct cpu_state *cpu, char *why, size_t size);
	/* Returns the physical address of the kernel's table that belongs to the table of the CPU.
	 * space has no root yet. NULL: no dump contains the CPU's root register. */
	uint64_t (*cpu_root)(const struct space *space, const struct cpu_state *cpu);
	/* Finds the second table that the kernel keeps for user mode, in addition to space->root.
	 * Returns false and leaves *root unchanged if this table has none. NULL: no table has. */
	bool (*user_table)(const struct space *space, uint64_t *root);
	/* May processes read the page at vaddr, although it is in the kernel's half? NULL: they
	 * never may. */
	bool (*users_may_read)(struct kernel *kernel, uint64_t vaddr);
	/* Describes an address in the cpu_entry_area, which must be `region`. Returns false if
	 * `region` is another region, if vaddr belongs to no CPU, or if the types are unknown. */
	bool (*cpu_entry_at)(struct kernel *kernel, const struct region *region, uint64_t vaddr,
			     struct cpu_entry_place *place);
	/* Finds the stack that contains vaddr, which is in the region "espfix". */
	bool (*espfix_stack)(struct kernel *kernel, uint64_t vaddr, struct stack *stack);
	/* Does the kernel put tags into the upper bytes of its pointers, which its CPUs then ignore?
	 * NULL: no CPU of this architecture ignores the upper byte. */
	enum certainty (*tags_pointers)(struct kernel *kernel);
	/* Can code run with these registers? Returns false if the register that contains the mode
	 * has a value that neither the kernel nor its processes use. NULL: unknown. */
	bool (*mode_is_possible)(const struct registers *registers);
};

/* Returns the paging mode of a kernel mode with this number of levels. */
static inline const struct paging *arch_paging(const struct arch *arch, enum kernel_mode mode,
					       unsigned int levels)
{
	const struct paging_choice choice = { .mode = mode, .levels = levels };

	return arch->paging(&choice);
}

/* Does the CPU run without page tables? */
static inline bool arch_cpu_unpaged(const struct arch *arch, const struct cpu_state *cpu)
{
	return arch->cpu_unpaged && arch->cpu_unpaged(cpu, NULL, 0);
}

/* Finds the kernel's table that belongs to the table of the CPU. space has no root yet. Returns
 * false if the CPU has no table, or if its root register is unknown. */
static inline bool arch_cpu_root(const struct arch *arch, const struct space *space,
				 const struct cpu_state *cpu, uint64_t *root)
{
	if (!arch->cpu_root || arch_cpu_unpaged(arch, cpu))
		return false;
	*root = arch->cpu_root(space, cpu);
	return true;
}
