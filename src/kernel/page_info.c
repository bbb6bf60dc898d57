/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/page_info.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/sections.h"

static bool read_member(struct kernel *kernel, uint64_t page,
			const char *member, size_t size, uint64_t *value)
{
	uint64_t offset;

	return kernel_member_offset(kernel, "page", member, &offset) &&
	       kernel_read_number(kernel, page + offset, size, value, NULL);
}

static bool head_flag(struct kernel *kernel, uint64_t *mask)
{
	struct types *types;
	int64_t bit;

	if (vmcoreinfo_number(&kernel->note, "PG_head_mask", mask))
		return true;
	types = kernel_types(kernel);
	if (!types || !types_enumerator(types, "pageflags", "PG_head", &bit) ||
	    bit < 0 || bit > 63)
		return false;
	*mask = UINT64_C(1) << bit;
	return true;
}

/* A head has its flag, a tail bit 0 of compound_head (compound_info since 7.1). */
static bool is_compound(struct kernel *kernel, uint64_t page,
			const struct page_info *info)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t mask, head;

	if (info->has_flags && head_flag(kernel, &mask) && (info->flags & mask))
		return true;
	return (read_member(kernel, page, "compound_head", word, &head) ||
		read_member(kernel, page, "compound_info", word, &head)) &&
	       (head & 1);
}

static void read_counts(struct kernel *kernel, uint64_t page,
			struct page_info *info)
{
	uint64_t value;

	/* _count became _refcount in 4.6 (0139aa7b7fa1). */
	if (read_member(kernel, page, "_refcount", 4, &value) ||
	    read_member(kernel, page, "_count", 4, &value)) {
		info->has_refcount = true;
		info->refcount = (int32_t)value;
	}
	/* Below -1 the word holds a page type instead of a count; the parts of a
	 * compound page are counted elsewhere, in a way of each release's own. */
	if (!is_compound(kernel, page, info) &&
	    read_member(kernel, page, "_mapcount", 4, &value) &&
	    (int32_t)value >= -1) {
		info->has_mapcount = true;
		info->mapcount = (int32_t)value + 1;
	}
}

/*
 * The top of the flags word, from the highest bit down: section (SPARSEMEM
 * without VMEMMAP), node, zone; include/linux/page-flags-layout.h.
 */
struct flags_layout {
	unsigned int node_shift, node_bits;
	bool one_node;
	unsigned int zone_shift, zone_bits;
};

static unsigned int bits_for(uint64_t count)
{
	unsigned int bits = 0;

	while (bits < 63 && (UINT64_C(1) << bits) < count)
		bits++;
	return bits;
}

/* MAX_NUMNODES is the length of node_data[], 1 without CONFIG_NUMA. False where
 * nothing tells: kallsyms has no sizes. */
static bool node_bits(struct kernel *kernel, unsigned int *bits)
{
	struct kernel_symbol symbol;
	uint64_t length;

	*bits = 0;
	if (vmcoreinfo_length(&kernel->note, "node_data", &length)) {
		*bits = bits_for(length);
		return true;
	}
	if (!kernel_symbol_find(kernel, "node_data", &symbol, NULL))
		return kernel_has_symbol(kernel, "node_data") == NO;
	*bits = bits_for(symbol.size / kernel_pointer_size(kernel));
	return symbol.size != 0;
}

static unsigned int section_bits(struct kernel *kernel)
{
	const struct section_layout *layout;
	uint64_t model;

	if (!kernel_fact(kernel, FACT_MEMORY_MODEL, &model) ||
	    model != MODEL_SPARSEMEM)
		return 0;
	layout = kernel_section_layout(kernel);
	return layout ? bits_for(layout->nr_sections) : 0;
}

static bool find_flags_layout(struct kernel *kernel, struct types *types,
			      struct flags_layout *layout)
{
	unsigned int word = 8 * kernel_pointer_size(kernel);
	unsigned int sections = section_bits(kernel);
	int64_t nr_zones, nr_flags;

	if (!types_enumerator(types, "zone_type", "__MAX_NR_ZONES", &nr_zones) ||
	    !types_enumerator(types, "pageflags", "__NR_PAGEFLAGS", &nr_flags) ||
	    nr_zones < 1 || nr_zones > 8 || nr_flags < 1 || nr_flags > word ||
	    !node_bits(kernel, &layout->node_bits))
		return false;
	layout->zone_bits = bits_for((uint64_t)nr_zones);
	layout->one_node = layout->node_bits == 0;
	/* NODE_NOT_IN_PAGE_FLAGS */
	if (sections + layout->node_bits + layout->zone_bits + nr_flags > word)
		layout->node_bits = 0;
	layout->node_shift = word - sections - layout->node_bits;
	layout->zone_shift = layout->node_shift - layout->zone_bits;
	return true;
}

struct zone_search {
	int64_t number;
	const char *name;
};

static bool match_zone(const char *name, int64_t value, void *arg)
{
	struct zone_search *search = arg;

	if (value != search->number)
		return true;
	search->name = name;
	return false;
}

/* The kernel's spelling (zone_names[], mm/page_alloc.c) of ZONE_NORMAL. */
static const char *zone_name(struct types *types, uint64_t number)
{
	static const struct {
		const char *enumerator, *name;
	} names[] = {
		{ "ZONE_DMA", "DMA" }, { "ZONE_DMA32", "DMA32" },
		{ "ZONE_NORMAL", "Normal" }, { "ZONE_HIGHMEM", "HighMem" },
		{ "ZONE_MOVABLE", "Movable" }, { "ZONE_DEVICE", "Device" },
	};
	struct zone_search search = { (int64_t)number, NULL };

	types_each_enumerator(types, "zone_type", match_zone, &search);
	for (size_t i = 0; search.name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].enumerator, search.name))
			return names[i].name;
	return NULL;
}

static void split_flags(struct kernel *kernel, struct page_info *info)
{
	struct types *types = kernel_types(kernel);
	struct flags_layout layout;

	if (!types || !find_flags_layout(kernel, types, &layout))
		return;
	info->zone = zone_name(types, info->flags >> layout.zone_shift &
				       ((1u << layout.zone_bits) - 1));
	if (layout.node_bits) {
		info->has_node = true;
		info->node = info->flags >> layout.node_shift &
			     ((UINT64_C(1) << layout.node_bits) - 1);
	} else if (layout.one_node) {
		info->has_node = true;
	}
}

bool kernel_page_info(struct kernel *kernel, uint64_t page,
		      struct page_info *info, struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t size;
	uint8_t byte;

	*info = (struct page_info){ 0 };
	if (!kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &size, err) ||
	    !kernel_read(kernel, page, &byte, 1, err))
		return false;
	info->has_flags = read_member(kernel, page, "flags", word, &info->flags);
	if (info->has_flags)
		split_flags(kernel, info);
	info->has_mapping = read_member(kernel, page, "mapping", word,
					&info->mapping);
	read_counts(kernel, page, info);
	return true;
}

struct flag_visit {
	uint64_t left; /* bits that still want a name */
	void (*visit)(const char *name, void *arg);
	void *arg;
};

/* Aliases follow the flags proper, so the first name of a bit is its own. */
static bool visit_flag(const char *name, int64_t bit, void *arg)
{
	struct flag_visit *visit = arg;

	if (!strncmp(name, "__NR", 4))
		return false;
	if (bit >= 0 && bit < 64 && (visit->left >> bit & 1)) {
		visit->left &= ~(UINT64_C(1) << bit);
		visit->visit(strncmp(name, "PG_", 3) ? name : name + 3,
			     visit->arg);
	}
	return true;
}

bool kernel_page_flags(struct kernel *kernel, uint64_t flags,
		       void (*visit)(const char *name, void *arg), void *arg)
{
	struct flag_visit state = { flags, visit, arg };
	struct types *types = kernel_types(kernel);

	return types && types_each_enumerator(types, "pageflags", visit_flag,
					      &state);
}
