/* SPDX-License-Identifier: GPL-3.0-or-later */
/* x86-64: paging with four and five levels, and where its facts are found.
 * The layout of the address space is in x86_64_regions.c. */
#include "arch/x86_64.h"

#include "arch/x86.h"
#include "kernel/page.h"

/* Intel SDM vol. 3A, 4.5, tables 4-15 to 4-20. Bits 62:52 are software's. */
#define FRAME UINT64_C(0x000ffffffffff000)
#define PS ((uint64_t)ENTRY_LARGE)

// clang-format off
#define LEVEL_PGD(SHIFT) { "pgd", SHIFT, 9, false, true, PS, PS }
#define LEVEL_P4D { "p4d", 39, 9, false, true, PS, PS }
#define LEVEL_PUD { "pud", 30, 9, true, true, 0, UINT64_C(0x3fffe000) }
#define LEVEL_PMD { "pmd", 21, 9, true, true, 0, UINT64_C(0x001fe000) }
#define LEVEL_PTE { "pte", 12, 9, true, true, 0, 0 }

static const struct paging paging_4_levels = {
	.name = "x86_64, 4 levels", .entry_size = 8,
	.address_bits = 48, .sign_extends = true,
	.frame_mask = FRAME, .no_execute_bit = UINT64_C(1) << 63,
	.nr_levels = 4,
	.level = { LEVEL_PGD(39), LEVEL_PUD, LEVEL_PMD, LEVEL_PTE },
};

static const struct paging paging_5_levels = {
	.name = "x86_64, 5 levels", .entry_size = 8,
	.address_bits = 57, .sign_extends = true,
	.frame_mask = FRAME, .no_execute_bit = UINT64_C(1) << 63,
	.nr_levels = 5,
	.level = { LEVEL_PGD(48), LEVEL_P4D, LEVEL_PUD, LEVEL_PMD, LEVEL_PTE },
};
// clang-format on

static const struct paging *paging(enum kernel_mode mode, unsigned int levels)
{
	(void)mode;
	return levels == 5 ? &paging_5_levels : &paging_4_levels;
}

static uint64_t cpu_root(const struct space *space, uint64_t cr3)
{
	return x86_cpu_root(space, cr3, FRAME);
}

/* Per-CPU symbols are offsets from 0 and stay where they are. */
static bool relocated(uint64_t address, uint16_t section)
{
	(void)section;
	return address >= START_KERNEL_MAP;
}

static bool find_mode(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)kernel, (void)arg;
	*value = MODE_X86_64;
	return true;
}

static bool find_levels_in_note(struct kernel *kernel, const char *arg,
				uint64_t *value)
{
	uint64_t five;

	if (!vmcoreinfo_number(&kernel->note, arg, &five))
		return false;
	*value = five ? 5 : 4;
	return true;
}

static bool find_levels_in_cr4(struct kernel *kernel, const char *arg,
			       uint64_t *value)
{
	(void)arg;
	if (!kernel->dump->nr_cpus)
		return false;
	*value = kernel->dump->cpus[0].cr4 & CR4_LA57 ? 5 : 4;
	return true;
}

/* NUMBER(pgtable_l5_enabled) came with 4.17, when five levels became a choice
 * made at boot; a kernel whose note lacks it has four. */
static bool find_levels_of_old_note(struct kernel *kernel, const char *arg,
				    uint64_t *value)
{
	uint64_t five;

	*value = 4;
	return kernel->note.text.size &&
	       !vmcoreinfo_number(&kernel->note, arg, &five);
}

/* The kernel image moves as a whole: enough to read one of its variables
 * before any page table is known. */
static bool read_image(struct kernel *kernel, bool in_dump, const char *name,
		       size_t size, uint64_t *value)
{
	uint64_t address, phys_base;

	return (in_dump ? kernel_dump_symbol(kernel, name, &address) :
			  kernel_vmlinux_symbol(kernel, name, &address, NULL)) &&
	       kernel_fact(kernel, FACT_PHYS_BASE, &phys_base) &&
	       dump_load_slow(kernel->dump,
			      address - START_KERNEL_MAP + phys_base, size,
			      value) == PAGE_PRESENT;
}

static bool find_levels_in_image(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	uint64_t five;

	if (!read_image(kernel, false, arg, 4, &five))
		return false;
	*value = five ? 5 : 4;
	return true;
}

static bool find_kaslr_in_idt(struct kernel *kernel, const char *arg,
			      uint64_t *value)
{
	(void)arg;
	return x86_kaslr_offset_from_idt(kernel, 16, value);
}

/* The program header of the kernel image in a kexec kdump: of several (QEMU can
 * write one for each mapping) the lowest. */
static bool find_phys_base_in_segments(struct kernel *kernel, const char *arg,
				       uint64_t *value)
{
	const struct dump *dump = kernel->dump;
	uint64_t lowest = START_KERNEL_MAP + LARGEST_IMAGE;

	(void)arg;
	for (size_t i = 0; i < dump->nr_mappings; i++) {
		const struct dump_mapping *mapping = &dump->mappings[i];

		if (mapping->vaddr >= START_KERNEL_MAP &&
		    mapping->vaddr < lowest) {
			lowest = mapping->vaddr;
			*value = mapping->paddr - (lowest - START_KERNEL_MAP);
		}
	}
	return lowest < START_KERNEL_MAP + LARGEST_IMAGE;
}

static bool find_phys_base_in_header(struct kernel *kernel, const char *arg,
				     uint64_t *value)
{
	(void)arg;
	*value = kernel->dump->phys_base;
	return kernel->dump->has_phys_base;
}

/* The first page mapped at or above the base of the kernel's mapping. */
bool x86_64_phys_base_of(const struct space *space, uint64_t *phys_base)
{
	enum { MOST_STEPS = 2048 }; /* two tables of 512, and a hostile one */
	uint64_t vaddr = START_KERNEL_MAP, first, last;

	for (int i = 0; i < MOST_STEPS &&
			vaddr < START_KERNEL_MAP + LARGEST_IMAGE; i++) {
		struct walk walk = walk_page_table(space, vaddr);

		if (walk.outcome == WALK_MAPPED) {
			*phys_base = walk.paddr - (vaddr - START_KERNEL_MAP);
			return true;
		}
		walk_range(space, &walk, &first, &last);
		if (last == UINT64_MAX)
			return false;
		vaddr = last + 1;
	}
	return false;
}

static bool find_phys_base_in_tables(struct kernel *kernel, const char *arg,
				     uint64_t *value)
{
	struct space space;

	(void)arg;
	return kernel_cpu_space(kernel, &space) &&
	       x86_64_phys_base_of(&space, value);
}

static bool find_phys_base_of_table(struct kernel *kernel, const char *arg,
				    uint64_t *value)
{
	struct space space;

	(void)arg;
	return kernel_table_space(kernel, &space) &&
	       x86_64_phys_base_of(&space, value);
}

static bool image_range(struct kernel *kernel, const struct space *space,
			uint64_t *first, uint64_t *last)
{
	(void)kernel, (void)space;
	*first = START_KERNEL_MAP;
	*last = START_KERNEL_MAP + LARGEST_IMAGE - 1;
	return true;
}

static bool find_kaslr_in_setup_header(struct kernel *kernel, const char *arg,
				       uint64_t *value)
{
	(void)arg;
	return x86_kaslr_from_setup_header(kernel, START_KERNEL_MAP, value);
}

/* init_top_pgt was init_level4_pgt before 4.13; the note keeps the macro's
 * name swapper_pg_dir in all releases. */
static bool find_root_of_swapper(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	uint64_t address, phys_base;

	(void)arg;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &address) ||
	    !kernel_fact(kernel, FACT_PHYS_BASE, &phys_base))
		return false;
	*value = (address - START_KERNEL_MAP + phys_base) & FRAME;
	return kernel_may_be_root(kernel, *value, address);
}

/* One bit among those of a frame, or none. */
static bool is_sme_mask(uint64_t mask)
{
	return !(mask & (mask - 1)) && !(mask & ~FRAME);
}

static bool find_sme_mask_in_note(struct kernel *kernel, const char *arg,
				  uint64_t *value)
{
	return find_note_number(kernel, arg, value) && is_sme_mask(*value);
}

static bool find_sme_mask_in_image(struct kernel *kernel, const char *arg,
				   uint64_t *value)
{
	return read_image(kernel, false, arg, 8, value) && is_sme_mask(*value);
}

static bool find_sme_mask_of_kallsyms(struct kernel *kernel, const char *arg,
				      uint64_t *value)
{
	return read_image(kernel, true, arg, 8, value) && is_sme_mask(*value);
}

static bool assume_no_sme_mask(struct kernel *kernel, const char *arg,
			       uint64_t *value)
{
	(void)kernel, (void)arg;
	*value = 0;
	return true;
}

// clang-format off
static const struct fact_source sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, "page table found in memory", x86_find_mode_of_table, NULL },
	{ FACT_MODE, SOURCE_CHEAP, "machine of the dump", find_mode, NULL },

	{ FACT_LEVELS, SOURCE_CHEAP, "VMCOREINFO NUMBER(pgtable_l5_enabled)", find_levels_in_note, "pgtable_l5_enabled" },
	{ FACT_LEVELS, SOURCE_CHEAP, "CR4 of the first CPU", find_levels_in_cr4, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, "page table found in memory", x86_find_levels_of_table, NULL },
	{ FACT_LEVELS, SOURCE_FALLBACK, "VMCOREINFO, which has no NUMBER(pgtable_l5_enabled)", find_levels_of_old_note, "pgtable_l5_enabled" },
	{ FACT_LEVELS, SOURCE_COSTLY, "vmlinux symbol __pgtable_l5_enabled, its value in the dump", find_levels_in_image, "__pgtable_l5_enabled" },

	{ FACT_KASLR_OFFSET, SOURCE_CHEAP, "VMCOREINFO KERNELOFFSET", find_note_hex, "KERNELOFFSET" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "VMCOREINFO SYMBOL(_stext) less that of vmlinux", x86_find_kaslr_from_stext, "_stext" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "IDT of the first CPU, proved by linux_banner", find_kaslr_in_idt, NULL },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "linux_banner found in memory less that of vmlinux", x86_find_kaslr_from_banner, "linux_banner" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "kallsyms symbol _text less the image's preferred address", find_kaslr_in_setup_header, NULL },

	{ FACT_PHYS_BASE, SOURCE_CHEAP, "VMCOREINFO NUMBER(phys_base)", find_note_number, "phys_base" },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, "page table found in memory", find_phys_base_of_table, NULL },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, "program header of the kernel image", find_phys_base_in_segments, NULL },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, "header of the dump", find_phys_base_in_header, NULL },
	{ FACT_PHYS_BASE, SOURCE_COSTLY, "page table of the first CPU", find_phys_base_in_tables, NULL },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "VMCOREINFO SYMBOL(swapper_pg_dir)", find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "VMCOREINFO SYMBOL(init_top_pgt)", find_note_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "VMCOREINFO SYMBOL(init_level4_pgt)", find_note_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "vmlinux symbol init_top_pgt", find_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "vmlinux symbol init_level4_pgt", find_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "kallsyms symbol init_top_pgt", find_dump_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "kallsyms symbol init_level4_pgt", find_dump_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "page table found in memory", x86_find_swapper_of_table, NULL },

	{ FACT_ROOT, SOURCE_CHEAP, "page table found in memory", x86_find_root_of_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, "swapper_pg_dir and phys_base", find_root_of_swapper, NULL },
	{ FACT_ROOT, SOURCE_FALLBACK, "CR3 of the first CPU", x86_find_root_in_cr3, NULL },

	{ FACT_SME_MASK, SOURCE_CHEAP, "VMCOREINFO NUMBER(sme_mask)", find_sme_mask_in_note, "sme_mask" },
	{ FACT_SME_MASK, SOURCE_CHEAP, "page table found in memory", x86_find_encrypt_mask_of_table, NULL },
	{ FACT_SME_MASK, SOURCE_COSTLY, "vmlinux symbol sme_me_mask, its value in the dump", find_sme_mask_in_image, "sme_me_mask" },
	{ FACT_SME_MASK, SOURCE_COSTLY, "kallsyms symbol sme_me_mask, its value in the dump", find_sme_mask_of_kallsyms, "sme_me_mask" },
	{ FACT_SME_MASK, SOURCE_FALLBACK, "nothing that tells of memory encryption", assume_no_sme_mask, NULL },

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "vmlinux symbol page_offset_base, its value in the dump", x86_64_find_page_offset_base, "page_offset_base" },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "program headers, proved by the page table", x86_64_find_direct_map_in_segments, NULL },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "kallsyms symbol page_offset_base, its value in the dump", x86_64_find_page_offset_of_kallsyms, "page_offset_base" },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "page table: where it maps all memory in order", x86_64_find_direct_map_in_tables, NULL },

	{ FACT_VMALLOC_START, SOURCE_COSTLY, "vmlinux symbol vmalloc_base, its value in the dump", x86_64_find_base_variable, "vmalloc_base" },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, "VMCOREINFO NUMBER(VMALLOC_START)", find_note_number, "VMALLOC_START" },
	{ FACT_VMALLOC_START, SOURCE_COSTLY, "kallsyms symbol vmalloc_base, its value in the dump", x86_64_find_base_of_kallsyms, "vmalloc_base" },
	{ FACT_VMALLOC_START, SOURCE_FALLBACK, "layout of a kernel without KASLR", x86_64_find_default_vmalloc, NULL },
	{ FACT_VMEMMAP, SOURCE_COSTLY, "vmlinux symbol vmemmap_base, its value in the dump", x86_64_find_base_variable, "vmemmap_base" },
	{ FACT_VMEMMAP, SOURCE_CHEAP, "VMCOREINFO SYMBOL(vmemmap)", find_note_symbol, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, "kallsyms symbol vmemmap_base, its value in the dump", x86_64_find_base_of_kallsyms, "vmemmap_base" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, "section_mem_map of the first section", find_vmemmap_in_sections, NULL },
	{ FACT_VMEMMAP, SOURCE_FALLBACK, "layout of a kernel without KASLR", x86_64_find_default_vmemmap, NULL },
	{ 0 }
};
// clang-format on

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.pointer_size = 8,
	.address_mask = UINT64_MAX,
	.sources = sources,
	.paging = paging,
	.cpu_root = cpu_root,
	.try_table = x86_64_try_table,
	.relocated = relocated,
	.image_range = image_range,
	.known_function = x86_divide_error,
	.regions = x86_64_regions,
	.fixmap_top = x86_64_fixmap_top,
	.virt_to_phys = x86_64_virt_to_phys,
	.entry_rules = x86_entry_rules,
	.describe_entry = x86_describe_entry,
	.entry_flags = x86_entry_flags,
};
