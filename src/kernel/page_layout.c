/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/page_layout.h"

#include <stdio.h>
#include <string.h>

#include "kernel/kernel.h"

/* Offset of a member of size bytes that lies within what is read of a struct page. */
static int member_at(struct kernel *kernel, const char *member, uint64_t size)
{
	const struct page_layout *layout = &kernel->page_layout;
	uint64_t room = layout->size < PAGE_STRUCT_MAX ? layout->size :
							 PAGE_STRUCT_MAX;
	uint64_t offset;

	if (!kernel_member_offset(kernel, "page", member, &offset) ||
	    offset > room || size > room - offset)
		return -1;
	return (int)offset;
}

static int first_of(int first, int second)
{
	return first >= 0 ? first : second;
}

/* By the types, else by the note's number of the same name. */
static uint64_t flag_mask(struct kernel *kernel, const char *name)
{
	struct types *types = kernel_types(kernel);
	uint64_t number;
	int64_t bit;

	if (!types || !types_enumerator(types, "pageflags", name, &bit)) {
		if (!vmcoreinfo_number(&kernel->note, name, &number))
			return 0;
		bit = (int64_t)number;
	}
	return bit >= 0 && bit < 64 ? UINT64_C(1) << bit : 0;
}

static void find_flags(struct kernel *kernel, struct page_layout *layout)
{
	uint64_t swapcache = flag_mask(kernel, "PG_swapcache");

	if (!vmcoreinfo_number(&kernel->note, "PG_head_mask", &layout->head_mask))
		layout->head_mask = flag_mask(kernel, "PG_head");
	layout->tail_mask = flag_mask(kernel, "PG_tail"); /* until 4.3 */
	layout->slab_mask = flag_mask(kernel, "PG_slab"); /* until 6.10 */
	layout->buddy_mask = flag_mask(kernel, "PG_buddy"); /* until 2.6.37 */
	layout->reserved_mask = flag_mask(kernel, "PG_reserved");
	/* It shares its bit with others' flags since 4.10 (6326fec1122c). */
	if (swapcache)
		layout->swapcache_mask = swapcache |
					 flag_mask(kernel, "PG_swapbacked");
}

static void add_type(struct page_layout *layout, enum page_use_kind kind,
		     uint32_t mask, uint32_t value)
{
	for (unsigned int i = 0; i < layout->nr_types; i++)
		if (layout->types[i].kind == kind)
			return;
	if (layout->nr_types < MOST_PAGE_TYPES)
		layout->types[layout->nr_types++] =
			(struct page_type){ mask, value, kind };
}

/* A type is a bit that is cleared (6e292b9be7f4, 4.18); 6.11 moved them to the
 * top byte, below one bit that is always set. */
static void add_type_bit(struct page_layout *layout, enum page_use_kind kind,
			 uint32_t bit)
{
	uint32_t base = bit >> 24 ? UINT32_C(1) << 31 : UINT32_C(0xf) << 28;

	add_type(layout, kind, base | bit, base);
}

static const struct {
	enum page_use_kind kind;
	const char *name, *number;
} type_names[] = {
	{ PAGE_USE_FREE, "buddy", "PAGE_BUDDY_MAPCOUNT_VALUE" },
	{ PAGE_USE_OFFLINE, "offline", "PAGE_OFFLINE_MAPCOUNT_VALUE" },
	{ PAGE_USE_HUGETLB, "hugetlb", "PAGE_HUGETLB_MAPCOUNT_VALUE" },
	{ PAGE_USE_SLAB, "slab", "PAGE_SLAB_MAPCOUNT_VALUE" },
	{ PAGE_USE_UNACCEPTED, "unaccepted", "PAGE_UNACCEPTED_MAPCOUNT_VALUE" },
	{ PAGE_USE_TABLE, "table", NULL },
	{ PAGE_USE_GUARD, "guard", NULL },
	{ PAGE_USE_ZSMALLOC, "zsmalloc", NULL },
	{ PAGE_USE_KMALLOC, "large_kmalloc", NULL },
};

enum { NR_TYPE_NAMES = sizeof(type_names) / sizeof(type_names[0]) };

/* The top byte is a number since 6.12 (4ffca5a96678), and an enum has them. */
static void types_by_enum(struct kernel *kernel, struct page_layout *layout)
{
	struct types *types = kernel_types(kernel);
	char name[32];
	int64_t value;

	for (unsigned int i = 0; types && i < NR_TYPE_NAMES; i++) {
		snprintf(name, sizeof(name), "PGTY_%s", type_names[i].name);
		if (types_enumerator(types, "pagetype", name, &value))
			add_type(layout, type_names[i].kind, UINT32_C(0xff) << 24,
				 (uint32_t)value << 24);
		snprintf(name, sizeof(name), "PG_%s", type_names[i].name);
		if (types_enumerator(types, "pagetype", name, &value))
			add_type_bit(layout, type_names[i].kind, (uint32_t)value);
	}
}

static void types_by_note(struct kernel *kernel, struct page_layout *layout)
{
	unsigned int version = kernel_version(kernel);
	uint64_t number;

	for (unsigned int i = 0; i < NR_TYPE_NAMES; i++) {
		uint32_t value;

		if (!type_names[i].number ||
		    !vmcoreinfo_number(&kernel->note, type_names[i].number,
				       &number))
			continue;
		value = (uint32_t)number;
		if (!(value & 0xffffff))
			add_type(layout, type_names[i].kind,
				 UINT32_C(0xff) << 24, value);
		else if (version >= 0x041200)
			add_type_bit(layout, type_names[i].kind, ~value);
		else if (version)
			add_type(layout, type_names[i].kind, UINT32_MAX, value);
	}
}

/* What were macros, which no type tells of. */
static void types_by_release(struct kernel *kernel, struct page_layout *layout)
{
	unsigned int version = kernel_version(kernel);

	if (version >= 0x041200 && version < 0x060b00) {
		add_type_bit(layout, PAGE_USE_FREE, 0x80);
		/* kmemcg had 0x200 before (18b2db3b0385, 5.11). */
		add_type_bit(layout, PAGE_USE_TABLE,
			     version < 0x050b00 ? 0x400 : 0x200);
		if (version >= 0x050b00)
			add_type_bit(layout, PAGE_USE_GUARD, 0x400);
		if (version >= 0x050000)
			add_type_bit(layout, PAGE_USE_OFFLINE, 0x100);
		if (version >= 0x060900)
			add_type_bit(layout, PAGE_USE_HUGETLB, 0x800);
	} else if (version >= 0x020627 && version < 0x041200) {
		add_type(layout, PAGE_USE_FREE, UINT32_MAX, (uint32_t)-128);
	}
}

/* In the low byte of its word on x86, whatever the word's size. Nothing is
 * said of kernels before 4.4, which had it in lru.prev. */
static void find_compound(struct kernel *kernel, struct page_layout *layout)
{
	int order = member_at(kernel, "compound_order", 1);
	int dtor = member_at(kernel, "compound_dtor", 1);
	struct types *types = kernel_types(kernel);
	uint64_t offset;
	int64_t value;

	layout->order = order < 0 ? -1 : order + (int)layout->size;
	layout->dtor = dtor < 0 ? -1 : dtor + (int)layout->size;
	if ((kernel_member_offset(kernel, "folio", "_folio_order", &offset) ||
	     kernel_member_offset(kernel, "folio", "_flags_1", &offset)) &&
	    order < 0 && offset < 4 * layout->size)
		layout->order = (int)offset;
	if (kernel_member_offset(kernel, "folio", "_folio_dtor", &offset) &&
	    dtor < 0 && offset < 4 * layout->size)
		layout->dtor = (int)offset;
	if (vmcoreinfo_number(&kernel->note, "HUGETLB_PAGE_DTOR",
			      &layout->hugetlb_dtor))
		return;
	if (types && types_enumerator(types, "compound_dtor_id",
				      "HUGETLB_PAGE_DTOR", &value))
		layout->hugetlb_dtor = (uint64_t)value;
	else
		layout->dtor = -1;
}

/* MAX_SWAPFILES_SHIFT is 5; include/linux/swapops.h. */
static void find_swap(struct kernel *kernel, struct page_layout *layout)
{
	unsigned int version = kernel_version(kernel);
	unsigned int bits = 8 * layout->word;

	if (version >= 0x041400) /* BITS_PER_XA_VALUE: 3159f943aafd, 4.20 */
		layout->swap_type_shift = bits - 1 - 5;
	else if (version >= 0x030100) /* RADIX_TREE_EXCEPTIONAL_SHIFT: a2c16d6cb0e4 */
		layout->swap_type_shift = bits - 2 - 5;
	else if (version)
		layout->swap_type_shift = bits - 5;
}

static bool find_members(struct kernel *kernel, struct page_layout *layout,
			 struct error *err)
{
	unsigned int word = kernel_pointer_size(kernel);

	layout->word = word;
	if (!kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &layout->size, err))
		return false;
	if (layout->size < 32 || layout->size > 4096)
		return fail(err, ERROR_FORMAT,
			    "struct page of %llu bytes makes no sense",
			    (unsigned long long)layout->size);
	layout->flags = member_at(kernel, "flags", word);
	layout->mapping = member_at(kernel, "mapping", word);
	layout->index = first_of(member_at(kernel, "index", word),
				 member_at(kernel, "__folio_index", word));
	layout->private_word = member_at(kernel, "private", word);
	layout->type = member_at(kernel, "_mapcount", 4);
	/* _count became _refcount in 4.6 (0139aa7b7fa1). */
	layout->refcount = first_of(member_at(kernel, "_refcount", 4),
				    member_at(kernel, "_count", 4));
	/* compound_info since 7.1 */
	layout->head = first_of(member_at(kernel, "compound_head", word),
				member_at(kernel, "compound_info", word));
	layout->first_page = member_at(kernel, "first_page", word);
	return true;
}

const struct page_layout *kernel_page_layout(struct kernel *kernel,
					     struct error *err)
{
	struct page_layout *layout = &kernel->page_layout;

	if (!layout->tried) {
		layout->tried = true;
		if (find_members(kernel, layout, &layout->why_not)) {
			find_flags(kernel, layout);
			types_by_enum(kernel, layout);
			types_by_note(kernel, layout);
			types_by_release(kernel, layout);
			find_compound(kernel, layout);
			find_swap(kernel, layout);
			layout->known = layout->flags >= 0 &&
					layout->mapping >= 0 &&
					(layout->head >= 0 ||
					 (layout->tail_mask &&
					  layout->first_page >= 0));
			if (!layout->known)
				fail(&layout->why_not, ERROR_UNKNOWN,
				     "nothing tells where a struct page keeps its flags, mapping and compound head");
		}
	}
	if (layout->known)
		return layout;
	if (err)
		*err = layout->why_not;
	return NULL;
}
