/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The x86-64 address space. Where the kernel keeps a base in a variable (it
 * moves with KASLR) that variable decides; the rest is fixed by
 * arch/x86/include/asm/pgtable_64_types.h, page_64_types.h and fixmap.h.
 */
#include <inttypes.h>

#include "arch/x86_64.h"

#define TB (UINT64_C(1) << 40)
#define PB (UINT64_C(1) << 50)

#define KASAN_END UINT64_C(0xfffffbffffffffff)
#define CPU_ENTRY_AREA UINT64_C(0xfffffe0000000000)
#define CPU_ENTRY_AREA_END UINT64_C(0xfffffe7fffffffff)
#define OLD_LDT UINT64_C(0xfffffe8000000000)
#define ESPFIX UINT64_C(0xffffff0000000000)
#define EFI UINT64_C(0xffffffef00000000)
#define VSYSCALL UINT64_C(0xffffffffff600000)

/* Bases of a kernel that does not move them, by the release they came with. */
struct layout {
	unsigned int since; /* as kernel_version() */
	uint64_t direct_map, direct_map_size;
	uint64_t vmalloc, vmalloc_size;
	uint64_t vmemmap, vmemmap_size;
	uint64_t ldt, ldt_size; /* 0: not there */
	uint64_t kasan;
};

// clang-format off
static const struct layout layouts_4_levels[] = {
	{ 0x041400, 0xffff888000000000, 64 * TB, 0xffffc90000000000, 32 * TB,
	  0xffffea0000000000, TB, 0xffff880000000000, TB / 2, 0xffffec0000000000 }, /* d52888aa2753, also 4.19.5, 4.14.84 */
	{ 0x040f00, 0xffff880000000000, 64 * TB, 0xffffc90000000000, 32 * TB,
	  0xffffea0000000000, TB, OLD_LDT, TB / 2, 0xffffec0000000000 },
	{ 0x02061f, 0xffff880000000000, 64 * TB, 0xffffc90000000000, 32 * TB,
	  0xffffea0000000000, TB, 0, 0, 0xffffec0000000000 },
	{ 0x02061b, 0xffff880000000000, 57 * TB, 0xffffc20000000000, 32 * TB,
	  0xffffe20000000000, TB, 0, 0, 0 },
	{ 0x02060b, 0xffff810000000000, 64 * TB, 0xffffc20000000000, 32 * TB,
	  0xffffe20000000000, TB, 0, 0, 0 },
	{ 0 }
};

static const struct layout layouts_5_levels[] = {
	{ 0x041400, 0xff11000000000000, 32 * PB, 0xffa0000000000000, 12800 * TB,
	  0xffd4000000000000, PB / 2, 0xff10000000000000, 256 * TB, 0xffdf000000000000 },
	{ 0x041100, 0xff10000000000000, 32 * PB, 0xffa0000000000000, 12800 * TB,
	  0xffd4000000000000, PB / 2, 0xff90000000000000, 256 * TB, 0xffdf000000000000 },
	{ 0 }
};
// clang-format on

static bool five_levels(struct kernel *kernel)
{
	uint64_t levels;

	return kernel_fact(kernel, FACT_LEVELS, &levels) && levels == 5;
}

/* Link-time value of a base variable: the default of its release. */
static bool linked_value(const struct kernel *kernel, const char *name,
			 uint64_t *value)
{
	struct symbol symbol;
	const uint8_t *content;

	if (!kernel->vmlinux || !kernel->vmlinux->symbols ||
	    !symbols_find(kernel->vmlinux->symbols, name, &symbol))
		return false;
	content = vmlinux_content(kernel->vmlinux, symbol.address, 8);
	if (content)
		*value = load_le64(content);
	return content != NULL;
}

/*
 * The layout that this kernel starts from. vmlinux's own default for four
 * levels tells it best; the release is blind to fixes carried back.
 */
static const struct layout *find_layout(struct kernel *kernel)
{
	const struct layout *layouts =
		five_levels(kernel) ? layouts_5_levels : layouts_4_levels;
	unsigned int version = kernel_version(kernel);
	uint64_t base;

	if (linked_value(kernel, "page_offset_base", &base) &&
	    base == layouts_4_levels[0].direct_map)
		return &layouts[0];
	while (layouts->since > version && layouts[1].since && version)
		layouts++;
	return layouts;
}

/* Does the kernel leave its regions where the layout puts them? */
static bool is_default(struct kernel *kernel, const struct layout *layout)
{
	uint64_t page_offset;

	return kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) &&
	       page_offset == layout->direct_map;
}

bool x86_64_find_default_vmalloc(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	const struct layout *layout = find_layout(kernel);

	(void)arg;
	*value = layout->vmalloc;
	return is_default(kernel, layout);
}

bool x86_64_find_default_vmemmap(struct kernel *kernel, const char *arg,
				 uint64_t *value)
{
	const struct layout *layout = find_layout(kernel);

	(void)arg;
	*value = layout->vmemmap;
	return is_default(kernel, layout);
}

/* Proof of a candidate: the top-level table is memory too, so the direct map
 * must map it. */
static bool maps_root(const struct space *space, uint64_t page_offset)
{
	return space_maps(space, page_offset + space->root, space->root);
}

/* KASLR moves the bases by whole PUDs; anything else is no base. */
static bool may_be_base(uint64_t value)
{
	return value >> 63 && !(value & (TB / 1024 - 1));
}

bool x86_64_find_base_variable(struct kernel *kernel, const char *arg,
			       uint64_t *value)
{
	return find_variable(kernel, arg, value) && may_be_base(*value);
}

bool x86_64_find_base_of_kallsyms(struct kernel *kernel, const char *arg,
				  uint64_t *value)
{
	return find_dump_variable(kernel, arg, value) && may_be_base(*value);
}

/* The variable is believed unless the page table speaks against it: that of a
 * dump cut short may be missing. */
static bool may_map_root(struct kernel *kernel, uint64_t page_offset)
{
	const struct space *space = kernel_space(kernel, NULL);

	return space &&
	       (maps_root(space, page_offset) ||
		walk_page_table(space, page_offset + space->root).outcome ==
			WALK_UNREADABLE);
}

bool x86_64_find_page_offset_base(struct kernel *kernel, const char *arg,
				  uint64_t *value)
{
	return x86_64_find_base_variable(kernel, arg, value) &&
	       may_map_root(kernel, *value);
}

bool x86_64_find_page_offset_of_kallsyms(struct kernel *kernel,
					 const char *arg, uint64_t *value)
{
	return x86_64_find_base_of_kallsyms(kernel, arg, value) &&
	       may_map_root(kernel, *value);
}

/* kexec-tools wrote p_vaddr from its own idea of the layout: proof needed. */
bool x86_64_find_direct_map_in_segments(struct kernel *kernel, const char *arg,
					uint64_t *value)
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

bool x86_64_direct_map_of(const struct space *space, uint64_t *page_offset)
{
	enum { MOST_STEPS = 100000 }; /* a hostile table must not hold us up */
	uint64_t vaddr = UINT64_MAX << (space->paging->address_bits - 1);
	uint64_t first, last;

	for (int i = 0; i < MOST_STEPS && vaddr < START_KERNEL_MAP; i++) {
		struct walk walk = walk_page_table(space, vaddr);

		*page_offset = vaddr - walk.paddr;
		/* KASLR moves the base by whole PUDs. */
		if (walk.outcome == WALK_MAPPED &&
		    !(*page_offset & (TB / 1024 - 1)) &&
		    maps_root(space, *page_offset))
			return true;
		walk_range(space, &walk, &first, &last);
		if (last == UINT64_MAX)
			return false;
		vaddr = last + 1;
	}
	return false;
}

bool x86_64_find_direct_map_in_tables(struct kernel *kernel, const char *arg,
				      uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);

	(void)arg;
	return space && x86_64_direct_map_of(space, value);
}

static uint64_t image_size(struct kernel *kernel)
{
	uint64_t size;

	if (vmcoreinfo_number(&kernel->note, "KERNEL_IMAGE_SIZE", &size) &&
	    size <= MODULES_END - START_KERNEL_MAP)
		return size;
	/* 1G with CONFIG_RANDOMIZE_BASE, 512M without it. */
	if (kernel_has_symbol(kernel, "kaslr_get_random_long") == NO &&
	    kernel_has_symbol(kernel, "module_load_offset") == NO)
		return LARGEST_IMAGE / 2;
	return LARGEST_IMAGE;
}

bool x86_64_virt_to_phys(struct kernel *kernel, uint64_t vaddr,
			 uint64_t *paddr)
{
	uint64_t base;

	if (vaddr >= START_KERNEL_MAP) {
		if (vaddr - START_KERNEL_MAP >= image_size(kernel) ||
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

/* Came that part of the layout with this release or before? */
static bool has_part(const struct kernel *kernel, unsigned int since)
{
	unsigned int version = kernel_version(kernel);

	return version == 0 || version >= since;
}

/* KASAN fills its whole range when the kernel starts, and keeps the layout
 * from moving, so the table tells where no symbol does. */
static bool has_kasan(struct kernel *kernel, const struct layout *layout)
{
	const struct space *space = kernel_space(kernel, NULL);
	enum certainty has_symbol;
	struct walk walk;

	if (!layout->kasan || !is_default(kernel, layout))
		return false;
	has_symbol = kernel_has_symbol(kernel, "kasan_init");
	if (has_symbol != UNSURE)
		return has_symbol == YES;
	walk = walk_page_table(space, layout->kasan);
	return walk.outcome == WALK_MAPPED;
}

/* The slot of the vsyscall page, or of the first of several, tells FIXADDR_TOP.
 * Kernels that emulate no vsyscalls have none, and the top of those that do. */
bool x86_64_fixmap_top(struct kernel *kernel, uint64_t *top)
{
	const char *type = "fixed_addresses";
	int64_t vsyscall = 0x1ff;
	struct types *types = kernel_types(kernel);

	if (types && !types_enumerator(types, type, "VSYSCALL_PAGE", &vsyscall))
		types_enumerator(types, type, "VSYSCALL_FIRST_PAGE", &vsyscall);
	*top = VSYSCALL + ((uint64_t)vsyscall << 12);
	return true;
}

/* FIXADDR_START; MODULES_END, below which it cannot lie, where no debug
 * information tells. */
static uint64_t fixmap_start(struct kernel *kernel)
{
	struct types *types = kernel_types(kernel);
	int64_t slots;
	uint64_t top;

	if (!types || !types_enumerator(types, "fixed_addresses",
					"__end_of_permanent_fixed_addresses",
					&slots) ||
	    !x86_64_fixmap_top(kernel, &top))
		return MODULES_END;
	return top - ((uint64_t)slots << 12);
}

/* KASLR places a region by what it holds, not by the size that is kept for it:
 * of five levels' vmemmap some would lie beyond the last address. */
static uint64_t last_of(uint64_t first, uint64_t size)
{
	return size - 1 > UINT64_MAX - first ? UINT64_MAX : first + size - 1;
}

/* Last byte of the direct map's space: the kernel's own limit where it keeps
 * one (6.11, and stable kernels before), else the layout's size. */
static uint64_t direct_map_last(struct kernel *kernel,
				const struct layout *layout,
				uint64_t page_offset)
{
	uint64_t end;

	if (kernel_read_variable(kernel, "direct_map_physmem_end", &end) ||
	    kernel_read_variable(kernel, "physmem_end", &end))
		return last_of(page_offset, end + 1);
	return last_of(page_offset, layout->direct_map_size);
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Direct map, vmalloc and vmemmap. KASLR keeps their order but not their
 * distance; where a base is not known, what may hold it gets no name.
 */
static void add_moving_regions(struct kernel *kernel,
			       const struct layout *layout,
			       struct region_list *list, uint64_t page_offset)
{
	uint64_t end = layout->kasan && has_kasan(kernel, layout) ?
			       layout->kasan - 1 : CPU_ENTRY_AREA - 1;
	uint64_t direct_last = direct_map_last(kernel, layout, page_offset);
	uint64_t vmalloc, vmemmap, memory;
	bool has_vmalloc = kernel_fact(kernel, FACT_VMALLOC_START, &vmalloc);
	bool has_vmemmap = kernel_fact(kernel, FACT_VMEMMAP, &vmemmap);

	if (!has_vmemmap)
		vmemmap = end + 1;
	if (has_vmalloc) {
		region_add(list, "direct-map", page_offset,
			   smaller(direct_last, vmalloc - 1));
		region_add(list, "vmalloc", vmalloc,
			   smaller(last_of(vmalloc, layout->vmalloc_size),
				   vmemmap - 1));
	} else {
		/* It holds all memory at least; vmalloc begins somewhere above. */
		memory = smaller(dump_last_paddr(kernel->dump),
				 layout->direct_map_size - 1);
		region_add(list, "direct-map", page_offset,
			   page_offset + memory);
		region_add(list, NULL, page_offset + memory + 1, vmemmap - 1);
	}
	if (has_vmemmap)
		region_add(list, "vmemmap", vmemmap,
			   smaller(last_of(vmemmap, layout->vmemmap_size), end));
}

static void add_fixed_regions(struct kernel *kernel,
			      const struct layout *layout, bool exact,
			      struct region_list *list)
{
	uint64_t image = image_size(kernel);

	if (has_kasan(kernel, layout))
		region_add(list, "kasan-shadow", layout->kasan, KASAN_END);
	if (has_part(kernel, 0x040f00))
		region_add(list, "cpu-entry-area", CPU_ENTRY_AREA,
			   CPU_ENTRY_AREA_END);
	if (layout->ldt == OLD_LDT)
		region_add(list, "ldt-remap", OLD_LDT, ESPFIX - 1);
	if (has_part(kernel, 0x031000))
		region_add(list, "espfix", ESPFIX, ESPFIX + TB / 2 - 1);
	if (has_part(kernel, 0x030e00))
		region_add(list, "efi-runtime", EFI,
			   UINT64_C(0xfffffffeffffffff));
	region_add(list, "kernel-image", START_KERNEL_MAP,
		   START_KERNEL_MAP + image - 1);
	region_add(list, "modules", START_KERNEL_MAP + image, MODULES_END - 1);
	if (exact)
		region_add(list, "fixmap", fixmap_start(kernel), VSYSCALL - 1);
	else
		region_add(list, NULL, MODULES_END, VSYSCALL - 1);
	region_add(list, "vsyscall", VSYSCALL, VSYSCALL + 0xfff);
	region_add(list, "hole", VSYSCALL + 0x1000, UINT64_MAX);
}

bool x86_64_regions(struct kernel *kernel, bool exact,
		    struct region_list *list, struct error *err)
{
	const struct layout *layout = find_layout(kernel);
	const struct space *space = kernel_space(kernel, err);
	uint64_t page_offset, half;

	if (!space)
		return false;
	half = UINT64_C(1) << (space->paging->address_bits - 1);
	region_add(list, "user", 0, half - 1);
	region_add(list, "non-canonical", half, -half - 1);
	/* GUARD_HOLE: 16 top-level entries kept free for hypervisors. */
	region_add(list, "guard-hole", -half, -half + half / 16 - 1);
	if (layout->ldt && layout->ldt < layout->direct_map)
		region_add(list, "ldt-remap", layout->ldt,
			   layout->ldt + layout->ldt_size - 1);
	if (kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset))
		add_moving_regions(kernel, layout, list, page_offset);
	else
		region_add(list, NULL, layout->direct_map, CPU_ENTRY_AREA - 1);
	add_fixed_regions(kernel, layout, exact, list);
	return true;
}
