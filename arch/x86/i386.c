/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The sources of facts of i386 kernels. The paging modes are in x86_paging.c; the address space is
 * in i386_regions.c. */
#include "arch/x86/x86.h"

#include "linux/region.h"
#include "base/page.h"
#include "dump/registers.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/table_search.h"
#include "types/types.h"
#include "debuginfo/vmlinux.h"

static bool i386_relocated(uint64_t address, uint16_t section)
{
	(void)address;
	return section != SHN_ABS;
}

/* If the note has the key `arg`, the kernel uses PAE: only kernels with PAE write this key. */
static bool find_mode_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct bytes pae;

	*value = vmcoreinfo_find(kernel->note, arg, &pae) ? MODE_PAE : MODE_I386;
	return kernel->note->text.size != 0;
}

static bool find_mode_in_cr4(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	if (!kernel->dump->nr_cpus || kernel_not_booted(kernel))
		return false;
	*value = kernel->dump->cpus[0].registers.value[CPU_CR4] & CR4_PAE ? MODE_PAE : MODE_I386;
	return true;
}

/* Finds the mode from the size of pkmap_count. This array has LAST_PKMAP elements of type int: 512
 * elements with PAE, 1024 without PAE. */
static bool find_mode_in_vmlinux(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct kernel_symbol symbol;
	uint64_t size;

	if (kernel_linked_symbol(kernel, arg, &symbol) &&
	    (symbol.size == 512 * 4 || symbol.size == 1024 * 4)) {
		*value = symbol.size == 512 * 4 ? MODE_PAE : MODE_I386;
		return true;
	}
	if (!kernel->vmlinux || !types_size(kernel->vmlinux->types, "pgd_t", &size))
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
	*value = i386_levels(mode);
	return true;
}

/* Finds the range of the kernel's image. The image begins with its code, so the start is _stext of
 * the note, or else the address of the divide-error handler, which the IDT contains. If both are
 * unknown, the start is assumed to be LARGEST_TEXT below linux_banner. */
static bool i386_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
			     uint64_t *last)
{
	enum { LARGEST = 64 << 20, LARGEST_TEXT = 32 << 20 };
	const struct found_table *table = kernel->table;
	const char *names[2];
	uint64_t address;

	if (vmcoreinfo_symbol(kernel->note, "_stext", &address) ||
	    x86_divide_error(kernel, space, names, &address))
		;
	else if (table->known && table->banner_vaddr[0] >= LARGEST_TEXT)
		address = table->banner_vaddr[0] - LARGEST_TEXT;
	else
		return false;
	*first = address & UINT64_C(0xfffff000);
	*last = UINT32_MAX - *first < LARGEST ? UINT32_MAX : *first + LARGEST - 1;
	return address <= UINT32_MAX;
}

/* Is this page the IDT? In the IDT of every kernel, the gates of these four exceptions point into
 * the image: divide error, invalid opcode, general protection, page fault (SDM vol. 3A, 6.3.1;
 * 6.11). */
static bool i386_is_idt(struct kernel *kernel, const struct space *space, uint64_t page,
			uint64_t *divide_error)
{
	enum { KERNEL_CS = 0x60, INTERRUPT_GATE = 0x8e00, NEAR = 64 << 20 };
	static const uint8_t vectors[] = { 14, 13, 6, 0 };
	uint64_t banner = kernel->table->banner_vaddr[0];
	uint8_t gates[15 * 8];

	if (!space_read(space, page, gates, sizeof(gates), NULL))
		return false;
	for (size_t i = 0; i < sizeof(vectors); i++) {
		const uint8_t *gate = gates + 8 * vectors[i];

		*divide_error = x86_gate_handler(gate, 8);
		if (load_le16(gate + 2) != KERNEL_CS || load_le16(gate + 4) != INTERRUPT_GATE ||
		    *divide_error + NEAR < banner || *divide_error > banner + NEAR)
			return false;
	}
	return true;
}

/* Finds a function of the image, the divide-error handler. If the dump has no CPU registers,
 * searches for the IDT near the end of the address space. The kernel maps the IDT in the fixmap
 * since 3.10, and in cpu_entry_area since 4.15. */
static bool known_function(struct kernel *kernel, const struct space *space, const char *names[2],
			   uint64_t *address)
{
	struct walk walk;

	if (x86_divide_error(kernel, space, names, address))
		return true;
	if (!kernel->table->known)
		return false;
	walk = walk_page_table(space, 0xfc000000);
	do {
		if (walk.outcome == WALK_MAPPED && walk.page_size == PAGE_BYTES &&
		    i386_is_idt(kernel, space, walk.vaddr, address))
			return true;
	} while (walk_on(space, &walk, UINT32_MAX));
	return false;
}

/* The image is at the start of the direct map, which begins at a multiple of 128 MiB
 * (CONFIG_PAGE_OFFSET). high_memory is usual on machines with high memory. */
static void i386_suppose_facts(struct kernel *kernel)
{
	uint64_t text;

	if (!vmlinux_symbol(kernel->vmlinux, "_text", &text))
		text = 0xc0000000;
	kernel_suppose_fact(kernel, FACT_PAGE_OFFSET, text & 0xf8000000);
	kernel_suppose_fact(kernel, FACT_HIGH_MEMORY, 0xf7ffe000);
}

static bool is_pae(uint64_t mode, uint64_t *number)
{
	(void)number;
	return mode == MODE_PAE;
}

static const struct note_fact note_facts[] = {
	{ .key = "CONFIG_X86_PAE", FACT_MODE, .number = is_pae, .text = "y" },
	{ 0 },
};

// clang-format off
static const struct fact_source sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("VMCOREINFO CONFIG_X86_PAE"), find_mode_in_note, "CONFIG_X86_PAE" },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("CR4 of the first CPU"), find_mode_in_cr4, NULL },
	{ FACT_MODE, SOURCE_COSTLY, OF_VMLINUX("vmlinux, size of pkmap_count or pgd_t"), find_mode_in_vmlinux, "pkmap_count" },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_mode_in_table, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("arch"), find_levels, NULL },

	X86_KASLR_SOURCES

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_VMLINUX("vmlinux program headers"), i386_find_page_offset_in_vmlinux, NULL },
	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("the only VMSPLIT with which swapper_pg_dir maps itself"), i386_find_page_offset_by_trial, NULL },
	{ FACT_PAGE_OFFSET, SOURCE_FALLBACK, OF_DUMP("the only VMSPLIT with which swapper_pg_dir maps the first MiB"), i386_find_page_offset_by_first_mib, "swapper_pg_dir" },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(swapper_pg_dir)"), find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("swapper_pg_dir"), kernel_vmlinux_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol swapper_pg_dir"), kernel_dump_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_swapper_in_table, NULL },

	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("page table found in memory"), x86_find_root_in_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, OF_DUMP("swapper_pg_dir and page_offset"), x86_find_root_of_swapper, NULL },
	{ FACT_ROOT, SOURCE_FALLBACK, OF_DUMP("CR3 of the first CPU"), x86_find_root_in_cr3, NULL },

	{ FACT_HIGH_MEMORY, SOURCE_COSTLY, OF_VARIABLE("high_memory"), find_variable, "high_memory" },
	{ FACT_HIGH_MEMORY, SOURCE_COSTLY, OF_DUMP("kallsyms symbol high_memory, its value in the dump"), find_dump_variable, "high_memory" },
	{ FACT_HIGH_MEMORY, SOURCE_FALLBACK, OF_DUMP("page table: end of the direct map"), i386_find_high_memory_in_tables, NULL },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMALLOC_START)"), find_note_number, "VMALLOC_START" },
	{ FACT_VMALLOC_START, SOURCE_COSTLY, OF_DUMP("high_memory and VMALLOC_OFFSET"), i386_find_vmalloc_start, NULL },
	{ 0 }
};
// clang-format on

const struct arch arch_i386 = {
	.name = "i386",
	.machine = EM_386,
	.modes = 1 << MODE_I386 | 1 << MODE_PAE,
	.pointer_size = 4,
	.first_argument = CPU_AX, /* -mregparm=3 */
	.traced_register = CPU_SP,
	.char_was_signed = true,
	.dma_interrupts = true,
	.address_mask = UINT32_MAX,
	.module_regions = 1 << REGION_VMALLOC,
	.sources = sources,
	.note_facts = note_facts,
	X86_COMMON,
	.try_table = i386_try_table,
	.relocated = i386_relocated,
	.image_range = i386_image_range,
	.known_function = known_function,
	.regions = i386_regions,
	.suppose_facts = i386_suppose_facts,
	.virt_to_phys = i386_virt_to_phys,
};
