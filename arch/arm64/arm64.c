/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* The entry points of arm64, the regions of its address space, and unwinding. The paging modes are
 * in arm64_paging.c, the sources of facts and the search in arm64_facts.c. */
#include "arch/arm64/arm64.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm64/arm64_members.h"
#include "base/bytes.h"
#include "base/error.h"
#include "debuginfo/vmlinux.h"
#include "dump/registers.h"
#include "kernel/percpu.h"
#include "kernel/state.h"
#include "kernel/view.h"
#include "kernel/vmcoreinfo.h"
#include "linux/module/fixmap.h"
#include "linux/region.h"
#include "linux/task/stack.h"
#include "linux/unwind/unwind.h"
#include "paging/scan.h"
#include "symbols/symbol_lookup.h"

/* The regions of the arm64 address space: Documentation/arch/arm64/memory.rst. */

/* --- layouts --- */

/* The layout of the kernel's address space, which differs between releases of arm64 kernels. The
 * layouts of arm64 address spaces, from Documentation/arch/arm64/memory.rst,
 * arch/arm64/include/asm/memory.h and pgtable.h of each release. Distributions backport layouts:
 * RHEL 8, for example, has the lower half of 5.11 and the upper half of 5.4. So facts decide
 * first: the link address of the image, and the address of the memory map. The release decides
 * last. */

/* A range of addresses. `end` is exclusive; an end of 0 means the end of all addresses. A span is
 * empty if start is equal to end. */
struct arm64_span {
	uint64_t start, end;
};

struct arm64_layout {
	struct arm64_span linear, kasan, bpf_jit, modules, vmalloc, vmemmap, pci_io;
	/* This span is larger than the fixmap. It ends at FIXADDR_TOP, from which slots are
	 * numbered downwards, and starts at the end of the region below. */
	struct arm64_span fixmap;
	/* Part of vmalloc; empty if the image is in the linear map, or is unknown. */
	struct arm64_span image;
	/* Layouts differ in this range, and it is unknown which layout is right. */
	struct arm64_span unknown;
};

#define MB (UINT64_C(1) << 20)
#define GB (UINT64_C(1) << 30)

/* The arrangements of the regions above vmalloc, named after the releases that introduced them. */
enum top {
	TOP_3_7,
	TOP_3_17, /* 08375198b010; PCI I/O moved later (3.18), and the fixmap, too (4.0) */
	TOP_4_0, /* aa03c428e678 */
	TOP_4_6, /* f9040773b7bb: the image is in vmalloc */
	TOP_4_7, /* 3e1907d5bf5a */
	TOP_5_4, /* 14c127c957c1: the linear map is in the lower half */
	TOP_5_11, /* 8c96400d6a39, 9ad7c6d5e75b */
	TOP_6_9, /* 32697ff38287, 031e011d8b22, b730b0f2b1fc */
	NR_TOPS
};

/* The first release of each arrangement. Arrangements that are missing here are recognised by the
 * places of the image and of the linear map. */
static const unsigned int since[NR_TOPS] = {
	[TOP_3_17] = KERNEL_VERSION(3, 17, 0), [TOP_4_0] = KERNEL_VERSION(4, 0, 0),
	[TOP_4_7] = KERNEL_VERSION(4, 7, 0),   [TOP_5_11] = KERNEL_VERSION(5, 11, 0),
	[TOP_6_9] = KERNEL_VERSION(6, 9, 0),
};

/* The numbers that determine a layout. Comments contain the names in the kernel's headers. */
struct shape {
	unsigned int page_shift, version;
	uint64_t page_size; /* the number of bytes of a struct page */
	uint64_t least_size; /* 1 << VA_BITS_MIN */
	uint64_t va_start; /* the first kernel address in use: -(1 << vabits_actual) */
	uint64_t page_offset; /* less than va_start if the CPU lacks configured bits */
	uint64_t middle; /* _PAGE_END(VA_BITS_MIN) */
	uint64_t pud_size;
	bool lower; /* the linear map is in the lower half of the kernel's addresses */
	bool image_linear; /* the image is in the linear map */
};

static unsigned int size_order(uint64_t size)
{
	unsigned int order = 0;

	while (order < 16 && UINT64_C(1) << order < size)
		order++;
	return order;
}

static uint64_t round_up_to(uint64_t value, uint64_t size)
{
	return (value + size - 1) & -size;
}

/* Returns the number of bytes that an entry of level 1 maps. If level 2 is the top level, level 1
 * is folded and has the size of level 2: ARM64_HW_PGTABLE_LEVEL_SHIFT(), asm/pgtable-hwdef.h. */
static uint64_t find_pud_size(unsigned int page_shift, uint64_t levels)
{
	return UINT64_C(1) << ((page_shift - 3) * (levels < 3 ? 2 : 3) + 3);
}

/* Is the number in the range of CONFIG_ARM64_VA_BITS, 36 to 52? See arch/arm64/Kconfig. */
static bool layout_bits_are_valid(uint64_t bits)
{
	return bits >= 36 && bits <= 52;
}

/* Finds the numbers that determine the two halves. find_shape() also finds the other numbers. */
static bool find_halves(struct kernel *kernel, struct shape *shape, struct error *err)
{
	uint64_t page_bytes, bits, configured, page_offset, least;

	if (!kernel_require(kernel, FACT_PAGE_SIZE, &page_bytes, err) ||
	    !kernel_require(kernel, FACT_VA_BITS, &bits, err) ||
	    !kernel_require(kernel, FACT_CONFIG_VA_BITS, &configured, err) ||
	    !kernel_require(kernel, FACT_PAGE_OFFSET, &page_offset, err))
		return false;
	if (!layout_bits_are_valid(bits) || !layout_bits_are_valid(configured))
		return fail(err, ERROR_FORMAT, "no kernel has this va_bits or config_va_bits");
	/* VA_BITS_MIN. With 16K pages, it is 47 since 6.9 (352b0395b505). */
	least = configured <= 48 ? configured : page_bytes == ARM64_16K ? 47 : 48;
	*shape = (struct shape){
		.page_shift = size_order(page_bytes),
		.va_start = -(UINT64_C(1) << bits),
		.least_size = UINT64_C(1) << least,
		.middle = -(UINT64_C(1) << (least - 1)),
	};
	shape->lower = page_offset <= shape->va_start;
	shape->page_offset = shape->lower ? -(UINT64_C(1) << configured) : page_offset;
	return true;
}

static bool find_shape(struct kernel *kernel, struct shape *shape, struct error *err)
{
	uint64_t levels, swapper;

	if (!find_halves(kernel, shape, err) || !kernel_require(kernel, FACT_LEVELS, &levels, err))
		return false;
	shape->version = kernel_version(kernel);
	shape->pud_size = find_pud_size(shape->page_shift, levels);
	shape->image_linear = !shape->lower && kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) &&
			      swapper >= shape->page_offset;
	if (!kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &shape->page_size) ||
	    shape->page_size >> shape->page_shift)
		shape->page_size = 64;
	return true;
}

/* --- the end of vmalloc, the memory map, PCI I/O, the fixmap --- */

static struct arm64_span span(uint64_t start, uint64_t size)
{
	return (struct arm64_span){ start, start + size };
}

/* Computes VMEMMAP_SIZE. Until 4.6 the memory map is for twice the linear map, and since 4.7 for
 * the linear map. From 4.7 to 6.8 the size of struct page is rounded up to a power of two. */
static uint64_t vmemmap_size(const struct shape *shape, enum top top)
{
	uint64_t linear = shape->lower ? shape->middle - shape->page_offset : -shape->page_offset;
	uint64_t pages = linear >> shape->page_shift;

	if (top == TOP_3_7)
		return 8 * GB;
	if (top <= TOP_4_6)
		return round_up_to(2 * pages * shape->page_size, shape->pud_size);
	return top == TOP_6_9 ? pages * shape->page_size : pages << size_order(shape->page_size);
}

/* Returns the size in bytes of the unused struct pages, at the start of the memory map. They exist
 * if the CPU has fewer address bits than configured. */
static uint64_t unused_structs(const struct shape *shape)
{
	return shape->lower ? ((shape->va_start - shape->page_offset) >> shape->page_shift) *
				      shape->page_size :
			      0;
}

/* Computes the addresses of the regions above vmalloc, beginning with the highest. That region ends
 * at the start of the linear map, or, if the linear map is in the lower half, at the end of all
 * addresses. */
static void place_top(const struct shape *shape, enum top top, struct arm64_layout *layout)
{
	uint64_t end = shape->lower ? 0 : shape->page_offset;
	uint64_t size = vmemmap_size(shape, top);

	layout->pci_io = layout->fixmap = layout->unknown = (struct arm64_span){ 0 };
	switch (top) {
	case TOP_3_7:
		layout->vmemmap = span(end - 16 * GB, size);
		layout->vmalloc.end = layout->vmemmap.start - MB / 16;
		break;
	case TOP_3_17:
	case TOP_4_0:
	case TOP_4_6:
		layout->vmemmap = span(end - shape->pud_size - size, size);
		layout->vmalloc.end = layout->vmemmap.start - MB / 16;
		/* PCI I/O is below MODULES_VADDR. Until 4.5, the highest 64M are for modules. */
		end -= top == TOP_4_6 ? 0 : 64 * MB;
		layout->pci_io = span(end - 18 * MB, 16 * MB);
		layout->fixmap = (struct arm64_span){ layout->vmemmap.end, end - 20 * MB };
		break;
	case TOP_4_7:
	case TOP_5_4:
		layout->vmalloc.end = end - shape->pud_size - size - MB / 16;
		end -= top == TOP_5_4 ? 2 * MB : 0;
		layout->vmemmap = span(end - size, size);
		layout->pci_io = span(end - size - 18 * MB, 16 * MB);
		layout->fixmap = (struct arm64_span){ layout->vmalloc.end, end - size - 20 * MB };
		break;
	case TOP_5_11:
		end = -(-shape->page_offset >> (shape->page_shift - size_order(shape->page_size)));
		layout->vmemmap = span(end, size);
		layout->vmalloc.end = end - 256 * MB;
		layout->pci_io = span(end - 24 * MB, 16 * MB);
		layout->fixmap = (struct arm64_span){ layout->vmalloc.end, end - 32 * MB };
		break;
	default:
		layout->vmemmap = span(-GB - size, size);
		/* Since d432b8d57c0c, vmalloc also covers the unused struct pages. */
		layout->vmemmap.start += unused_structs(shape);
		layout->vmalloc.end = layout->vmemmap.start - 8 * MB;
		layout->pci_io = span(-GB + 8 * MB, 16 * MB);
		layout->fixmap = (struct arm64_span){ layout->pci_io.end, -8 * MB };
	}
	if (top == TOP_3_7 || top == TOP_3_17) {
		layout->pci_io = layout->fixmap = (struct arm64_span){ 0 };
		layout->unknown = (struct arm64_span){ layout->vmemmap.end, layout->modules.start };
	}
}

/* Finds the struct page of the linear map's first page, from the note or from memory sections. */
static bool find_first_struct(struct kernel *kernel, const struct shape *shape, uint64_t *first)
{
	uint64_t linear = shape->lower ? shape->va_start : shape->page_offset;
	uint64_t page_offset, phys_offset;
	int64_t pfn;

	if (vmcoreinfo_number(kernel->note, "VMEMMAP_START", first)) {
		*first += unused_structs(shape);
		return true;
	}
	if (!kernel_fact(kernel, FACT_VMEMMAP, first) ||
	    !kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
	    !kernel_fact(kernel, FACT_PHYS_OFFSET, &phys_offset))
		return false;
	pfn = (int64_t)(phys_offset + (linear - page_offset)) >> shape->page_shift;
	*first += (uint64_t)pfn * shape->page_size;
	return true;
}

/* Does the arrangement agree with the known address of the memory map? `first` is the struct page
 * for the linear map's first page. From 4.5 to 4.6 the memory map begins with the section of this
 * page (dfd55ad85e4a). Before 4.5 it begins with page 0, whose struct page is at struct_0. */
static bool top_fits(const struct shape *shape, enum top top, const struct arm64_layout *layout,
		     uint64_t first, uint64_t struct_0)
{
	uint64_t start = layout->vmemmap.start;

	if (top <= TOP_4_6)
		return first - start < GB / 64 || (shape->image_linear && struct_0 == start);
	return first == start + (top == TOP_6_9 ? 0 : unused_structs(shape));
}

/* Chooses the newest arrangement that fits the address of the memory map, or, if this address is
 * unknown, the newest arrangement that the release may have. */
static bool choose_top(struct kernel *kernel, const struct shape *shape,
		       struct arm64_layout *layout)
{
	enum top last = shape->lower ? TOP_6_9 : shape->image_linear ? TOP_4_0 : TOP_4_7;
	enum top oldest = shape->lower ? TOP_5_4 : shape->image_linear ? TOP_3_7 : TOP_4_6;
	bool has_first, later;
	uint64_t first, struct_0;

	has_first = find_first_struct(kernel, shape, &first);
	if (!kernel_fact(kernel, FACT_VMEMMAP, &struct_0))
		struct_0 = 0;
	for (enum top top = last; top >= oldest; top--) {
		later = shape->version < since[top];
		place_top(shape, top, layout);
		if (has_first ? top_fits(shape, top, layout, first, struct_0) &&
					(top != TOP_4_0 || !later) :
				shape->version && !later)
			return true;
	}
	return false;
}

/* --- the linear map, KASAN's shadow, modules --- */

/* KASAN's shadow has 1/8 of the addresses (KASAN_GENERIC), or 1/16 (KASAN_SW_TAGS, 5.0). */
static bool layout_has_kasan(struct kernel *kernel)
{
	return kernel_has_symbol(kernel, "kasan_init") == YES;
}

/* KASAN_SW_TAGS: mm/kasan/sw_tags.c, before 5.12 tags.c. */
static enum certainty has_software_tags(struct kernel *kernel)
{
	enum certainty since_5_11 = kernel_has_symbol(kernel, "kasan_init_sw_tags");

	return since_5_11 == NO ? kernel_has_symbol(kernel, "kasan_init_tags") : since_5_11;
}

static unsigned int shadow_shift(struct kernel *kernel)
{
	return has_software_tags(kernel) == YES ? 4 : 3;
}

/* KASAN_HW_TAGS (5.11, mm/kasan/hw_tags.c) is active only on CPUs with MTE, and if the command line
 * permits it. The static key kasan_flag_enabled, which begins with an int, shows it. */
static enum certainty has_hardware_tags(struct kernel *kernel)
{
	enum certainty built = kernel_has_symbol(kernel, "kasan_init_hw_tags");
	uint64_t key, enabled;

	if (built != YES)
		return built;
	if (!kernel_symbol(kernel, "kasan_flag_enabled", &key, NULL) ||
	    !kernel_read_number(kernel, key, 4, &enabled, NULL))
		return UNSURE;
	return enabled ? YES : NO;
}

/* A kernel with ARM64_MTE, but without KASAN, lets CPUs with MTE ignore tags, too, but does not use
 * them: TCR_MTE_FLAGS in arch/arm64/mm/proc.S. */
static enum certainty arm64_tags_pointers(struct kernel *kernel)
{
	enum certainty software = has_software_tags(kernel);

	return software == NO ? has_hardware_tags(kernel) : software;
}

/* Finds the range of modules. Its end is KIMAGE_VADDR, the link address of the image. Its size is
 * 128M (4.6), 128M after 128M for BPF programs (5.4), 128M (5.17, b89ddf4cca43), or 2G (6.5,
 * 3e35d303ab7d). It starts at the upper half, or, until 5.10, after KASAN's shadow. */
static bool modules_fit(const struct shape *shape, uint64_t image, struct arm64_layout *layout)
{
	static const uint64_t sizes[] = { 2 * GB, 256 * MB, 128 * MB };
	uint64_t floor = shape->lower ? shape->middle : shape->va_start;

	for (size_t i = shape->lower ? 0 : 2; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t shadow = image - sizes[i] - floor;

		if (shadow && shadow != shape->least_size >> 3 && shadow != shape->least_size >> 4)
			continue;
		layout->modules = (struct arm64_span){ image - sizes[i], image };
		if (sizes[i] == 256 * MB) {
			layout->bpf_jit = span(layout->modules.start, 128 * MB);
			layout->modules.start = layout->bpf_jit.end;
		}
		/* With more bits than VA_BITS_MIN the shadow is larger, but has the same end. */
		if (shadow)
			layout->kasan = (struct arm64_span){
				floor + shadow - shadow * (-shape->va_start / shape->least_size),
				floor + shadow,
			};
		return true;
	}
	return false;
}

static uint64_t image_by_release(struct kernel *kernel, const struct shape *shape)
{
	unsigned int version = shape->version;
	uint64_t size = version >= KERNEL_VERSION(6, 5, 0)  ? 2 * GB :
			version >= KERNEL_VERSION(5, 17, 0) ? 128 * MB :
							      256 * MB;
	uint64_t shadow = version < since[TOP_5_11] && layout_has_kasan(kernel) ?
				  shape->least_size >> shadow_shift(kernel) :
				  0;

	if (!shape->lower)
		return shape->va_start + shadow + 128 * MB;
	return version ? shape->middle + shadow + size : 0;
}

static bool find_modules(struct kernel *kernel, const struct shape *shape,
			 struct arm64_layout *layout)
{
	const uint64_t alignment = 2 * MB; /* MIN_KIMG_ALIGN, which is more than TEXT_OFFSET */
	uint64_t stext, moved, start, end;

	if (vmcoreinfo_number(kernel->note, "MODULES_VADDR", &start) &&
	    vmcoreinfo_number(kernel->note, "MODULES_END", &end)) {
		layout->modules = (struct arm64_span){ start, end };
		return true;
	}
	return (kernel_fact(kernel, FACT_KASLR_OFFSET, &moved) &&
		kernel_symbol(kernel, "_stext", &stext, NULL) &&
		modules_fit(shape, (stext - moved) & -alignment, layout)) ||
	       modules_fit(shape, image_by_release(kernel, shape), layout);
}

/* Returns the end of the linear map. From 5.4 to 5.10 this is the middle of the addresses in use.
 * Since 5.11 it is the middle of the addresses that VA_BITS_MIN bits give (f4693c2716b3). */
static uint64_t linear_end(struct kernel *kernel, const struct shape *shape)
{
	enum certainty half = kernel_has_symbol(kernel, "physvirt_offset");

	if (half == YES || (half == UNSURE && shape->version && shape->version < since[TOP_5_11]))
		return -(-shape->va_start / 2);
	return shape->middle;
}

static bool place_bottom(struct kernel *kernel, const struct shape *shape,
			 struct arm64_layout *layout)
{
	uint64_t shadow = -shape->va_start >> shadow_shift(kernel);

	if (!shape->lower)
		layout->linear = (struct arm64_span){ shape->page_offset, 0 };
	else
		layout->linear = (struct arm64_span){ shape->va_start, linear_end(kernel, shape) };
	if (shape->image_linear) {
		layout->kasan = span(shape->va_start, layout_has_kasan(kernel) ? shadow : 0);
		layout->modules =
			(struct arm64_span){ shape->page_offset - 64 * MB, shape->page_offset };
		layout->vmalloc.start = layout->kasan.end;
		return true;
	}
	if (!find_modules(kernel, shape, layout))
		return false;
	layout->vmalloc.start = layout->modules.end;
	/* Since 5.11 KASAN's shadow is at the end of the linear map's half. */
	if (shape->lower && !layout->kasan.end && layout_has_kasan(kernel)) {
		layout->kasan = (struct arm64_span){ shape->middle - shadow, shape->middle };
		layout->linear.end = layout->kasan.start;
	}
	return true;
}

/* --- the image --- */

static bool arm64_image_range(struct kernel *kernel, const struct space *space, uint64_t *first,
			      uint64_t *last)
{
	/* The range around swapper_pg_dir, which is between constants and .init, must include the
	 * code below it and .bss above it. */
	const uint64_t most = 128 * MB;
	uint64_t swapper;

	(void)space;
	if (!kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) || swapper >> 63 == 0 ||
	    swapper > UINT64_MAX - most)
		return false;
	*first = swapper - most;
	*last = swapper + most - 1;
	return true;
}

/* Finds the image without symbols: the pages around swapper_pg_dir whose addresses are
 * kimage_voffset above their frames. The header is not mapped, and .init may have been freed. */
static bool find_mapped_image(struct kernel *kernel, struct arm64_span *image)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t first, last, swapper, offset;
	struct walk walk;

	if (!space || !arm64_image_range(kernel, space, &first, &last) ||
	    !kernel_fact(kernel, FACT_SWAPPER_PG_DIR, &swapper) ||
	    !kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset))
		return false;
	walk = walk_page_table(space, first);
	do {
		uint64_t page, page_last;

		if (walk.outcome != WALK_MAPPED)
			continue;
		walk_range(space, &walk, &page, &page_last);
		if (walk.vaddr - walk.paddr != offset && page > swapper)
			break;
		if (walk.vaddr - walk.paddr != offset) {
			image->start = 0;
			continue;
		}
		if (!image->start)
			image->start = page;
		image->end = page_last + 1;
	} while (walk_on(space, &walk, last));
	return image->start;
}

/* The header, from _text to _stext, belongs to the image only where the kernel maps it. From 5.11
 * (e2a073dde921) until a later release (backported, so no release number shows it) it is not mapped,
 * and areas of vmalloc use its addresses. Returns the first page that is mapped to its frame of the
 * image, at most the page of _stext. */
static uint64_t first_of_image(struct kernel *kernel, uint64_t text, uint64_t stext)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t page = kernel_page_first(kernel, text), offset;
	struct walk walk;

	stext = kernel_page_first(kernel, stext);
	if (!space || stext <= page || stext - page > 2 * MB ||
	    !kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset))
		return page;
	for (walk = walk_page_table(space, page);
	     walk.outcome != WALK_MAPPED || walk.vaddr - walk.paddr != offset;)
		if (!walk_on(space, &walk, stext - 1))
			return stext;
	return walk.vaddr;
}

static void find_image(struct kernel *kernel, struct arm64_span *image)
{
	uint64_t stext;

	if (kernel_symbol(kernel, "_text", &image->start, NULL) &&
	    kernel_symbol(kernel, "_end", &image->end, NULL) && image->start < image->end) {
		if (!kernel_symbol(kernel, "_stext", &stext, NULL))
			stext = image->start;
		image->start = first_of_image(kernel, image->start, stext);
		image->end = kernel_page_last(kernel, image->end - 1) + 1;
		return;
	}
	*image = (struct arm64_span){ 0 };
	if (!find_mapped_image(kernel, image))
		*image = (struct arm64_span){ 0 };
}

/* --- all regions --- */

static bool layout_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct arm64_layout *layout = state;
	struct shape shape;
	uint64_t start, end;
	bool has_bottom;

	if (!find_shape(kernel, &shape, err))
		return false;
	has_bottom = place_bottom(kernel, &shape, layout);
	if (!shape.image_linear)
		find_image(kernel, &layout->image);
	start = has_bottom ? layout->vmalloc.start : shape.lower ? shape.middle : shape.va_start;
	end = shape.lower ? 0 : shape.image_linear ? layout->modules.start : shape.page_offset;
	if (!has_bottom || !choose_top(kernel, &shape, layout)) {
		layout->vmalloc = layout->vmemmap = (struct arm64_span){ 0 };
		layout->pci_io = layout->fixmap = (struct arm64_span){ 0 };
		layout->unknown = (struct arm64_span){ start, end };
	} else if (vmcoreinfo_number(kernel->note, "VMALLOC_END", &end) &&
		   end > layout->vmalloc.start) {
		layout->vmalloc.end = end;
	}
	return true;
}

static const struct state_type state_layout = {
	.size = sizeof(struct arm64_layout),
	.learn = layout_learn,
};

/* Returns the layout of the kernel, or NULL if facts are missing. The first call computes the
 * layout. The pointer is valid until facts are forgotten. */
static const struct arm64_layout *arm64_layout(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_layout, err);
}

/* See __is_lm_address(), __lm_to_phys() and __kimg_to_phys() of asm/memory.h. */
static bool arm64_virt_to_phys(struct kernel *kernel, uint64_t vaddr, uint64_t *paddr)
{
	uint64_t page_offset, phys_offset, image_offset, first, last;
	struct shape shape;

	if (!find_halves(kernel, &shape, NULL))
		return false;
	if (shape.lower ? vaddr >= shape.va_start && vaddr < shape.middle :
			  vaddr >= shape.page_offset) {
		if (!kernel_fact(kernel, FACT_PAGE_OFFSET, &page_offset) ||
		    !kernel_fact(kernel, FACT_PHYS_OFFSET, &phys_offset))
			return false;
		*paddr = vaddr - page_offset + phys_offset;
		return true;
	}
	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &image_offset) ||
	    !arm64_image_range(kernel, NULL, &first, &last) || vaddr < first || vaddr > last)
		return false;
	*paddr = vaddr - image_offset;
	return true;
}

static int compare_regions(const void *one, const void *two)
{
	const struct region *a = one, *b = two;

	return (a->first > b->first) - (a->first < b->first);
}

/* `end` is exclusive; an end of 0 means the end of all addresses. An empty span is ignored. */
static void add_span(struct region_list *list, enum region_kind kind, uint64_t start, uint64_t end)
{
	if (start != end && end - 1 >= start && list->nr < MAX_REGIONS)
		list->region[list->nr++] = (struct region){ start, end - 1, kind };
}

/* Adds a span. If the image is in the span, adds the image as a region, and the parts before and
 * after the image as regions of the kind `kind`. If not, adds the whole span as a region of this
 * kind. The image is in vmalloc, at any address if KASLR moved it. */
static void add_around_image(struct region_list *list, const struct arm64_layout *layout,
			     enum region_kind kind, const struct arm64_span *span)
{
	const struct arm64_span *image = &layout->image;

	if (span->start == span->end)
		return;
	if (image->start < span->start || image->end - 1 > span->end - 1) {
		add_span(list, kind, span->start, span->end);
		return;
	}
	add_span(list, kind, span->start, image->start);
	add_span(list, REGION_KERNEL_IMAGE, image->start, image->end);
	add_span(list, kind, image->end, span->end);
}

/* Adds the fixmap, which is the last part of `room`. Its slots are numbered downwards from
 * FIXADDR_TOP, where the span ends. If the number of slots is unknown, the fixmap is assumed to
 * start at its first mapped page. The start may be lower, so the range below becomes an unknown
 * region. */
static void add_fixmap(struct kernel *kernel, bool exact, struct region_list *list,
		       const struct arm64_span *room)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t slots, start;

	if (room->start == room->end)
		return;
	if (!exact) {
		add_span(list, REGION_NEEDS_TYPES, room->start, room->end);
		return;
	}
	if (fixmap_number(kernel, "__end_of_fixed_addresses", &slots) &&
	    slots <= kernel_pfn(kernel, room->end - room->start)) {
		add_span(list, REGION_FIXMAP, room->end - kernel_frame(kernel, slots), room->end);
		return;
	}
	start = region_first_mapped(space, room->start, room->end - 1);
	add_span(list, REGION_UNKNOWN, room->start, start);
	add_span(list, REGION_FIXMAP, start, room->end);
}

static bool arm64_regions(struct kernel *kernel, bool exact, struct region_list *list,
			  struct error *err)
{
	const struct space *space = kernel_space(kernel, err);
	const struct arm64_layout *layout = space ? arm64_layout(kernel, err) : NULL;
	struct region_list parts = { .nr = 0 };
	uint64_t half;

	if (!layout)
		return false;
	half = -paging_upper_half(space->paging);
	add_span(&parts, REGION_DIRECT_MAP, layout->linear.start, layout->linear.end);
	add_span(&parts, REGION_KASAN_SHADOW, layout->kasan.start, layout->kasan.end);
	add_span(&parts, REGION_BPF_JIT, layout->bpf_jit.start, layout->bpf_jit.end);
	add_span(&parts, REGION_MODULES, layout->modules.start, layout->modules.end);
	add_around_image(&parts, layout, REGION_VMALLOC, &layout->vmalloc);
	add_around_image(&parts, layout, REGION_UNKNOWN, &layout->unknown);
	add_span(&parts, REGION_VMEMMAP, layout->vmemmap.start, layout->vmemmap.end);
	add_span(&parts, REGION_PCI_IO, layout->pci_io.start, layout->pci_io.end);
	add_fixmap(kernel, exact, &parts, &layout->fixmap);
	qsort(parts.region, parts.nr, sizeof(parts.region[0]), compare_regions);

	region_add(list, REGION_USER, 0, half - 1);
	region_add(list, REGION_NON_CANONICAL, half, -half - 1);
	for (size_t i = 0; i < parts.nr; i++)
		region_add(list, parts.region[i].kind, parts.region[i].first, parts.region[i].last);
	/* Addresses after the last region; a hole changes no region. */
	region_add(list, REGION_HOLE, 0, UINT64_MAX);
	return true;
}

/* Slot 0 is the page at FIXADDR_TOP. All used slots are below this page. */
static bool arm64_fixmap_slot(struct kernel *kernel, uint64_t vaddr, struct fixmap_slot *slot)
{
	const struct arm64_layout *layout = arm64_layout(kernel, NULL);

	return layout && layout->fixmap.end && vaddr < layout->fixmap.end &&
	       fixmap_slot_at(kernel, layout->fixmap.end, vaddr, slot);
}

/* --- unwinding --- */

/* Finds the caller of a function on arm64 using frame records. See
 * arch/arm64/kernel/stacktrace.c. */

/* The kernel's struct frame_record. fp is the x29 of the caller, and lr the address to which the
 * function returns. */
struct frame_record {
	uint64_t fp, lr;
};

static bool read_record(struct kernel *kernel, uint64_t fp, struct frame_record *record,
			struct error *err)
{
	return kernel_read_pointer(kernel, fp, &record->fp, err) &&
	       kernel_read_pointer(kernel, fp + 8, &record->lr, err);
}

/* Removes the pointer authentication code from an address. The code replaced the upper bits of the
 * address, which were all equal to bit 55. Bit 55 itself is not part of the code. If the note does
 * not give the bits, they are the bits above the address bits in use (ptrauth_kernel_pac_mask()).
 * An address without a code is not changed. */
static uint64_t strip_code(struct kernel *kernel, uint64_t address)
{
	uint64_t mask, bits;

	if (!kernel_fact(kernel, FACT_PAC_MASK, &mask)) {
		if (!kernel_fact(kernel, FACT_VA_BITS, &bits) || bits > 55)
			return address;
		mask = -(UINT64_C(1) << bits);
	}
	return address >> 55 & 1 ? address | mask : address & ~mask;
}

static bool arm64_in_user_mode(const struct registers *registers)
{
	enum { MODE = 0xf }; /* the mode bits of pstate: 0 is EL0 */

	return registers_have(registers, CPU_FLAGS) && !(registers->value[CPU_FLAGS] & MODE);
}

/* Loads the registers from the struct pt_regs whose member stackframe is at fp. The caller must
 * check with belong_to() whether the record at fp is such a member. The entry code stores the
 * interrupted x29 and pc in this record. Since 6.13 (c2c6b27b5aa1) the entry code stores zeros if
 * it interrupted EL0. */
static bool arm64_load_pt_regs(struct kernel *kernel, uint64_t fp, struct registers *registers)
{
	enum { NR_X = 31, SP = NR_X, PC, PSTATE, NR_WORDS, USUAL_PLACE = 304 };
	uint8_t words[8 * NR_WORDS];
	uint64_t place;

	if (!kernel_member_offset(kernel, "pt_regs", "stackframe", &place))
		place = USUAL_PLACE;
	if (place < sizeof(words) || !kernel_read(kernel, fp - place, words, sizeof(words), NULL))
		return false;
	*registers = (struct registers){ 0 };
	for (unsigned int i = 0; i < NR_X; i++)
		registers_set(registers, CPU_X0 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_FLAGS, load_le64(words + 8 * PSTATE));
	return true;
}

/* Did the entry code save these registers together with this record? At the start of a task this is
 * not so: pc is zero. */
static bool belong_to(const struct registers *registers, const struct frame_record *record)
{
	uint64_t ip = registers->value[CPU_IP];

	if (!record->fp && !record->lr)
		return ip && (arm64_in_user_mode(registers) || ip >> 63);
	return record->fp == registers->value[CPU_X29] && record->lr == ip;
}

static bool arm64_follows_call(struct kernel *kernel, uint64_t vaddr, uint64_t *target)
{
	enum { BL = 0x94000000u, BL_MASK = 0xfc000000u };
	uint64_t code;

	*target = 0;
	if (vaddr % 4 || !kernel_read_number(kernel, vaddr - 4, 4, &code, NULL))
		return false;
	if ((code & BL_MASK) == BL) {
		*target = vaddr - 4 + (uint64_t)((int64_t)(code << 38) >> 36);
		return true;
	}
	/* The instructions BLR, BLRAA, BLRAB, BLRAAZ and BLRABZ call the address in a register. */
	return (code & 0xfffffc1f) == 0xd63f0000 || (code & 0xfefff800) == 0xd63f0800;
}

/* Does the current function lack a record? Leaf functions make none, and a function may be
 * interrupted before it makes one. In this case x29 is the x29 of the caller, and x30 is the return
 * address. As proof, the instruction before the return address must be a call of this function. If
 * the record at x29 contains the value of x30, the function has stored this value there. */
static bool has_no_record(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	struct kernel_symbol symbol;
	struct frame_record record;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       registers->value[CPU_X29] > registers->value[CPU_SP] &&
	       symbol_lookup_at(kernel->symbols, registers->value[CPU_IP], &symbol, NULL) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       target == symbol.address &&
	       !(read_record(kernel, registers->value[CPU_X29], &record, NULL) &&
		 record.lr == registers->value[CPU_X30]);
}

/* Did a call jump to an address that is not code, such as NULL? Then no instruction ran after the
 * call, so x30 is the return address and x29 belongs to the caller. As proof, the instruction
 * before the return address must call the address in a register. */
static bool is_wild_call(struct kernel *kernel, const struct unwind_state *state)
{
	const struct registers *registers = &state->registers;
	uint64_t target;

	return state->exact && registers_have(registers, CPU_X30) &&
	       !unwind_is_code(kernel, registers->value[CPU_IP]) &&
	       arm64_follows_call(kernel, strip_code(kernel, registers->value[CPU_X30]), &target) &&
	       !target;
}

/* Continues with the caller. Only its ip, sp and x29 are known. sp is usually equal to x29, which
 * points to the caller's record. */
static void arm64_enter_caller(struct kernel *kernel, struct unwind_state *state, uint64_t ip,
			       uint64_t sp, uint64_t fp)
{
	state->registers = (struct registers){ 0 };
	state->exact = false;
	registers_set(&state->registers, CPU_IP, strip_code(kernel, ip));
	registers_set(&state->registers, CPU_SP, sp);
	registers_set(&state->registers, CPU_X29, fp);
}

static bool arm64_unwind_step(struct kernel *kernel, struct unwind_state *state, struct error *err)
{
	enum { RECORD_SIZE = 16 };
	uint64_t fp = state->registers.value[CPU_X29];
	struct frame_record record;
	struct registers saved;

	state->interrupted = false;
	if (!registers_have(&state->registers, CPU_X29))
		return fail(err, ERROR_UNKNOWN, "the frame pointer, x29, is not known");
	if (has_no_record(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30], fp, fp);
		return true;
	}
	if (is_wild_call(kernel, state)) {
		arm64_enter_caller(kernel, state, state->registers.value[CPU_X30],
				   state->registers.value[CPU_SP], fp);
		return true;
	}
	/* If the kernel was entered from user mode, x29 of the outermost function is still the x29
	 * of user mode. */
	state->outermost = !(fp >> 63);
	if (state->outermost)
		return true;
	if (fp % 8)
		return fail(err, ERROR_FORMAT,
			    "the frame pointer %" PRIx64 " is not a multiple of 8", fp);
	if (!read_record(kernel, fp, &record, err))
		return false;
	if (arm64_load_pt_regs(kernel, fp, &saved) && belong_to(&saved, &record)) {
		state->registers = saved;
		state->interrupted = true;
		state->exact = true;
		state->user = arm64_in_user_mode(&saved);
		return true;
	}
	state->outermost = !record.lr;
	if (record.lr)
		arm64_enter_caller(kernel, state, record.lr,
				   record.fp ? record.fp : fp + RECORD_SIZE, record.fp);
	return true;
}

/* --- stacks --- */

/* The stacks of arm64 CPUs, and the registers of a task that is not running, which the kernel saved
 * when it switched to another task. */

/* The per-CPU variables for stacks: arch/arm64/kernel/irq.c, traps.c, sdei.c. Interrupts have a
 * stack since 4.5 (132cd887b5c5). Before 4.14 (f60fe78f1332) the variable is the stack itself;
 * since 4.14 the variable points to the bottom of an allocated stack. All stacks have the size of a
 * task's stack (IRQ_STACK_SIZE, SDEI_STACK_SIZE), except the stack that is used when another stack
 * overflows (OVERFLOW_STACK_SIZE, 4.14, 872d8327ce89). */
static const struct cpu_stack {
	const char *variable;
	enum stack_kind kind;
	const char *exception;
	/* True: the variable points to the stack; false: the variable is the stack. */
	bool is_pointer;
	uint64_t size; /* in bytes; 0: the size of a task's stack */
} cpu_stacks[] = {
	{ "irq_stack_ptr", STACK_IRQ, NULL, true, 0 },
	{ "irq_stack", STACK_IRQ, NULL, false, 0 },
	{ "overflow_stack", STACK_EXCEPTION, "overflow", false, 4096 },
	{ "sdei_stack_normal_ptr", STACK_EXCEPTION, "SDEI-normal", true, 0 },
	{ "sdei_stack_critical_ptr", STACK_EXCEPTION, "SDEI-critical", true, 0 },
};

static void arm64_add_stack(struct kernel *kernel, const struct cpu_stack *row, unsigned int cpu,
			    uint64_t size, struct stack_list *list)
{
	uint64_t at;

	if (!kernel_per_cpu(kernel, row->variable, cpu, &at, NULL) ||
	    (row->is_pointer && !kernel_read_pointer(kernel, at, &at, NULL)) || !at)
		return;
	stack_add(list, &(struct stack){
				.kind = row->kind,
				.exception = row->exception,
				.first = at,
				.last = at + size - 1,
				.cpu = cpu,
			});
}

static void arm64_add_cpu_stacks(struct kernel *kernel, struct stack_list *list)
{
	struct cpu_set cpus;
	uint64_t task_size;

	if (!kernel_possible_cpus(kernel, &cpus, NULL))
		return;
	if (!stack_task_size(kernel, &task_size))
		task_size = 0; /* no stack is added, because stack_add() ignores a size of 0 */
	for (unsigned int cpu = 0; cpu_set_next(&cpus, &cpu); cpu++)
		for (size_t i = 0; i < sizeof(cpu_stacks) / sizeof(cpu_stacks[0]); i++)
			arm64_add_stack(kernel, &cpu_stacks[i], cpu,
					cpu_stacks[i].size ?: task_size, list);
}

/* The words of struct cpu_context (asm/processor.h), which cpu_switch_to() of entry.S fills: x19 to
 * x28, x29, sp, and the address at which the task continues. */
enum { KEPT = 11, SP = 11, PC, NR_WORDS };

static bool arm64_saved_sp(struct kernel *kernel, uint64_t task, uint64_t *sp)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, NULL);

	return context && context->size == 8 * NR_WORDS &&
	       kernel_read_pointer(kernel, task + context->offset + 8 * SP, sp, NULL);
}

static bool arm64_switched_registers(struct kernel *kernel, uint64_t task,
				     struct registers *registers, struct error *err)
{
	const struct member *context = kernel_member(kernel, TASK_CPU_CONTEXT, err);
	uint8_t words[8 * NR_WORDS];

	*registers = (struct registers){ 0 };
	if (!context)
		return false;
	if (context->size != sizeof(words))
		return fail(err, ERROR_FORMAT, "thread.cpu_context has %u bytes, not %zu",
			    context->size, sizeof(words));
	if (!kernel_read(kernel, task + context->offset, words, sizeof(words), err))
		return false;
	for (unsigned int i = 0; i < KEPT; i++)
		registers_set(registers, CPU_X0 + 19 + i, load_le64(words + 8 * i));
	registers_set(registers, CPU_SP, load_le64(words + 8 * SP));
	registers_set(registers, CPU_IP, load_le64(words + 8 * PC));
	registers_set(registers, CPU_X30, load_le64(words + 8 * PC));
	return true;
}

/* --- the machine --- */

/* Bits 63:48 of TTBR0_EL1 and TTBR1_EL1 are the ASID (Arm ARM, TTBR0_EL1). */
static unsigned int arm64_root_tag(uint64_t value, uint64_t root, const char **name)
{
	(void)root;
	*name = "ASID";
	return (unsigned int)(value >> 48);
}

/* Does KASLR move this symbol? It moves all symbols of the upper half, including per-CPU symbols,
 * which are addresses in the image. */
static bool arm64_relocated(uint64_t address, uint16_t section)
{
	return section != SHN_ABS && address >> 63;
}

/* Finds the start of the image: the first page in the range of the image whose virtual address is
 * its physical address plus kimage_voffset. */
static bool image_start(struct kernel *kernel, const struct space *space, uint64_t *start)
{
	uint64_t offset, first, last;
	struct walk walk;

	if (!kernel_fact(kernel, FACT_KIMAGE_VOFFSET, &offset) ||
	    !arm64_image_range(kernel, space, &first, &last))
		return false;
	walk = walk_page_table(space, first);
	while (walk.outcome != WALK_MAPPED || walk.vaddr - walk.paddr != offset)
		if (!walk_on(space, &walk, last))
			return false;
	*start = walk.vaddr;
	return true;
}

/* Finds the symbol at the lowest mapped address of the image. Before 5.11 this symbol is _text, at
 * which the image's header begins (Documentation/arch/arm64/booting.rst). Since 5.11 the header is
 * not mapped, so the symbol is _stext. */
static bool arm64_known_function(struct kernel *kernel, const struct space *space,
				 const char *names[2], uint64_t *address)
{
	enum { MAGIC_AT = 56 };
	static const char magic[] = { 'A', 'R', 'M', '\x64' };
	char text[sizeof(magic)];

	if (!image_start(kernel, space, address) ||
	    !space_read(space, *address + MAGIC_AT, text, sizeof(text), NULL))
		return false;
	names[0] = memcmp(text, magic, sizeof(magic)) ? "_stext" : "_text";
	names[1] = names[0];
	return true;
}

/* Notes of newer kernels contain the numbers of section and memory bits. For older kernels,
 * find_sections() uses these defaults. */
static struct sparse_defaults arm64_sparse_defaults(struct kernel *kernel,
						    const struct paging *paging)
{
	unsigned int version = kernel_version(kernel);
	/* Sections have fewer bits since 5.12 (f0b13ee23241). */
	bool small = !version || version >= KERNEL_VERSION(5, 12, 0);

	return (struct sparse_defaults){
		.section_bits = !small				? 30 :
				paging_page_shift(paging) == 16 ? 29 :
								  27,
		.memory_bits = paging->high_mask ? 52 : 48,
		.extreme = true,
	};
}

/* TCR_EL1.T1SZ is the number of upper address bits that are not translated. */
static bool arm64_t1sz(uint64_t va_bits, uint64_t *number)
{
	*number = 64 - va_bits;
	return true;
}

/* Since 5.4, and before 4.6, the image is in the upper half of the kernel's addresses, and in the lower half
 * between them (find_page_offset()). So the address of the image shows the number of address bits, which is 36,
 * 39, 42, 47 or 48. A kernel for 52 bits has its image where a kernel for 48 bits has it (VA_BITS_MIN). */
static void arm64_suppose_facts(struct kernel *kernel)
{
	uint64_t text, flags, bits = 48;

	if (vmlinux_symbol(kernel->vmlinux, "_text", &text) && text >> 63 && ~text)
		bits = 64 - (uint64_t)__builtin_clzll(~text);
	if (bits != 36 && bits != 39 && bits != 42 && bits != 48)
		bits++;
	kernel_suppose_fact(kernel, FACT_VA_BITS, bits);
	if (!vmlinux_symbol(kernel->vmlinux, "_kernel_flags_le_lo32", &flags))
		kernel_suppose_fact(kernel, FACT_PAGE_SIZE, ARM64_4K);
}

/* arch/arm64/kernel/vmcore_info.c */
static const struct note_fact arm64_note_facts[] = {
	{ "NUMBER(VA_BITS)", FACT_CONFIG_VA_BITS, false, false, NULL, NULL },
	{ "NUMBER(kimage_voffset)", FACT_KIMAGE_VOFFSET, true, false, NULL, NULL },
	{ "NUMBER(PHYS_OFFSET)", FACT_PHYS_OFFSET, true, false, NULL, NULL },
	{ "NUMBER(TCR_EL1_T1SZ)", FACT_VA_BITS, true, false, arm64_t1sz, NULL },
	{ "NUMBER(KERNELPACMASK)", FACT_PAC_MASK, true, false, NULL, NULL },
	{ 0 },
};

const struct arch arch_arm64 = {
	.name = "arm64",
	.machine = EM_AARCH64,
	.modes = 1 << MODE_ARM64,
	.has_phys_offset = true,
	.remaps_for_dma = true, /* dma_common_contiguous_remap() */
	.levels_vary = true,
	.pointer_size = 8,
	.first_argument = CPU_X0,
	.traced_register = CPU_X29, /* prepare_ftrace_return(), arch_rethook_prepare() */
	.page_shift = 12,
	.address_mask = UINT64_MAX,
	.image_is_apart = true, /* since 4.7, 9f2875912dac */
	/* With KASLR, modules may be in the vmalloc region. */
	.module_regions = 1 << REGION_MODULES | 1 << REGION_VMALLOC,
	.sources = arm64_sources,
	.note_facts = arm64_note_facts,
	.needs_fact = arm64_needs_fact,
	.paging = arm64_paging,
	.root_of_register = arm64_root_of_register,
	.root_register = "TTBR0_EL1",
	.root_tag = arm64_root_tag,
	.kernel_table = arm64_kernel_table,
	/* There is no .user_table: the table that kpti uses in user mode maps only the upper half. */
	.try_table = arm64_try_table,
	.relocated = arm64_relocated,
	.image_range = arm64_image_range,
	.known_function = arm64_known_function,
	.regions = arm64_regions,
	.fixmap_slot = arm64_fixmap_slot,
	.add_cpu_stacks = arm64_add_cpu_stacks,
	.switched_registers = arm64_switched_registers,
	.saved_sp = arm64_saved_sp,
	.virt_to_phys = arm64_virt_to_phys,
	.unwind_step = arm64_unwind_step,
	.follows_call = arm64_follows_call,
	.tags_pointers = arm64_tags_pointers,
	.in_user_mode = arm64_in_user_mode,
	.sparse_defaults = arm64_sparse_defaults,
	.entry_rules = arm64_entry_rules,
	.describe_entry = arm64_describe_entry,
	.entry_flags = arm64_entry_flags,
	.suppose_facts = arm64_suppose_facts,
};
