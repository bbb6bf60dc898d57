/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The architecture riscv64: paging modes, sources of facts, the address space, the search for the
 * kernel's table, entries, unwinding. */
#include "arch/riscv64/riscv64.h"

#include <elf.h>
#include <inttypes.h>

#include "arch/riscv64/riscv64_members.h"
#include "base/bytes.h"
#include "base/text.h"
#include "kernel/arch.h"
#include "kernel/percpu.h"
#include "kernel/table_search.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "linux/module/fixmap.h"
#include "linux/page/page.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "paging/family.h"
#include "paging/scan.h"
#include "symbols/symbol_lookup.h"

/* A mask of the bits from FIRST to LAST, inclusive. */
#define BITS(FIRST, LAST) ((UINT64_C(2) << (LAST)) - (UINT64_C(1) << (FIRST)))

/* The bits of an entry: The RISC-V Instruction Set Manual, volume II, "Sv39". */
enum {
	RISCV64_VALID = 1 << 0,
	RISCV64_READ = 1 << 1,
	RISCV64_WRITE = 1 << 2,
	RISCV64_EXECUTE = 1 << 3,
	RISCV64_LEAF = RISCV64_READ | RISCV64_WRITE | RISCV64_EXECUTE,
	RISCV64_USER = 1 << 4,
	RISCV64_GLOBAL = 1 << 5,
	RISCV64_ACCESSED = 1 << 6,
	RISCV64_DIRTY = 1 << 7,
	RISCV64_NAPOT_SIZE = 0xf << 10,
	RISCV64_NAPOT_64K = 8 << 10,
	RISCV64_PBMT_SHIFT = 61,
};
#define RISCV64_PBMT BITS(61, 62)
#define RISCV64_NAPOT BITS(63, 63)

/* The start of the linear map until 5.16; all these kernels have Sv39. */
#define RISCV64_OLD_PAGE_OFFSET UINT64_C(0xffffffe000000000)

/* The paging modes of riscv64, and the rules for their entries: The RISC-V Instruction Set Manual,
 * volume II (privileged architecture), "Sv39" and the chapters after it, Svnapot, Svpbmt. The modes
 * differ only in the number of levels. */

/* --- entries --- */

/* Returns the class of an entry. An entry that grants none of the rights R, W and X points to a
 * table. W without R is reserved. Naturally aligned ranges (N) exist in the last level only, and
 * only of 64K: then the low four bits of the frame number are 1000. */
static inline enum entry_class riscv64_class(const struct paging *paging, unsigned int level,
					     uint64_t entry)
{
	const struct paging_level *at = &paging->level[level];
	bool last = level + 1u == paging->nr_levels;

	if (!(entry & RISCV64_VALID))
		return CLASS_ABSENT;
	if (!(entry & RISCV64_LEAF))
		return last || (entry & at->reserved) ? CLASS_CORRUPT : CLASS_TABLE;
	if ((entry & at->reserved_large) ||
	    (entry & (RISCV64_READ | RISCV64_WRITE)) == RISCV64_WRITE ||
	    (entry & RISCV64_PBMT) == RISCV64_PBMT)
		return CLASS_CORRUPT;
	return (entry & RISCV64_NAPOT) && (entry & RISCV64_NAPOT_SIZE) != RISCV64_NAPOT_64K ?
		       CLASS_CORRUPT :
		       CLASS_PAGE;
}

/* Only the entry that maps a page restricts rights. */
static inline uint64_t riscv64_rights(enum entry_class class, uint64_t entry)
{
	return class == CLASS_TABLE ? UINT64_MAX : entry;
}

/* Bits 53:10 of an entry are the frame number, which has 44 bits. */
static inline uint64_t riscv64_table(const struct paging *paging, uint64_t entry)
{
	return (entry & paging->frame_mask) << 2;
}

static inline uint64_t riscv64_page_size(const struct paging *paging, unsigned int level,
					 uint64_t entry)
{
	return entry & RISCV64_NAPOT ? 1 << 16 : UINT64_C(1) << paging->level[level].shift;
}

static unsigned int riscv64_memory_index(const struct paging *paging, unsigned int level,
					 uint64_t entry)
{
	(void)paging, (void)level;
	return entry >> RISCV64_PBMT_SHIFT & 3;
}

static bool riscv64_is_global(const struct paging *paging, uint64_t entry)
{
	(void)paging;
	return entry & RISCV64_GLOBAL;
}

static const struct paging_family riscv64 = {
	.present = RISCV64_VALID,
	.large = RISCV64_LEAF,
	.read = RISCV64_READ,
	.write = RISCV64_WRITE,
	.user = RISCV64_USER,
	.execute = RISCV64_EXECUTE,
	.noted_bits = RISCV64_ACCESSED | RISCV64_DIRTY,
	.class = riscv64_class,
	.rights = riscv64_rights,
	.table = riscv64_table,
	.page_size = riscv64_page_size,
	.cache_index = riscv64_memory_index,
	.is_global = riscv64_is_global,
};

DEFINE_WALK(riscv64, 8)

/* --- modes --- */

/* The bits that must be 0 in an entry that points to a table. */
#define IN_TABLE                                                                                   \
	(RISCV64_NAPOT | RISCV64_PBMT | BITS(54, 60) | RISCV64_USER | RISCV64_ACCESSED |           \
	 RISCV64_DIRTY)
/* The bits that must be 0 in an entry that maps a page. Bits 60:59 are for software since
 * Svrsw60t59b; before, no kernel set them. */
#define IN_PAGE BITS(54, 58)
/* In an entry for a larger page, also N and the frame number's bits below the size of the page. */
#define LARGE(NAME, SHIFT)                                                                         \
	PAGES(NAME, SHIFT, 9, IN_TABLE, IN_PAGE | RISCV64_NAPOT | BITS(10, (SHIFT)-3))
#define SV(BITS_OF_ADDRESS, LEVELS)                                                                \
	.name = "Sv" #BITS_OF_ADDRESS, BY_WALK(riscv64, 8), .sign_extends = true,                  \
	.no_execute_bit = RISCV64_EXECUTE, .frame_mask = BITS(10, 53),                             \
	.address_bits = BITS_OF_ADDRESS, .nr_levels = LEVELS

// clang-format off
#define PMD_TO_PTE LARGE("pmd", 21), PAGES("pte", 12, 9, 0, IN_PAGE)
#define PUD_TO_PTE LARGE("pud", 30), PMD_TO_PTE

static const struct paging pagings[] = {
	{ SV(39, 3), .level = { LARGE("pgd", 30), PMD_TO_PTE } },
	{ SV(48, 4), .level = { LARGE("pgd", 39), PUD_TO_PTE } },
	{ SV(57, 5), .level = { LARGE("pgd", 48), LARGE("p4d", 39), PUD_TO_PTE } },
};
// clang-format on

static const struct paging *riscv64_paging(const struct paging_choice *choice)
{
	for (size_t i = 0; i < sizeof(pagings) / sizeof(pagings[0]); i++)
		if (choice->levels == pagings[i].nr_levels)
			return &pagings[i];
	return NULL;
}

/* --- satp --- */

/* satp: bits 63:60 are the mode (8 is Sv39, 9 is Sv48, 10 is Sv57), bits 59:44 are the ASID, and
 * bits 43:0 are the frame number of the table. Returns the
 * number of levels of the mode, or 0 if there is no such mode. */
static unsigned int riscv64_satp_levels(uint64_t satp)
{
	uint64_t mode = satp >> 60;

	return mode >= 8 && mode <= 10 ? (unsigned int)(mode - 5) : 0;
}

/* The address of the table is accepted, too. */
static bool riscv64_root_of_register(const struct space *space, uint64_t value, uint64_t *root)
{
	uint64_t size = paging_page_size(space->paging);

	if (value % size == 0 && value < UINT64_C(1) << 56) {
		*root = value;
		return true;
	}
	if (riscv64_satp_levels(value) != space->paging->nr_levels)
		return false;
	*root = (value & BITS(0, 43)) * size;
	return true;
}

static unsigned int riscv64_root_tag(uint64_t value, uint64_t root, const char **name)
{
	(void)root;
	*name = "ASID";
	return value >> 44 & 0xffff;
}

static bool riscv64_kernel_table(const struct space *space, uint64_t *root)
{
	return riscv64_root_of_register(space, *root, root);
}

/* The sources of facts of riscv64. The keys of the note are in arch/riscv/kernel/vmcore_info.c
 * (crash_core.c before 6.9). */

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
static const struct fact_source riscv64_sources[] = {
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

/* --- the regions of the address space --- */

/* The regions of the riscv64 address space: asm/pgtable.h, asm/kasan.h, and
 * Documentation/arch/riscv/vm-layout.rst. */

#define MB (UINT64_C(1) << 20)
#define GB (UINT64_C(1) << 30)

/* Ends are exclusive; an end of 0 means the end of all addresses. */
struct riscv64_layout {
	uint64_t fixmap_end, pci_io_end, vmemmap_end, vmalloc_end, linear_end;
	uint64_t image, image_end; /* the image; equal if it is unknown, or in the linear map */
	uint64_t modules; /* MODULES_VADDR */
};

/* --- the image --- */

static bool riscv64_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
				uint64_t *last)
{
	/* KASLR moves the image by less than 1G. Before 5.13 it is at the start of the linear
	 * map. */
	uint64_t swapper, page_offset;

	(void)space;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) || !(swapper >> 63))
		return false;
	if (swapper >= RISCV64_LINK_ADDRESS) {
		*first = RISCV64_LINK_ADDRESS;
		*last = UINT64_MAX;
		return true;
	}
	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) || page_offset > swapper)
		return false;
	*first = page_offset;
	*last = swapper + GB;
	return true;
}

/* Finds the first and the last page that the table maps at the offset of the image. */
static bool find_mapped_image(struct kernel *kernel, const struct space *space, uint64_t *start,
			      uint64_t *end)
{
	uint64_t first, last, offset, page, page_last;
	struct walk walk;

	*start = 0;
	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !riscv64_image_range(kernel, space, &first, &last))
		return false;
	walk = walk_page_table(space, first);
	do {
		if (walk.outcome != WALK_MAPPED || walk.vaddr - walk.paddr != offset)
			continue;
		walk_range(space, &walk, &page, &page_last);
		if (!*start)
			*start = page;
		*end = page_last + 1;
	} while (walk_on(space, &walk, last));
	return *start;
}

/* The image begins with its header (Documentation/arch/riscv/boot-image-header.rst), at _start. */
static bool riscv64_known_function(struct kernel *kernel, const struct space *space,
				   const char *names[2], uint64_t *address)
{
	enum { MAGIC2_AT = 56 };
	static const char magic2[] = { 'R', 'S', 'C', '\x05' };
	char text[sizeof(magic2)];
	uint64_t end;

	names[0] = names[1] = "_start";
	return find_mapped_image(kernel, space, address, &end) &&
	       space_read(space, *address + MAGIC2_AT, text, sizeof(text), NULL) &&
	       !memcmp(text, magic2, sizeof(magic2));
}

/* The image is mapped by pages of 2M: create_kernel_page_table(), arch/riscv/mm/init.c. Modules begin 2G
 * below its last page. If this page is unknown, it is one of the last 2M. */
static void find_image(struct kernel *kernel, const struct space *space,
		       struct riscv64_layout *layout)
{
	uint64_t modules;

	if (kernel_symbol(kernel, "_start", &layout->image, NULL) &&
	    kernel_symbol(kernel, "_end", &layout->image_end, NULL) &&
	    layout->image < layout->image_end) {
		layout->modules = ((layout->image_end + 0xfff) & -UINT64_C(0x1000)) - 2 * GB;
		layout->image_end = (layout->image_end + 2 * MB - 1) & -(2 * MB);
	} else if (find_mapped_image(kernel, space, &layout->image, &layout->image_end)) {
		layout->modules = layout->image_end - 2 * MB - 2 * GB;
	} else {
		layout->image = layout->image_end = 0;
	}
	if (vmcoreinfo_number(kernel->note, "MODULES_VADDR", &modules) &&
	    layout->image_end - 2 * GB - modules < 2 * MB)
		layout->modules = modules;
	if (layout->image < RISCV64_LINK_ADDRESS)
		layout->image = layout->image_end = 0;
}

/* --- all regions --- */

/* Half of the kernel's addresses are the linear map, and a quarter, below it, is for vmalloc. Below
 * are the memory map, for which a struct page counts 64 bytes, PCI I/O, and the fixmap. */
static bool find_layout(struct kernel *kernel, const struct space *space,
			struct riscv64_layout *layout, struct error *err)
{
	unsigned int bits = space->paging->address_bits;
	uint64_t page_offset;

	if (!kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err))
		return false;
	layout->vmalloc_end = page_offset;
	layout->linear_end = page_offset + (UINT64_C(1) << (bits - 2));
	if (!kernel_fact(kernel, FACT_VMALLOC_START, &layout->vmemmap_end))
		layout->vmemmap_end = page_offset - (UINT64_C(1) << (bits - 3));
	if (!vmcoreinfo_number(kernel->note, "VMEMMAP_START", &layout->pci_io_end))
		layout->pci_io_end = layout->vmemmap_end - (UINT64_C(1) << (bits - 7));
	layout->fixmap_end = layout->pci_io_end - 16 * MB;
	find_image(kernel, space, layout);
	return true;
}

/* Adds the fixmap, which ends at FIXADDR_TOP. If the number of its slots is unknown, it starts at
 * its first mapped page. */
static void riscv64_add_fixmap(struct kernel *kernel, bool exact, struct region_list *list,
			       uint64_t end)
{
	const uint64_t most = 8 * MB;
	uint64_t slots, start;

	if (!exact)
		region_add(list, REGION_NEEDS_TYPES, end - most, end - 1);
	else if (fixmap_number(kernel, "__end_of_fixed_addresses", &slots) &&
		 slots <= kernel_pfn(kernel, most))
		region_add(list, REGION_FIXMAP, end - kernel_frame(kernel, slots), end - 1);
	else {
		start = region_first_mapped(kernel_space(kernel, NULL), end - most, end - 1);
		region_add(list, REGION_UNKNOWN, end - most, start - 1);
		region_add(list, REGION_FIXMAP, start, end - 1);
	}
}

/* Modules may be in the 2G that end with the image. The last 128M below the image are also for BPF
 * programs. With KASAN, its shadow ends 2G below the link address of the image. Until 5.16
 * (f7ae02333d13), when the linear map ended with all addresses, it began the kernel's half. */
static void add_top(struct kernel *kernel, const struct space *space, struct region_list *list,
		    const struct riscv64_layout *layout)
{
	uint64_t size = UINT64_C(1) << (space->paging->address_bits - 4);
	uint64_t shadow_end = RISCV64_LINK_ADDRESS - 2 * GB;
	uint64_t shadow = (shadow_end - size) & -(UINT64_C(1) << space->paging->level[0].shift);
	bool kasan = kernel_has_symbol(kernel, "kasan_init") == YES;
	uint64_t end = kasan && shadow < layout->linear_end ? shadow : layout->linear_end;

	if (!layout->linear_end) {
		shadow = paging_upper_half(space->paging);
		shadow_end = shadow + size;
		end = layout->image == layout->image_end ? 0 : layout->modules;
	}
	region_add(list, REGION_DIRECT_MAP, layout->vmalloc_end, end - 1);
	if (kasan)
		region_add(list, REGION_KASAN_SHADOW, shadow, shadow_end - 1);
	if (layout->image == layout->image_end)
		return;
	region_add(list, REGION_MODULES, layout->modules, layout->image - 128 * MB - 1);
	region_add(list, REGION_BPF_JIT, layout->image - 128 * MB, layout->image - 1);
	region_add(list, REGION_KERNEL_IMAGE, layout->image, layout->image_end - 1);
}

static bool riscv64_regions(struct kernel *kernel, bool exact, struct region_list *list,
			    struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	struct riscv64_layout layout;
	uint64_t half;

	if (!space || !find_layout(kernel, space, &layout, err))
		return false;
	half = -paging_upper_half(space->paging);
	region_add(list, REGION_USER, 0, half - 1);
	region_add(list, REGION_NON_CANONICAL, half, -half - 1);
	riscv64_add_fixmap(kernel, exact, list, layout.fixmap_end);
	region_add(list, REGION_PCI_IO, layout.fixmap_end, layout.pci_io_end - 1);
	region_add(list, REGION_VMEMMAP, layout.pci_io_end, layout.vmemmap_end - 1);
	region_add(list, REGION_VMALLOC, layout.vmemmap_end, layout.vmalloc_end - 1);
	add_top(kernel, space, list, &layout);
	region_add(list, REGION_HOLE, 0, UINT64_MAX);
	return true;
}

/* Slot 0 is the page at FIXADDR_TOP. All used slots are below this page. */
static bool riscv64_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct riscv64_layout layout;

	return space && find_layout(kernel, space, &layout, NULL) && vaddr < layout.fixmap_end &&
	       fixmap_slot_at(kernel, layout.fixmap_end, vaddr, slot);
}

/* __va_to_pa_nodebug(), asm/page.h. With Sv39, the range of an old linear map reaches the end of all
 * addresses; since 5.13 the image is there. */
static bool riscv64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, offset, first, last;

	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset))
		return false;
	if (vaddr >= RISCV64_LINK_ADDRESS &&
	    (!riscv64_image_range(kernel, space, &first, &last) || first == RISCV64_LINK_ADDRESS)) {
		if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset))
			return false;
		*paddr = vaddr - offset;
		return true;
	}
	if (vaddr < page_offset ||
	    vaddr - page_offset >= UINT64_C(1) << (space->paging->address_bits - 2) ||
	    !kernel_fact(kernel, FACT_PHYS_OFFSET, &offset))
		return false;
	*paddr = vaddr - page_offset + offset;
	return true;
}

/* --- the search for the kernel's top-level table --- */

/* Tests whether a page is the kernel's top-level table. swapper_pg_dir is part of the image: it maps
 * itself and linux_banner in the image. It has no mappings of processes, and it has the linear map,
 * unlike early_pg_dir and trampoline_pg_dir (arch/riscv/mm/init.c). */

enum { ENTRIES = 512, MOST_OFFSETS = 16 };

/* Is the lower half empty, and can each entry of the upper half be the kernel's? */
static bool may_be_root(const struct table_search *search, uint64_t paddr)
{
	/* The image is in the last entry, or, with Sv39, in the one before it. Until 5.12 it is in
	 * the linear map (RISCV64_OLD_PAGE_OFFSET). */
	static const unsigned int image_at[] = { ENTRIES - 1, ENTRIES - 2, 384 };
	uint64_t entry = 0;

	/* Pages of zeros, of which there are many, end here. */
	for (size_t i = 0; i < sizeof(image_at) / sizeof(image_at[0]) && !entry; i++)
		if (dump_load(search->dump, paddr + 8 * image_at[i], 8, &entry) != PAGE_PRESENT)
			return false;
	if (!entry)
		return false;
	/* The entries of the upper half are tried first, because most pages end there. */
	for (unsigned int i = ENTRIES; i-- > 0;) {
		if (dump_load(search->dump, paddr + 8 * i, 8, &entry) != PAGE_PRESENT)
			return false;
		if (!entry)
			continue;
		if (i < ENTRIES / 2 || !(entry & RISCV64_VALID) || (entry & RISCV64_USER))
			return false;
	}
	return true;
}

/* Do the table and a banner have this offset from their frames? */
static bool has_offset(struct table_search *search, const struct space *space, uint64_t offset,
		       struct found_table *table)
{
	table->vaddr = table->root + offset;
	table->nr_banners = 0;
	return space_maps(space, table->vaddr, table->root) &&
	       table_search_banners(search, space, offset, table);
}

/* Searches from the link address on for pages of the image. */
static bool find_image_table(struct table_search *search, const struct space *space,
			     struct found_table *table)
{
	struct walk walk = walk_page_table(space, RISCV64_LINK_ADDRESS);
	uint64_t tried = 0;
	unsigned int nr = 0;

	do {
		uint64_t offset = walk.vaddr - walk.paddr;

		if (walk.outcome != WALK_MAPPED || offset == tried)
			continue;
		tried = offset;
		if (has_offset(search, space, offset, table))
			return true;
	} while (++nr < MOST_OFFSETS * ENTRIES && walk_on(space, &walk, UINT64_MAX));
	return false;
}

static void riscv64_try_table(struct table_search *search, uint64_t paddr)
{
	struct found_table table = { .choice.mode = MODE_RISCV64, .root = paddr };
	struct space space = { .dump = search->dump, .root = paddr };
	uint64_t page_offset, offset;

	if (!may_be_root(search, paddr))
		return;
	for (table.choice.levels = 3; table.choice.levels <= 5; table.choice.levels++) {
		space.paging = riscv64_paging(&table.choice);
		if (!table_search_wants(search, &table.choice) ||
		    !riscv64_linear_map(&space, &page_offset, &offset))
			continue;
		search->proofs++;
		/* The table of a new process, which has no mappings yet, is in the linear map, too. */
		if (find_image_table(search, &space, &table) ||
		    (page_offset == RISCV64_OLD_PAGE_OFFSET &&
		     has_offset(search, &space, offset, &table))) {
			table_search_add(search, &table);
			return;
		}
	}
}

/* --- the entries of page tables --- */

/* The entries of riscv64 page tables: names of bits, memory types, and the formats that Linux uses
 * for entries that are not present: arch/riscv/include/asm/pgtable.h, pgtable-bits.h and
 * pgtable-64.h. */

/* The names are from pgtable-bits.h and pgtable-64.h, without _PAGE_. Bit 9 was DEVMAP from 6.10 to
 * 6.16. Bits 59 and 60 are used since 6.19, on CPUs with Svrsw60t59b. */
static const char *const bit_names[64] = {
	[0] = "PRESENT", [1] = "READ",	   [2] = "WRITE",  [3] = "EXEC",	[4] = "USER",
	[5] = "GLOBAL",	 [6] = "ACCESSED", [7] = "DIRTY",  [8] = "SPECIAL",	[9] = "SOFT9",
	[61] = "NC",	 [62] = "IO",	   [63] = "NAPOT", [59] = "SOFT_DIRTY", [60] = "UFFD_WP",
};

static void riscv64_describe_page(const struct entry_rules *rules, const struct paging *paging,
				  unsigned int level, uint64_t entry, struct entry_meaning *meaning)
{
	unsigned int index = entry_cache_index(paging, level, entry);

	meaning->has_physical = true;
	meaning->physical = entry_page(paging->family, paging, level, entry);
	meaning->has_cache = index && rules->memory_type[index];
	meaning->cache = rules->cache[index];
	meaning->memory_type = rules->memory_type[index];
}

static struct entry_meaning riscv64_describe_entry(const struct entry_rules *rules,
						   const struct paging *paging, unsigned int level,
						   uint64_t entry)
{
	struct entry_meaning meaning = { .kind = ENTRY_EMPTY };
	enum entry_class class = entry_class(paging->family, paging, level, entry);
	bool last = level + 1u == paging->nr_levels;

	if (class == CLASS_CORRUPT)
		meaning.doubt = (entry & (RISCV64_READ | RISCV64_WRITE)) == RISCV64_WRITE ?
					"it permits writing, but not reading" :
					"it has a value that is reserved";
	if (class == CLASS_TABLE || (class == CLASS_CORRUPT && !last && !(entry & RISCV64_LEAF))) {
		meaning.kind = ENTRY_TABLE;
		meaning.has_physical = true;
		meaning.physical = entry_table(paging->family, paging, entry);
	} else if (class != CLASS_ABSENT) {
		meaning.kind = ENTRY_PAGE;
		riscv64_describe_page(rules, paging, level, entry, &meaning);
	} else if (!entry) {
		;
	} else if (!rules->swap_known) {
		meaning.kind = ENTRY_SPECIAL;
		meaning.doubt =
			"the layout of entries that are not present depends on the kernel's release, which is not known";
	} else if ((entry & rules->prot_none_bit) || (!last && (entry & rules->split_bit))) {
		meaning.kind = ENTRY_PROT_NONE;
		riscv64_describe_page(rules, paging, level, entry, &meaning);
	} else {
		entry_describe_swap(rules, &rules->swap, entry, paging_page_shift(paging),
				    &meaning);
	}
	return meaning;
}

static struct entry_flags riscv64_entry_flags(const struct entry_rules *rules,
					      const struct paging *paging, unsigned int level,
					      uint64_t entry)
{
	struct entry_flags flags; /* only the first nr names are used */
	bool absent = !(entry & RISCV64_VALID);

	flags.nr = 0;
	if (absent && riscv64_describe_entry(rules, paging, level, entry).kind != ENTRY_PROT_NONE)
		return flags;
	for (unsigned int bit = 0; bit < 64; bit++)
		if ((entry >> bit & 1) && !(absent && (rules->prot_none_bit >> bit & 1)))
			entry_add_flag(&flags, bit_names[bit]);
	if (absent)
		entry_add_flag(&flags, "PROT_NONE");
	return flags;
}

/* --- the rules of this kernel --- */

/* The formats of entries that are not present, the newest first. PROT_NONE is _PAGE_GLOBAL since 5.17
 * (fba88ede6a31), and before _PAGE_READ. Since 6.3 bit 6 is _PAGE_SWP_EXCLUSIVE. While a large page
 * is being split, its entry keeps READ or WRITE (pmd_mkinvalid()). */
static const struct entry_layout layouts[] = {
	{ KERNEL_VERSION(6, 3, 0), RISCV64_GLOBAL, RISCV64_READ | RISCV64_WRITE,
	  .swap = { { 7, 5, false }, { 12, 52, false } } },
	{ KERNEL_VERSION(5, 17, 0), RISCV64_GLOBAL, RISCV64_READ | RISCV64_WRITE,
	  .swap = { { 6, 5, false }, { 11, 53, false } } },
	{ 1, RISCV64_READ, RISCV64_WRITE, .swap = { { 2, 5, false }, { 7, 57, false } } },
};

static void riscv64_entry_rules(struct kernel *kernel, struct entry_rules *rules)
{
	enum { PFN_BITS = 44 }; /* MAX_PHYSMEM_BITS is 56: asm/sparsemem.h */

	/* PMA, 0: the physical address decides whether the memory is cached. So cache_known is
	 * false. */
	*rules = (struct entry_rules){
		.last_memory = dump_last_paddr(kernel->dump),
		.pfn_bits = PFN_BITS,
		.cache = { CACHE_WB, CACHE_NC, CACHE_UC, CACHE_UC },
		.memory_type = { "PMA", "NC", "IO" },
	};
	entry_find_special_types(kernel, rules);
	entry_choose_layout(layouts, kernel_version(kernel), rules);
}

/* --- unwinding --- */

/* Finds the caller of a function on riscv64 using frame pointers: walk_stackframe() in
 * arch/riscv/kernel/stacktrace.c. */

static bool riscv64_in_user_mode(const struct registers *registers)
{
	enum { SPP = 1 << 8 }; /* the mode before the exception was the kernel's */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & SPP);
}

/* A call writes its return address to ra: jalr (its address is in a register, which an auipc before
 * it may have set), jal, and c.jalr, which has two bytes. */
static bool riscv64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { OPCODE_RD = 0xfff, JAL = 0xef, JALR = 0xe7, AUIPC = 0x97, RA = 1 };
	uint64_t code, before;

	*target = 0;
	if (vaddr % 2)
		return false;
	if (kernel_read_number(kernel, vaddr - 4, 4, &code, NULL)) {
		if ((code & OPCODE_RD) == JAL) {
			/* The immediate is imm[20|10:1|11|19:12]. */
			uint64_t offset = (code >> 31 & 1) << 20 | (code >> 21 & 0x3ff) << 1 |
					  (code >> 20 & 1) << 11 | (code >> 12 & 0xff) << 12;

			*target = vaddr - 4 + ((offset ^ 1 << 20) - (1 << 20));
			return true;
		}
		if ((code & OPCODE_RD) == JALR && !(code >> 12 & 7)) {
			if ((code >> 15 & 31) == RA &&
			    kernel_read_number(kernel, vaddr - 8, 4, &before, NULL) &&
			    (before & OPCODE_RD) == AUIPC)
				*target = vaddr - 8 + (uint64_t)(int32_t)(before & 0xfffff000) +
					  (uint64_t)((int32_t)code >> 20);
			return true;
		}
	}
	/* c.jalr: 1001, the register, 00000, 10. Register 0: c.ebreak. */
	return kernel_read_number(kernel, vaddr - 2, 2, &code, NULL) && (code & 0xf07f) == 0x9002 &&
	       (code >> 7 & 31);
}

/* Loads struct pt_regs (asm/ptrace.h), which the entry code saves at the end of its stack: epc, x1 to
 * x31, status. */
static bool load_pt_regs(struct kernel *kernel, uint64_t at, struct registers *registers)
{
	enum { NR_X = 31, STATUS = NR_X + 1, NR_WORDS };
	uint8_t words[8 * NR_WORDS];

	if (!kernel_read(kernel, at, words, sizeof(words), NULL))
		return false;
	*registers = (struct registers){ 0 };
	registers_set(registers, CPU_IP, load_le64(words));
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, i == 1 ? CPU_SP : CPU_X0 + i,
			      load_le64(words + 8 * (i + 1)));
	registers_set(registers, CPU_FLAGS, load_le64(words + 8 * STATUS));
	return true;
}

/* Is this an address in the code that enters and leaves the kernel? Its functions follow each other:
 * handle_exception, ret_from_exception. */
static bool is_entry_code(struct kernel *kernel, uint64_t ip)
{
	const uint64_t usual_size = 0x400;
	uint64_t start, end;

	if (!kernel_symbol(kernel, "handle_exception", &start, NULL))
		return false;
	if (!kernel_symbol(kernel, "ret_from_exception_end", &end, NULL) || end < start)
		end = start + usual_size;
	return ip > start && ip <= end;
}

/* Does the task begin here? A new task has no frame: copy_thread() in arch/riscv/kernel/process.c. Where
 * a CPU began, s0 is still the firmware's: arch/riscv/kernel/head.S. The names with _asm are of later
 * kernels (7.2), where C functions have those without it. */
static bool begins_task(struct kernel *kernel, uint64_t ip)
{
	static const char *const starts[] = {
		"ret_from_fork",	  "ret_from_kernel_thread", "ret_from_fork_kernel_asm",
		"ret_from_fork_user_asm", "_start_kernel",	    "secondary_start_sbi"
	};
	struct kernel_symbol symbol;
	size_t place;

	return symbol_lookup_at(kernel->symbols, ip - 1, &symbol, NULL) &&
	       text_place(symbol.name, starts, sizeof(starts) / sizeof(starts[0]), &place);
}

/* Continues with the caller. Only its ip, sp and s0 are known. */
static void riscv64_enter_caller(struct unwind_state *state, uint64_t ip, uint64_t sp, uint64_t fp)
{
	state->registers = (struct registers){ 0 };
	state->exact = false;
	registers_set(&state->registers, CPU_IP, ip);
	registers_set(&state->registers, CPU_SP, sp);
	registers_set(&state->registers, RISCV64_S0, fp);
}

/* Did the function not yet make a frame, or is it a leaf? Then s0 is the caller's, and ra the return
 * address. As proof, the instruction before it must call this function, or, if the function is no
 * code, an address in a register. */
static bool has_no_frame(struct kernel *kernel, const struct unwind_state *state, uint64_t saved_ra)
{
	const struct registers *registers = &state->registers;
	struct kernel_symbol symbol;
	uint64_t target, ra = registers->value[RISCV64_RA];

	if (!state->exact || !registers_have(registers, RISCV64_RA) || ra == saved_ra ||
	    !riscv64_follows_call(kernel, ra, &target))
		return false;
	if (!unwind_is_code(kernel, registers->value[CPU_IP]))
		return !target;
	return target &&
	       symbol_lookup_at(kernel->symbols, registers->value[CPU_IP], &symbol, NULL) &&
	       target == symbol.address;
}

/* A frame ends at s0: below are the return address and the s0 of the caller. A leaf function stores
 * only s0, directly below. */
static bool riscv64_unwind_step(struct kernel *kernel, struct unwind_state *state,
				struct error *err)
{
	const struct registers *registers = &state->registers;
	uint64_t fp = registers->value[RISCV64_S0], sp = registers->value[CPU_SP], ra, caller_fp;
	bool has_record;

	state->interrupted = false;
	if (is_entry_code(kernel, registers->value[CPU_IP]) && !state->exact) {
		if (!load_pt_regs(kernel, sp, &state->registers))
			return fail(err, ERROR_UNREADABLE,
				    "the registers at %" PRIx64 " cannot be read", sp);
		state->interrupted = true;
		state->exact = true;
		state->user = riscv64_in_user_mode(&state->registers);
		return true;
	}
	if (!registers_have(registers, RISCV64_S0))
		return fail(err, ERROR_UNKNOWN, "the frame pointer, s0, is not known");
	state->outermost = begins_task(kernel, registers->value[CPU_IP]);
	if (state->outermost)
		return true;
	has_record = fp % 8 == 0 && kernel_read_pointer(kernel, fp - 8, &ra, NULL) &&
		     kernel_read_pointer(kernel, fp - 16, &caller_fp, NULL);
	if (has_no_frame(kernel, state, has_record ? ra : 0)) {
		riscv64_enter_caller(state, registers->value[RISCV64_RA], sp, fp);
		return true;
	}
	if (!has_record)
		return fail(err, ERROR_FORMAT, "there is no frame at s0, %" PRIx64, fp);
	/* ra is on the stack: the leaf stored s0 in its place, and its return address is in ra. */
	if (state->exact && ra > fp && ra - fp < 1 << 16 && registers_have(registers, RISCV64_RA))
		riscv64_enter_caller(state, registers->value[RISCV64_RA], fp, ra);
	else
		riscv64_enter_caller(state, ra, fp, caller_fp);
	state->outermost = !state->registers.value[CPU_IP];
	return true;
}

/* --- stacks --- */

/* The stacks of riscv64 CPUs, and the registers of a task that is not running, which the kernel
 * saved when it switched to another task. */

static void riscv64_add_stack(struct stack_list *list, enum stack_kind kind, unsigned int cpu,
			      uint64_t first, uint64_t size)
{
	stack_add(list, &(struct stack){
				.kind = kind,
				.exception = kind == STACK_EXCEPTION ? "overflow" : NULL,
				.first = first,
				.last = first + size - 1,
				.cpu = cpu,
			});
}

/* Interrupts have a stack since 6.6 (163e76cc6ef4, arch/riscv/kernel/irq.c). The stack for overflows
 * of other stacks exists since 5.14 (31da94c25aea, traps.c). */
static void riscv64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	enum { OVERFLOW_STACK_SIZE = 4096 };
	struct cpu_set cpus;
	uint64_t size, at;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	for (unsigned int cpu = 0; cpu < cpus.nr; cpu++) {
		if (!cpu_set_has(&cpus, cpu))
			continue;
		if (stack_task_size(kernel, &size) &&
		    kernel_per_cpu(kernel, "irq_stack_ptr", cpu, &at, NULL) &&
		    kernel_read_pointer(kernel, at, &at, NULL) && at)
			riscv64_add_stack(list, STACK_IRQ, cpu, at, size);
		if (kernel_per_cpu(kernel, "overflow_stack", cpu, &at, NULL))
			riscv64_add_stack(list, STACK_EXCEPTION, cpu, at, OVERFLOW_STACK_SIZE);
	}
}

static bool riscv64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	return kernel_read_member(kernel, task, THREAD_SP, sp, NULL);
}

/* The words of thread_struct (asm/processor.h) that __switch_to() of entry.S fills. */
static bool riscv64_switched_registers(struct kernel *kernel, uint64_t task,
				       struct registers *registers, struct error *err)
{
	enum { NR_S = 12 };
	const struct member *s = kernel_member(kernel, THREAD_S, err);
	uint8_t words[8 * NR_S];
	uint64_t ra, sp;

	*registers = (struct registers){ 0 };
	if (!s || !kernel_read_member(kernel, task, THREAD_RA, &ra, err) ||
	    !kernel_read_member(kernel, task, THREAD_SP, &sp, err) ||
	    !kernel_read(kernel, task + s->offset, words, sizeof(words), err))
		return false;
	registers_set(registers, CPU_IP, ra);
	registers_set(registers, RISCV64_RA, ra);
	registers_set(registers, CPU_SP, sp);
	registers_set(registers, RISCV64_S0, load_le64(words));
	registers_set(registers, RISCV64_S1, load_le64(words + 8));
	for (unsigned int i = 2; i < NR_S; i++)
		registers_set(registers, RISCV64_S2 + i - 2, load_le64(words + 8 * i));
	return true;
}

/* --- the machine --- */

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
