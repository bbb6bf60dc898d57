/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Declarations that the files of x86 share: entries, control registers, the IDT, and the address
 * spaces of i386 (with and without PAE) and x86-64. */
#pragma once

#include "kernel/arch.h"
#include "paging/entries.h"

#define CR0_PG (UINT64_C(1) << 31)
enum {
	CR4_PAE = 1 << 5,
	CR4_LA57 = 1 << 12,
};

/* --- functions that struct arch points to, in members with these names --- */

const struct paging *x86_paging(const struct paging_choice *choice);
bool x86_cpu_unpaged(const struct cpu_state *cpu, char *why, size_t size);
bool x86_root_of_register(const struct space *space, uint64_t cr3, uint64_t *root);
unsigned int x86_root_tag(uint64_t value, uint64_t root, const char **name);
/* Returns the physical address of the kernel's table. If CR3 points to the user's table (page-table
 * isolation), this is the address one page below. */
uint64_t x86_cpu_root(const struct space *space, const struct cpu_state *cpu);
/* Finds the user's table of page-table isolation. Returns false if there is none, and always on
 * i386. */
bool x86_user_table(const struct space *space, uint64_t *root);
void x86_entry_rules(struct kernel *kernel, struct entry_rules *rules);
/* The layout of inverted swap entries on x86-64 and with PAE: pgtable_64.h, pgtable-3level.h since
 * 4.18.1. */
extern const struct swap_layout x86_inverted_swap;
struct sparse_defaults x86_sparse_defaults(struct kernel *kernel, const struct paging *paging);
struct entry_meaning x86_describe_entry(const struct entry_rules *rules,
					const struct paging *paging, unsigned int level,
					uint64_t entry);
struct entry_flags x86_entry_flags(const struct entry_rules *rules, const struct paging *paging,
				   unsigned int level, uint64_t entry);
bool x86_cpu_entry_at(struct kernel *kernel, const struct region *region, uint64_t vaddr,
		      struct cpu_entry_place *place);
bool x86_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot);
bool x86_users_may_read(struct kernel *kernel, uint64_t vaddr);
void x86_add_cpu_stacks(struct kernel *kernel, struct stack_list *list);
bool x86_switched_registers(struct kernel *kernel, uint64_t task, struct registers *registers,
			    struct error *err);
bool x86_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp);
bool x86_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err);
bool x86_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target);
bool x86_in_user_mode(const struct registers *registers);
bool x86_mode_is_possible(const struct registers *registers);

/* The members of struct arch that have the same values for i386 and x86-64. */
#define X86_COMMON                                                                                 \
	.page_shift = 12, .paging = x86_paging, .root_of_register = x86_root_of_register,          \
	.root_register = "CR3", .root_tag = x86_root_tag, .cpu_unpaged = x86_cpu_unpaged,          \
	.cpu_root = x86_cpu_root, .user_table = x86_user_table, .fixmap_slot = x86_fixmap_slot,    \
	.users_may_read = x86_users_may_read, .cpu_entry_at = x86_cpu_entry_at,                    \
	.add_cpu_stacks = x86_add_cpu_stacks, .switched_registers = x86_switched_registers,        \
	.saved_sp = x86_saved_sp, .entry_rules = x86_entry_rules, .unwind_step = x86_unwind_step,  \
	.follows_call = x86_follows_call, .in_user_mode = x86_in_user_mode,                        \
	.mode_is_possible = x86_mode_is_possible, .sparse_defaults = x86_sparse_defaults,          \
	.describe_entry = x86_describe_entry, .entry_flags = x86_entry_flags

void i386_try_table(struct table_search *search, uint64_t paddr);
bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err);
bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

void x86_64_try_table(struct table_search *search, uint64_t paddr);
bool x86_64_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err);
bool x86_64_espfix_stack(struct kernel *kernel, uint64_t vaddr, struct stack *stack);
bool x86_64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr);

static inline bool x86_is_memory(const struct space *space, uint64_t paddr)
{
	struct extent extent;

	dump_find(space->dump, paddr, &extent);
	return extent.state != PAGE_ABSENT;
}

/* --- registers and the IDT --- */

/* Returns the address of the handler that a gate of the IDT contains. size is the gate's size in
 * bytes: 8 on i386, 16 on x86-64. */
uint64_t x86_gate_handler(const uint8_t *gate, size_t size);
/* Finds the divide-error handler: reads its address from the first gate of the IDT at idt_base. */
bool x86_divide_error_at(const struct space *space, uint64_t idt_base, uint64_t *handler);
/* Finds the divide-error handler of the first CPU. `names` gets the two names of the handler's
 * symbol: names[0] since 5.8, names[1] before 5.8. The function sets names even if it returns
 * false. */
bool x86_divide_error(struct kernel *kernel, const struct space *space, const char *names[2],
		      uint64_t *address);

/* --- sources of facts --- */

/* Finds the KASLR offset: the run-time address of the divide-error handler minus its link-time
 * address. Reading linux_banner confirms the offset. */
fact_find x86_find_kaslr_in_idt;

/* Finds the KASLR offset without vmlinux: the run-time address of _text in kallsyms minus its
 * link-time address. The link-time address is computed from pref_address of the setup header, by
 * adding the virtual address of physical address 0. A copy of the header is in boot_params. If
 * kallsyms lacks boot_params, the function searches the image for the header. */
fact_find x86_find_kaslr_in_setup_header;

/* Finds the root of kernel->table. The root is doubtful if the first CPU uses this table while it
 * is booting. */
fact_find x86_find_root_in_table;
/* Finds the physical address of swapper_pg_dir from the mapping of the kernel's image. The root is
 * doubtful if the table does not map itself. The function fails if the page is not a page table. */
fact_find x86_find_root_of_swapper;
/* Finds the table that the first CPU used. If this table is not swapper_pg_dir, the root is
 * doubtful. */
fact_find x86_find_root_in_cr3;

// clang-format off
/* The sources of facts that i386 and x86-64 have in common. */
#define X86_KASLR_SOURCES \
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_SYMBOLS("VMCOREINFO SYMBOL(_stext) minus _stext of ", ""), find_kaslr_from_stext, "_stext" }, \
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_SYMBOLS("IDT of the first CPU minus ", "'s symbol, proved by linux_banner"), x86_find_kaslr_in_idt, NULL }, \
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_VMLINUX("linux_banner found in memory minus its address in vmlinux"), find_kaslr_from_banner, "linux_banner" }, \
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_DUMP("kallsyms symbol _text minus the image's preferred address"), x86_find_kaslr_in_setup_header, NULL },
// clang-format on

fact_find i386_find_page_offset_in_vmlinux, i386_find_page_offset_by_trial;
fact_find i386_find_page_offset_by_first_mib;
fact_find i386_find_high_memory_in_tables, i386_find_vmalloc_start;

/* These functions are sources of three facts. `arg` is "page_offset_base", "vmalloc_base" or
 * "vmemmap_base". */
fact_find x86_64_find_base_variable, x86_64_find_base_of_kallsyms;
fact_find x86_64_find_direct_map_in_segments, x86_64_find_direct_map_in_tables;
fact_find x86_64_find_default_vmalloc, x86_64_find_default_vmemmap;

/* --- the fixmap --- */

/* Finds FIXADDR_TOP, the top of the fixmap, whose slots are numbered downwards from the top. Always
 * sets *top, but returns false if the value is not certain. */
bool i386_fixmap_top(struct kernel *kernel, uint64_t *top);
/* Adds the regions above the modules. If `exact` is false, adds one region without a name
 * instead. */
void x86_64_add_fixmap(struct kernel *kernel, bool exact, struct region_list *list);

/* --- i386 --- */

static inline unsigned int i386_levels(enum kernel_mode mode)
{
	return mode == MODE_PAE ? 3 : 2;
}

/* The values of PAGE_OFFSET with CONFIG_VMSPLIT_3G, _3G_OPT, _2G, _2G_OPT and _1G:
 * arch/x86/Kconfig. */
enum { NR_SPLITS = 6 };
extern const uint64_t i386_splits[NR_SPLITS];

/* Does the table map itself and the first MiB, if the kernel uses this split? The tables of all
 * kernels do so. */
bool i386_split_holds(const struct space *space, uint64_t page_offset);

/* --- x86-64: Documentation/arch/x86/x86_64/mm.rst --- */

#define START_KERNEL_MAP UINT64_C(0xffffffff80000000) /* __START_KERNEL_map */
#define MODULES_END UINT64_C(0xffffffffff000000)
#define LARGEST_IMAGE (UINT64_C(1) << 30) /* KERNEL_IMAGE_SIZE with CONFIG_RANDOMIZE_BASE */
#define TB (UINT64_C(1) << 40)
#define PB (UINT64_C(1) << 50)

/* Computes phys_base: the physical address of the image's first page, minus the offset of this page
 * from START_KERNEL_MAP. */
bool x86_64_phys_base_of(const struct space *space, uint64_t *phys_base);

/* Finds the start of the direct map. A candidate is accepted only if the direct map there maps the
 * table itself. */
bool x86_64_direct_map_of(const struct space *space, uint64_t *page_offset);
