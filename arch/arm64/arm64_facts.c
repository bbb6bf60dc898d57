/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The sources of facts of arm64. The keys of the note are in arch/arm64/kernel/vmcore_info.c
 * (crash_core.c before 6.9, machine_kexec.c before 5.0). */
#include "arch/arm64/arm64.h"

#include "kernel/table_search.h"
#include "linux/page/page.h"
#include "kernel/vmcoreinfo.h"

/* --- the paging --- */

static bool find_page_size_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_decimal(kernel->note, arg, value);
}

static bool find_page_size_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.page_size;
	return kernel->table->known;
}

/* Finds the page size in the flags of the image's header (Documentation/arch/arm64/booting.rst):
 * bits 2:1 of the flags give the size. vmlinux has the flags as the value of an absolute symbol
 * (arch/arm64/kernel/image.h). */
static bool find_page_size_in_vmlinux(struct kernel *kernel, const char *arg, uint64_t *value)
{
	enum { LARGEST = 3 };
	uint64_t flags;

	if (!kernel_link_address(kernel, arg, &flags) || !(flags >> 1 & LARGEST))
		return false;
	*value = UINT64_C(1) << (10 + 2 * (flags >> 1 & LARGEST));
	return true;
}

/* Computes the number of address bits from TCR_EL1.T1SZ, which is the number of upper address bits
 * that are not translated. */
static bool find_bits_by_t1sz(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t unused;

	if (!vmcoreinfo_number(kernel->note, arg, &unused) || unused >= 64)
		return false;
	*value = 64 - unused;
	return true;
}

static bool find_va_bits_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.va_bits;
	return kernel->table->known;
}

static bool find_config_bits_in_table(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = kernel->table->choice.config_va_bits;
	return kernel->table->known && *value;
}

/* Reads a variable of the image without using a page table: kimage_voffset gives its physical
 * address. */
static bool arm64_read_image(struct kernel *kernel, fact_find *find_symbol, const char *name,
			     uint64_t *value)
{
	uint64_t address, offset;

	return kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) &&
	       find_symbol(kernel, name, &address) &&
	       dump_load_slow(kernel->dump, address - offset, 8, value) == PAGE_PRESENT;
}

/* Reads the number of address bits from vabits_actual, which exists from 5.4 (5383cc6efed1) to
 * 6.8. */
static bool find_bits_in_image(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return arm64_read_image(kernel, kernel_vmlinux_symbol, arg, value);
}

/* Uses the configured number of address bits. It is the number in use, except in kernels configured
 * for 52 bits, which may use fewer bits. */
static bool find_all_config_bits(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_CONFIG_VA_BITS, value);
}

/* Finds the configured number of address bits, 52 or the number in use. PAGE_OFFSET is -(1 <<
 * configured bits). It is also the address at which the linear map would map the physical address
 * in memstart_addr. If the CPU has fewer bits, the linear map lacks the addresses that need more
 * bits, so PAGE_OFFSET itself may not be mapped. Therefore PAGE_OFFSET is computed from
 * memstart_addr and a mapped page of the linear map. */
static bool config_bits_by_memstart(struct kernel *kernel, fact_find *find_symbol, const char *name,
				    uint64_t *value)
{
	uint64_t bits[] = { 52, kernel->table->choice.va_bits }, memory, offset;
	struct space space;

	if (!kernel_table_space(kernel, &space) ||
	    !arm64_read_image(kernel, find_symbol, name, &memory) ||
	    !arm64_linear_map(&space, 0, UINT64_MAX, &offset))
		return false;
	for (size_t i = 0; i < 2; i++) {
		*value = bits[i];
		if (offset + memory == -(UINT64_C(1) << bits[i]))
			return true;
	}
	return false;
}

static bool find_config_bits_by_memstart(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return config_bits_by_memstart(kernel, kernel_vmlinux_symbol, arg, value);
}

static bool find_config_bits_by_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return config_bits_by_memstart(kernel, kernel_dump_symbol, arg, value);
}

/* Finds the configured number of address bits from the table that -o root= gives. With 64K pages and
 * 48 bits in use, a kernel for 52 bits uses only the last 64 of 1024 entries, and TTBR1_EL1 points
 * to these. A kernel for 48 bits has 64 entries. They are at the start of a page, and are not all
 * empty, because they map all memory. */
static bool find_config_bits_by_root(struct kernel *kernel, const char *arg, uint64_t *value)
{
	enum { NR_48 = 64, NR_52 = 1024 };
	const struct paging_choice wide = {
		.mode = MODE_ARM64,
		.page_size = ARM64_64K,
		.config_va_bits = 52,
		.pa_bits = 52,
	};
	struct space space = { .dump = kernel->dump, .paging = arm64_paging(&wide) };
	const struct fact *root = &kernel->facts->fact[FACT_ROOT];
	uint64_t page_size, bits, table = root->value, entry, size = space.paging->entry_size;

	(void)arg;
	*value = 52;
	if (!root->given || !kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &bits) || page_size != ARM64_64K || bits != 48 ||
	    !arm64_kernel_table(&space, &table))
		return false;
	if (root->value & (8 * (NR_52 - NR_48)))
		return true;
	for (uint64_t i = 0; i < NR_48; i++)
		if (dump_load(kernel->dump, table + size * i, size, &entry) != PAGE_PRESENT ||
		    entry)
			return false;
	return true;
}

static bool find_config_bits_in_use(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_VA_BITS, value);
}

/* Finds the number of physical address bits that entries have. With 4K or 16K pages, the number is
 * 52 if virtual addresses have 52 bits (TCR_EL1.DS, 352b0395b505). With 64K pages, the number is
 * always 52: in entries of a kernel for 48 bits, the bits for address bits above 47 are zero, so
 * the entries can be read with 52 bits, too. */
static bool find_pa_bits(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t page_size, va_bits;

	(void)arg;
	if (!kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &va_bits))
		return false;
	*value = page_size == ARM64_64K || va_bits == 52 ? 52 : 48;
	return true;
}

static bool arm64_find_levels(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct paging_choice choice = { .mode = MODE_ARM64 };
	const struct paging *paging;

	(void)arg;
	if (!kernel_fact(kernel, FACT_PAGE_SIZE, &choice.page_size) ||
	    !kernel_fact(kernel, FACT_VA_BITS, &choice.va_bits) ||
	    !kernel_fact(kernel, FACT_PA_BITS, &choice.pa_bits) ||
	    (arm64_needs_fact(&choice, FACT_CONFIG_VA_BITS) &&
	     !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &choice.config_va_bits)))
		return false;
	paging = arm64_paging(&choice);
	if (!paging)
		return false;
	*value = paging->nr_levels;
	return true;
}

/* --- the linear map --- */

/* Is the image part of the linear map? Until 4.5 (a7f8de168ace: kimage_voffset) it was, and the
 * linear map was in the upper half of the kernel's addresses. From 4.6 to 5.3 the image was in the
 * lower half, and the linear map in the upper half. Since 5.4 (14c127c957c1) the halves are
 * exchanged. The linear map maps all memory. Therefore, if the last page of memory is mapped at the
 * image's offset, the image is part of the linear map. */
static bool image_is_linear(struct kernel *kernel, const struct space *space, uint64_t *offset)
{
	uint64_t last = dump_last_paddr(kernel->dump) & -(uint64_t)ARM64_64K;

	return kernel_fact(kernel, FACT_KIMAGE_VOFFSET, offset) &&
	       space_maps(space, last + *offset, last);
}

static bool find_page_offset(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t swapper, bits, offset;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) ||
	    !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &bits))
		return false;
	*value = -(UINT64_C(1) << bits);
	if (!(swapper >> (bits - 1) & 1) || image_is_linear(kernel, space, &offset))
		*value = -(UINT64_C(1) << (bits - 1));
	return true;
}

uint64_t arm64_linear_map_end(uint64_t page_offset, uint64_t bits, uint64_t page_size)
{
	if (page_offset == -(UINT64_C(1) << (bits - 1)))
		return 0;
	if (bits > 48)
		bits = page_size == ARM64_16K ? 47 : 48;
	return -(UINT64_C(1) << (bits - 1));
}

bool arm64_linear_map(const struct space *space, uint64_t first, uint64_t last, uint64_t *offset)
{
	/* Limits the work; three tables have fewer entries, even with 64K pages. */
	enum { MOST_STEPS = 1 << 15 };
	uint64_t least = -(UINT64_C(1) << (space->paging->address_bits - 1));
	struct walk walk = walk_page_table(space, first < least ? least : first);
	int steps = 0;

	while (walk.outcome != WALK_MAPPED)
		if (++steps == MOST_STEPS || !walk_on(space, &walk, last))
			return false;
	*offset = walk.vaddr - walk.paddr;
	return true;
}

/* Computes PHYS_OFFSET from the first page that the table maps at or above PAGE_OFFSET. */
static bool find_phys_offset_in_linear_map(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, bits, end, offset;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !kernel_fact(kernel, FACT_CONFIG_VA_BITS, &bits))
		return false;
	end = arm64_linear_map_end(page_offset, bits, paging_page_size(space->paging));
	if (!arm64_linear_map(space, page_offset, end - 1, &offset))
		return false;
	*value = page_offset - offset;
	return true;
}

/* Does the table confirm this value, or is the table unknown? From 5.4 to 5.10, the value of
 * memstart_addr may be wrong, because the kernel may have mapped the linear map using
 * physvirt_offset instead (7bc1a0f9e176). */
static bool is_phys_offset(struct kernel *kernel, uint64_t value)
{
	uint64_t mapped;

	return !find_phys_offset_in_linear_map(kernel, NULL, &mapped) || mapped == value;
}

static bool find_phys_offset_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_note_number(kernel, arg, value) && is_phys_offset(kernel, *value);
}

static bool find_memstart(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_variable(kernel, arg, value) && is_phys_offset(kernel, *value);
}

static bool find_memstart_of_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_dump_variable(kernel, arg, value) && is_phys_offset(kernel, *value);
}

/* Computes the address of the struct page of frame 0 from VMEMMAP_START. That key is the address of
 * the struct page for the physical address in memstart_addr: asm/pgtable.h. */
static bool find_vmemmap_by_start(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t memory, page_size, size;

	if (!vmcoreinfo_number(kernel->note, arg, value) ||
	    !vmcoreinfo_number(kernel->note, "PHYS_OFFSET", &memory) ||
	    !kernel_fact(kernel, FACT_PAGE_SIZE, &page_size) ||
	    !kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size))
		return false;
	*value -= (uint64_t)((int64_t)memory / (int64_t)page_size) * size;
	return true;
}

// clang-format off
const struct fact_source arm64_sources[] = {
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_mode_in_table, NULL },
	{ FACT_MODE, SOURCE_CHEAP, OF_DUMP("machine of the dump"), find_mode_of_arch, NULL },

	{ FACT_PAGE_SIZE, SOURCE_CHEAP, OF_DUMP("VMCOREINFO PAGESIZE"), find_page_size_in_note, "PAGESIZE" },
	{ FACT_PAGE_SIZE, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_page_size_in_table, NULL },
	{ FACT_PAGE_SIZE, SOURCE_COSTLY, OF_SYMBOL("_kernel_flags_le_lo32"), find_page_size_in_vmlinux, "_kernel_flags_le_lo32" },

	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(TCR_EL1_T1SZ)"), find_bits_by_t1sz, "TCR_EL1_T1SZ" },
	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(tcr_el1_t1sz)"), find_bits_by_t1sz, "tcr_el1_t1sz" },
	{ FACT_VA_BITS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_va_bits_in_table, NULL },
	{ FACT_VA_BITS, SOURCE_COSTLY, OF_VARIABLE("vabits_actual"), find_bits_in_image, "vabits_actual" },
	{ FACT_VA_BITS, SOURCE_FALLBACK, OF_DUMP("config_va_bits"), find_all_config_bits, NULL },

	{ FACT_CONFIG_VA_BITS, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VA_BITS)"), find_note_number, "VA_BITS" },
	{ FACT_CONFIG_VA_BITS, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_config_bits_in_table, NULL },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_SYMBOL("memstart_addr, its value in the dump, and the linear map"), find_config_bits_by_memstart, "memstart_addr" },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_DUMP("kallsyms symbol memstart_addr, its value in the dump, and the linear map"), find_config_bits_by_kallsyms, "memstart_addr" },
	{ FACT_CONFIG_VA_BITS, SOURCE_COSTLY, OF_DUMP("root and va_bits: the part of the table that is in use"), find_config_bits_by_root, NULL },
	{ FACT_CONFIG_VA_BITS, SOURCE_FALLBACK, OF_DUMP("va_bits"), find_config_bits_in_use, NULL },

	{ FACT_PA_BITS, SOURCE_CHEAP, OF_DUMP("page_size and va_bits"), find_pa_bits, NULL },
	{ FACT_LEVELS, SOURCE_CHEAP, OF_DUMP("page_size and va_bits"), arm64_find_levels, NULL },

	{ FACT_KASLR_OFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO KERNELOFFSET"), find_note_hex, "KERNELOFFSET" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_SYMBOLS("VMCOREINFO SYMBOL(_stext) minus _stext of ", ""), find_kaslr_from_stext, "_stext" },
	{ FACT_KASLR_OFFSET, SOURCE_COSTLY, OF_VMLINUX("linux_banner found in memory minus its address in vmlinux"), find_kaslr_from_banner, "linux_banner" },

	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(kimage_voffset)"), find_note_number, "kimage_voffset" },
	{ FACT_KIMAGE_VOFFSET, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_kimage_voffset_in_table, NULL },

	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(swapper_pg_dir)"), find_note_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_swapper_in_table, NULL },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_SYMBOL("swapper_pg_dir"), kernel_vmlinux_symbol, "swapper_pg_dir" },
	{ FACT_SWAPPER_PG_DIR, SOURCE_COSTLY, OF_DUMP("kallsyms symbol swapper_pg_dir"), kernel_dump_symbol, "swapper_pg_dir" },

	{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("page table found in memory"), find_root_in_table, NULL },
	{ FACT_ROOT, SOURCE_COSTLY, OF_DUMP("swapper_pg_dir and kimage_voffset"), find_root_by_voffset, NULL },

	{ FACT_PAGE_OFFSET, SOURCE_COSTLY, OF_DUMP("config_va_bits, and the half of the kernel's addresses that has the image"), find_page_offset, NULL },

	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("VMCOREINFO NUMBER(PHYS_OFFSET)"), find_phys_offset_in_note, "PHYS_OFFSET" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_VARIABLE("memstart_addr"), find_memstart, "memstart_addr" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("kallsyms symbol memstart_addr, its value in the dump"), find_memstart_of_kallsyms, "memstart_addr" },
	{ FACT_PHYS_OFFSET, SOURCE_COSTLY, OF_DUMP("page table: the start of the linear map"), find_phys_offset_in_linear_map, NULL },

	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMALLOC_START)"), find_note_number, "VMALLOC_START" },

	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(vmemmap)"), find_note_symbol, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(VMEMMAP_START)"), find_vmemmap_by_start, "VMEMMAP_START" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_VARIABLE("vmemmap"), find_variable, "vmemmap" },
	{ FACT_VMEMMAP, SOURCE_COSTLY, OF_DUMP("section_mem_map of the first section"), find_vmemmap_in_sections, NULL },

	{ FACT_PAC_MASK, SOURCE_CHEAP, OF_DUMP("VMCOREINFO NUMBER(KERNELPACMASK)"), find_note_number, "KERNELPACMASK" },
	{ 0 }
};
// clang-format on
