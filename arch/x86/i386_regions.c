/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The i386 address space: arch/x86/include/asm/pgtable_32_areas.h and fixmap.h. From the highest
 * address to the lowest, the regions are the fixmap, cpu_entry_area (since 4.15), the LDT (since
 * 4.19), pkmap and vmalloc. */
#include "arch/x86/x86.h"
#include "linux/region.h"
#include "base/page.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "types/types.h"
#include "debuginfo/vmlinux.h"

#define VMALLOC_OFFSET (8 * UINT64_C(0x100000))

/* The last one is the 4G/4G split: CONFIG_X86_4G of RHEL 3 and 4 (hugemem), __PAGE_OFFSET in their
 * include/asm-i386/page.h. Each process has 4G in another table. */
const uint64_t i386_splits[NR_SPLITS] = {
	0xc0000000, 0xb0000000, 0x80000000, 0x78000000, 0x40000000, 0x02000000,
};

bool i386_find_page_offset_in_vmlinux(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel->vmlinux && vmlinux_load_offset(kernel->vmlinux, value) && *value != 0;
}

static bool maps_first_mib(const struct space *space, uint64_t page_offset)
{
	return space_maps(space, page_offset + 0xf0000, 0xf0000);
}

bool i386_split_holds(const struct space *space, uint64_t page_offset)
{
	uint64_t table = page_first(space->root);

	return space_maps(space, page_offset + table, table) && maps_first_mib(space, page_offset);
}

/* Finds the split of the address space for which holds() returns true. `swapper` is the virtual
 * address of the table. For each split, the physical address of the table is computed from swapper.
 * If `swapper` is 0, the table is at space->root. */
static bool find_split(struct space *space, uint64_t swapper,
		       bool (*holds)(const struct space *space, uint64_t page_offset),
		       uint64_t *page_offset)
{
	for (size_t i = 0; i < NR_SPLITS; i++) {
		*page_offset = i386_splits[i];
		if (swapper && swapper < *page_offset)
			continue;
		if (swapper)
			space->root = swapper - *page_offset;
		if (holds(space, *page_offset))
			return true;
	}
	return false;
}

bool i386_find_page_offset_by_trial(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;
	uint64_t swapper;

	(void)arg;
	return (vmcoreinfo_symbol(kernel->note, "swapper_pg_dir", &swapper) &&
		kernel_unrooted_space(kernel, &space, NULL) &&
		find_split(&space, swapper, i386_split_holds, value)) ||
	       (kernel_any_space(kernel, &space) && find_split(&space, 0, i386_split_holds, value));
}

/* Finds page_offset even if the entry that should map swapper_pg_dir is damaged. In this case
 * i386_find_page_offset_by_trial() fails. */
bool i386_find_page_offset_by_first_mib(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct space space;
	uint64_t swapper;

	return vmcoreinfo_symbol(kernel->note, arg, &swapper) &&
	       kernel_unrooted_space(kernel, &space, NULL) &&
	       find_split(&space, swapper, maps_first_mib, value);
}

/* Is there memory at or above paddr? The firmware just below 4 GiB does not count as memory. */
static bool has_memory_above(struct dump *dump, uint64_t paddr)
{
	enum { FIRMWARE = 16 << 20 };
	struct extent extent = { .last = paddr - 1 };

	do {
		dump_find(dump, extent.last + 1, &extent);
		if (extent.state != PAGE_ABSENT &&
		    (extent.first < UINT32_MAX - FIRMWARE || extent.last > UINT32_MAX))
			return true;
	} while (extent.last != UINT64_MAX);
	return false;
}

/* Finds the end of the memory that the direct map at page_offset maps. Holes in this memory do not
 * end the search if they are smaller than VMALLOC_OFFSET bytes, the size of the gap after the
 * direct map. */
static bool direct_map_end(struct kernel *kernel, uint64_t page_offset, uint64_t *end)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct walk walk;

	*end = page_offset;
	if (!space || page_offset > UINT32_MAX)
		return false;
	walk = walk_page_table(space, page_offset);
	do {
		if (walk.outcome != WALK_MAPPED)
			continue;
		if (walk.paddr != walk.vaddr - page_offset)
			break;
		*end = (walk.vaddr | (walk.page_size - 1)) + 1;
	} while (walk_on(space, &walk, *end + (VMALLOC_OFFSET - 1)));
	return *end > page_offset;
}

/* Returns true if vmalloc begins VMALLOC_OFFSET bytes above end. In that case end is high_memory.
 * The first page of vmalloc is expected to be mapped, because the first area of vmalloc is seldom
 * freed. */
static bool vmalloc_follows(struct kernel *kernel, uint64_t page_offset, uint64_t end)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t start = end + VMALLOC_OFFSET;
	struct walk walk;

	if (!space || start > UINT32_MAX)
		return false;
	walk = walk_page_table(space, start);
	return walk.outcome == WALK_MAPPED &&
	       /* not in the direct map, which may have a hole here */
	       walk.paddr != start - page_offset &&
	       walk_page_table(space, start - 1).outcome == WALK_NOT_PRESENT;
}

/* Finds high_memory, the end of the direct map. The end of the mapped memory is high_memory if more
 * memory follows directly, or if no more memory exists. If a hole and then more memory follow,
 * high_memory may be anywhere in the hole (find_low_pfn_range(), arch/x86/mm/init_32.c). The memory
 * after the hole may belong to a device, such as a display in dumps of QEMU. In that case the start
 * of vmalloc proves high_memory. */
bool i386_find_high_memory_in_tables(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct extent extent;
	uint64_t page_offset, behind;

	(void)arg;
	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !direct_map_end(kernel, page_offset, value))
		return false;
	behind = *value - page_offset + VMALLOC_OFFSET;
	dump_find(kernel->dump, behind, &extent);
	return extent.state != PAGE_ABSENT || !has_memory_above(kernel->dump, behind) ||
	       vmalloc_follows(kernel, page_offset, *value);
}

static bool direct_map_limit(struct kernel *kernel, uint64_t page_offset, uint64_t *limit)
{
	return kernel_fact(kernel, FACT_HIGH_MEMORY, limit) ||
	       direct_map_end(kernel, page_offset, limit);
}

bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	uint64_t page_offset, limit;

	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !direct_map_limit(kernel, page_offset, &limit) || vaddr < page_offset || vaddr >= limit)
		return false;
	*paddr = vaddr - page_offset;
	return true;
}

bool i386_find_vmalloc_start(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t high_memory;

	(void)arg;
	if (!kernel_fact(kernel, FACT_HIGH_MEMORY, &high_memory))
		return false;
	*value = high_memory + VMALLOC_OFFSET;
	return true;
}

/* Finds FIXADDR_TOP. Always sets *top, but returns false if the value is not certain. Since 2.6.20,
 * FIXADDR_TOP is the variable __FIXADDR_TOP, because hypervisors move the top. */
bool i386_fixmap_top(struct kernel *kernel, uint64_t *top)
{
	if (kernel_read_variable(kernel, "__FIXADDR_TOP", top))
		return true;
	*top = 0xfffff000;
	return kernel_has_symbol(kernel, "__FIXADDR_TOP") == NO;
}

/* The regions above vmalloc, in ascending order of addresses. */
enum { KMAP, LDT, CPU_ENTRY, FIXMAP, NR_AREAS };

struct top {
	/* PMD_SIZE, the number of bytes that a last-level table maps. */
	uint64_t table_reach;
	struct area {
		uint64_t start; /* 0 if the kernel has no such region */
		uint64_t end; /* exclusive; 0: unknown */
	} area[NR_AREAS];
};

static uint64_t symbol_size(const struct kernel *kernel, const char *name)
{
	struct kernel_symbol symbol;

	return kernel_linked_symbol(kernel, name, &symbol) ? symbol.size : 0;
}

/* Computes the start and the size of cpu_entry_area from types. The size is CPU_ENTRY_AREA_PAGES:
 * one page for the read-only IDT, and a struct, rounded up to pages, for each possible CPU.
 * NR_CPUS, the number of possible CPUs, is the length of __per_cpu_offset. */
static void i386_find_cpu_entry_area(struct kernel *kernel, struct top *top, uint64_t below)
{
	uint64_t size, nr_cpus = symbol_size(kernel, "__per_cpu_offset") / 4;

	if (!types_size(kernel->vmlinux->types, "struct cpu_entry_area", &size))
		return;
	size = (page_last(size - 1) + 1) * (nr_cpus ? nr_cpus : 1) + PAGE_BYTES;
	top->area[CPU_ENTRY].start = (below - size) & -top->table_reach;
	top->area[CPU_ENTRY].end = top->area[CPU_ENTRY].start + size;
}

static bool i386_find_in_vmlinux(struct kernel *kernel, struct top *top)
{
	const char *type = "fixed_addresses";
	struct types *types = kernel->vmlinux ? kernel->vmlinux->types : NULL;
	struct area *fixmap = &top->area[FIXMAP];
	int64_t permanent, all;

	if (!types || !types_enumerator(types, type, "__end_of_fixed_addresses", &all) ||
	    !types_enumerator(types, type, "__end_of_permanent_fixed_addresses", &permanent))
		return false;
	i386_fixmap_top(kernel, &fixmap->end);
	fixmap->start = fixmap->end - (uint64_t)permanent * PAGE_BYTES;
	/* cpu_entry_area ends at or below FIXADDR_TOT_START, the start of all slots. */
	i386_find_cpu_entry_area(kernel, top, fixmap->end - (uint64_t)all * PAGE_BYTES);
	return true;
}

/* Finds cpu_entry_area by searching for the IDT. The first page of the area maps the IDT
 * (CPU_ENTRY_AREA_RO_IDT, arch/x86/include/asm/cpu_entry_area.h, 4.15), and the area starts at a
 * multiple of table_reach. The highest such address whose first gate points to the divide-error
 * handler is the start of the area. This result is more reliable than a result from the sizes of
 * types, which also depend on NR_CPUS. */
static bool find_by_idt(struct kernel *kernel, const struct space *space, struct top *top,
			uint64_t vmalloc)
{
	struct area *area = &top->area[CPU_ENTRY];
	uint64_t linked, handler;
	uint64_t vaddr = UINT32_MAX & -top->table_reach;

	if (kernel_has_symbol(kernel, "setup_cpu_entry_areas") != YES ||
	    (!kernel_symbol(kernel, "asm_exc_divide_error", &linked, NULL) &&
	     !kernel_symbol(kernel, "divide_error", &linked, NULL)))
		return false;
	for (; vaddr > vmalloc; vaddr -= top->table_reach) {
		if (!x86_divide_error_at(space, vaddr, &handler) || handler != linked)
			continue;
		if (area->start != vaddr)
			area->end = 0;
		area->start = vaddr;
		return true;
	}
	return false;
}

/* Returns the physical address of the last-level table for vaddr, or 0 if there is no such
 * table. */
static uint64_t last_table(const struct space *space, uint64_t vaddr)
{
	struct walk walk = walk_page_table(space, vaddr);
	unsigned int above = space->paging->nr_levels - 2u;

	return walk.nr_steps > above && walk.step[above].entry & ENTRY_PRESENT &&
			       !entry_is_page(space->paging->family, space->paging, above,
					      walk.step[above].entry) ?
		       walk.step[above].entry & space->paging->frame_mask :
		       0;
}

/* Finds the size of kmap in bytes: LAST_PKMAP pages (asm/pgtable_32_types.h), or 0 if the kernel
 * has no high memory. Returns false if the size is unknown. */
static bool kmap_size(struct kernel *kernel, uint64_t *size)
{
	enum certainty has_kmap;
	uint64_t mode;

	*size = symbol_size(kernel, "pkmap_count") / 4 * PAGE_BYTES;
	if (*size)
		return true;
	has_kmap = kernel_has_symbol(kernel, "kmap_high");
	if (has_kmap == UNSURE || !kernel_fact(kernel, FACT_MODE, &mode))
		return false;
	*size = has_kmap == NO ? 0 : (mode == MODE_PAE ? 512 : 1024) * PAGE_BYTES;
	return true;
}

/* Computes PKMAP_BASE from the release if no variable contains the address. Returns 0 if the
 * release is unknown, or if no page table maps the computed address. */
static uint64_t kmap_by_release(struct kernel *kernel, const struct space *space,
				const struct top *top)
{
	unsigned int version = kernel_version(kernel);
	uint64_t kmap = top->area[CPU_ENTRY].start - top->table_reach;

	if (!top->area[CPU_ENTRY].start || !version)
		return 0;
	if (version >= KERNEL_VERSION(4, 19, 0))
		kmap -= top->table_reach;
	return last_table(space, kmap) ? kmap : 0;
}

/* Finds PKMAP_BASE. The variable pte_t *pkmap_page_table points to the last-level table that maps
 * PKMAP_BASE. Only a few addresses below cpu_entry_area or the fixmap are possible, so each of them
 * is tried until its last-level table is this table. */
static bool i386_find_kmap(struct kernel *kernel, const struct space *space, struct top *top)
{
	enum { MOST_LOOKS = 4 };
	struct area *kmap = &top->area[KMAP];
	uint64_t table, size, vaddr;

	if (!kmap_size(kernel, &size))
		return false;
	if (!size)
		return true;
	if (!kernel_read_variable(kernel, "pkmap_page_table", &table)) {
		kmap->start = kmap_by_release(kernel, space, top);
	} else if (i386_virt_to_phys(kernel, table, &table)) {
		vaddr = top->area[CPU_ENTRY].start ? top->area[CPU_ENTRY].start :
						     top->area[FIXMAP].start;
		for (int i = 0; i < MOST_LOOKS && !kmap->start; i++) {
			vaddr = (vaddr - 1) & -top->table_reach;
			if (last_table(space, vaddr) == table)
				kmap->start = vaddr;
		}
	}
	kmap->end = kmap->start + size;
	return kmap->start;
}

/* Adds the LDT if the kernel has it: since 4.19, LDT_BASE_ADDR is between kmap and
 * cpu_entry_area. */
static bool find_ldt(struct kernel *kernel, struct top *top)
{
	unsigned int version = kernel_version(kernel);
	uint64_t kmap = top->area[KMAP].start, end = top->area[CPU_ENTRY].start;

	if (!end)
		return true;
	if (kmap ? end - kmap > top->table_reach : version >= KERNEL_VERSION(4, 19, 0))
		top->area[LDT] = (struct area){ end - top->table_reach, end };
	return kmap || version;
}

static bool find_top(struct kernel *kernel, struct top *top, uint64_t vmalloc)
{
	const struct space *space = kernel_space(kernel, NULL);
	bool differs = kernel->identity->match == VMLINUX_DIFFERS;

	if (!space)
		return false;
	top->table_reach = UINT64_C(1) << space->paging->level[space->paging->nr_levels - 2].shift;
	if (!differs && i386_find_in_vmlinux(kernel, top)) {
		/* Types give only a computed address of cpu_entry_area. If the IDT is found in
		 * memory, its address is used instead, because it is more reliable. */
		if (top->area[CPU_ENTRY].start)
			find_by_idt(kernel, space, top, vmalloc);
	} else if (!find_by_idt(kernel, space, top, vmalloc) &&
		   !i386_find_in_vmlinux(kernel, top)) {
		return false;
	}
	return i386_find_kmap(kernel, space, top) && find_ldt(kernel, top);
}

static uint64_t lowest_of(const struct top *top)
{
	unsigned int i = 0;

	while (i < FIXMAP && !top->area[i].start)
		i++;
	return top->area[i].start;
}

/* Returns false if __FIXADDR_TOP or a size is damaged, so that regions overlap or are out of
 * order. */
static bool top_is_sane(const struct top *top, uint64_t vmalloc)
{
	uint64_t at = lowest_of(top);

	if (at <= vmalloc || at - vmalloc <= 2 * PAGE_BYTES)
		return false;
	for (unsigned int i = 0; i < NR_AREAS; i++) {
		const struct area *area = &top->area[i];

		if (!area->start && i != FIXMAP)
			continue;
		if (i == CPU_ENTRY && area->start >= at && !area->end)
			/* The end of the area is unknown, so the regions above cannot be
			 * checked. */
			return true;
		if (area->start < at || area->end <= area->start)
			return false;
		at = area->end;
	}
	return at <= UINT32_MAX;
}

static void add_top(struct region_list *list, const struct top *top)
{
	static const enum region_kind kinds[NR_AREAS] = {
		[KMAP] = REGION_KMAP,
		[LDT] = REGION_LDT_REMAP,
		[CPU_ENTRY] = REGION_CPU_ENTRY_AREA,
		[FIXMAP] = REGION_FIXMAP,
	};

	for (unsigned int i = 0; i < NR_AREAS; i++) {
		const struct area *area = &top->area[i];

		if (area->start && !area->end) {
			region_add(list, REGION_NEEDS_TYPES, area->start, UINT32_MAX);
			return;
		}
		if (area->start)
			region_add(list, kinds[i], area->start, area->end - 1);
	}
	region_add(list, REGION_HOLE, top->area[FIXMAP].end, UINT32_MAX);
}

/* Adds all regions of i386. If high_memory is unknown, the range above the last page of the direct
 * map gets no name. */
bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err)
{
	uint64_t page_offset, end, high_memory, vmalloc;
	struct top top = { 0 };
	bool has_vmalloc = kernel_fact(kernel, FACT_VMALLOC_START, &vmalloc);

	if (!kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err))
		return false;
	if (!direct_map_limit(kernel, page_offset, &end))
		return kernel_require(kernel, FACT_HIGH_MEMORY, &high_memory, err);
	if (has_vmalloc && vmalloc < end) /* one of the two values is wrong */
		has_vmalloc = false;
	if (!has_vmalloc)
		vmalloc = end;
	if (page_offset == 0 || page_offset >= end || end > UINT32_MAX || vmalloc > UINT32_MAX)
		return fail(
			err, ERROR_FORMAT,
			"page_offset, high_memory and vmalloc_start must ascend in this order and be below 4 GiB");
	region_add(list, REGION_USER, 0, page_offset - 1);
	region_add(list, REGION_DIRECT_MAP, page_offset, end - 1);
	if (!exact || !find_top(kernel, &top, vmalloc) || !top_is_sane(&top, vmalloc)) {
		region_add(list, REGION_NEEDS_TYPES, vmalloc, UINT32_MAX);
		return true;
	}
	region_add(list, has_vmalloc ? REGION_VMALLOC : REGION_NEEDS_TYPES, vmalloc,
		   lowest_of(&top) - 2 * PAGE_BYTES - 1);
	add_top(list, &top);
	return true;
}
