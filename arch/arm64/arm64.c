/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry points of arm64. The paging modes are in arm64_paging.c, the sources of facts in
 * arm64_facts.c, and the address space in arm64_regions.c. */
#include "arch/arm64/arm64.h"

#include <string.h>

#include "debuginfo/vmlinux.h"
#include "dump/registers.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "kernel/view.h"

/* Bits 63:48 of TTBR0_EL1 and TTBR1_EL1 are the ASID (Arm ARM, TTBR0_EL1). */
static unsigned int arm64_root_tag(uint64_t value, uint64_t root, const char **name)
{
	(void)root;
	*name = "ASID";
	return (unsigned int)(value >> 48);
}

/* Does KASLR move this symbol? It moves all symbols of the upper half, including per-CPU symbols,
 * which are addresses in the image. */
static bool arm64_relocated(uint64_t address, uint16_t section)
{
	return section != SHN_ABS && address >> 63;
}

/* Finds the start of the image: the first page in the range of the image whose virtual address is
 * its physical address plus kimage_voffset. */
static bool image_start(struct kernel *kernel, const struct space *space, uint64_t *start)
{
	uint64_t offset, first, last;
	struct walk walk;

	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !arm64_image_range(kernel, space, &first, &last))
		return false;
	walk = walk_page_table(space, first);
	while (walk.outcome != WALK_MAPPED || walk.vaddr - walk.paddr != offset)
		if (!walk_on(space, &walk, last))
			return false;
	*start = walk.vaddr;
	return true;
}

/* Finds the symbol at the lowest mapped address of the image. Before 5.11 this symbol is _text, at
 * which the image's header begins (Documentation/arch/arm64/booting.rst). Since 5.11 the header is
 * not mapped, so the symbol is _stext. */
static bool arm64_known_function(struct kernel *kernel, const struct space *space,
				 const char *names[2], uint64_t *address)
{
	enum { MAGIC_AT = 56 };
	static const char magic[] = { 'A', 'R', 'M', '\x64' };
	char text[sizeof(magic)];

	if (!image_start(kernel, space, address) ||
	    !space_read(space, *address + MAGIC_AT, text, sizeof(text), NULL))
		return false;
	names[0] = memcmp(text, magic, sizeof(magic)) ? "_stext" : "_text";
	names[1] = names[0];
	return true;
}

/* Notes of newer kernels contain the numbers of section and memory bits. For older kernels,
 * find_sections() uses these defaults. */
static struct sparse_defaults arm64_sparse_defaults(struct kernel *kernel,
						    const struct paging *paging)
{
	unsigned int version = kernel_version(kernel);
	/* Sections have fewer bits since 5.12 (f0b13ee23241). */
	bool small = !version || version >= KERNEL_VERSION(5, 12, 0);

	return (struct sparse_defaults){
		.section_bits = !small				? 30 :
				paging_page_shift(paging) == 16 ? 29 :
								  27,
		.memory_bits = paging->high_mask ? 52 : 48,
		.extreme = true,
	};
}

/* TCR_EL1.T1SZ is the number of upper address bits that are not translated. */
static bool arm64_t1sz(uint64_t va_bits, uint64_t *number)
{
	*number = 64 - va_bits;
	return true;
}

/* Since 5.4, and before 4.6, the image is in the upper half of the kernel's addresses, and in the lower half
 * between them (find_page_offset()). So the address of the image shows the number of address bits, which is 36,
 * 39, 42, 47 or 48. A kernel for 52 bits has its image where a kernel for 48 bits has it (VA_BITS_MIN). */
static void arm64_suppose_facts(struct kernel *kernel)
{
	uint64_t text, flags, bits = 48;

	if (vmlinux_symbol(kernel->vmlinux, "_text", &text) && text >> 63 && ~text)
		bits = 64 - (uint64_t)__builtin_clzll(~text);
	if (bits != 36 && bits != 39 && bits != 42 && bits != 48)
		bits++;
	kernel_suppose_fact(kernel, FACT_VA_BITS, bits);
	if (!vmlinux_symbol(kernel->vmlinux, "_kernel_flags_le_lo32", &flags))
		kernel_suppose_fact(kernel, FACT_PAGE_SIZE, ARM64_4K);
}

/* arch/arm64/kernel/vmcore_info.c */
static const struct note_fact arm64_note_facts[] = {
	{ "NUMBER(VA_BITS)", FACT_CONFIG_VA_BITS, false, false, NULL, NULL },
	{ "NUMBER(kimage_voffset)", FACT_KIMAGE_VOFFSET, true, false, NULL, NULL },
	{ "NUMBER(PHYS_OFFSET)", FACT_PHYS_OFFSET, true, false, NULL, NULL },
	{ "NUMBER(TCR_EL1_T1SZ)", FACT_VA_BITS, true, false, arm64_t1sz, NULL },
	{ "NUMBER(KERNELPACMASK)", FACT_PAC_MASK, true, false, NULL, NULL },
	{ 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.modes = 1 << MODE_ARM64,
	.has_phys_offset = true,
	.remaps_for_dma = true, /* dma_common_contiguous_remap() */
	.levels_vary = true,
	.pointer_size = 8,
	.first_argument = CPU_X0,
	.traced_register = CPU_X29, /* prepare_ftrace_return(), arch_rethook_prepare() */
	.page_shift = 12,
	.address_mask = UINT64_MAX,
	.image_is_apart = true, /* since 4.7, 9f2875912dac */
	/* With KASLR, modules may be in the vmalloc region. */
	.module_regions = 1 << REGION_MODULES | 1 << REGION_VMALLOC,
	.sources = arm64_sources,
	.note_facts = arm64_note_facts,
	.needs_fact = arm64_needs_fact,
	.paging = arm64_paging,
	.root_of_register = arm64_root_of_register,
	.root_register = "TTBR0_EL1",
	.root_tag = arm64_root_tag,
	.kernel_table = arm64_kernel_table,
	/* There is no .user_table: the table that kpti uses in user mode maps only the upper half. */
	.try_table = arm64_try_table,
	.relocated = arm64_relocated,
	.image_range = arm64_image_range,
	.known_function = arm64_known_function,
	.regions = arm64_regions,
	.fixmap_slot = arm64_fixmap_slot,
	.add_cpu_stacks = arm64_add_cpu_stacks,
	.switched_registers = arm64_switched_registers,
	.saved_sp = arm64_saved_sp,
	.virt_to_phys = arm64_virt_to_phys,
	.unwind_step = arm64_unwind_step,
	.follows_call = arm64_follows_call,
	.tags_pointers = arm64_tags_pointers,
	.in_user_mode = arm64_in_user_mode,
	.sparse_defaults = arm64_sparse_defaults,
	.entry_rules = arm64_entry_rules,
	.describe_entry = arm64_describe_entry,
	.entry_flags = arm64_entry_flags,
	.suppose_facts = arm64_suppose_facts,
};
