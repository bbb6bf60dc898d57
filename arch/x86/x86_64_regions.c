/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The x86-64 address space. KASLR moves some bases, which are read from variables of the kernel.
 * The other addresses are constants: arch/x86/include/asm/pgtable_64_types.h, page_64_types.h,
 * fixmap.h. */
#include <string.h>

#include "arch/x86/x86.h"
#include "debuginfo/vmlinux.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "linux/region.h"

/* --- the layout of the regions --- */

/* The layouts of the x86-64 address space, from Documentation/x86/x86_64/mm.txt and mm.rst of the
 * releases, arch/x86/include/asm/pgtable_64_types.h, page_64_types.h. */

/* The address space of x86-64 kernels since a release, before KASLR moves the regions. */
struct x86_64_layout {
	/* The first release with this layout, in the format of kernel_version(). */
	unsigned int since;
	uint64_t direct_map, direct_map_size;
	uint64_t vmalloc, vmalloc_size;
	uint64_t vmemmap, vmemmap_size; /* 0: the layout has no vmemmap */
	/* The region in which the LDT is remapped. Both values are 0 if this region is beside the
	 * cpu_entry_area, or does not exist. */
	uint64_t ldt, ldt_size;
	uint64_t kasan;
};

// clang-format off
static const struct x86_64_layout layouts_4_levels[] = {
	{ .since = KERNEL_VERSION(4, 20, 0), /* d52888aa2753 */
	  .direct_map = 0xffff888000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc90000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffea0000000000, .vmemmap_size = TB,
	  .ldt = 0xffff880000000000, .ldt_size = TB / 2,
	  .kasan = 0xffffec0000000000 },
	{ .since = KERNEL_VERSION(2, 6, 31),
	  .direct_map = 0xffff880000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc90000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffea0000000000, .vmemmap_size = TB,
	  .kasan = 0xffffec0000000000 },
	{ .since = KERNEL_VERSION(2, 6, 27),
	  .direct_map = 0xffff880000000000, .direct_map_size = 57 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffe20000000000, .vmemmap_size = TB },
	{ .since = KERNEL_VERSION(2, 6, 24),
	  .direct_map = 0xffff810000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB,
	  .vmemmap = 0xffffe20000000000, .vmemmap_size = TB },
	{ .since = KERNEL_VERSION(2, 6, 11),
	  .direct_map = 0xffff810000000000, .direct_map_size = 64 * TB,
	  .vmalloc = 0xffffc20000000000, .vmalloc_size = 32 * TB },
	{ .since = 1, /* any earlier release; include/asm-x86_64/page.h, pgtable.h of 2.6.9 */
	  .direct_map = TB, .direct_map_size = TB,
	  .vmalloc = 0xffffff0000000000, .vmalloc_size = TB / 2 },
	{ 0 }
};

static const struct x86_64_layout layouts_5_levels[] = {
	{ .since = KERNEL_VERSION(4, 20, 0),
	  .direct_map = 0xff11000000000000, .direct_map_size = 32 * PB,
	  .vmalloc = 0xffa0000000000000, .vmalloc_size = 12800 * TB,
	  .vmemmap = 0xffd4000000000000, .vmemmap_size = PB / 2,
	  .ldt = 0xff10000000000000, .ldt_size = 256 * TB,
	  .kasan = 0xffdf000000000000 },
	{ .since = KERNEL_VERSION(4, 17, 0),
	  .direct_map = 0xff10000000000000, .direct_map_size = 32 * PB,
	  .vmalloc = 0xffa0000000000000, .vmalloc_size = 12800 * TB,
	  .vmemmap = 0xffd4000000000000, .vmemmap_size = PB / 2,
	  .ldt = 0xff90000000000000, .ldt_size = 256 * TB,
	  .kasan = 0xffdf000000000000 },
	{ 0 }
};
// clang-format on

static const struct x86_64_layout *layouts_of(struct kernel *kernel)
{
	uint64_t levels;

	return kernel_fact(kernel, FACT_LEVELS, &levels) && levels == 5 ? layouts_5_levels :
									  layouts_4_levels;
}

/* Reads the value that vmlinux has for a base variable. This value is the default with four
 * levels. */
static bool linked_value(const struct kernel *kernel, const char *name, uint64_t *value)
{
	struct kernel_symbol symbol;
	const uint8_t *content;

	if (!kernel_linked_symbol(kernel, name, &symbol))
		return false;
	content = vmlinux_content(kernel->vmlinux, symbol.address, 8);
	if (content)
		*value = load_le64(content);
	return content != NULL;
}

/* Does the release prove that the kernel has d52888aa2753, or that it does not? The commit is in
 * 4.20, 4.19.5 and 4.14.84. The releases of distributions often prove nothing, because
 * distributions keep the third number when they backport changes (4.15.0-213-generic,
 * 4.18.0-553.el8, 4.12.14-197-default). */
static enum certainty has_newest_by_release(const struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);
	bool has_third = version & 0xff;

	if (!version)
		return UNSURE;
	if (version >= KERNEL_VERSION(4, 19, 5) ||
	    (version >= KERNEL_VERSION(4, 14, 84) && version < KERNEL_VERSION(4, 15, 0)))
		return YES;
	return kernel_is_distribution(kernel) ||
			       (version >= KERNEL_VERSION(4, 14, 0) && !has_third) ?
		       UNSURE :
		       NO;
}

/* Does the kernel have the newest layout? KASLR only increases the base of the direct map.
 * Therefore a base below the newest layout's base excludes the newest layout, and a base equal to
 * the newest layout's base proves it. */
static enum certainty has_newest(struct kernel *kernel)
{
	const struct x86_64_layout *newest = layouts_of(kernel);
	uint64_t base, linked;

	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &base))
		base = UINT64_MAX;
	if (base < newest->direct_map)
		return NO;
	if (linked_value(kernel, "page_offset_base", &linked) &&
	    (linked == layouts_4_levels[0].direct_map || linked == layouts_4_levels[1].direct_map))
		return linked == layouts_4_levels[0].direct_map ? YES : NO;
	if (base == newest->direct_map)
		return YES;
	return has_newest_by_release(kernel);
}

/* Returns the layout of this kernel. */
static const struct x86_64_layout *x86_64_layout(struct kernel *kernel)
{
	const struct x86_64_layout *layouts = layouts_of(kernel);
	unsigned int version = kernel_version(kernel);
	enum certainty newest = has_newest(kernel);
	uint64_t base;

	if (newest == YES || (newest == UNSURE && !version))
		return layouts;
	layouts++;
	if (!version && kernel_fact(kernel, FACT_PAGE_OFFSET, &base))
		while (layouts->direct_map > base && layouts[1].since)
			layouts++;
	while (layouts->since > version && layouts[1].since && version)
		layouts++;
	return layouts;
}

/* Returns the newest layout if it is unknown whether this kernel has the commit that introduced
 * this layout. Returns NULL if this is known. The commit is d52888aa2753, which moved the LDT's
 * remap, and which was backported to stable series. */
static const struct x86_64_layout *x86_64_layout_possible(struct kernel *kernel)
{
	return has_newest(kernel) == UNSURE ? layouts_of(kernel) : NULL;
}

/* Is the direct map at the address of the layout? If not, KASLR has moved the regions. */
static bool x86_64_layout_is_default(struct kernel *kernel, const struct x86_64_layout *layout)
{
	uint64_t page_offset;

	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) &&
	       page_offset == layout->direct_map;
}

#define KASAN_END UINT64_C(0xfffffbffffffffff)
#define CPU_ENTRY_AREA UINT64_C(0xfffffe0000000000)
#define CPU_ENTRY_AREA_4_14_11 UINT64_C(0xfffffe8000000000)
/* The number of bytes that a top-level entry maps, if there are four levels. */
#define SLOT (TB / 2)
#define ESPFIX UINT64_C(0xffffff0000000000)
#define EFI UINT64_C(0xffffffef00000000)
#define LOW_DIRECT_MAP TB /* PAGE_OFFSET before 2.6.11 */
#define LAST_OF_OLD_MODULES UINT64_C(0xffffffffafffffff) /* MODULES_END before 2.6.11 */
#define SMALLEST_IMAGE (UINT64_C(128) << 20) /* MODULES_VADDR before 2.6.26 */

/* --- bases --- */

bool x86_64_find_default_vmalloc(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = x86_64_layout(kernel)->vmalloc;
	return *value && x86_64_layout_is_default(kernel, x86_64_layout(kernel));
}

bool x86_64_find_default_vmemmap(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = x86_64_layout(kernel)->vmemmap;
	return *value && x86_64_layout_is_default(kernel, x86_64_layout(kernel));
}

/* Does the direct map at this page_offset map the top-level table? If so, page_offset is proved. */
static bool maps_root(const struct space *space, uint64_t page_offset)
{
	return space_maps(space, page_offset + space->root, space->root);
}

/* Is the value a kernel address that is a multiple of 1G, the size of a PUD? KASLR moves the bases
 * by such multiples. */
static bool may_be_base(uint64_t value)
{
	return value >> 63 && !(value & (TB / 1024 - 1));
}

static bool is_kernel_half(struct kernel *kernel, uint64_t value)
{
	uint64_t levels;

	return !kernel_fact(kernel, FACT_LEVELS, &levels) ||
	       value >= UINT64_MAX << (levels == 5 ? 56 : 47);
}

/* Is the value above the base of the direct map, and does the top-level table have an entry for it?
 * Since 5.9 (6eb82f994026) vmalloc's entries of the top-level table are always present. */
static bool may_be_vmalloc_base(struct kernel *kernel, uint64_t value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset;
	struct walk walk;

	if (kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) && value < page_offset)
		return false;
	if (!space || kernel_version(kernel) < KERNEL_VERSION(5, 9, 0))
		return true;
	walk = walk_page_table(space, value);
	return walk.outcome != WALK_NOT_PRESENT || walk.nr_steps > 1;
}

/* Can the value be the base `name`? A value of page_offset_base is rejected if the table
 * contradicts it, but not if a truncated dump lacks the table. */
static bool is_base(struct kernel *kernel, const char *name, uint64_t value)
{
	const struct space *space;

	if (!may_be_base(value) || !is_kernel_half(kernel, value))
		return false;
	if (!strcmp(name, "vmalloc_base"))
		return may_be_vmalloc_base(kernel, value);
	if (strcmp(name, "page_offset_base"))
		return true;
	space = kernel_space(kernel, NULL);
	return space && (maps_root(space, value) ||
			 walk_page_table(space, value + space->root).outcome == WALK_UNREADABLE);
}

static bool accept_base(struct kernel *kernel, const char *name, uint64_t value)
{
	bool accepted = is_base(kernel, name, value);

	if (!accepted)
		kernel_refuse(kernel);
	return accepted;
}

bool x86_64_find_base_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_variable(kernel, arg, value) && accept_base(kernel, arg, *value);
}

bool x86_64_find_base_of_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_dump_variable(kernel, arg, value) && accept_base(kernel, arg, *value);
}

/* Finds the direct map in the program headers. kexec-tools may have computed p_vaddr for another
 * layout, so the address must be proved by the page table. */
bool x86_64_find_direct_map_in_segments(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	const struct dump *dump = kernel->dump;

	(void)arg;
	for (size_t i = 0; space && i < dump->nr_mappings; i++) {
		const struct dump_mapping *mapping = &dump->mappings[i];

		*value = mapping->vaddr - mapping->paddr;
		if (mapping->vaddr < START_KERNEL_MAP && mapping->vaddr >> 63 &&
		    maps_root(space, *value))
			return true;
	}
	return false;
}

/* Searches for the direct map from the second top-level entry of the kernel's half. The first entry
 * is never the direct map, because it is reserved for hypervisors. In kernels 2.6.18, the first
 * entry still has the boot-time map that head.S made: 40M, mapped 1:1. */
bool x86_64_direct_map_of(const struct space *space, uint64_t *page_offset)
{
	enum { MOST_STEPS = 100000 }; /* limits the work on a hostile table */
	uint64_t half = UINT64_MAX << (space->paging->address_bits - 1);
	struct walk walk = walk_page_table(space, half + SLOT);
	int steps = 0;

	do {
		*page_offset = walk.vaddr - walk.paddr;
		if (walk.outcome == WALK_MAPPED && may_be_base(*page_offset) &&
		    maps_root(space, *page_offset))
			return true;
	} while (++steps < MOST_STEPS && walk_on(space, &walk, START_KERNEL_MAP - 1));
	return false;
}

/* Does the release show that the direct map is in the lower half? Before 2.6.11, processes had only
 * the first top-level entry, which pointed to a table of three levels (include/asm-x86_64/pgtable.h,
 * mmu_context.h of 2.6.9). */
static bool is_before_4_levels(const struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);

	return version && version < KERNEL_VERSION(2, 6, 11);
}

/* Only the kernel can access its direct map, so a page of a process is never taken for it. */
static bool find_low_direct_map(const struct kernel *kernel, const struct space *space,
				uint64_t *value)
{
	struct walk walk;

	*value = LOW_DIRECT_MAP;
	if (!is_before_4_levels(kernel))
		return false;
	walk = walk_page_table(space, *value + space->root);
	return walk.outcome == WALK_MAPPED && walk.paddr == space->root && !walk.user;
}

bool x86_64_find_direct_map_in_tables(struct kernel *kernel, const char *arg, uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);

	(void)arg;
	return space &&
	       (x86_64_direct_map_of(space, value) || find_low_direct_map(kernel, space, value));
}

/* Is any page from first to last, inclusive, mapped? Returns UNSURE if the page table is not
 * known. */
static enum certainty is_anything_mapped(struct kernel *kernel, uint64_t first, uint64_t last)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct walk walk;

	if (!space)
		return UNSURE;
	walk = walk_page_table(space, first);
	while (walk.outcome != WALK_MAPPED)
		if (!walk_on(space, &walk, last))
			return NO;
	return YES;
}

/* Does the kernel have CONFIG_RANDOMIZE_BASE (3.14, 82fa9637a2ba)? Either of two symbols proves the
 * option: kaslr_get_random_long(), which exists since 4.8 (d899a7d146a2), or module_load_offset,
 * which exists in all kernels with modules. */
static enum certainty has_random_base(struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);
	enum certainty random, early;

	random = kernel_has_symbol(kernel, "kaslr_get_random_long");
	early = kernel_has_symbol(kernel, "module_load_offset");
	if (random == YES || early == YES)
		return YES;
	if (random == NO && early == NO &&
	    (version >= KERNEL_VERSION(4, 8, 0) || kernel_has_symbol(kernel, "load_module") == YES))
		return NO;
	return UNSURE;
}

/* Is swapper_pg_dir, which is a part of the image, at an address that only an image of 1G
 * contains? */
static bool lies_in_upper_half(struct kernel *kernel)
{
	uint64_t swapper;

	return kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) &&
	       swapper >= START_KERNEL_MAP + LARGEST_IMAGE / 2 &&
	       swapper < START_KERNEL_MAP + LARGEST_IMAGE;
}

/* Finds KERNEL_IMAGE_SIZE: 1G with CONFIG_RANDOMIZE_BASE, 512M without it (page_64_types.h). A
 * KASLR offset proves the option, and so does a part of the image above 512M. Modules fill their
 * range from its start. Therefore, if the image was not moved, pages that are mapped from 512M to
 * 1G belong to modules, and prove a size of 512M. The release is used last, because it is weak
 * evidence: RHEL 7.4 (3.10) has the option. */
static uint64_t image_size(struct kernel *kernel)
{
	uint64_t size, offset, small_end = START_KERNEL_MAP + LARGEST_IMAGE / 2;
	uint64_t large_end = START_KERNEL_MAP + LARGEST_IMAGE;
	unsigned int version = kernel_version(kernel);
	enum certainty random;
	bool offset_known;

	if (is_before_4_levels(kernel))
		return LARGEST_IMAGE / 2;
	if (version && version < KERNEL_VERSION(2, 6, 26))
		return SMALLEST_IMAGE;
	if (vmcoreinfo_number(kernel->note, "KERNEL_IMAGE_SIZE", &size) &&
	    size <= MODULES_END - START_KERNEL_MAP)
		return size;
	offset_known = kernel_fact(kernel, FACT_KASLR_OFFSET, &offset);
	if ((offset_known && offset) || lies_in_upper_half(kernel))
		return LARGEST_IMAGE;
	random = has_random_base(kernel);
	if (random != UNSURE)
		return random == YES ? LARGEST_IMAGE : LARGEST_IMAGE / 2;
	if (offset_known && is_anything_mapped(kernel, small_end, large_end - 1) == YES)
		return LARGEST_IMAGE / 2;
	if (version && version < KERNEL_VERSION(3, 14, 0) &&
	    is_anything_mapped(kernel, large_end, MODULES_END - 1) != YES)
		return LARGEST_IMAGE / 2;
	return LARGEST_IMAGE;
}

bool x86_64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	uint64_t base;

	if (vaddr >= START_KERNEL_MAP) {
		uint64_t offset = vaddr - START_KERNEL_MAP;

		/* image_size() is slow, so it is called only if the result depends on it. */
		if ((offset >= SMALLEST_IMAGE && offset >= image_size(kernel)) ||
		    !kernel_fact(kernel, FACT_PHYS_BASE, &base))
			return false;
		*paddr = vaddr - START_KERNEL_MAP + base;
		return true;
	}
	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &base) || vaddr < base)
		return false;
	*paddr = vaddr - base;
	return true;
}

/* Does the address space have a part that Linux introduced in the release `since`, together with
 * `symbol`? An earlier release that has the symbol has a backport of the part. If it is unknown
 * whether the kernel has the symbol, the release decides, unless it is a distribution's release. If
 * this answer is wrong, prove_holes() (region.c) corrects it. */
static enum certainty has_part(struct kernel *kernel, unsigned int since, const char *symbol)
{
	unsigned int version = kernel_version(kernel);
	enum certainty has_symbol;

	if (version >= since)
		return YES;
	if (is_before_4_levels(kernel))
		return NO; /* other regions are in its place */
	has_symbol = kernel_has_symbol(kernel, symbol);
	if (has_symbol == UNSURE && version && !kernel_is_distribution(kernel))
		return NO;
	return has_symbol;
}

static void x86_64_add_part(struct region_list *list, enum certainty there, enum region_kind kind,
			    uint64_t first, uint64_t last)
{
	if (there != NO)
		region_add(list, there == YES ? kind : REGION_UNKNOWN, first, last);
}

/* Does the kernel have KASAN? KASAN fills its whole range when the kernel starts, and keeps KASLR
 * from moving the regions. So if symbols are unknown, a mapped page at the start of the range
 * proves KASAN. */
static bool has_kasan(struct kernel *kernel, const struct x86_64_layout *layout)
{
	const struct space *space = kernel_space(kernel, NULL);
	enum certainty has_symbol;
	struct walk walk;

	if (!layout->kasan || !x86_64_layout_is_default(kernel, layout))
		return false;
	has_symbol = kernel_has_symbol(kernel, "kasan_init");
	if (has_symbol != UNSURE)
		return has_symbol == YES;
	walk = walk_page_table(space, layout->kasan);
	return walk.outcome == WALK_MAPPED;
}

/* Returns the last address of a region, but at most the largest address. With five levels, the
 * region of vmemmap may extend beyond the largest address, because KASLR reserves only as much
 * space as vmemmap uses. */
static uint64_t x86_64_last_of(uint64_t first, uint64_t size)
{
	return size - 1 > UINT64_MAX - first ? UINT64_MAX : first + size - 1;
}

/* Returns the last address that the direct map may have. A variable of the kernel limits the direct
 * map since 6.11 and in some earlier stable kernels. In other kernels, the size in the layout is
 * the limit. */
static uint64_t direct_map_last(struct kernel *kernel, const struct x86_64_layout *layout,
				uint64_t page_offset)
{
	uint64_t end;

	if (kernel_read_variable(kernel, "direct_map_physmem_end", &end) ||
	    kernel_read_variable(kernel, "physmem_end", &end))
		return x86_64_last_of(page_offset, end + 1);
	return x86_64_last_of(page_offset, layout->direct_map_size);
}

/* Adds the direct map, vmalloc and vmemmap, which end at or below end (inclusive). KASLR keeps the
 * order of these regions, but changes the distances between them. If a base is unknown, the range
 * that may contain it gets no name. */
static void add_moving_regions(struct kernel *kernel, const struct x86_64_layout *layout,
			       struct region_list *list, uint64_t page_offset, uint64_t end)
{
	uint64_t direct_last = direct_map_last(kernel, layout, page_offset);
	uint64_t vmalloc, vmemmap, memory, vmalloc_end;

	/* The value 0 means that the base is unknown, or that the bases are not in order. */
	if (!kernel_fact(kernel, FACT_VMALLOC_START, &vmalloc) || vmalloc <= page_offset ||
	    vmalloc > end)
		vmalloc = 0;
	if (!kernel_fact(kernel, FACT_VMEMMAP, &vmemmap) || vmemmap <= page_offset ||
	    vmemmap <= vmalloc || vmemmap > end)
		vmemmap = 0;
	vmalloc_end = vmemmap ? vmemmap - 1 : end;
	if (vmalloc) {
		region_add(list, REGION_DIRECT_MAP, page_offset,
			   smaller_of(direct_last, vmalloc - 1));
		region_add(list, REGION_VMALLOC, vmalloc,
			   smaller_of(x86_64_last_of(vmalloc, layout->vmalloc_size), vmalloc_end));
	} else {
		/* The direct map covers at least all memory. vmalloc begins at an unknown address
		 * above that memory. */
		memory = smaller_of(dump_last_paddr(kernel->dump), layout->direct_map_size - 1);
		memory = smaller_of(x86_64_last_of(page_offset, memory + 1), vmalloc_end);
		region_add(list, REGION_DIRECT_MAP, page_offset, memory);
		region_add(list, REGION_NEEDS_TYPES, memory + 1, vmalloc_end);
	}
	if (vmemmap)
		region_add(list, REGION_VMEMMAP, vmemmap,
			   smaller_of(x86_64_last_of(vmemmap, layout->vmemmap_size), end));
}

/* Is the read-only IDT at vaddr? It is the first page of a cpu_entry_area. The first gate of the
 * IDT is a present interrupt gate that points to kernel code: SDM vol. 3A, 6.14.1. */
static bool x86_64_is_idt(const struct space *space, uint64_t vaddr)
{
	enum { SELECTOR = 2, TYPE = 5, RESERVED = 12, KERNEL_CS = 0x10 };
	uint64_t handler;
	uint8_t gate[16];
	struct walk walk;

	if (!space_read(space, vaddr, gate, sizeof(gate), NULL) ||
	    load_le16(gate + SELECTOR) != KERNEL_CS || gate[TYPE] != 0x8e ||
	    load_le32(gate + RESERVED) != 0)
		return false;
	handler = x86_gate_handler(gate, sizeof(gate));
	if (handler < START_KERNEL_MAP || handler >= MODULES_END)
		return false;
	walk = walk_page_table(space, handler);
	return walk.outcome == WALK_MAPPED && walk.executable;
}

/* Finds the cpu_entry_area, and reports whether the kernel has one. Kernels have it since 4.15, and
 * in backports of page-table isolation such as 4.14.11. At first the area was above the LDT's remap
 * (92a0f81d8957); f2078904810373 exchanged the two. For 4.14.11 and 4.14.12, the release does not
 * show which order the kernel has. If the IDT is not found either, the answer is UNSURE. */
static enum certainty x86_64_find_cpu_entry_area(struct kernel *kernel, uint64_t *base)
{
	const struct space *space = kernel_space(kernel, NULL);
	unsigned int version = kernel_version(kernel);

	*base = CPU_ENTRY_AREA;
	if (x86_64_is_idt(space, CPU_ENTRY_AREA))
		return YES;
	if (x86_64_is_idt(space, CPU_ENTRY_AREA_4_14_11)) {
		*base = CPU_ENTRY_AREA_4_14_11;
		return YES;
	}
	if (version == KERNEL_VERSION(4, 14, 11) || version == KERNEL_VERSION(4, 14, 12))
		return UNSURE;
	return has_part(kernel, KERNEL_VERSION(4, 14, 13), "setup_cpu_entry_areas");
}

/* Does the direct map cover any address from first to last, the range of the LDT's remap? Before
 * d52888aa2753, KASLR could move the direct map of a kernel with five levels over that range. The
 * addresses then belong to the direct map. */
static bool direct_map_covers(struct kernel *kernel, uint64_t first, uint64_t last)
{
	uint64_t page_offset;

	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) && page_offset <= last &&
	       x86_64_last_of(page_offset, dump_last_paddr(kernel->dump) + 1) >= first;
}

/* Adds the LDT's remap. With five levels, its addresses are in the layout. With four levels before
 * d52888aa2753, the remap is beside the cpu_entry_area. Linux introduced both together, so a kernel
 * without the area has no remap. */
static void add_ldt(struct kernel *kernel, const struct x86_64_layout *layout,
		    enum certainty cpu_entry, uint64_t cpu_entry_area, struct region_list *list)
{
	const struct x86_64_layout *newest = x86_64_layout_possible(kernel);
	enum certainty sure = newest ? UNSURE : YES;
	bool five_levels = kernel_space(kernel, NULL)->paging->nr_levels == 5;
	uint64_t last = x86_64_last_of(layout->ldt, layout->ldt_size);
	uint64_t beside =
		cpu_entry_area == CPU_ENTRY_AREA ? CPU_ENTRY_AREA_4_14_11 : CPU_ENTRY_AREA;

	if (layout->ldt && !direct_map_covers(kernel, layout->ldt, last))
		x86_64_add_part(list, sure, REGION_LDT_REMAP, layout->ldt, last);
	if (!five_levels && (!layout->ldt || sure == UNSURE))
		x86_64_add_part(list, cpu_entry == YES ? sure : cpu_entry, REGION_LDT_REMAP, beside,
				beside + SLOT - 1);
	if (newest)
		region_add(list, REGION_UNKNOWN, newest->ldt,
			   x86_64_last_of(newest->ldt, newest->ldt_size));
}

static void add_fixed_regions(struct kernel *kernel, const struct x86_64_layout *layout,
			      struct region_list *list)
{
	uint64_t image = image_size(kernel);

	if (has_kasan(kernel, layout))
		region_add(list, REGION_KASAN_SHADOW, layout->kasan, KASAN_END);
	x86_64_add_part(list, has_part(kernel, KERNEL_VERSION(3, 16, 0), "init_espfix_bsp"),
			REGION_ESPFIX, ESPFIX, ESPFIX + SLOT - 1);
	x86_64_add_part(list, has_part(kernel, KERNEL_VERSION(3, 14, 0), "efi_map_region"),
			REGION_EFI_RUNTIME, EFI, UINT64_C(0xfffffffeffffffff));
	region_add(list, REGION_KERNEL_IMAGE, START_KERNEL_MAP, START_KERNEL_MAP + image - 1);
	region_add(list, REGION_MODULES, START_KERNEL_MAP + image,
		   is_before_4_levels(kernel) ? LAST_OF_OLD_MODULES : MODULES_END - 1);
}

/* Adds the regions below vmalloc's end of a kernel from before 2.6.11. If its page table does not
 * prove the direct map, all addresses that processes cannot use are unknown. */
static void add_old_halves(struct kernel *kernel, const struct x86_64_layout *layout,
			   struct region_list *list)
{
	const uint64_t half = UINT64_C(1) << 47;

	region_add(list, REGION_USER, 0, SLOT - 1);
	if (!x86_64_layout_is_default(kernel, layout)) {
		region_add(list, REGION_UNKNOWN, SLOT, half - 1);
		region_add(list, REGION_NON_CANONICAL, half, -half - 1);
		region_add(list, REGION_UNKNOWN, -half, START_KERNEL_MAP - 1);
		return;
	}
	region_add(list, REGION_DIRECT_MAP, layout->direct_map,
		   x86_64_last_of(layout->direct_map, layout->direct_map_size));
	region_add(list, REGION_HOLE, layout->direct_map + layout->direct_map_size, half - 1);
	region_add(list, REGION_NON_CANONICAL, half, -half - 1);
	region_add(list, REGION_VMALLOC, layout->vmalloc,
		   x86_64_last_of(layout->vmalloc, layout->vmalloc_size));
}

/* Adds the regions of the halves up to `end`, which is the last address of the regions that KASLR
 * moves: vaddr_end of arch/x86/mm/kaslr.c, minus 1. */
static void add_halves(struct kernel *kernel, const struct x86_64_layout *layout,
		       struct region_list *list, uint64_t half, uint64_t end)
{
	uint64_t page_offset;

	region_add(list, REGION_USER, 0, half - 1);
	region_add(list, REGION_NON_CANONICAL, half, -half - 1);
	/* The top-level entries that are reserved for hypervisors: the first 16 entries since
	 * 2.6.27 (85eb69a16aab), and all entries below the direct map in earlier kernels. */
	region_add(list, REGION_GUARD_HOLE, -half,
		   smaller_of(-half + half / 16, layout->direct_map) - 1);
	if (kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset))
		add_moving_regions(kernel, layout, list, page_offset, end);
	else
		region_add(list, REGION_NEEDS_TYPES, layout->direct_map, end);
}

bool x86_64_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err)
{
	const struct x86_64_layout *layout = x86_64_layout(kernel);
	const struct space *space = kernel_space(kernel, err);
	enum certainty cpu_entry;
	uint64_t cpu_entry_area, end;

	if (!space)
		return false;
	cpu_entry = x86_64_find_cpu_entry_area(kernel, &cpu_entry_area);
	end = has_kasan(kernel, layout) ? layout->kasan - 1 :
	      cpu_entry == YES		? CPU_ENTRY_AREA - 1 :
					  ESPFIX - 1;
	if (is_before_4_levels(kernel))
		add_old_halves(kernel, layout, list);
	else
		add_halves(kernel, layout, list, UINT64_C(1) << (space->paging->address_bits - 1),
			   end);
	x86_64_add_part(list, cpu_entry, REGION_CPU_ENTRY_AREA, cpu_entry_area,
			cpu_entry_area + SLOT - 1);
	add_ldt(kernel, layout, cpu_entry, cpu_entry_area, list);
	add_fixed_regions(kernel, layout, list);
	x86_64_add_fixmap(kernel, exact, list);
	return true;
}
