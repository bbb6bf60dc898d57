/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry points of riscv64. The paging modes are in riscv64_paging.c, the sources of facts in
 * riscv64_facts.c, and the address space in riscv64_regions.c. */
#include "arch/riscv64/riscv64.h"

#include <elf.h>

#include "linux/region.h"

/* KASLR (6.6) moves all symbols of the image. */
static bool riscv64_relocated(uint64_t address, uint16_t section)
{
	return section != SHN_ABS && address >> 63;
}

/* asm/sparsemem.h */
static struct sparse_defaults riscv64_sparse_defaults(struct kernel *kernel,
						      const struct paging *paging)
{
	(void)kernel, (void)paging;
	return (struct sparse_defaults){ .section_bits = 27, .memory_bits = 56, .extreme = true };
}

/* Most CPUs have Sv39 or Sv48; Linux uses the largest mode. */
static void riscv64_suppose_facts(struct kernel *kernel)
{
	kernel_suppose_fact(kernel, FACT_LEVELS, 4);
}

/* arch/riscv/kernel/vmcore_info.c */
static const struct note_fact riscv64_note_facts[] = {
	{ "NUMBER(PAGE_OFFSET)", FACT_PAGE_OFFSET, true, false, NULL, NULL },
	{ "NUMBER(va_kernel_pa_offset)", FACT_KIMAGE_VOFFSET, true, true, NULL, NULL },
	{ 0 },
};

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.modes = 1 << MODE_RISCV64,
	.has_phys_offset = true,
	.remaps_for_dma = true, /* dma_common_contiguous_remap() */
	.levels_vary = true,
	.pointer_size = 8,
	.first_argument = RISCV64_A0,
	.traced_register = RISCV64_S0, /* prepare_ftrace_return() */
	.cpu_numbers = "__cpuid_to_hartid_map", /* any hart may boot the kernel */
	.page_shift = 12,
	.address_mask = UINT64_MAX,
	.image_is_apart = true, /* since 5.13, 2bfc6cd81bd1 */
	/* Until 5.12 modules are in vmalloc. */
	.module_regions = 1 << REGION_MODULES | 1 << REGION_BPF_JIT | 1 << REGION_VMALLOC,
	.sources = riscv64_sources,
	.note_facts = riscv64_note_facts,
	.paging = riscv64_paging,
	.root_of_register = riscv64_root_of_register,
	.root_register = "satp",
	.root_tag = riscv64_root_tag,
	.kernel_table = riscv64_kernel_table,
	.try_table = riscv64_try_table,
	.relocated = riscv64_relocated,
	.image_range = riscv64_image_range,
	.known_function = riscv64_known_function,
	.regions = riscv64_regions,
	.fixmap_slot = riscv64_fixmap_slot,
	.add_cpu_stacks = riscv64_add_cpu_stacks,
	.switched_registers = riscv64_switched_registers,
	.saved_sp = riscv64_saved_sp,
	.virt_to_phys = riscv64_virt_to_phys,
	.unwind_step = riscv64_unwind_step,
	.follows_call = riscv64_follows_call,
	.in_user_mode = riscv64_in_user_mode,
	.sparse_defaults = riscv64_sparse_defaults,
	.entry_rules = riscv64_entry_rules,
	.describe_entry = riscv64_describe_entry,
	.entry_flags = riscv64_entry_flags,
	.suppose_facts = riscv64_suppose_facts,
};
