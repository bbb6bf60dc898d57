/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/page_info.h"

#include "base/text.h"
#include "linux/page/page_layout.h"
#include "linux/page/page.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "types/types.h"

static bool page_info_read_member(struct kernel *kernel, uint64_t page, const char *member,
				  size_t size, uint64_t *value)
{
	uint64_t offset;

	return kernel_member_place(kernel, "page", member, size, &offset) &&
	       kernel_read_number(kernel, page + offset, size, value, NULL);
}

/* Is the page a single page that is not a slab? Sets *flags to the flags of the head, or to the
 * flags of the page itself if it is a single page. Also sets second and order_bits of *info. */
static bool page_info_find_compound(struct kernel *kernel, uint64_t page, struct page_info *info,
				    uint64_t *flags)
{
	struct page_words words;
	struct compound compound;
	uint64_t pfn;

	if (!page_pfn(kernel, page, &pfn, NULL) || !page_compound(kernel, pfn, &words, &compound))
		return false;
	*flags = page_word(&words, words.layout->flags);
	info->second = compound.compound && pfn == compound.head_pfn + 1;
	if (info->second && words.layout->order_in_flags)
		info->order_bits = 0xff;
	return !compound.compound && !page_words_slab(&words);
}

static void read_counts(struct kernel *kernel, uint64_t page, bool single, struct page_info *info)
{
	uint64_t value;

	/* _count was renamed to _refcount in 4.6 (0139aa7b7fa1). */
	if (page_info_read_member(kernel, page, "_refcount", 4, &value) ||
	    page_info_read_member(kernel, page, "_count", 4, &value)) {
		info->has_refcount = true;
		info->refcount = (int32_t)value;
	}
	/* Leave the number of mappings unknown if this word contains something else. A value below
	 * -1 is a page type. Until 6.9 a slab uses this word to count objects. The mappings of
	 * compound pages are counted elsewhere, in a different place in each release. */
	if (single && page_info_read_member(kernel, page, "_mapcount", 4, &value) &&
	    (int32_t)value >= -1) {
		info->has_mapcount = true;
		info->mapcount = (int64_t)(int32_t)value + 1;
	}
}

static unsigned int bits_for(uint64_t count)
{
	unsigned int bits = 0;

	while (bits < 63 && (UINT64_C(1) << bits) < count)
		bits++;
	return bits;
}

/* Finds the number of bits that hold a node's number in the flags word. This number of bits depends
 * on MAX_NUMNODES, which is the length of node_data[]. Without CONFIG_NUMA the array does not
 * exist, and the number of bits is 0. Returns false if the length of the array is unknown, because
 * kallsyms has no sizes. */
static bool node_bits(struct kernel *kernel, unsigned int *bits)
{
	struct kernel_symbol symbol;
	uint64_t length;

	*bits = 0;
	if (vmcoreinfo_value(kernel->note, "LENGTH", "node_data", &length)) {
		*bits = bits_for(length);
		return true;
	}
	if (!kernel_image_symbol(kernel, "node_data", &symbol, NULL))
		return kernel_has_symbol(kernel, "node_data") == NO;
	*bits = bits_for(symbol.size / kernel_pointer_size(kernel));
	return symbol.size != 0;
}

/* Finds the number of bits that hold a section's number in the flags word. Returns false if the
 * number of bits is unknown. */
static bool section_bits(struct kernel *kernel, unsigned int *bits)
{
	const struct section_layout *layout;
	uint64_t model;

	*bits = 0;
	if (!kernel_fact(kernel, FACT_MEMORY_MODEL, &model))
		return false;
	if (model != MODEL_SPARSEMEM)
		return true;
	layout = page_section_layout(kernel);
	if (layout)
		*bits = bits_for(layout->nr_sections);
	return layout != NULL;
}

/* The names are from zone_names[] in mm/page_alloc.c. */
static const char *zone_name(struct types *types, uint64_t number)
{
	static const struct {
		const char *enumerator, *name;
	} names[] = {
		{ "ZONE_DMA", "DMA" },	       { "ZONE_DMA32", "DMA32" },
		{ "ZONE_NORMAL", "Normal" },   { "ZONE_HIGHMEM", "HighMem" },
		{ "ZONE_MOVABLE", "Movable" }, { "ZONE_DEVICE", "Device" },
	};
	int64_t value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (types_enumerator(types, "zone_type", names[i].enumerator, &value) &&
		    (uint64_t)value == number)
			return names[i].name;
	return NULL;
}

/* Finds node and zone in the flags word. The highest bits of this word are the number of the
 * section (only with SPARSEMEM without VMEMMAP), then the number of the node, then the number of
 * the zone (include/linux/page-flags-layout.h). flags must be the flags of the head, because since
 * 7.1 the shared struct pages of hugetlb's tails lack the zone. All frames of a compound page are
 * in the same zone. Returns false if the positions are unknown. */
static bool split_flags(struct kernel *kernel, uint64_t flags, struct page_info *info,
			uint64_t *zone)
{
	struct types *types = kernel_types(kernel);
	unsigned int left = 8 * kernel_pointer_size(kernel);
	unsigned int sections, nodes, zones;
	int64_t nr_zones, nr_flags;

	if (!types || !types_enumerator(types, "zone_type", "__MAX_NR_ZONES", &nr_zones) ||
	    !types_enumerator(types, "pageflags", "__NR_PAGEFLAGS", &nr_flags) || nr_zones < 1 ||
	    nr_zones > 8 || nr_flags < 1 || nr_flags > left || !section_bits(kernel, &sections) ||
	    !node_bits(kernel, &nodes))
		return false;
	zones = bits_for((uint64_t)nr_zones);
	if (sections + zones > left)
		return false;
	left -= sections;
	info->has_node = nodes == 0;
	if (nodes && nodes + zones + nr_flags <= left) {
		/* There are enough bits, so the flags contain the node. If there are not enough
		 * bits, the kernel defines NODE_NOT_IN_PAGE_FLAGS. */
		left -= nodes;
		info->has_node = true;
		info->node = flags >> left & ((UINT64_C(1) << nodes) - 1);
	}
	left -= zones;
	*zone = zones ? flags >> left & ((1u << zones) - 1) : 0;
	return true;
}

bool page_flags_of_device(struct kernel *kernel, uint64_t flags)
{
	unsigned int unused = 64 - 8 * kernel_pointer_size(kernel);
	struct page_info info;
	uint64_t zone;
	int64_t device;

	/* If a struct page was never initialized, all bits of its flags may be 1
	 * (PAGE_POISON_PATTERN in include/linux/mm.h). Such flags contain no zone. */
	if (flags == UINT64_MAX >> unused)
		return false;
	return split_flags(kernel, flags, &info, &zone) &&
	       types_enumerator(kernel_types(kernel), "zone_type", "ZONE_DEVICE", &device) &&
	       zone == (uint64_t)device;
}

bool page_info_read(struct kernel *kernel, uint64_t page, struct page_info *info, struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);
	uint64_t size, head_flags, zone;
	uint8_t byte;
	bool single;

	*info = (struct page_info){ 0 };
	if (!kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &size, err) ||
	    !kernel_read(kernel, page, &byte, 1, err))
		return false;
	info->has_flags = page_info_read_member(kernel, page, "flags", word, &info->flags);
	head_flags = info->flags;
	single = page_info_find_compound(kernel, page, info, &head_flags);
	if (info->has_flags && split_flags(kernel, head_flags, info, &zone))
		info->zone = zone_name(kernel_types(kernel), zone);
	info->has_mapping = page_info_read_member(kernel, page, "mapping", word, &info->mapping);
	info->mapping = kernel_untag(kernel, info->mapping);
	read_counts(kernel, page, single, info);
	return true;
}

/* Flags that exist only in the second page of a compound page (PF_SECOND in
 * include/linux/page-flags.h). In all other pages these bits have other meanings. */
static const char *const second_flags[] = {
	"PG_has_hwpoisoned",   "PG_hugetlb",	"PG_large_rmappable",
	"PG_partially_mapped", "PG_double_map",
};

struct page_info_flag_names {
	bool second;
	const char *name[64];
};

static bool is_second(const char *name)
{
	return is_one_of(name, second_flags, sizeof(second_flags) / sizeof(*second_flags));
}

/* Several enumerators may have the same bit. The first one is the main name, and is kept. In the
 * second page, a name from second_flags replaces it. */
static bool page_info_add_name(const char *name, int64_t bit, void *arg)
{
	struct page_info_flag_names *names = arg;

	if (!starts_with(name, "__NR") && bit >= 0 && bit < 64 &&
	    (!names->name[bit] || (names->second && is_second(name))))
		names->name[bit] = name;
	return true;
}

bool page_flags_of(struct kernel *kernel, const struct page_info *info,
		   void (*visit)(const char *name, void *arg), void *arg)
{
	uint64_t flags = info->flags & ~info->order_bits;
	struct page_info_flag_names names = { .second = info->second };
	struct types *types = kernel_types(kernel);

	if (!types || !types_each_enumerator(types, "pageflags", page_info_add_name, &names))
		return false;
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = names.name[bit];

		if (name && (flags >> bit & 1))
			visit(starts_with(name, "PG_") ? name + 3 : name, arg);
	}
	return true;
}
