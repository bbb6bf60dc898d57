/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/page.h"

#include <inttypes.h>

#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/sections.h"

enum { PAGE_SHIFT = 12, MOST_NODES = 1024 /* NODES_SHIFT 10 at most */ };

static bool has_vmlinux_symbol(const struct kernel *kernel, const char *name,
			       struct symbol *symbol)
{
	return kernel->vmlinux && kernel->vmlinux->symbols &&
	       symbols_find(kernel->vmlinux->symbols, name, symbol);
}

/* VMEMMAP's one map lies outside the direct map; SPARSEMEM's many in it. */
static bool in_direct_map(struct kernel *kernel, uint64_t page)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t paddr;

	return space && kernel->arch->virt_to_phys(kernel, page, &paddr) &&
	       space_maps(space, page, paddr);
}

static uint64_t first_page_of(struct kernel *kernel,
			      const struct section *section)
{
	const struct section_layout *layout = kernel_section_layout(kernel);
	uint64_t size = 0;

	kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size);
	return section->map +
	       (section->number << (layout->section_bits - PAGE_SHIFT)) * size;
}

bool find_model_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct section_cursor cursor = { 0 };
	struct section section;
	uint64_t ignored;

	(void)arg;
	if (vmcoreinfo_symbol(&kernel->note, "mem_section", &ignored)) {
		if (!kernel_next_section(kernel, &cursor, &section))
			return false;
		*value = in_direct_map(kernel, first_page_of(kernel, &section)) ?
				 MODEL_SPARSEMEM : MODEL_VMEMMAP;
		return true;
	}
	*value = MODEL_FLATMEM;
	if (vmcoreinfo_symbol(&kernel->note, "mem_map", &ignored))
		return true;
	*value = MODEL_DISCONTIGMEM;
	return vmcoreinfo_symbol(&kernel->note, "node_data", &ignored);
}

/* By the symbols that has() knows. */
static bool find_model(struct kernel *kernel,
		       bool (*has)(struct kernel *kernel, const char *name),
		       uint64_t *value)
{
	if (has(kernel, "mem_section"))
		*value = has(kernel, "vmemmap_base") ||
					 has(kernel, "vmemmap_populate") ?
				 MODEL_VMEMMAP : MODEL_SPARSEMEM;
	else if (has(kernel, "mem_map"))
		*value = MODEL_FLATMEM;
	else if (has(kernel, "node_data"))
		*value = MODEL_DISCONTIGMEM;
	else
		return false;
	return true;
}

static bool vmlinux_has(struct kernel *kernel, const char *name)
{
	struct symbol symbol;

	return has_vmlinux_symbol(kernel, name, &symbol);
}

bool find_model_in_vmlinux(struct kernel *kernel, const char *arg,
			   uint64_t *value)
{
	(void)arg;
	return find_model(kernel, vmlinux_has, value);
}

static bool kallsyms_has(struct kernel *kernel, const char *name)
{
	uint64_t address;

	return kernel_dump_symbol(kernel, name, &address);
}

bool find_model_in_kallsyms(struct kernel *kernel, const char *arg,
			    uint64_t *value)
{
	(void)arg;
	return find_model(kernel, kallsyms_has, value);
}

/* Kallsyms has no sizes, nor has a System.map, but the next symbol stands near
 * behind a pointer: the smallest array (PAE's 128 sections) is longer. */
enum { SMALLEST_ARRAY = 128 };

bool find_mem_section_in_kallsyms(struct kernel *kernel, const char *arg,
				  uint64_t *value)
{
	uint64_t address;

	if (!kernel_dump_symbol(kernel, arg, &address))
		return false;
	if (kallsyms_room(kernel->dump_symbols.kallsyms, address) <
	    SMALLEST_ARRAY)
		return find_dump_variable(kernel, arg, value);
	*value = address;
	return true;
}

/* A pointer to the roots (EXTREME since 4.15), or the array itself. */
bool find_mem_section_symbol(struct kernel *kernel, const char *arg,
			     uint64_t *value)
{
	struct symbol symbol;
	bool is_pointer;

	if (!has_vmlinux_symbol(kernel, arg, &symbol))
		return false;
	is_pointer = symbol.size ?
			     symbol.size == kernel_pointer_size(kernel) :
			     symbols_room(kernel->vmlinux->symbols,
					  symbol.address) < SMALLEST_ARRAY;
	if (is_pointer)
		return find_variable(kernel, arg, value);
	return find_symbol(kernel, arg, value);
}

static bool is_mapped(struct kernel *kernel, uint64_t vaddr)
{
	const struct space *space = kernel_space(kernel, NULL);

	return space && walk_page_table(space, vaddr).outcome == WALK_MAPPED;
}

/* All sections of VMEMMAP code the same map: its start. */
bool find_vmemmap_in_sections(struct kernel *kernel, const char *arg,
			      uint64_t *value)
{
	struct section_cursor cursor = { 0 };
	struct section section;
	uint64_t model;

	(void)arg;
	if (!kernel_fact(kernel, FACT_MEMORY_MODEL, &model) ||
	    model != MODEL_VMEMMAP ||
	    !kernel_next_section(kernel, &cursor, &section))
		return false;
	*value = section.map;
	return is_mapped(kernel, first_page_of(kernel, &section));
}

static bool read_node(struct kernel *kernel, uint64_t address,
		      struct node *node)
{
	uint64_t start, spanned;

	node->address = address;
	return kernel_member_offset(kernel, "pglist_data", "node_start_pfn",
				    &start) &&
	       kernel_member_offset(kernel, "pglist_data", "node_spanned_pages",
				    &spanned) &&
	       kernel_read_pointer(kernel, address + start, &node->start_pfn,
				   NULL) &&
	       kernel_read_pointer(kernel, address + spanned, &node->nr_pages,
				   NULL);
}

/* Length of node_data[]: the note's, the symbol's size, or how many of its slots
 * the kernel itself looks at. */
static uint64_t nr_node_slots(struct kernel *kernel)
{
	struct symbol symbol;
	uint64_t length = 0, address;

	if (vmcoreinfo_length(&kernel->note, "node_data", &length))
		;
	else if (has_vmlinux_symbol(kernel, "node_data", &symbol) &&
		 symbol.size)
		length = symbol.size / kernel_pointer_size(kernel);
	else if (kernel_symbol(kernel, "nr_node_ids", &address, NULL))
		kernel_read_number(kernel, address, 4, &length, NULL);
	return length < MOST_NODES ? length : MOST_NODES;
}

bool kernel_next_node(struct kernel *kernel, uint64_t *index,
		      struct node *node)
{
	uint64_t slots, address, pointer;

	if (kernel_symbol(kernel, "contig_page_data", &address, NULL))
		return (*index)++ == 0 && read_node(kernel, address, node);
	if (!kernel_symbol(kernel, "node_data", &address, NULL))
		return false;
	slots = nr_node_slots(kernel);
	while (*index < slots) {
		uint64_t at = address + (*index)++ * kernel_pointer_size(kernel);

		if (kernel_read_pointer(kernel, at, &pointer, NULL) && pointer &&
		    read_node(kernel, pointer, node))
			return true;
	}
	return false;
}

bool find_max_pfn_in_nodes(struct kernel *kernel, const char *arg,
			   uint64_t *value)
{
	struct node node;
	uint64_t index = 0;

	(void)arg;
	*value = 0;
	while (kernel_next_node(kernel, &index, &node))
		if (node.start_pfn + node.nr_pages > *value)
			*value = node.start_pfn + node.nr_pages;
	return *value != 0;
}

static bool no_such_frame(uint64_t pfn, struct error *err)
{
	return fail(err, ERROR_NO_ANSWER,
		    "frame %" PRIx64 " has no struct page: no memory there", pfn);
}

static bool node_map(struct kernel *kernel, const struct node *node,
		     uint64_t *map)
{
	uint64_t offset;

	return kernel_member_offset(kernel, "pglist_data", "node_mem_map",
				    &offset) &&
	       kernel_read_pointer(kernel, node->address + offset, map, NULL);
}

static bool pfn_to_page_in_nodes(struct kernel *kernel, uint64_t pfn,
				 uint64_t size, uint64_t *page,
				 struct error *err)
{
	struct node node;
	uint64_t index = 0, map;

	while (kernel_next_node(kernel, &index, &node))
		if (pfn >= node.start_pfn &&
		    pfn - node.start_pfn < node.nr_pages &&
		    node_map(kernel, &node, &map)) {
			*page = map + (pfn - node.start_pfn) * size;
			return true;
		}
	return no_such_frame(pfn, err);
}

static bool page_to_pfn_in_nodes(struct kernel *kernel, uint64_t page,
				 uint64_t size, uint64_t *pfn)
{
	struct node node;
	uint64_t index = 0, map;

	while (kernel_next_node(kernel, &index, &node))
		if (node_map(kernel, &node, &map) && page >= map &&
		    (page - map) / size < node.nr_pages) {
			*pfn = node.start_pfn + (page - map) / size;
			return true;
		}
	return false;
}

static bool page_in_section(struct kernel *kernel,
			    const struct section *section, uint64_t page,
			    uint64_t size, uint64_t *pfn)
{
	const struct section_layout *layout = kernel_section_layout(kernel);
	unsigned int shift = (unsigned int)layout->section_bits - PAGE_SHIFT;
	uint64_t first = first_page_of(kernel, section);

	if (page < first || (page - first) / size >> shift)
		return false;
	*pfn = (section->number << shift) + (page - first) / size;
	return true;
}

/* The section's number stands in the top bits of page->flags. */
static bool section_of_page(struct kernel *kernel, uint64_t page,
			    struct section *section)
{
	const struct section_layout *layout = kernel_section_layout(kernel);
	unsigned int word = 8 * kernel_pointer_size(kernel), bits;
	uint64_t offset, flags;

	if (!layout || !kernel_member_offset(kernel, "page", "flags", &offset) ||
	    !kernel_read_pointer(kernel, page + offset, &flags, NULL))
		return false;
	bits = (unsigned int)__builtin_ctzll(layout->nr_sections);
	return bits && bits < word &&
	       kernel_section(kernel, flags >> (word - bits), section);
}

static bool page_to_pfn_in_sections(struct kernel *kernel, uint64_t page,
				    uint64_t size, uint64_t *pfn)
{
	struct section_cursor cursor = { 0 };
	struct section section;

	if (section_of_page(kernel, page, &section) &&
	    page_in_section(kernel, &section, page, size, pfn))
		return true;
	while (kernel_next_section(kernel, &cursor, &section))
		if (page_in_section(kernel, &section, page, size, pfn))
			return true;
	return false;
}

/* One array: FLATMEM's mem_map from frame 0, or VMEMMAP's. */
static bool map_base(struct kernel *kernel, enum memory_model model,
		     uint64_t *map, struct error *err)
{
	return kernel_require(kernel, model == MODEL_FLATMEM ? FACT_MEM_MAP :
							       FACT_VMEMMAP,
			      map, err);
}

/* Is there a struct page for this frame in the one array? */
static bool frame_in_array(struct kernel *kernel, enum memory_model model,
			   uint64_t pfn, struct error *err)
{
	struct section section;
	struct extent extent;
	uint64_t max_pfn;

	if (model == MODEL_VMEMMAP && kernel_section_layout(kernel))
		return kernel_section_of(kernel, pfn, &section) ||
		       no_such_frame(pfn, err);
	if (kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		return pfn < max_pfn || no_such_frame(pfn, err);
	/* Nothing tells where memory ends, but what is in the dump is memory. */
	dump_find(kernel->dump, pfn << PAGE_SHIFT, &extent);
	return extent.state != PAGE_ABSENT || no_such_frame(pfn, err);
}

static bool need_model(struct kernel *kernel, uint64_t *model, uint64_t *size,
		       struct error *err)
{
	if (!kernel_require(kernel, FACT_MEMORY_MODEL, model, err) ||
	    !kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, size, err))
		return false;
	if (*size == 0 || *size > 4096)
		return fail(err, ERROR_FORMAT,
			    "struct page of %" PRIu64 " bytes makes no sense",
			    *size);
	return true;
}

bool kernel_pfn_to_page(struct kernel *kernel, uint64_t pfn, uint64_t *page,
			struct error *err)
{
	struct section section;
	uint64_t model, size, map;

	if (pfn >> (64 - PAGE_SHIFT))
		return no_such_frame(pfn, err);
	if (!need_model(kernel, &model, &size, err))
		return false;
	switch ((enum memory_model)model) {
	case MODEL_DISCONTIGMEM:
		return pfn_to_page_in_nodes(kernel, pfn, size, page, err);
	case MODEL_SPARSEMEM:
		if (!kernel_section_of(kernel, pfn, &section))
			return no_such_frame(pfn, err);
		map = section.map;
		break;
	default:
		if (!map_base(kernel, model, &map, err) ||
		    !frame_in_array(kernel, model, pfn, err))
			return false;
	}
	*page = (map + pfn * size) & kernel->arch->address_mask;
	return true;
}

static bool find_pfn(struct kernel *kernel, uint64_t model, uint64_t size,
		     uint64_t page, uint64_t *pfn, struct error *err)
{
	uint64_t map;

	switch ((enum memory_model)model) {
	case MODEL_DISCONTIGMEM:
		if (page_to_pfn_in_nodes(kernel, page, size, pfn))
			return true;
		break;
	case MODEL_SPARSEMEM:
		if (page_to_pfn_in_sections(kernel, page, size, pfn))
			return true;
		break;
	default:
		if (!map_base(kernel, model, &map, err))
			return false;
		*pfn = (page - map) / size;
		if (page >= map && frame_in_array(kernel, model, *pfn, NULL))
			return true;
	}
	return fail(err, ERROR_NO_ANSWER,
		    "%" PRIx64 " is no struct page: it lies outside the memory map",
		    page);
}

bool kernel_page_to_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn,
			struct error *err)
{
	uint64_t model, size, start;

	if (!need_model(kernel, &model, &size, err) ||
	    !find_pfn(kernel, model, size, page, pfn, err) ||
	    !kernel_pfn_to_page(kernel, *pfn, &start, err))
		return false;
	if (start != page)
		return fail(err, ERROR_NO_ANSWER,
			    "%" PRIx64 " is no struct page: it points %" PRIu64
			    " bytes into the one at %" PRIx64,
			    page, page - start, start);
	return true;
}
