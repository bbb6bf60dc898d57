/* SPDX-License-Identifier: GPL-3.0-or-later */
/* i386: two-level and PAE paging, and where their facts are found. The layout
 * of the address space is in i386_regions.c. */
#include "arch/i386.h"

#include "arch/x86.h"

/* Intel SDM vol. 3A, 4.3, tables 4-4 to 4-6; 4.4, tables 4-8 to 4-11. */
#define PAE_FRAME UINT64_C(0x000ffffffffff000)
#define PAE_HIGH UINT64_C(0x7ff0000000000000) /* 62:52, reserved in PAE */
#define PAE_NX (UINT64_C(1) << 63)

/* Of the bits that table 4-8 reserves in PAE's top level, 5 and 6 are let pass:
 * QEMU's emulated MMU sets the accessed bit there. */
#define PAE_PGD_RESERVED (PAE_NX | PAE_HIGH | 0x186)

// clang-format off
static const struct paging paging_two_level = {
	.name = "i386, 2 levels", .entry_size = 4,
	.address_bits = 32, .pse36 = true, .frame_mask = 0xfffff000,
	.nr_levels = 2,
	.level = {
		{ "pgd", 22, 10, true, true, 0, 1 << 21 },
		{ "pte", 12, 10, true, true, 0, 0 },
	},
};

static const struct paging paging_pae = {
	.name = "PAE, 3 levels", .entry_size = 8,
	.address_bits = 32, .frame_mask = PAE_FRAME, .no_execute_bit = PAE_NX,
	.nr_levels = 3,
	.level = {
		{ "pgd", 30, 2, false, false, PAE_PGD_RESERVED, PAE_PGD_RESERVED },
		{ "pmd", 21, 9, true, true, PAE_HIGH, PAE_HIGH | 0x001fe000 },
		{ "pte", 12, 9, true, true, PAE_HIGH, PAE_HIGH },
	},
};
// clang-format on

static const struct paging *paging(enum kernel_mode mode, unsigned int levels)
{
	(void)levels;
	return mode == MODE_PAE ? &paging_pae : &paging_two_level;
}

static uint64_t cpu_root(const struct space *space, uint64_t cr3)
{
	/* PAE's four entries lie on any 32-byte boundary: SDM 4.4.1. */
	return x86_cpu_root(space, cr3,
			    space->paging == &paging_pae ? 0xffffffe0 :
							   0xfffff000);
}

static bool relocated(uint64_t address, uint16_t section)
{
	(void)address;
	return section != SHN_ABS;
}

/* The i386 note has this key with PAE and lacks it without. */
static bool find_mode_in_note(struct kernel *kernel, const char *arg,
			      uint64_t *value)
{
	struct bytes pae;

	*value = vmcoreinfo_find(&kernel->note, arg, &pae) ? MODE_PAE :
							     MODE_I386;
	return kernel->note.text.size != 0;
}

static bool find_mode_in_cr4(struct kernel *kernel, const char *arg,
			     uint64_t *value)
{
	(void)arg;
	if (!kernel->dump->nr_cpus)
		return false;
	*value = kernel->dump->cpus[0].cr4 & CR4_PAE ? MODE_PAE : MODE_I386;
	return true;
}

/* int pkmap_count[LAST_PKMAP]: 512 slots with PAE, 1024 without. */
static bool find_mode_in_vmlinux(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	struct symbol symbol;
	uint64_t size;

	if (!kernel->vmlinux)
		return false;
	if (kernel->vmlinux->symbols &&
	    symbols_find(kernel->vmlinux->symbols, arg, &symbol) &&
	    (symbol.size == 512 * 4 || symbol.size == 1024 * 4)) {
		*value = symbol.size == 512 * 4 ? MODE_PAE : MODE_I386;
		return true;
	}
	if (!types_size(kernel->vmlinux->types, "pgd_t", &size))
		return false;
	*value = size == 8 ? MODE_PAE : MODE_I386;
	return true;
}

static bool find_levels(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t mode;

	(void)arg;
	if (!kernel_fact(kernel, FACT_MODE, &mode))
		return false;
	*value = mode == MODE_PAE ? 3 : 2;
	return true;
}

static bool find_kaslr_in_idt(struct kernel *kernel, const char *arg,
			      uint64_t *value)
{
	(void)arg;
	return x86_kaslr_offset_from_idt(kernel, 8, value);
}

static bool find_kaslr_in_setup_header(struct kernel *kernel, const char *arg,
				       uint64_t *value)
{
	uint64_t page_offset;

	(void)arg;
	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) &&
	       x86_kaslr_from_setup_header(kernel, page_offset, value);
}

/* The tables follow the code, whose start the note knows, or of which the IDT
 * names a function; else linux_banner follows it. */
static bool image_range(struct kernel *kernel, const struct space *space,
			uint64_t *first, uint64_t *last)
{
	enum { LARGEST = 64 << 20, LARGEST_TEXT = 32 << 20 };
	const struct found_table *table = &kernel->table;
	const char *names[2];
	uint64_t address;

	if (vmcoreinfo_symbol(&kernel->note, "_stext", &address) ||
	    x86_divide_error(kernel, space, names, &address))
		;
	else if (table->known && table->banner_vaddr[0] >= LARGEST_TEXT)
		address = table->banner_vaddr[0] - LARGEST_TEXT;
	else
		return false;
	*first = address & UINT64_C(0xfffff000);
	*last = UINT32_MAX - *first < LARGEST ? UINT32_MAX :
						*first + LARGEST - 1;
	return address <= UINT32_MAX;
}

/* Vectors whose gates lead to the image, in all kernels: divide error, invalid
 * opcode, general protection, page fault (SDM vol. 3A, 6.3.1; 6.11). */
static bool is_idt(struct kernel *kernel, const struct space *space,
		   uint64_t page, uint64_t *divide_error)
{
	enum { KERNEL_CS = 0x60, INTERRUPT_GATE = 0x8e00, NEAR = 64 << 20 };
	static const uint8_t vectors[] = { 14, 13, 6, 0 };
	uint64_t banner = kernel->table.banner_vaddr[0];
	uint8_t gates[15 * 8];

	if (!space_read(space, page, gates, sizeof(gates), NULL))
		return false;
	for (size_t i = 0; i < sizeof(vectors); i++) {
		const uint8_t *gate = gates + 8 * vectors[i];

		*divide_error = load_le16(gate) |
				(uint64_t)load_le16(gate + 6) << 16;
		if (load_le16(gate + 2) != KERNEL_CS ||
		    load_le16(gate + 4) != INTERRUPT_GATE ||
		    *divide_error + NEAR < banner ||
		    *divide_error > banner + NEAR)
			return false;
	}
	return true;
}

/* With a table that was found in memory and no CPU: the kernel maps the IDT to
 * a page of its own near the end of the address space (the fixmap since 3.10,
 * cpu_entry_area since 4.15). */
static bool known_function(struct kernel *kernel, const struct space *space,
			   const char *names[2], uint64_t *address)
{
	uint64_t vaddr = 0xfc000000, first, last;

	if (x86_divide_error(kernel, space, names, address))
		return true;
	while (kernel->table.known && vaddr <= UINT32_MAX) {
		struct walk walk = walk_page_table(space, vaddr);

		walk_range(space, &walk, &first, &last);
		if (walk.outcome == WALK_MAPPED && last - first < 4096 &&
		    is_idt(kernel, space, vaddr, address))
			return true;
		vaddr = last + 1;
	}
	return false;
}

static bool find_root_of_swapper(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	uint64_t address, page_offset;

	(void)arg;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &address) ||
	    !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset))
		return false;
	*value = address - page_offset;
	return address >= page_offset &&
	       kernel_may_be_root(kernel, *value, address);
}

// clang-format off
static const struct fact_source sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, "VMCOREINFO CONFIG_X86_PAE", find_mode_in_note, "CONFIG_X86_PAE" },
	{ FACT_MODE, SOURCE_CHEAP, "CR4 of the first CPU", find_mode_in_cr4, NULL },
	{ FACT_MODE, SOURCE_COSTLY, "vmlinux, size of pkmap_count or pgd_t", find_mode_in_vmlinux, "pkmap_count" },
	{ FACT_MODE, SOURCE_CHEAP, "page table found in memory", x86_find_mode_of_table, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, "arch", find_levels, NULL },

	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "VMCOREINFO SYMBOL(_stext) less that of vmlinux", x86_find_kaslr_from_stext, "_stext" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "IDT of the first CPU, proved by linux_banner", find_kaslr_in_idt, NULL },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "linux_banner found in memory less that of vmlinux", x86_find_kaslr_from_banner, "linux_banner" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, "kallsyms symbol _text less the image's preferred address", find_kaslr_in_setup_header, NULL },

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "vmlinux program headers", i386_find_page_offset_in_vmlinux, NULL },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, "the one VMSPLIT whose page table maps itself", i386_find_page_offset_by_trial, NULL },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "VMCOREINFO SYMBOL(swapper_pg_dir)", find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "vmlinux symbol swapper_pg_dir", find_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, "kallsyms symbol swapper_pg_dir", find_dump_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, "page table found in memory", x86_find_swapper_of_table, NULL },

	{ FACT_ROOT, SOURCE_CHEAP, "page table found in memory", x86_find_root_of_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, "swapper_pg_dir and page_offset", find_root_of_swapper, NULL },
	{ FACT_ROOT, SOURCE_FALLBACK, "CR3 of the first CPU", x86_find_root_in_cr3, NULL },

	{ FACT_HIGH_MEMORY, SOURCE_COSTLY, "vmlinux symbol high_memory, its value in the dump", find_variable, "high_memory" },
	{ FACT_HIGH_MEMORY, SOURCE_COSTLY, "kallsyms symbol high_memory, its value in the dump", find_dump_variable, "high_memory" },
	{ FACT_HIGH_MEMORY, SOURCE_FALLBACK, "page table: end of the direct map", i386_find_high_memory_in_tables, NULL },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, "VMCOREINFO NUMBER(VMALLOC_START)", find_note_number, "VMALLOC_START" },
	{ FACT_VMALLOC_START, SOURCE_COSTLY, "high_memory and VMALLOC_OFFSET", i386_find_vmalloc_start, NULL },
	{ 0 }
};
// clang-format on

const struct arch arch_i386 = {
	.name = "i386",
	.machine = EM_386,
	.pointer_size = 4,
	.address_mask = UINT32_MAX,
	.sources = sources,
	.paging = paging,
	.cpu_root = cpu_root,
	.try_table = i386_try_table,
	.relocated = relocated,
	.image_range = image_range,
	.known_function = known_function,
	.regions = i386_regions,
	.fixmap_top = i386_fixmap_top,
	.virt_to_phys = i386_virt_to_phys,
	.entry_rules = x86_entry_rules,
	.describe_entry = x86_describe_entry,
	.entry_flags = x86_entry_flags,
};
