/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What i386 and x86-64 share: entries, control registers, the IDT. */
#pragma once

#include "kernel/arch.h"

enum {
	CR4_PAE = 1 << 5,
	CR4_LA57 = 1 << 12,
};

/* struct arch's operations of these names. */
void x86_entry_rules(struct kernel *kernel, struct entry_rules *rules);
struct entry_meaning x86_describe_entry(const struct entry_rules *rules,
					const struct paging *paging,
					unsigned int level, uint64_t entry);
struct entry_flags x86_entry_flags(const struct entry_rules *rules,
				   const struct paging *paging,
				   unsigned int level, uint64_t entry);

/* Run-time less link-time address of the divide-error handler, which the first
 * gate of the IDT names. gate_size is 8 or 16. Needs vmlinux and CPU registers;
 * the offset counts only when linux_banner then stands where it should. */
bool x86_kaslr_offset_from_idt(struct kernel *kernel, size_t gate_size,
			       uint64_t *offset);

/* Handler that the first gate of the IDT at idt_base names; gate_size is 8 or 16. */
bool x86_divide_error_at(const struct space *space, uint64_t idt_base,
			 size_t gate_size, uint64_t *handler);

/* Address of the divide-error handler that the first CPU's IDT names, and its
 * symbol's names: of 5.8 and later, and before. */
bool x86_divide_error(struct kernel *kernel, const struct space *space,
		      const char *names[2], uint64_t *address);

/* Run-time address of kallsyms' _text less that at which the image was linked:
 * boot_params keeps the setup header that it was loaded with, whose pref_address
 * is the physical address that a relocatable kernel was linked for. base: what
 * physical address 0 was linked at. Where no symbol names boot_params, the
 * image is searched for it. */
bool x86_kaslr_from_setup_header(struct kernel *kernel, uint64_t base,
				 uint64_t *offset);

/* What linux_banner, found in memory, says of the offset of this vmlinux. */
fact_find x86_find_kaslr_from_banner;

/* Of the table found in memory. */
fact_find x86_find_mode_of_table, x86_find_levels_of_table;
fact_find x86_find_root_of_table, x86_find_swapper_of_table;
fact_find x86_find_encrypt_mask_of_table;

/* SYMBOL(_stext) of the note less vmlinux's _stext. */
fact_find x86_find_kaslr_from_stext;

/* The table that the first CPU used. */
fact_find x86_find_root_in_cr3;

/* CR3 without the bits that are no address, and where the kernel keeps two
 * tables (page-table isolation: the user's copy one page above) the kernel's. */
uint64_t x86_cpu_root(const struct space *space, uint64_t cr3,
		      uint64_t address_bits);
