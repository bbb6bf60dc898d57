/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/page.h"

#include <inttypes.h>

#include "debuginfo/vmlinux.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/vmcoreinfo.h"
#include "symbols/kallsyms.h"
#include "symbols/symbols.h"
#include "types/types.h"

/* --- sections --- */

/* SPARSEMEM: physical memory is divided into sections, and each section has a struct mem_section
 * (include/linux/mmzone.h). */

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

enum {
	MOST_NODES = 1024, /* limit; NODES_SHIFT is at most 10 */
	SLOTS_AT_ONCE = 128, /* of node_data */
};

/* Is the struct page mapped in the direct map? The struct pages of SPARSEMEM are in the direct map.
 * The struct pages of VMEMMAP are not. */
static bool page_in_direct_map(struct kernel *kernel, uint64_t page)
{
	const struct space *space = kernel_space(kernel, NULL);
	uint64_t paddr;

	return space && kernel->arch->virt_to_phys(kernel, page, &paddr) &&
	       space_maps(space, page, paddr);
}

static uint64_t first_page_of(struct kernel *kernel, const struct section *section)
{
	const struct section_layout *layout = page_section_layout(kernel);
	uint64_t size = 0;

	kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &size);
	return section->map +
	       (section->number << (layout->section_bits - kernel_page_shift(kernel))) * size;
}

/* Finds the model by the place of the struct pages. */
static bool find_model_in_sections(struct kernel *kernel, uint64_t *value)
{
	struct section_cursor cursor = { 0 };
	struct section section;
	uint64_t known;

	if (!kernel_fact(kernel, FACT_STRUCT_PAGE_SIZE, &known) ||
	    !page_next_section(kernel, &cursor, &section))
		return false;
	*value = page_in_direct_map(kernel, first_page_of(kernel, &section)) ? MODEL_SPARSEMEM :
									       MODEL_VMEMMAP;
	return *value == MODEL_SPARSEMEM || kernel_fact(kernel, FACT_PAGE_OFFSET, &known);
}

static bool find_model_in_note(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t ignored;

	(void)arg;
	if (vmcoreinfo_symbol(kernel->note, "mem_section", &ignored))
		return find_model_in_sections(kernel, value);
	*value = MODEL_FLATMEM;
	if (vmcoreinfo_symbol(kernel->note, "mem_map", &ignored))
		return true;
	*value = MODEL_DISCONTIGMEM;
	return vmcoreinfo_symbol(kernel->note, "node_data", &ignored);
}

/* Finds the memory model by the symbols that exist. symbol: a function that returns true if a
 * symbol with this name exists. */
static bool find_model_by(struct kernel *kernel, fact_find *symbol, uint64_t *value)
{
	uint64_t ignored;

	if (symbol(kernel, "mem_section", &ignored)) {
		bool has = symbol(kernel, "vmemmap_populate", &ignored);

		*value = has ? MODEL_VMEMMAP : MODEL_SPARSEMEM;
		/* With CONFIG_DYNAMIC_MEMORY_LAYOUT, x86-64 has vmemmap_base in every model
		 * (head64.c). */
		return has || !symbol(kernel, "vmemmap_base", &ignored) ||
		       find_model_in_sections(kernel, value);
	}
	if (symbol(kernel, "mem_map", &ignored))
		*value = MODEL_FLATMEM;
	else if (symbol(kernel, "node_data", &ignored))
		*value = MODEL_DISCONTIGMEM;
	else
		return false;
	return true;
}

/* Does vmlinux contain the symbol? The address of the symbol is not needed, and may be unknown. */
static bool has_linked_symbol(struct kernel *kernel, const char *name, uint64_t *address)
{
	struct kernel_symbol symbol;

	(void)address;
	return kernel_linked_symbol(kernel, name, &symbol);
}

static bool find_model_by_symbols(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return find_model_by(kernel, has_linked_symbol, value);
}

static bool find_model_by_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return find_model_by(kernel, kernel_dump_symbol, value);
}

/* kallsyms and System.map contain no sizes, so the size of mem_section is the distance to the next
 * symbol. If it is less than SMALLEST_ARRAY, mem_section is a pointer. Even the smallest array,
 * with 128 sections on PAE, is larger. */
enum { SMALLEST_ARRAY = 128 /* bytes */ };

/* Finds the address of the array of roots. mem_section is a pointer to the array (with EXTREME
 * since 4.15), or the array itself. */
static bool find_mem_section_in_kallsyms(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel_dump_symbol(kernel, arg, value) &&
	       (kallsyms_room(kernel_kallsyms(kernel, NULL), *value) >= SMALLEST_ARRAY ||
		find_dump_variable(kernel, arg, value));
}

static bool find_mem_section_symbol(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct kernel_symbol symbol;
	bool is_pointer;

	if (!kernel_linked_symbol(kernel, arg, &symbol))
		return false;
	is_pointer = symbol.size ? symbol.size == kernel_pointer_size(kernel) :
				   symbols_room(kernel->vmlinux->symbols, symbol.address) <
					   SMALLEST_ARRAY;
	return is_pointer ? find_variable(kernel, arg, value) :
			    kernel_vmlinux_symbol(kernel, arg, value);
}

/* Reads the memory map of the first section. With VMEMMAP all sections have the same memory map. */
bool find_vmemmap_in_sections(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct section_cursor cursor = { 0 };
	const struct space *space;
	struct section section;
	uint64_t model;

	(void)arg;
	if (!kernel_fact(kernel, FACT_MEMORY_MODEL, &model) || model != MODEL_VMEMMAP ||
	    !page_next_section(kernel, &cursor, &section))
		return false;
	*value = section.map;
	space = kernel_space(kernel, NULL);
	return space &&
	       walk_page_table(space, first_page_of(kernel, &section)).outcome == WALK_MAPPED;
}

/* --- nodes --- */

struct node {
	uint64_t start_pfn, nr_pages;
	uint64_t map; /* address of the first struct page of the node; 0: unknown */
};

static bool node_word(struct kernel *kernel, uint64_t pgdat, const char *member, uint64_t *value)
{
	uint64_t offset;

	return kernel_member_offset(kernel, "pglist_data", member, &offset) &&
	       kernel_read_pointer(kernel, pgdat + offset, value, NULL);
}

static bool read_node(struct kernel *kernel, uint64_t pgdat, struct node *node)
{
	if (!node_word(kernel, pgdat, "node_mem_map", &node->map))
		node->map = 0;
	return node_word(kernel, pgdat, "node_start_pfn", &node->start_pfn) &&
	       node_word(kernel, pgdat, "node_spanned_pages", &node->nr_pages);
}

/* Returns the length of node_data[], read from VMCOREINFO, from the size of the symbol, or from
 * nr_node_ids. */
static uint64_t nr_node_slots(struct kernel *kernel)
{
	struct kernel_symbol symbol;
	uint64_t length = 0, address;

	if (vmcoreinfo_value(kernel->note, "LENGTH", "node_data", &length))
		;
	else if (kernel_linked_symbol(kernel, "node_data", &symbol) && symbol.size)
		length = symbol.size / kernel_pointer_size(kernel);
	else if (kernel_symbol(kernel, "nr_node_ids", &address, NULL))
		kernel_read_number(kernel, address, 4, &length, NULL);
	return length < MOST_NODES ? length : MOST_NODES;
}

/* Finds the next pointer that is not 0 in a part of node_data. The part is read at once, because
 * most slots are 0. Returns false if there is none, or if the part cannot be read. In the second
 * case *index stays the same. */
static bool next_in_part(struct kernel *kernel, uint64_t address, uint64_t nr, uint64_t *index,
			 uint64_t *pgdat)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint8_t bytes[SLOTS_AT_ONCE * 8];

	if (!kernel_read(kernel, address + *index * word, bytes, nr * word, NULL))
		return false;
	for (uint64_t i = 0; i < nr; i++) {
		++*index;
		*pgdat = load_le(bytes + i * word, word);
		if (*pgdat)
			return true;
	}
	return false;
}

bool page_next_node(struct kernel *kernel, uint64_t *index, uint64_t *pgdat)
{
	uint64_t slots, address;

	if (kernel_symbol(kernel, "contig_page_data", pgdat, NULL))
		return (*index)++ == 0;
	if (!kernel_symbol(kernel, "node_data", &address, NULL))
		return false;
	slots = nr_node_slots(kernel);
	while (*index < slots) {
		uint64_t before = *index, at = address + before * kernel_pointer_size(kernel);

		if (next_in_part(kernel, address, smaller_of(slots - before, SLOTS_AT_ONCE), index,
				 pgdat))
			return true;
		if (*index != before)
			continue;
		++*index;
		if (kernel_read_pointer(kernel, at, pgdat, NULL) && *pgdat)
			return true;
	}
	return false;
}

/* Reads the next node. *index is the next slot of node_data; it must be 0 in the first call.
 * Returns false after the last node. */
static bool next_node(struct kernel *kernel, uint64_t *index, struct node *node)
{
	uint64_t pgdat;

	while (page_next_node(kernel, index, &pgdat))
		if (read_node(kernel, pgdat, node))
			return true;
	return false;
}

static bool accept_max_pfn(struct kernel *kernel, uint64_t value)
{
	if (value && value <= kernel_pfn(kernel, MOST_MEMORY))
		return true;
	kernel_refuse(kernel);
	return false;
}

static bool find_max_pfn(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_variable(kernel, arg, value) && accept_max_pfn(kernel, *value);
}

static bool find_dump_max_pfn(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return find_dump_variable(kernel, arg, value) && accept_max_pfn(kernel, *value);
}

static bool find_max_pfn_in_nodes(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct node node;
	uint64_t index = 0;

	(void)arg;
	*value = 0;
	while (next_node(kernel, &index, &node))
		if (node.start_pfn + node.nr_pages > *value)
			*value = node.start_pfn + node.nr_pages;
	return *value && *value <= kernel_pfn(kernel, MOST_MEMORY);
}

/* Returns the end of the highest section that was ever present (c4e1be9ec113, 4.13), as a pfn. Returns
 * UINT64_MAX if it is unknown. */
static uint64_t end_of_sections(struct kernel *kernel)
{
	const struct section_layout *layout = page_section_layout(kernel);
	uint64_t symbol, nr;

	if (!layout || !kernel_symbol(kernel, "__highest_present_section_nr", &symbol, NULL) ||
	    !kernel_read_word(kernel, symbol, &nr, NULL) || nr >= layout->nr_sections)
		return UINT64_MAX;
	return kernel_pfn(kernel, (nr + 1) << layout->section_bits);
}

/* Must max_pfn be at least this end of the nodes? On some machines, add_pages() increases max_pfn if
 * memory is added, before the node grows (since f1dd2cd13c4b, 4.13). But since 7170130e4c72 (6.15, and in earlier stable releases) it does not do so for a device's private
 * memory, whose sections are never online. On other machines max_pfn may be smaller, if memory was
 * added while the kernel ran. */
static bool max_pfn_reaches(struct kernel *kernel, uint64_t end)
{
	struct section section;

	return kernel->arch->max_pfn_grows_first &&
	       kernel_version(kernel) >= KERNEL_VERSION(4, 13, 0) &&
	       (!page_section_of(kernel, end - 1, &section) || section.online);
}

/* Does the end of the nodes contradict max_pfn? If memory was removed, max_pfn is larger: the end of
 * memory that was added, which comes in subsections. */
static bool find_end_of_nodes(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t taken = kernel->facts->fact[FACT_MAX_PFN].value;

	if (!find_max_pfn_in_nodes(kernel, arg, value) || *value == taken)
		return false;
	if (*value < taken)
		return end_of_sections(kernel) < taken ||
		       kernel_frame(kernel, taken) % (1 << SUBSECTION_SHIFT);
	return max_pfn_reaches(kernel, *value);
}

/* --- between frames and struct pages --- */

static bool no_such_frame(uint64_t pfn, struct error *err)
{
	return fail(err, ERROR_NO_ANSWER,
		    "frame %" PRIx64 " has no struct page, because it is not memory", pfn);
}

static bool pfn_to_page_in_nodes(struct kernel *kernel, uint64_t pfn, uint64_t size, uint64_t *page,
				 struct error *err)
{
	struct node node;
	uint64_t index = 0;

	while (next_node(kernel, &index, &node))
		if (node.map && pfn >= node.start_pfn && pfn - node.start_pfn < node.nr_pages) {
			*page = node.map + (pfn - node.start_pfn) * size;
			return true;
		}
	return no_such_frame(pfn, err);
}

/* A struct page: its frame, and the number of bytes from its start to an address in it. */
struct found_page {
	uint64_t pfn, inside;
};

/* Finds the struct page that contains an address at or above `map`, the struct page of frame
 * `first`. */
static struct found_page page_in_map(uint64_t address, uint64_t map, uint64_t first, uint64_t size)
{
	return (struct found_page){ first + (address - map) / size, (address - map) % size };
}

static bool page_to_pfn_in_nodes(struct kernel *kernel, uint64_t page, uint64_t size,
				 struct found_page *found)
{
	struct node node;
	uint64_t index = 0;

	while (next_node(kernel, &index, &node))
		if (node.map && page >= node.map && (page - node.map) / size < node.nr_pages) {
			*found = page_in_map(page, node.map, node.start_pfn, size);
			return true;
		}
	return false;
}

/* Finds the section whose map contains page. Searches all sections, because without VMEMMAP there are
 * only a few. */
static bool page_to_pfn_in_sections(struct kernel *kernel, uint64_t page, uint64_t size,
				    struct found_page *found)
{
	const struct section_layout *layout = page_section_layout(kernel);
	struct section_cursor cursor = { 0 };
	struct section section;

	while (page_next_section(kernel, &cursor, &section)) {
		unsigned int shift = (unsigned int)layout->section_bits - kernel_page_shift(kernel);
		uint64_t first = first_page_of(kernel, &section);

		if (page < first || (page - first) / size >> shift)
			continue;
		*found = page_in_map(page, first, section.number << shift, size);
		return true;
	}
	return false;
}

/* Finds the address of the memory map. For FLATMEM and VMEMMAP, the memory map is one array of
 * struct pages, and its first entry is the struct page of frame 0. */
static bool map_base(struct kernel *kernel, enum memory_model model, uint64_t *map,
		     struct error *err)
{
	return kernel_require(kernel, model == MODEL_FLATMEM ? FACT_MEM_MAP : FACT_VMEMMAP, map,
			      err);
}

static bool frame_in_array(struct kernel *kernel, enum memory_model model, uint64_t pfn,
			   struct error *err)
{
	struct section section;
	struct extent extent;
	uint64_t max_pfn;

	if (model == MODEL_VMEMMAP && page_section_layout(kernel))
		return page_section_of(kernel, pfn, &section) || no_such_frame(pfn, err);
	if (kernel_fact(kernel, FACT_MAX_PFN, &max_pfn))
		return pfn < max_pfn || no_such_frame(pfn, err);
	/* The end of memory is unknown, so the frame counts as memory if it is in the dump. */
	dump_find_run(kernel->dump, kernel_frame(kernel, pfn), &extent);
	return extent.state != PAGE_ABSENT || no_such_frame(pfn, err);
}

static bool need_model(struct kernel *kernel, uint64_t *model, uint64_t *size, struct error *err)
{
	if (!kernel_require(kernel, FACT_MEMORY_MODEL, model, err) ||
	    !kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, size, err))
		return false;
	if (*size == 0 || *size > 4096)
		return fail(err, ERROR_FORMAT, "implausible size of struct page: %" PRIu64 " bytes",
			    *size);
	return true;
}

bool page_of_pfn(struct kernel *kernel, uint64_t pfn, uint64_t *page, struct error *err)
{
	struct section section;
	uint64_t model, size, map;

	if (!kernel_frame_fits(kernel, pfn))
		return no_such_frame(pfn, err);
	if (!need_model(kernel, &model, &size, err))
		return false;
	switch ((enum memory_model)model) {
	case MODEL_DISCONTIGMEM: return pfn_to_page_in_nodes(kernel, pfn, size, page, err);
	case MODEL_SPARSEMEM:
		if (!page_section_of(kernel, pfn, &section))
			return no_such_frame(pfn, err);
		map = section.map;
		break;
	default:
		if (!map_base(kernel, model, &map, err) || !frame_in_array(kernel, model, pfn, err))
			return false;
	}
	*page = (map + pfn * size) & kernel->arch->address_mask;
	return true;
}

/* The spans of nodes and the maps of sections may overlap or wrap, if the dump is damaged. Then the
 * struct page that was found is not the one that page_of_pfn() finds for its frame. */
static bool is_page_of_frame(struct kernel *kernel, uint64_t page, const struct found_page *found,
			     struct error *err)
{
	uint64_t start;

	return page_of_pfn(kernel, found->pfn, &start, err) &&
	       (start == page - found->inside ||
		fail(err, ERROR_NO_ANSWER,
		     "%" PRIx64
		     " is not the address of a struct page, because the struct page of frame %" PRIx64
		     " is at %" PRIx64,
		     page, found->pfn, start));
}

static bool locate_page(struct kernel *kernel, uint64_t page, struct found_page *found,
			struct error *err)
{
	uint64_t model, size, map;

	if (!need_model(kernel, &model, &size, err))
		return false;
	switch ((enum memory_model)model) {
	case MODEL_DISCONTIGMEM:
		if (page_to_pfn_in_nodes(kernel, page, size, found))
			return is_page_of_frame(kernel, page, found, err);
		break;
	case MODEL_SPARSEMEM:
		if (page_to_pfn_in_sections(kernel, page, size, found))
			return is_page_of_frame(kernel, page, found, err);
		break;
	default:
		if (!map_base(kernel, model, &map, err))
			return false;
		*found = page_in_map(page, map, 0, size);
		if (page >= map && page <= kernel->arch->address_mask &&
		    kernel_frame_fits(kernel, found->pfn) &&
		    frame_in_array(kernel, model, found->pfn, NULL))
			return true;
	}
	if (kernel_stopped(kernel))
		return fail(err, ERROR_INTERRUPTED, "interrupted");
	return fail(err, ERROR_NO_ANSWER,
		    "%" PRIx64
		    " is not the address of a struct page, because it is outside the memory map",
		    page);
}

bool page_holding(struct kernel *kernel, uint64_t address, uint64_t *pfn, uint64_t *page)
{
	struct found_page found = { 0 };

	if (!locate_page(kernel, address, &found, NULL))
		return false;
	*pfn = found.pfn;
	*page = address - found.inside;
	return true;
}

bool page_pfn(struct kernel *kernel, uint64_t page, uint64_t *pfn, struct error *err)
{
	struct found_page found = { 0 };

	if (!locate_page(kernel, page, &found, err))
		return false;
	if (found.inside)
		return fail(err, ERROR_NO_ANSWER,
			    "%" PRIx64 " is not the address of a struct page, but is %" PRIu64
			    " bytes inside the struct page at %" PRIx64,
			    page, found.inside, page - found.inside);
	*pfn = found.pfn;
	return true;
}

static bool find_note_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return vmcoreinfo_value(kernel->note, "SIZE", arg, value);
}

/* The pointer that is stored at the address SYMBOL(arg) of the note. */
static bool find_note_variable(struct kernel *kernel, const char *arg, uint64_t *value)
{
	uint64_t address;

	return find_note_symbol(kernel, arg, &address) &&
	       kernel_read_pointer(kernel, address, value, NULL);
}

/* The size of a type of vmlinux. */
static bool find_type_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	return kernel->vmlinux && types_size(kernel->vmlinux->types, arg, value);
}

static bool find_dump_type_size(struct kernel *kernel, const char *arg, uint64_t *value)
{
	struct types *types = kernel_dump_types(kernel);

	return types && types_size(types, arg, value);
}

// clang-format off
const struct fact_source frame_sources[] = {
	{ FACT_MEMORY_MODEL, SOURCE_CHEAP, OF_DUMP("VMCOREINFO"), find_model_in_note, NULL },
	{ FACT_MEMORY_MODEL, SOURCE_COSTLY, OF_SYMBOLS("", " symbols"), find_model_by_symbols, NULL },
	{ FACT_MEMORY_MODEL, SOURCE_COSTLY, OF_DUMP("kallsyms symbols"), find_model_by_kallsyms, NULL },
	{ FACT_MEM_MAP, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(mem_map), its value in the dump"), find_note_variable, "mem_map" },
	{ FACT_MEM_MAP, SOURCE_COSTLY, OF_VARIABLE("mem_map"), find_variable, "mem_map" },
	{ FACT_MEM_MAP, SOURCE_COSTLY, OF_DUMP("kallsyms symbol mem_map, its value in the dump"), find_dump_variable, "mem_map" },
	{ FACT_MEM_SECTION, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SYMBOL(mem_section)"), find_note_symbol, "mem_section" },
	{ FACT_MEM_SECTION, SOURCE_COSTLY, OF_SYMBOL("mem_section"), find_mem_section_symbol, "mem_section" },
	{ FACT_MEM_SECTION, SOURCE_COSTLY, OF_DUMP("kallsyms symbol mem_section"), find_mem_section_in_kallsyms, "mem_section" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_CHEAP, OF_DUMP("VMCOREINFO SIZE(page)"), find_note_size, "page" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_COSTLY, OF_VMLINUX("vmlinux debug information"), find_type_size, "struct page" },
	{ FACT_STRUCT_PAGE_SIZE, SOURCE_COSTLY, OF_DUMP("BTF in the dump"), find_dump_type_size, "struct page" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, OF_VARIABLE("max_pfn"), find_max_pfn, "max_pfn" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, OF_DUMP("kallsyms symbol max_pfn, its value in the dump"), find_dump_max_pfn, "max_pfn" },
	{ FACT_MAX_PFN, SOURCE_FALLBACK, OF_DUMP("the nodes' spans"), find_max_pfn_in_nodes, NULL },
	{ FACT_MAX_PFN, SOURCE_WITNESS, OF_DUMP("the nodes' end"), find_end_of_nodes, NULL },
	{ 0 }
};
// clang-format on
