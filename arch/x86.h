/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What i386 and x86-64 share: entries, control registers, the IDT. */
#pragma once

#include "kernel/arch.h"
#include "paging/walk.h"

/* Bits of an entry: Intel SDM vol. 3A, 4.3 to 4.5. */
enum {
	ENTRY_PRESENT = 1 << 0,
	ENTRY_RW = 1 << 1,
	ENTRY_USER = 1 << 2,
	ENTRY_ACCESSED = 1 << 5,
	ENTRY_DIRTY = 1 << 6,
	ENTRY_LARGE = 1 << 7,
	ENTRY_GLOBAL = 1 << 8, /* in an entry that maps a page */
};

/* Does the entry map a page? Else it points to a table. */
static inline bool x86_maps_page(const struct paging *paging,
				    unsigned int level, uint64_t entry)
{
	return level == paging->nr_levels - 1u ||
	       (paging->level[level].maps_pages && (entry & ENTRY_LARGE));
}

extern const struct paging_family x86_family;
/* struct paging.walk for entries of 4 and of 8 bytes. */
void x86_walk_narrow(const struct space *space, uint64_t vaddr,
		     struct walk *walk);
void x86_walk_wide(const struct space *space, uint64_t vaddr, struct walk *walk);

enum {
	CR4_PAE = 1 << 5,
	CR4_LA57 = 1 << 12,
};

/* struct arch's operations of these names. */
void x86_entry_rules(struct kernel *kernel, struct entry_rules *rules);
struct sparse_defaults x86_sparse_defaults(struct kernel *kernel,
					   const struct paging *paging);
struct entry_meaning x86_describe_entry(const struct entry_rules *rules,
					const struct paging *paging,
					unsigned int level, uint64_t entry);
struct entry_flags x86_entry_flags(const struct entry_rules *rules,
				   const struct paging *paging,
				   unsigned int level, uint64_t entry);

bool x86_cpu_entry_at(struct kernel *kernel, const struct region *region,
		      uint64_t vaddr, struct cpu_entry_place *place);
bool x86_users_may_read(struct kernel *kernel, uint64_t vaddr);
void x86_add_cpu_stacks(struct kernel *kernel, struct stack_list *list);
/* top: FIXADDR_TOP. */
bool x86_fixmap_slot(struct kernel *kernel, uint64_t top, uint64_t vaddr,
		     struct fixmap_slot *slot);

/* The handler that a gate of the IDT names; size is 8 or, on x86-64, 16. */
uint64_t x86_gate_handler(const uint8_t *gate, size_t size);

/* That of the first gate of the IDT at idt_base: of the divide error. */
bool x86_divide_error_at(const struct space *space, uint64_t idt_base,
			 uint64_t *handler);

/* That of the first CPU's IDT, and the names of its symbol: since 5.8, and before. */
bool x86_divide_error(struct kernel *kernel, const struct space *space,
		      const char *names[2], uint64_t *address);

/* The KASLR offset: run-time less link-time address of the divide-error handler. Only
 * if linux_banner then lies where vmlinux has it. */
fact_find x86_find_kaslr_in_idt;

/* The KASLR offset without vmlinux: run-time address of kallsyms' _text less its
 * link-time address. The latter is pref_address of the setup header, a copy of which is
 * in boot_params, plus the virtual address of physical address 0. If kallsyms lacks
 * boot_params, the image is searched for it. */
fact_find x86_find_kaslr_in_setup_header;

/* The KASLR offset: linux_banner found in memory less that of vmlinux. */
fact_find x86_find_kaslr_from_banner;

/* A member of kernel->table, the table found in memory; arg is the member's name. */
fact_find x86_find_in_table;

/* The KASLR offset: SYMBOL(_stext) of the note less vmlinux's _stext. */
fact_find x86_find_kaslr_from_stext;

/* The table that the first CPU used. */
fact_find x86_find_root_in_cr3;

/* The kernel's table for a CR3: its address bits. With page-table isolation, if CR3
 * names the user's table, the kernel's one page below. */
uint64_t x86_cpu_root(const struct space *space, uint64_t cr3,
		      uint64_t address_bits);

/* With page-table isolation: the user's table beside the one at space->root. */
bool x86_user_table(const struct space *space, uint64_t *root);
