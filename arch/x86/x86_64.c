/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The sources of facts of x86-64 kernels. The paging modes are in x86_paging.c; the address space
 * is in x86_64_regions.c. */
#include "arch/x86/x86.h"

#include <string.h>

#include "linux/region.h"
#include "dump/registers.h"
#include "linux/page/page.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/table_search.h"
#include "debuginfo/vmlinux.h"
#include "symbols/elf_file.h"

/* Does KASLR move this symbol? It does not move per-CPU symbols, which are offsets from 0. */
static bool x86_64_relocated(uint64_t address, uint16_t section)
{
	(void)section;
	return address >= START_KERNEL_MAP;
}

static bool find_levels_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t five;

	if (!vmcoreinfo_number(kernel->note, arg, &five))
		return false;
	*value = five ? 5 : 4;
	return true;
}

static bool find_levels_in_cr4(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	if (!kernel->dump->nr_cpus || kernel_not_booted(kernel))
		return false;
	*value = kernel->dump->cpus[0].registers.value[CPU_CR4] & CR4_LA57 ? 5 : 4;
	return true;
}

/* Finds that the kernel has four levels, if its note lacks NUMBER(pgtable_l5_enabled). Notes have
 * this number since 4.17, when it became possible to choose five levels at boot. */
static bool find_levels_of_old_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t five;

	*value = 4;
	return kernel->note->text.size && !vmcoreinfo_number(kernel->note, arg, &five);
}

/* Reads a variable of the image without using a page table: phys_base gives its physical
 * address. */
static bool read_image(struct kernel *kernel, fact_find *find_symbol, const char *name, size_t size,
		       uint64_t *value)
{
	uint64_t address, phys_base;

	return find_symbol(kernel, name, &address) &&
	       kernel_fact(kernel, FACT_PHYS_BASE, &phys_base) &&
	       dump_load_slow(kernel->dump, address - START_KERNEL_MAP + phys_base, size, value) ==
		       PAGE_PRESENT;
}

static bool find_levels_in_image(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t five;

	if (!read_image(kernel, kernel_vmlinux_symbol, arg, 4, &five))
		return false;
	*value = five ? 5 : 4;
	return true;
}

/* Computes phys_base from the program header of the image, which is in kdumps made by kexec. QEMU
 * may write several such headers; the header with the lowest address is used. */
static bool find_phys_base_in_segments(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct dump *dump = kernel->dump;
	uint64_t lowest = START_KERNEL_MAP + LARGEST_IMAGE;

	(void)arg;
	for (size_t i = 0; i < dump->nr_mappings; i++) {
		const struct dump_mapping *mapping = &dump->mappings[i];

		if (mapping->vaddr >= START_KERNEL_MAP && mapping->vaddr < lowest) {
			lowest = mapping->vaddr;
			*value = mapping->paddr - (lowest - START_KERNEL_MAP);
		}
	}
	return lowest < START_KERNEL_MAP + LARGEST_IMAGE;
}

static bool find_phys_base_in_header(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->dump->phys_base;
	return kernel->dump->has_phys_base;
}

static bool find_phys_base_in_found_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;

	(void)arg;
	return kernel_table_space(kernel, &space) && x86_64_phys_base_of(&space, value);
}

static bool find_phys_base_in_cpu_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;

	(void)arg;
	return kernel_cpu_space(kernel, &space) && x86_64_phys_base_of(&space, value);
}

/* Finds phys_base if only the virtual address of the kernel's table is known. With the right
 * phys_base, the table maps itself at that address. All multiples of 2M are tried, because the
 * image is aligned to 2M (CONFIG_PHYSICAL_ALIGN, arch/x86/Kconfig). If several values match, the
 * function fails, because one of the tables may belong to an earlier kernel. */
static bool find_phys_base_by_trial(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const uint64_t step = 2 << 20, most = UINT64_C(1) << 40;
	uint64_t last = dump_last_paddr(kernel->dump), swapper, at, found = 0;
	struct extent extent;
	struct space space;

	(void)arg;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) ||
	    swapper - START_KERNEL_MAP >= LARGEST_IMAGE || (swapper & 0xfff) ||
	    !kernel_unrooted_space(kernel, &space, NULL))
		return false;
	last = smaller_of(last, most);
	for (at = swapper & (step - 1); at <= last; at += step) {
		dump_find(kernel->dump, at, &extent);
		/* The range is absent, so continue at its last candidate. */
		if (extent.state != PAGE_PRESENT) {
			if (extent.last >= last)
				break;
			at += (extent.last - at) & ~(step - 1);
			continue;
		}
		space.root = at;
		if (space_maps(&space, swapper, at)) {
			*value = at - (swapper - START_KERNEL_MAP);
			found++;
		}
	}
	return found == 1;
}

static bool x86_64_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
			       uint64_t *last)
{
	(void)kernel, (void)space;
	*first = START_KERNEL_MAP;
	*last = START_KERNEL_MAP + LARGEST_IMAGE - 1;
	return true;
}

/* Is the mask valid? It must be a single bit, and this bit must be part of the frame number in an
 * entry. */
static bool is_sme_mask(uint64_t mask)
{
	return mask && !(mask & (mask - 1)) && !(mask & ~ENTRY_FRAME);
}

/* Accepts only a mask that is not 0. A mask of 0 means that there is no C-bit, but the kernel may
 * still have a bit of another kind for shared memory. */
static bool find_sme_mask_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_note_number(kernel, arg, value) && is_sme_mask(*value);
}

static bool find_no_sme_mask_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_note_number(kernel, arg, value) && *value == 0;
}

static bool find_sme_mask_of_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->encrypt_mask;
	return kernel->table->known && *value;
}

static bool find_sme_mask_in_image(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return read_image(kernel, kernel_vmlinux_symbol, arg, 8, value) && is_sme_mask(*value);
}

/* Can the variable be read using a vmlinux that matches the kernel? If so, kallsyms of the dump is
 * not needed, because it would give the same address. */
static bool is_in_own_vmlinux(struct kernel *kernel, const char *name)
{
	uint64_t value;

	return kernel->identity->match == VMLINUX_MATCHES &&
	       read_image(kernel, kernel_vmlinux_symbol, name, 8, &value);
}

/* Reads the notes in the kernel's image, and compares their build-id with vmlinux. offset: the KASLR
 * offset. */
static bool has_build_id_at(struct kernel *kernel, const struct space *space, uint64_t offset)
{
	uint64_t start, stop;
	uint8_t notes[4096];
	struct bytes theirs, ours;

	return vmlinux_of_symbols(kernel->vmlinux)->elf &&
	       vmlinux_build_id(kernel->vmlinux, &ours) &&
	       kernel_link_address(kernel, "__start_notes", &start) &&
	       kernel_link_address(kernel, "__stop_notes", &stop) &&
	       stop - start <= sizeof(notes) &&
	       space_read(space, start + offset, notes, stop - start, NULL) &&
	       elf_build_id_in((struct bytes){ notes, stop - start }, &theirs) &&
	       theirs.size == ours.size && !memcmp(theirs.data, ours.data, ours.size);
}

/* Reads a variable while the KASLR offset is being found by x86_find_kaslr_in_idt(). Then the mask is
 * not known, so the CPU's page table is read without a mask, and nothing is found if the kernel's
 * image is encrypted. The build-id proves that vmlinux gives the same address as kallsyms, so the
 * search for kallsyms is not necessary. */
static bool read_early_variable(struct kernel *kernel, const char *name, uint64_t *value)
{
	uint64_t address, offset;
	struct space space;
	uint8_t bytes[8];

	if (!kernel->vmlinux || !kernel_fact_busy(kernel, FACT_KASLR_OFFSET) ||
	    !kernel_cpu_space(kernel, &space) || space.encrypt_mask ||
	    !x86_find_kaslr_in_idt(kernel, NULL, &offset) ||
	    !has_build_id_at(kernel, &space, offset) ||
	    !kernel_link_address(kernel, name, &address) ||
	    !space_read(&space, address + offset, bytes, sizeof(bytes), NULL))
		return false;
	*value = load_le(bytes, sizeof(bytes));
	return true;
}

static bool find_sme_mask_of_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	if (is_in_own_vmlinux(kernel, arg) ||
	    (read_early_variable(kernel, arg, value) && !is_sme_mask(*value)))
		return false;
	return read_image(kernel, kernel_dump_symbol, arg, 8, value) && is_sme_mask(*value);
}

/* Finds the bit that marks memory shared with the host, using physical_mask
 * (CONFIG_DYNAMIC_PHYSICAL_MASK, 94d49eb30e85, 4.18). physical_mask is the mask of the address bits
 * of an entry. If one of the address bits marks shared memory, the mask ends below that bit. TDX
 * has such a bit (tdx_early_init() in arch/x86/coco/tdx/tdx.c), and so has Hyper-V
 * (shared_gpa_boundary, arch/x86/hyperv/ivm.c). */
static bool shared_bit_of(uint64_t mask, uint64_t *value)
{
	/* Every CPU has at least these address bits. */
	const uint64_t least = (UINT64_C(1) << 36) - 1;
	uint64_t others = ~mask & ENTRY_FRAME;

	*value = others & -others;
	return (mask & least) == least && *value;
}

static bool find_shared_bit(struct kernel *kernel, fact_find *find, const char *name,
			    uint64_t *value)
{
	uint64_t mask;

	return read_image(kernel, find, name, 8, &mask) && shared_bit_of(mask, value);
}

static bool find_shared_bit_in_image(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_shared_bit(kernel, kernel_vmlinux_symbol, arg, value);
}

/* Finds the shared bit using kallsyms, if the kernel can have a shared bit. Hyper-V's bit came with
 * 5.16 and TDX with 5.19, but RHEL 9 (5.14) has both. Kernels of distributions may have
 * physical_mask since 4.18. The search for symbols is avoided in all other kernels before 5.14. */
static bool find_shared_bit_of_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	unsigned int version = kernel_version(kernel);
	uint64_t mask;

	if (is_in_own_vmlinux(kernel, arg) ||
	    (read_early_variable(kernel, arg, &mask) && !shared_bit_of(mask, value)))
		return false;
	return (!version || version >= KERNEL_VERSION(5, 14, 0) ||
		(version >= KERNEL_VERSION(4, 18, 0) && kernel_is_distribution(kernel))) &&
	       find_shared_bit(kernel, kernel_dump_symbol, arg, value);
}

static bool assume_no_sme_mask(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)kernel, (void)arg;
	*value = 0;
	return true;
}

// clang-format off
static const struct fact_source sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_mode_in_table, NULL },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("machine of the dump"), find_mode_of_arch, NULL },

	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(pgtable_l5_enabled)"), find_levels_in_note, "pgtable_l5_enabled" },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("CR4 of the first CPU"), find_levels_in_cr4, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_levels_in_table, NULL },
	{ FACT_LEVELS, SOURCE_FALLBACK, OF_DUMP("VMCOREINFO, which has no NUMBER(pgtable_l5_enabled)"), find_levels_of_old_note, "pgtable_l5_enabled" },
	{ FACT_LEVELS, SOURCE_COSTLY, OF_VARIABLE("__pgtable_l5_enabled"), find_levels_in_image, "__pgtable_l5_enabled" },

	{ FACT_KASLR_OFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO KERNELOFFSET"), find_note_hex, "KERNELOFFSET" },
	X86_KASLR_SOURCES

	{ FACT_PHYS_BASE, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(phys_base)"), find_note_number, "phys_base" },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_phys_base_in_found_table, NULL },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, OF_DUMP("program header of the kernel image"), find_phys_base_in_segments, NULL },
	{ FACT_PHYS_BASE, SOURCE_CHEAP, OF_DUMP("header of the dump"), find_phys_base_in_header, NULL },
	{ FACT_PHYS_BASE, SOURCE_COSTLY, OF_DUMP("page table of the first CPU"), find_phys_base_in_cpu_table, NULL },
	{ FACT_PHYS_BASE, SOURCE_FALLBACK, OF_DUMP("the only place where swapper_pg_dir maps itself"), find_phys_base_by_trial, NULL },

	/* The symbol init_top_pgt was named init_level4_pgt before 4.13. Notes of all releases
	 * contain the name of the macro for it, swapper_pg_dir. */
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(swapper_pg_dir)"), find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(init_top_pgt)"), find_note_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(init_level4_pgt)"), find_note_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("init_top_pgt"), kernel_vmlinux_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("init_level4_pgt"), kernel_vmlinux_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol init_top_pgt"), kernel_dump_symbol, "init_top_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol init_level4_pgt"), kernel_dump_symbol, "init_level4_pgt" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_swapper_in_table, NULL },

	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("page table found in memory"), x86_find_root_in_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, OF_DUMP("swapper_pg_dir and phys_base"), x86_find_root_of_swapper, NULL },
	{ FACT_ROOT, SOURCE_FALLBACK, OF_DUMP("CR3 of the first CPU"), x86_find_root_in_cr3, NULL },

	{ FACT_SME_MASK, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(sme_mask)"), find_sme_mask_in_note, "sme_mask" },
	{ FACT_SME_MASK, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_sme_mask_of_table, NULL },
	{ FACT_SME_MASK, SOURCE_COSTLY, OF_VARIABLE("sme_me_mask"), find_sme_mask_in_image, "sme_me_mask" },
	{ FACT_SME_MASK, SOURCE_COSTLY, OF_VARIABLE("physical_mask"), find_shared_bit_in_image, "physical_mask" },
	{ FACT_SME_MASK, SOURCE_COSTLY, OF_DUMP("kallsyms symbol sme_me_mask, its value in the dump"), find_sme_mask_of_kallsyms, "sme_me_mask" },
	{ FACT_SME_MASK, SOURCE_COSTLY, OF_DUMP("kallsyms symbol physical_mask, its value in the dump"), find_shared_bit_of_kallsyms, "physical_mask" },
	{ FACT_SME_MASK, SOURCE_FALLBACK, OF_DUMP("VMCOREINFO NUMBER(sme_mask), which is 0"), find_no_sme_mask_in_note, "sme_mask" },
	{ FACT_SME_MASK, SOURCE_FALLBACK, OF_DUMP("no sign of memory encryption"), assume_no_sme_mask, NULL },

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_VARIABLE("page_offset_base"), x86_64_find_base_variable, "page_offset_base" },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("program headers, proved by the page table"), x86_64_find_direct_map_in_segments, NULL },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("kallsyms symbol page_offset_base, its value in the dump"), x86_64_find_base_of_kallsyms, "page_offset_base" },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("page table: the start of the range that maps all memory in order"), x86_64_find_direct_map_in_tables, NULL },

	{ FACT_VMALLOC_START, SOURCE_COSTLY, OF_VARIABLE("vmalloc_base"), x86_64_find_base_variable, "vmalloc_base" },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMALLOC_START)"), find_note_number, "VMALLOC_START" },
	{ FACT_VMALLOC_START, SOURCE_COSTLY, OF_DUMP("kallsyms symbol vmalloc_base, its value in the dump"), x86_64_find_base_of_kallsyms, "vmalloc_base" },
	{ FACT_VMALLOC_START, SOURCE_FALLBACK, OF_DUMP("layout of a kernel without KASLR"), x86_64_find_default_vmalloc, NULL },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_VARIABLE("vmemmap_base"), x86_64_find_base_variable, "vmemmap_base" },
	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(vmemmap)"), find_note_symbol, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_DUMP("kallsyms symbol vmemmap_base, its value in the dump"), x86_64_find_base_of_kallsyms, "vmemmap_base" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_DUMP("section_mem_map of the first section"), find_vmemmap_in_sections, NULL },
	{ FACT_VMEMMAP, SOURCE_FALLBACK, OF_DUMP("layout of a kernel without KASLR"), x86_64_find_default_vmemmap, NULL },
	{ 0 }
};
// clang-format on

static bool has_five_levels(uint64_t levels, uint64_t *number)
{
	*number = levels == 5;
	return true;
}

static bool has_sme(uint64_t mask, uint64_t *number)
{
	*number = mask;
	return mask;
}

/* arch/x86/kernel/vmcore_info_64.c; crash and makedumpfile take a missing phys_base for 0 */
static const struct note_fact note_facts[] = {
	{ "NUMBER(phys_base)", FACT_PHYS_BASE, false, true, NULL, NULL },
	{ "NUMBER(pgtable_l5_enabled)", FACT_LEVELS, false, false, has_five_levels, NULL },
	{ "NUMBER(sme_mask)", FACT_SME_MASK, false, false, has_sme, NULL },
	{ 0 },
};

static void x86_64_suppose_facts(struct kernel *kernel)
{
	kernel_suppose_fact(kernel, FACT_LEVELS, 4);
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.modes = 1 << MODE_X86_64,
	.dma_interrupts = true,
	.levels_vary = true,
	.char_was_signed = true,
	.pointer_size = 8,
	.first_argument = CPU_DI,
	.traced_register = CPU_SP,
	.address_mask = UINT64_MAX,
	.module_regions = 1 << REGION_MODULES,
	.areas_are_in_vmalloc = true, /* everything else that has areas is above vmalloc */
	.max_pfn_grows_first = true, /* add_pages() of init_64.c, f1dd2cd13c4b */
	.phys_base_vaddr = START_KERNEL_MAP,
	.sources = sources,
	.note_facts = note_facts,
	X86_COMMON,
	.try_table = x86_64_try_table,
	.relocated = x86_64_relocated,
	.image_range = x86_64_image_range,
	.known_function = x86_divide_error,
	.regions = x86_64_regions,
	.suppose_facts = x86_64_suppose_facts,
	.espfix_stack = x86_64_espfix_stack,
	.virt_to_phys = x86_64_virt_to_phys,
};
