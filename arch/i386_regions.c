/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The i386 address space: arch/x86/include/asm/pgtable_32_areas.h and
 * fixmap.h. From the top down: fixmap, cpu_entry_area, LDT, pkmap, vmalloc.
 */
#include "arch/i386.h"
#include "arch/x86.h"

#include <inttypes.h>

#define PAGE UINT64_C(0x1000)
#define VMALLOC_OFFSET (8 * UINT64_C(0x100000))

const uint64_t i386_splits[NR_SPLITS] = {
	0xc0000000, 0xb0000000, 0x80000000, 0x78000000, 0x40000000,
};

bool i386_find_page_offset_in_vmlinux(struct kernel *kernel, const char *arg,
				      uint64_t *value)
{
	(void)arg;
	return kernel->vmlinux && vmlinux_load_offset(kernel->vmlinux, value) &&
	       *value != 0;
}

bool i386_split_holds(const struct space *space, uint64_t page_offset)
{
	uint64_t table = space->root & ~(PAGE - 1);

	return space_maps(space, page_offset + table, table) &&
	       space_maps(space, page_offset + 0xf0000, 0xf0000);
}

bool i386_find_page_offset_by_trial(struct kernel *kernel, const char *arg,
				    uint64_t *value)
{
	struct space space;
	uint64_t mode, swapper;
	bool has_table = kernel_any_space(kernel, &space);
	bool has_swapper = vmcoreinfo_symbol(&kernel->note, "swapper_pg_dir",
					     &swapper);

	(void)arg;
	if (!has_table) {
		if (!kernel_fact(kernel, FACT_MODE, &mode))
			return false;
		space = (struct space){
			.dump = kernel->dump,
			.paging = kernel->arch->paging(mode, 0),
		};
	}
	for (size_t i = 0; i < NR_SPLITS; i++) {
		if (has_swapper && swapper < i386_splits[i])
			continue;
		if (has_swapper)
			space.root = swapper - i386_splits[i];
		else if (!has_table)
			return false;
		*value = i386_splits[i];
		if (i386_split_holds(&space, i386_splits[i]))
			return true;
	}
	return false;
}

bool i386_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	uint64_t page_offset, high_memory;

	if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !kernel_fact(kernel, FACT_HIGH_MEMORY, &high_memory) ||
	    vaddr < page_offset || vaddr >= high_memory)
		return false;
	*paddr = vaddr - page_offset;
	return true;
}

/* Goes up as long as memory is mapped in order. Holes in it are smaller than
 * the gap of VMALLOC_OFFSET that follows its end. */
bool i386_find_high_memory_in_tables(struct kernel *kernel, const char *arg,
				     uint64_t *value)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page_offset, vaddr, end, first, last;

	(void)arg;
	if (!space || !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset))
		return false;
	end = vaddr = page_offset;
	while (vaddr <= UINT32_MAX && vaddr - end < VMALLOC_OFFSET) {
		struct walk walk = walk_page_table(space, vaddr);

		walk_range(space, &walk, &first, &last);
		if (walk.outcome == WALK_MAPPED) {
			if (walk.paddr != vaddr - page_offset)
				break;
			end = last + 1;
		}
		vaddr = last + 1;
	}
	*value = end;
	return end > page_offset;
}

bool i386_find_vmalloc_start(struct kernel *kernel, const char *arg,
			     uint64_t *value)
{
	uint64_t high_memory;

	(void)arg;
	if (!kernel_fact(kernel, FACT_HIGH_MEMORY, &high_memory))
		return false;
	*value = high_memory + VMALLOC_OFFSET;
	return true;
}

/* Starts of what lies above vmalloc; ends are exclusive. */
struct top {
	uint64_t pmd_mask;
	uint64_t kmap, kmap_end;   /* both 0 without CONFIG_HIGHMEM */
	uint64_t ldt, cpu_entry_area;
	uint64_t cpu_entry_area_end; /* 0: not known, nor what follows it */
	uint64_t fixmap, fixmap_end;
};

static uint64_t symbol_size(const struct kernel *kernel, const char *name)
{
	struct symbol symbol;

	if (!kernel->vmlinux || !kernel->vmlinux->symbols ||
	    !symbols_find(kernel->vmlinux->symbols, name, &symbol))
		return 0;
	return symbol.size;
}

/* FIXADDR_TOT_START too, which the areas below hang on. */
static bool find_fixmap(struct kernel *kernel, struct top *top,
			uint64_t *total_start)
{
	const char *type = "fixed_addresses";
	struct types *types = kernel->vmlinux->types;
	int64_t permanent, all;

	if (!types_enumerator(types, type, "__end_of_fixed_addresses", &all) ||
	    !types_enumerator(types, type, "__end_of_permanent_fixed_addresses",
			      &permanent))
		return false;
	if (!find_variable(kernel, "__FIXADDR_TOP", &top->fixmap_end))
		top->fixmap_end = 0xfffff000;
	top->fixmap = top->fixmap_end - (uint64_t)permanent * PAGE;
	*total_start = top->fixmap_end - (uint64_t)all * PAGE;
	return true;
}

/* CPU_ENTRY_AREA_PAGES: one struct a possible CPU, rounded up to pages, and a
 * page for the read-only IDT. NR_CPUS is the length of __per_cpu_offset. */
static void find_cpu_entry_area(struct kernel *kernel, struct top *top,
				uint64_t below)
{
	uint64_t size, nr_cpus = symbol_size(kernel, "__per_cpu_offset") / 4;

	if (!types_size(kernel->vmlinux->types, "struct cpu_entry_area",
			&size)) {
		top->cpu_entry_area = top->cpu_entry_area_end = below;
		return;
	}
	size = (size + PAGE - 1) / PAGE * PAGE * (nr_cpus ? nr_cpus : 1) + PAGE;
	top->cpu_entry_area = (below - size) & top->pmd_mask;
	top->cpu_entry_area_end = top->cpu_entry_area + size;
}

static bool find_in_vmlinux(struct kernel *kernel, struct top *top)
{
	uint64_t total_start = 0;

	if (!kernel->vmlinux || !find_fixmap(kernel, top, &total_start))
		return false;
	find_cpu_entry_area(kernel, top, total_start);
	return true;
}

/*
 * The first page of cpu_entry_area maps the IDT (CPU_ENTRY_AREA_RO_IDT,
 * arch/x86/include/asm/cpu_entry_area.h, 4.15), and begins where a page table's
 * reach does: the last such place from which a gate leads to the divide-error
 * handler. Where the area ends hangs on NR_CPUS.
 */
static bool find_by_idt(struct kernel *kernel, const struct space *space,
			struct top *top, uint64_t vmalloc)
{
	uint64_t linked, handler;
	uint64_t vaddr = UINT32_MAX & top->pmd_mask;

	if (kernel_has_symbol(kernel, "setup_cpu_entry_areas") != YES ||
	    (!kernel_dump_symbol(kernel, "asm_exc_divide_error", &linked) &&
	     !kernel_dump_symbol(kernel, "divide_error", &linked)))
		return false;
	for (; vaddr > vmalloc; vaddr += top->pmd_mask) {
		if (x86_divide_error_at(space, vaddr, 8, &handler) &&
		    handler == linked) {
			top->cpu_entry_area = vaddr;
			return true;
		}
	}
	return false;
}

/* LAST_PKMAP, arch/x86/include/asm/pgtable_32_types.h; false where it is not
 * known whether there is high memory. */
static bool find_kmap(struct kernel *kernel, struct top *top)
{
	uint64_t mode, size = symbol_size(kernel, "pkmap_count") / 4;
	enum certainty has_kmap;

	if (!kernel->vmlinux) {
		has_kmap = kernel_has_symbol(kernel, "kmap_high");
		if (has_kmap == UNSURE ||
		    !kernel_fact(kernel, FACT_MODE, &mode))
			return false;
		size = has_kmap == NO ? 0 : mode == MODE_PAE ? 512 : 1024;
	}
	if (size) {
		top->kmap = (top->ldt - PAGE) & top->pmd_mask;
		top->kmap_end = top->kmap + size * PAGE;
	}
	return true;
}

static bool find_top(struct kernel *kernel, struct top *top, uint64_t vmalloc)
{
	const struct space *space = kernel_space(kernel, NULL);

	if (!space)
		return false;
	/* PMD_MASK: the reach of the last table. */
	top->pmd_mask = -(UINT64_C(1)
			  << space->paging->level[space->paging->nr_levels - 2]
				     .shift);
	if (!(kernel->identity.match != VMLINUX_DIFFERS &&
	      find_in_vmlinux(kernel, top)) &&
	    !find_by_idt(kernel, space, top, vmalloc) &&
	    !find_in_vmlinux(kernel, top))
		return false;
	top->ldt = (top->cpu_entry_area - PAGE) & top->pmd_mask;
	return find_kmap(kernel, top);
}

/* A damaged __FIXADDR_TOP, or sizes that make no sense, show here. */
static bool top_is_sane(const struct top *top, uint64_t vmalloc)
{
	uint64_t lowest = top->kmap ? top->kmap : top->ldt;

	if (top->kmap && (top->kmap_end <= top->kmap || top->kmap_end > top->ldt))
		return false;
	if (lowest <= vmalloc || lowest - vmalloc <= 2 * PAGE ||
	    top->ldt >= top->cpu_entry_area)
		return false;
	return !top->cpu_entry_area_end || /* neither is what follows it */
	       (top->cpu_entry_area <= top->cpu_entry_area_end &&
		top->cpu_entry_area_end <= top->fixmap &&
		top->fixmap < top->fixmap_end && top->fixmap_end <= UINT32_MAX);
}

static void add_top(struct region_list *list, const struct top *top,
		    uint64_t vmalloc)
{
	uint64_t end = top->kmap ? top->kmap : top->ldt;

	region_add(list, "vmalloc", vmalloc, end - 2 * PAGE - 1);
	if (top->kmap)
		region_add(list, "kmap", top->kmap, top->kmap_end - 1);
	region_add(list, "ldt-remap", top->ldt, top->ldt - top->pmd_mask - 1);
	if (!top->cpu_entry_area_end) {
		region_add(list, NULL, top->cpu_entry_area, UINT32_MAX);
		return;
	}
	region_add(list, "cpu-entry-area", top->cpu_entry_area,
		   top->cpu_entry_area_end - 1);
	region_add(list, "fixmap", top->fixmap, top->fixmap_end - 1);
	region_add(list, "hole", top->fixmap_end, UINT32_MAX);
}

bool i386_regions(struct kernel *kernel, bool exact, struct region_list *list,
		  struct error *err)
{
	uint64_t page_offset, high_memory, vmalloc;
	struct top top = { 0 };

	if (!kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err) ||
	    !kernel_require(kernel, FACT_HIGH_MEMORY, &high_memory, err) ||
	    !kernel_require(kernel, FACT_VMALLOC_START, &vmalloc, err))
		return false;
	if (page_offset == 0 || page_offset >= high_memory ||
	    high_memory > UINT32_MAX || vmalloc > UINT32_MAX)
		return fail(err, ERROR_FORMAT,
			    "page_offset, high_memory and vmalloc_start are not in order below 4 GiB");
	region_add(list, "user", 0, page_offset - 1);
	region_add(list, "direct-map", page_offset, high_memory - 1);
	if (exact && find_top(kernel, &top, vmalloc) &&
	    top_is_sane(&top, vmalloc))
		add_top(list, &top, vmalloc);
	else
		region_add(list, NULL, vmalloc, UINT32_MAX);
	return true;
}
