/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The regions of the riscv64 address space: asm/pgtable.h, asm/kasan.h, and
 * Documentation/arch/riscv/vm-layout.rst. */
#include "arch/riscv64/riscv64.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "linux/module/fixmap.h"
#include "linux/region.h"
#include "paging/scan.h"

#define MB (UINT64_C(1) << 20)
#define GB (UINT64_C(1) << 30)

/* Ends are exclusive; an end of 0 means the end of all addresses. */
struct riscv64_layout {
	uint64_t fixmap_end, pci_io_end, vmemmap_end, vmalloc_end, linear_end;
	uint64_t image, image_end; /* the image; equal if it is unknown, or in the linear map */
	uint64_t modules; /* MODULES_VADDR */
};

/* --- the image --- */

bool riscv64_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
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
bool riscv64_known_function(struct kernel *kernel, const struct space *space, const char *names[2],
			    uint64_t *address)
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

bool riscv64_regions(struct kernel *kernel, bool exact, struct region_list *list, struct error *err)
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
bool riscv64_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	const struct space *space = kernel_space(kernel, NULL);
	struct riscv64_layout layout;

	return space && find_layout(kernel, space, &layout, NULL) && vaddr < layout.fixmap_end &&
	       fixmap_slot_at(kernel, layout.fixmap_end, vaddr, slot);
}

/* __va_to_pa_nodebug(), asm/page.h. With Sv39, the range of an old linear map reaches the end of all
 * addresses; since 5.13 the image is there. */
bool riscv64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
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
