/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* SPARSEMEM: physical memory is divided into sections, and each section has a struct mem_section
 * (include/linux/mmzone.h). */
#include "linux/page/page.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"

enum {
	SECTION_HAS_MAP = 1 << 1,
	SECTION_IS_ONLINE = 1 << 2,
	SECTION_EARLY = 1 << 3,
	/* The low bits of section_mem_map that are flags: two bits until 4.12, at most six bits in
	 * later kernels. The other bits are the address of the map, which is aligned at least to a
	 * cache line. */
	SECTION_FLAGS = 0x3f,
	/* Limit for the roots and sections that one search reads, so that a search in damaged
	 * tables ends. Five-level paging needs at most 2^17 roots. */
	MOST_LOOKS = 1 << 18,
};

static uint64_t note_number(struct kernel *kernel, const char *name, uint64_t otherwise)
{
	uint64_t value;

	return vmcoreinfo_number(kernel->note, name, &value) ? value : otherwise;
}

/* Is mem_section an array of pointers to pages full of sections (EXTREME)? If not, mem_section is
 * an array of sections (STATIC). An array of sections has NR_MEM_SECTIONS elements, so its length
 * in VMCOREINFO or the size of the symbol shows the kind. `otherwise`: the result if neither is
 * known. */
static bool roots_are_pointers(struct kernel *kernel, const struct section_layout *layout,
			       bool otherwise)
{
	struct kernel_symbol symbol;
	uint64_t length;

	if (vmcoreinfo_value(kernel->note, "LENGTH", "mem_section", &length))
		return length != layout->nr_sections;
	if (kernel_linked_symbol(kernel, "mem_section", &symbol) && symbol.size)
		return symbol.size != layout->nr_sections * layout->section_size;
	return otherwise;
}

static bool sections_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct section_layout *layout = state;
	const struct paging *paging = kernel_paging(kernel, NULL);
	struct sparse_defaults defaults;
	uint64_t physmem_bits;

	(void)err;
	if (!paging || !kernel_fact(kernel, FACT_MEM_SECTION, &layout->base) ||
	    !kernel_type_size(kernel, "mem_section", &layout->section_size) ||
	    !kernel_member_offset(kernel, "mem_section", "section_mem_map", &layout->map_offset))
		return false;
	defaults = kernel->arch->sparse_defaults(kernel, paging);
	layout->section_bits = note_number(kernel, "SECTION_SIZE_BITS", defaults.section_bits);
	physmem_bits = note_number(kernel, "MAX_PHYSMEM_BITS", defaults.memory_bits);
	if (layout->section_bits < kernel_page_shift(kernel) || physmem_bits > 64 ||
	    physmem_bits <= layout->section_bits || physmem_bits - layout->section_bits > 40 ||
	    layout->section_size == 0 || layout->section_size > 4096)
		return false;
	layout->nr_sections = UINT64_C(1) << (physmem_bits - layout->section_bits);
	layout->roots_are_pointers = roots_are_pointers(kernel, layout, defaults.extreme);
	layout->per_root =
		layout->roots_are_pointers ? kernel_page_size(kernel) / layout->section_size : 1;
	return true;
}

static const struct state_type state_sections = {
	.size = sizeof(struct section_layout),
	.learn = sections_learn,
};

const struct section_layout *page_section_layout(struct kernel *kernel)
{
	return kernel_learnt(kernel, &state_sections, NULL);
}

/* Returns the address of the first struct mem_section of a root. Returns 0 if the kernel has
 * allocated no sections for the root. */
static uint64_t root_address(struct kernel *kernel, struct section_layout *layout, uint64_t root)
{
	unsigned int size = kernel_pointer_size(kernel);

	if (!layout->roots_are_pointers)
		return layout->base + root * layout->section_size;
	if (layout->last_root_at && layout->last_root == root)
		return layout->last_root_at;
	layout->last_root = root;
	if (!kernel_read_pointer(kernel, layout->base + root * size, &layout->last_root_at, NULL))
		layout->last_root_at = 0;
	return layout->last_root_at;
}

static bool read_section(struct kernel *kernel, const struct section_layout *layout,
			 uint64_t root_at, uint64_t number, struct section *section)
{
	uint64_t coded;

	section->number = number;
	section->address = root_at + number % layout->per_root * layout->section_size;
	if (!kernel_read_word(kernel, section->address + layout->map_offset, &coded, NULL) ||
	    !(coded & SECTION_HAS_MAP))
		return false;
	section->map = coded & ~(uint64_t)SECTION_FLAGS;
	section->early = coded & SECTION_EARLY;
	/* The flag SECTION_IS_ONLINE exists since 4.13 (2d070eab2e82). In older kernels all
	 * sections count as online, because offline frames are marked as reserved. */
	section->online =
		(coded & SECTION_IS_ONLINE) || kernel_version(kernel) < KERNEL_VERSION(4, 13, 0);
	return true;
}

bool page_next_section(struct kernel *kernel, struct section_cursor *cursor,
		       struct section *section)
{
	struct section_layout *layout = kernel_learnt(kernel, &state_sections, NULL);

	while (layout && cursor->number < layout->nr_sections && cursor->looks < MOST_LOOKS &&
	       !listener_stops_at(kernel->listener, cursor->looks++)) {
		uint64_t number = cursor->number++;
		uint64_t root = number / layout->per_root;
		uint64_t root_at = root_address(kernel, layout, root);

		if (!root_at)
			cursor->number = (root + 1) * layout->per_root;
		else if (read_section(kernel, layout, root_at, number, section))
			return true;
	}
	return false;
}

/* Does the frame's subsection of 2 MiB have struct pages? Since 5.3 (f46edbd1b151) some subsections
 * of a hot-plugged section may lack them. struct mem_section_usage has a bit for each subsection.
 * If types do not contain this struct, as in older kernels, returns true. */
static bool in_subsection(struct kernel *kernel, const struct section_layout *layout,
			  const struct section *section, uint64_t pfn)
{
	uint64_t in_section =
		pfn & ((UINT64_C(1) << (layout->section_bits - kernel_page_shift(kernel))) - 1);
	uint64_t bit = in_section >> (SUBSECTION_SHIFT - kernel_page_shift(kernel));
	uint64_t usage_at, map_at, usage, byte;

	if (!kernel_member_offset(kernel, "mem_section", "usage", &usage_at) ||
	    !kernel_member_offset(kernel, "mem_section_usage", "subsection_map", &map_at))
		return true;
	return kernel_read_pointer(kernel, section->address + usage_at, &usage, NULL) &&
	       kernel_read_number(kernel, usage + map_at + bit / 8, 1, &byte, NULL) &&
	       (byte >> bit % 8 & 1);
}

bool page_section_of(struct kernel *kernel, uint64_t pfn, struct section *section)
{
	struct section_layout *layout = kernel_learnt(kernel, &state_sections, NULL);
	uint64_t number, root_at;

	if (!layout)
		return false;
	number = pfn >> (layout->section_bits - kernel_page_shift(kernel));
	if (layout->has_last && layout->last.number == number) {
		*section = layout->last;
		return true;
	}
	if (number >= layout->nr_sections)
		return false;
	root_at = root_address(kernel, layout, number / layout->per_root);
	if (!root_at || !read_section(kernel, layout, root_at, number, section))
		return false;
	if (!section->early)
		return in_subsection(kernel, layout, section, pfn);
	layout->last = *section;
	layout->has_last = dump_can_be_remembered(kernel->dump);
	return true;
}
