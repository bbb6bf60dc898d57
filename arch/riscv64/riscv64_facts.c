/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The sources of facts of riscv64. The keys of the note are in arch/riscv/kernel/vmcore_info.c
 * (crash_core.c before 6.9). */
#include "arch/riscv64/riscv64.h"

#include "kernel/table_search.h"
#include "kernel/vmcoreinfo.h"
#include "linux/page/page.h"
#include "linux/region.h"

/* --- the paging --- */

static bool find_levels_by_bits(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t bits;

	if (!vmcoreinfo_number(kernel->note, arg, &bits))
		return false;
	*value = bits == 39 ? 3 : bits == 48 ? 4 : 5;
	return bits == 39 || bits == 48 || bits == 57;
}

static bool find_levels_by_satp(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t satp;

	if (!vmcoreinfo_number(kernel->note, arg, &satp))
		return false;
	*value = riscv64_satp_levels(satp);
	return *value;
}

/* Reads a bool of the image without a page table. */
static bool read_flag(struct kernel *kernel, const char *name, bool *flag)
{
	uint64_t address, offset, value;

	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !kernel_vmlinux_symbol(kernel, name, &address) ||
	    dump_load_slow(kernel->dump, address - offset, 1, &value) != PAGE_PRESENT)
		return false;
	*flag = value;
	return value <= 1;
}

/* pgtable_l4_enabled and pgtable_l5_enabled exist since 5.17 (e8a62cc26ddf, 011f09d12052). */
static bool find_levels_by_flags(struct kernel *kernel, const char *arg, uint64_t *value)
{
	bool four, five;

	(void)arg;
	if (!read_flag(kernel, "pgtable_l4_enabled", &four) ||
	    !read_flag(kernel, "pgtable_l5_enabled", &five))
		return false;
	*value = five ? 5 : four ? 4 : 3;
	return true;
}

/* The note has the satp with which the kernel booted, so the table is swapper_pg_dir. */
static bool find_root_by_satp(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;
	uint64_t satp;

	return vmcoreinfo_number(kernel->note, arg, &satp) &&
	       kernel_unrooted_space(kernel, &space, NULL) &&
	       riscv64_root_of_register(&space, satp, value);
}

/* --- the linear map --- */

/* The values of PAGE_OFFSET, the highest first: asm/page.h. With Sv39 it was ffffffd800000000 from
 * 5.17 to 6.8. */
static const uint64_t page_offsets[][3] = {
	{ RISCV64_OLD_PAGE_OFFSET, 0xffffffd800000000, 0xffffffd600000000 },
	{ 0xffffaf8000000000 },
	{ 0xff60000000000000 },
};

bool riscv64_linear_map(const struct space *space, uint64_t *page_offset, uint64_t *offset)
{
	const uint64_t *starts = page_offsets[space->paging->nr_levels - 3];
	uint64_t at;

	for (size_t i = 0; i < 3 && starts[i]; i++) {
		at = region_first_mapped(space, starts[i], RISCV64_LINK_ADDRESS - 1);
		if (at >= RISCV64_LINK_ADDRESS)
			continue;
		*page_offset = starts[i];
		*offset = at - walk_page_table(space, at).paddr;
		if (*offset <= *page_offset && space->root + *offset >= *page_offset &&
		    space_maps(space, space->root + *offset, space->root))
			return true;
	}
	return false;
}

static bool find_page_offset(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t offset;

	(void)arg;
	return space && riscv64_linear_map(space, value, &offset);
}

static bool find_phys_offset(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, offset;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !riscv64_linear_map(space, value, &offset))
		return false;
	*value = page_offset - offset;
	return true;
}

/* phys_ram_base is the start of the linear map since 6.4 (3335068f8721). Before, the linear map starts
 * with the image (kernel_map.phys_addr), which is 2M above phys_ram_base. */
static bool find_phys_offset_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t mapped;

	if (!find_note_number(kernel, arg, value))
		return false;
	return find_phys_offset(kernel, NULL, &mapped) ?
		       mapped == *value :
		       kernel_version(kernel) >= KERNEL_VERSION(6, 4, 0);
}

// clang-format off
const struct fact_source riscv64_sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_mode_in_table, NULL },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("machine of the dump"), find_mode_of_arch, NULL },

	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VA_BITS)"), find_levels_by_bits, "VA_BITS" },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(satp)"), find_levels_by_satp, "satp" },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_levels_in_table, NULL },
	{ FACT_LEVELS, SOURCE_COSTLY, OF_VARIABLE("pgtable_l5_enabled"), find_levels_by_flags, NULL },

	{ FACT_KASLR_OFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO KERNELOFFSET"), find_note_hex, "KERNELOFFSET" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_SYMBOLS("VMCOREINFO SYMBOL(_stext) minus _stext of ", ""), find_kaslr_from_stext, "_stext" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_VMLINUX("linux_banner found in memory minus its address in vmlinux"), find_kaslr_from_banner, "linux_banner" },

	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(va_kernel_pa_offset)"), find_note_number, "va_kernel_pa_offset" },
	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_kimage_voffset_in_table, NULL },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(swapper_pg_dir)"), find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_swapper_in_table, NULL },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("swapper_pg_dir"), kernel_vmlinux_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol swapper_pg_dir"), kernel_dump_symbol, "swapper_pg_dir" },

	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_root_in_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, OF_DUMP("swapper_pg_dir and kimage_voffset"), find_root_by_voffset, NULL },
	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(satp)"), find_root_by_satp, "satp" },

	{ FACT_PAGE_OFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(PAGE_OFFSET)"), find_note_number, "PAGE_OFFSET" },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("page table: the start of the linear map"), find_page_offset, NULL },

	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("VMCOREINFO NUMBER(phys_ram_base)"), find_phys_offset_in_note, "phys_ram_base" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("page table: the start of the linear map"), find_phys_offset, NULL },

	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMALLOC_START)"), find_note_number, "VMALLOC_START" },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMEMMAP_END)"), find_note_number, "VMEMMAP_END" },

	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(vmemmap)"), find_note_symbol, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_DUMP("section_mem_map of the first section"), find_vmemmap_in_sections, NULL },
	{ 0 }
};
// clang-format on
