/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/page_layout.h"

#include <stdio.h>

#include "linux/page/page.h"
#include "kernel/vmcoreinfo.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "types/types.h"
#include "base/bytes.h"

/* --- flags --- */

/* The masks of the flags of struct page. Since 2.6.26 (e26831814998) the flags are enumerators of
 * enum pageflags. In older kernels they are macros, which types do not contain. */

static bool has_enumerator(struct kernel *kernel, const char *name, int64_t *bit)
{
	struct types *types = kernel_types(kernel);

	return types && types_enumerator(types, "pageflags", name, bit);
}

static uint64_t flag_mask(struct kernel *kernel, const char *name)
{
	uint64_t number;
	int64_t bit;

	if (has_enumerator(kernel, name, &bit))
		number = (uint64_t)bit;
	else if (!vmcoreinfo_number(kernel->note, name, &number))
		return 0;
	return number < 64 ? UINT64_C(1) << number : 0;
}

/* --- macros --- */

/* Values of the macros in 2.6.17 to 2.6.25. PG_slab has this value also in 2.6.11. */
enum {
	OLD_SLAB = 1 << 7,
	OLD_RESERVED = 1 << 10,
	OLD_COMPOUND = 1 << 14,
	OLD_SWAPCACHE = 1 << 15,
	OLD_RECLAIM = 1 << 17,
	OLD_BUDDY = 1 << 19,
	OLD_FLAGS = (1 << 20) - 1,
};

/* Is this a kernel of 2.6.17 or later, with the old values of flags? Examines the page of a symbol
 * in the kernel's text. In such a kernel, PG_reserved is the only flag of this page and its count
 * is 1. In kernels before 2.6.17, all counts are lower by one. */
static bool is_old_text(struct kernel *kernel, const struct page_layout *layout, const char *symbol)
{
	uint64_t address, paddr, page, flags, count;

	return layout->refcount >= 0 && kernel_symbol(kernel, symbol, &address, NULL) &&
	       kernel->arch->virt_to_phys(kernel, address, &paddr) &&
	       page_of_pfn(kernel, kernel_pfn(kernel, paddr), &page, NULL) &&
	       kernel_read_word(kernel, page + (unsigned int)layout->flags, &flags, NULL) &&
	       kernel_read_number(kernel, page + (unsigned int)layout->refcount, 4, &count, NULL) &&
	       (flags & OLD_FLAGS) == OLD_RESERVED && count == 1;
}

static void find_macros(struct kernel *kernel, struct page_layout *layout)
{
	uint64_t offset;

	layout->has_macros = true;
	layout->slab_mask = OLD_SLAB;
	if (!is_old_text(kernel, layout, "_text") || !is_old_text(kernel, layout, "schedule"))
		return;
	layout->reserved_mask = OLD_RESERVED;
	layout->buddy_mask = OLD_BUDDY;
	layout->swapcache_mask = OLD_SWAPCACHE;
	layout->head_mask = layout->tail_mask = OLD_COMPOUND;
	if (kernel_member_offset(kernel, "page", "first_page", &offset))
		layout->tail_mask |= OLD_RECLAIM;
}

/* --- all --- */

static void find_enumerators(struct kernel *kernel, struct page_layout *layout)
{
	uint64_t swapcache = flag_mask(kernel, "PG_swapcache");
	uint64_t swapbacked = flag_mask(kernel, "PG_swapbacked");
	uint64_t compound = flag_mask(kernel, "PG_compound");
	uint64_t reclaim = flag_mask(kernel, "PG_reclaim");

	/* Heads have the flag PG_head. Until 4.3 tails have the flag PG_tail. Without
	 * CONFIG_PAGEFLAGS_EXTENDED (32 bits with SPARSEMEM), both heads and tails have the flag
	 * PG_compound, and tails also have the flag PG_reclaim. */
	if (!vmcoreinfo_number(kernel->note, "PG_head_mask", &layout->head_mask))
		layout->head_mask = flag_mask(kernel, "PG_head");
	if (!layout->head_mask)
		layout->head_mask = compound;
	layout->tail_mask = flag_mask(kernel, "PG_tail");
	if (!layout->tail_mask && compound && reclaim)
		layout->tail_mask = compound | reclaim;
	/* Used from 6.6 (9c5ccf2db04b) to 6.8. Older kernels use destructors, later kernels page
	 * types. */
	layout->hugetlb_mask = flag_mask(kernel, "PG_hugetlb");
	layout->slab_mask = flag_mask(kernel, "PG_slab"); /* until 6.9 */
	layout->buddy_mask = flag_mask(kernel, "PG_buddy"); /* until 2.6.37 */
	layout->reserved_mask = flag_mask(kernel, "PG_reserved");
	/* Since 4.10 (6326fec1122c) PG_swapcache shares a bit with other flags. Pages in the swap
	 * cache also have PG_swapbacked. */
	if (swapcache)
		layout->swapcache_mask = swapcache | swapbacked;
	layout->swapbacked_mask = swapbacked; /* since 2.6.28 (b2e185384f53) */
	layout->hwpoison_mask = flag_mask(kernel, "PG_hwpoison");
}

/* Are the flags macros? This is true if types contain struct page but no enum pageflags, and if the
 * kernel is older than 4.4. Since 4.4 struct page has a separate member that points from tails to
 * their head. */
static bool are_macros(struct kernel *kernel, const struct page_layout *layout)
{
	uint64_t offset;
	int64_t bit;

	return layout->flags >= 0 && kernel_types(kernel) &&
	       !has_enumerator(kernel, "PG_locked", &bit) && !flag_mask(kernel, "PG_slab") &&
	       !kernel_member_offset(kernel, "page", "compound_head", &offset) &&
	       !kernel_member_offset(kernel, "page", "compound_info", &offset);
}

/* For page_layout.c: finds the masks of flags. The offset of flags must be known. */
static void page_flags_find(struct kernel *kernel, struct page_layout *layout)
{
	if (are_macros(kernel, layout))
		find_macros(kernel, layout);
	else
		find_enumerators(kernel, layout);
}

/* Returns the offset of a member of struct page, or -1 if the offset is unknown. size: number of
 * bytes of the member that are needed. All of them must be within the part of struct page that
 * page_words_read() reads. */
static int member_at(struct kernel *kernel, const char *member, uint64_t size)
{
	const struct page_layout *layout = kernel_state(kernel, &state_page_layout);
	uint64_t room = layout->size < PAGE_STRUCT_MAX ? layout->size : PAGE_STRUCT_MAX;
	uint64_t offset;

	if (!kernel_member_offset(kernel, "page", member, &offset) || offset > room ||
	    size > room - offset)
		return -1;
	return (int)offset;
}

static int first_of(int first, int second)
{
	return first >= 0 ? first : second;
}

static void add_type(struct page_layout *layout, enum page_use_kind kind, uint32_t mask,
		     uint32_t value)
{
	for (unsigned int i = 0; i < layout->nr_types; i++)
		if (layout->types[i].kind == kind)
			return;
	if (layout->nr_types < MOST_PAGE_TYPES)
		layout->types[layout->nr_types++] = (struct page_type){ mask, value, kind };
}

/* Adds a page type that is shown by a cleared bit of the word (since 4.18, 6e292b9be7f4). In 6.11
 * these bits were moved to the top byte, below a bit that is always set. */
static void add_type_bit(struct page_layout *layout, enum page_use_kind kind, uint32_t bit)
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

/* How a kernel encodes page types. The encoding is recognised by enumerators or by a number in
 * VMCOREINFO. */
enum type_coding {
	TYPES_UNKNOWN,
	TYPES_VALUES, /* the whole word has a certain value, such as -128; until 4.17 */
	TYPES_BITS, /* a certain bit is cleared; 4.18 to 6.11 */
	TYPES_BYTE, /* the top byte has a certain value; since 6.12 */
};

/* Finds page types by enumerators. Since 6.12 (4ffca5a96678) an enumerator that starts with PGTY_
 * is a value of the top byte. In 6.11 an enumerator that starts with PG_ is the mask of a bit. */
static enum type_coding types_by_enum(struct kernel *kernel, struct page_layout *layout)
{
	enum type_coding coding = TYPES_UNKNOWN;
	struct types *types = kernel_types(kernel);
	char name[32];
	int64_t value;

	for (unsigned int i = 0; types && i < NR_TYPE_NAMES; i++) {
		snprintf(name, sizeof(name), "PGTY_%s", type_names[i].name);
		if (types_enumerator(types, "pagetype", name, &value)) {
			coding = TYPES_BYTE;
			add_type(layout, type_names[i].kind, UINT32_C(0xff) << 24,
				 (uint32_t)value << 24);
		}
		snprintf(name, sizeof(name), "PG_%s", type_names[i].name);
		if (types_enumerator(types, "pagetype", name, &value))
			add_type_bit(layout, type_names[i].kind, (uint32_t)value);
	}
	return coding;
}

static enum type_coding coding_of(uint32_t number)
{
	if (!(number & 0xffffff))
		return TYPES_BYTE;
	return ~number & (~number - 1) ? TYPES_VALUES : TYPES_BITS;
}

static enum type_coding types_by_note(struct kernel *kernel, struct page_layout *layout)
{
	enum type_coding coding = TYPES_UNKNOWN;
	uint64_t number;

	for (unsigned int i = 0; i < NR_TYPE_NAMES; i++) {
		uint32_t value;

		if (!type_names[i].number ||
		    !vmcoreinfo_number(kernel->note, type_names[i].number, &number))
			continue;
		value = (uint32_t)number;
		if (!(value >> 31)) /* a type has the highest bit set; other values are counts */
			continue;
		coding = coding_of(value);
		if (coding == TYPES_BYTE)
			add_type(layout, type_names[i].kind, UINT32_C(0xff) << 24, value);
		else if (coding == TYPES_BITS)
			add_type_bit(layout, type_names[i].kind, ~value);
		else
			add_type(layout, type_names[i].kind, UINT32_MAX, value);
	}
	return coding;
}

static bool has_member(struct kernel *kernel, const char *type, const char *member)
{
	uint64_t offset;

	return kernel_member_offset(kernel, type, member, &offset);
}

/* Is bit 0x200 the type kmemcg? If so, the types after kmemcg use bits that are one position
 * higher. 5.11 (18b2db3b0385) replaced the type by a flag in the member memcg_data, which was
 * called mem_cgroup before. RHEL 8.10 (4.18) also contains this change. */
static enum certainty has_kmemcg_type(struct kernel *kernel)
{
	if (has_member(kernel, "page", "memcg_data"))
		return NO;
	if (has_member(kernel, "page", "mem_cgroup"))
		return YES;
	if (kernel_version(kernel) >= KERNEL_VERSION(5, 11, 0))
		return NO;
	return kernel_is_distribution(kernel) ? UNSURE : YES;
}

/* Adds the page types that are known only by the release, because they were macros, and debug
 * information does not contain macros. If the kernel's encoding is not the encoding of its release,
 * a distribution changed it. Then adds nothing, so that only the types in VMCOREINFO are known. */
static void types_by_release(struct kernel *kernel, struct page_layout *layout,
			     enum type_coding coding)
{
	unsigned int version = kernel_version(kernel);

	if (version < KERNEL_VERSION(4, 18, 0)) {
		if (version >= KERNEL_VERSION(2, 6, 39) && coding == TYPES_UNKNOWN)
			add_type(layout, PAGE_USE_FREE, UINT32_MAX, (uint32_t)-128);
	} else if (version < KERNEL_VERSION(6, 11, 0) &&
		   (coding == TYPES_UNKNOWN || coding == TYPES_BITS)) {
		enum certainty kmemcg = has_kmemcg_type(kernel);
		unsigned int shift = kmemcg == YES;

		add_type_bit(layout, PAGE_USE_FREE, 0x80);
		if (version >= KERNEL_VERSION(5, 1, 0)) /* before: PG_balloon */
			add_type_bit(layout, PAGE_USE_OFFLINE, 0x100);
		if (kmemcg != UNSURE)
			add_type_bit(layout, PAGE_USE_TABLE, UINT32_C(0x200) << shift);
		if (kmemcg != UNSURE && version >= KERNEL_VERSION(5, 3, 0)) /* was in page_ext */
			add_type_bit(layout, PAGE_USE_GUARD, UINT32_C(0x400) << shift);
		if (version >= KERNEL_VERSION(6, 9, 0)) /* d99e3140a4d3 */
			add_type_bit(layout, PAGE_USE_HUGETLB, 0x800);
	}
}

/* Finds the order and the destructor in kernels before 4.4. The destructor is lru.next of the first
 * tail, and is the address of a function. The order is lru.prev (include/linux/mm.h). Since 4.0
 * struct page also has separate members for order and destructor, at the same offsets. */
static void find_old_compound(struct kernel *kernel, struct page_layout *layout)
{
	int lru = member_at(kernel, "lru", 2 * (uint64_t)layout->word);

	layout->order = layout->dtor = -1;
	if (lru < 0)
		return;
	layout->order = lru + (int)(layout->size + layout->word);
	if (kernel_symbol(kernel, "free_huge_page", &layout->hugetlb_dtor, NULL)) {
		layout->dtor = lru + (int)layout->size;
		layout->dtor_size = layout->word;
	}
}

/* Returns the offset of a byte in the tails, counted from the start of the head. The byte is in the
 * member `member` of the first tail, or in the member `of_folio` of struct folio. A struct folio
 * covers the head and the first tails. Returns -1 if the offset is unknown. */
static int tail_byte(struct kernel *kernel, const struct page_layout *layout, const char *member,
		     const char *of_folio)
{
	int in_tail = member_at(kernel, member, 1);
	uint64_t offset;

	if (in_tail >= 0)
		return in_tail + (int)layout->size;
	return kernel_member_offset(kernel, "folio", of_folio, &offset) &&
			       offset < 4 * layout->size ?
		       (int)offset :
		       -1;
}

/* Finds the order and the destructor. Since 4.4 (f1e61557f023) the order is the low byte of a
 * member of the first tail. Until 6.5 the low byte of another member is an enumerator of
 * compound_dtor_id, which stands for the destructor. */
static void page_layout_find_compound(struct kernel *kernel, struct page_layout *layout)
{
	struct types *types = kernel_types(kernel);
	int64_t value;

	if (layout->tails < TAILS_COMPOUND_HEAD) {
		find_old_compound(kernel, layout);
		return;
	}
	layout->order = first_of(tail_byte(kernel, layout, "compound_order", "_folio_order"),
				 tail_byte(kernel, layout, "compound_order", "_flags_1"));
	/* since 6.6 (ebc1baf5c9b4) the order is in the flags of the first tail */
	layout->order_in_flags = layout->order == (int)layout->size + layout->flags;
	layout->dtor = tail_byte(kernel, layout, "compound_dtor", "_folio_dtor");
	layout->dtor_size = 1;
	if (vmcoreinfo_number(kernel->note, "HUGETLB_PAGE_DTOR", &layout->hugetlb_dtor))
		return;
	if (types && types_enumerator(types, "compound_dtor_id", "HUGETLB_PAGE_DTOR", &value))
		layout->hugetlb_dtor = (uint64_t)value;
	else
		layout->dtor = -1;
}

/* Is the page cache an XArray? This is true since 4.20 and in RHEL 8 (4.18). In other kernels
 * before 4.20 the page cache is a radix tree. The difference matters for a swap entry in the tree:
 * an XArray uses one bit of the word to mark such a value, a radix tree uses two. */
static enum certainty has_xarray(struct kernel *kernel)
{
	static const char space[] = "address_space";
	unsigned int version = kernel_version(kernel);

	if (has_member(kernel, space, "i_pages.xa_head"))
		return YES;
	/* page_tree was renamed to i_pages in 4.17 (b93b016313b3). */
	if (has_member(kernel, space, "i_pages.rnode") || has_member(kernel, space, "page_tree"))
		return NO;
	if (version >= KERNEL_VERSION(4, 20, 0))
		return YES;
	return version >= KERNEL_VERSION(4, 17, 0) && kernel_is_distribution(kernel) ? UNSURE : NO;
}

/* Finds the shift of the swap type in a swp_entry_t. The type is in the highest bits that are free,
 * and has five bits (MAX_SWAPFILES_SHIFT in include/linux/swapops.h). */
static void find_swap(struct kernel *kernel, struct page_layout *layout)
{
	unsigned int version = kernel_version(kernel);
	unsigned int bits = 8 * layout->word;
	enum certainty xarray = has_xarray(kernel);

	if (xarray == UNSURE)
		return;
	if (xarray == YES) /* one bit marks the value: BITS_PER_XA_VALUE (3159f943aafd) */
		layout->swap_type_shift = bits - 1 - 5;
	/* two bits mark the entry: RADIX_TREE_EXCEPTIONAL_SHIFT (a2c16d6cb0e4) */
	else if (version >= KERNEL_VERSION(3, 1, 0))
		layout->swap_type_shift = bits - 2 - 5;
	else if (version)
		layout->swap_type_shift = bits - 5;
}

/* Finds the member of a tail that points to its head. Must be called after page_flags_find(),
 * which sets tail_mask. */
static void find_tails(struct kernel *kernel, struct page_layout *layout)
{
	static const struct {
		const char *member;
		enum tail_coding coding;
	} codings[] = {
		{ "compound_info", TAILS_COMPOUND_INFO },
		{ "compound_head", TAILS_COMPOUND_HEAD },
		{ "first_page", TAILS_FIRST_PAGE },
		{ "private", TAILS_PRIVATE },
	};

	for (size_t i = 0; i < sizeof(codings) / sizeof(codings[0]); i++) {
		layout->head = member_at(kernel, codings[i].member, layout->word);
		if (layout->head >= 0 &&
		    (codings[i].coding > TAILS_FIRST_PAGE || layout->tail_mask)) {
			layout->tails = codings[i].coding;
			return;
		}
	}
}

/* Are the mapping, the count and the type of a tail empty? If so, a tail cannot be confused with
 * another page, although tails cannot be recognised. This matters for kernels before 4.4 whose
 * types are unknown, because their VMCOREINFO lacks the offset of first_page. Since 4.4 these
 * members of a tail are used (TAIL_MAPPING, compound_mapcount). */
static bool tails_are_blank(struct kernel *kernel)
{
	unsigned int version = kernel_version(kernel);

	return version >= KERNEL_VERSION(2, 6, 22) && version < KERNEL_VERSION(4, 4, 0);
}

static bool page_layout_learn(struct kernel *kernel, void *state, struct error *err)
{
	struct page_layout *layout = state;
	unsigned int word = kernel_pointer_size(kernel);
	enum type_coding by_enum, by_note;

	layout->word = word;
	layout->tags = kernel_tags_pointers(kernel);
	if (!kernel_require(kernel, FACT_STRUCT_PAGE_SIZE, &layout->size, err))
		return false;
	if (layout->size < 32 || layout->size > 4096)
		return fail(err, ERROR_FORMAT, "implausible size of struct page: %llu bytes",
			    (unsigned long long)layout->size);
	layout->flags = member_at(kernel, "flags", word);
	layout->mapping = member_at(kernel, "mapping", word);
	layout->index = first_of(member_at(kernel, "index", word),
				 member_at(kernel, "__folio_index", word));
	layout->private_word = member_at(kernel, "private", word);
	layout->type = member_at(kernel, "_mapcount", 4);
	/* _count was renamed to _refcount in 4.6 (0139aa7b7fa1). */
	layout->refcount =
		first_of(member_at(kernel, "_refcount", 4), member_at(kernel, "_count", 4));
	page_flags_find(kernel, layout);
	find_tails(kernel, layout);
	by_enum = types_by_enum(kernel, layout);
	by_note = types_by_note(kernel, layout);
	types_by_release(kernel, layout, by_enum == TYPES_UNKNOWN ? by_note : by_enum);
	page_layout_find_compound(kernel, layout);
	find_swap(kernel, layout);
	if (layout->has_macros && !layout->reserved_mask)
		return fail(
			err, ERROR_UNKNOWN,
			"the values of the page flags are not known: before 2.6.26 the flags are macros, which debug information does not contain, and the pages of the kernel's text do not have the flags and counts of 2.6.17 and later");
	return (layout->flags >= 0 && layout->mapping >= 0 &&
		(layout->tails != TAILS_UNKNOWN || tails_are_blank(kernel))) ||
	       fail(err, ERROR_UNKNOWN,
		    "the offsets of flags, mapping or compound head in struct page are unknown");
}

const struct state_type state_page_layout = {
	.size = sizeof(struct page_layout),
	.learn = page_layout_learn,
};

const struct page_layout *page_layout_of(struct kernel *kernel, struct error *err)
{
	return kernel_learnt(kernel, &state_page_layout, err);
}

/* --- one struct page --- */

uint64_t page_word(const struct page_words *words, int offset)
{
	return offset < 0 ? 0 : load_le(words->bytes + offset, words->layout->word);
}

uint32_t page_half(const struct page_words *words, int offset)
{
	return offset < 0 ? 0 : load_le32(words->bytes + offset);
}

enum page_use_kind page_words_type(const struct page_words *words)
{
	const struct page_layout *layout = words->layout;
	uint32_t word;

	if (layout->buddy_mask && (page_word(words, layout->flags) & layout->buddy_mask))
		return PAGE_USE_FREE;
	if (layout->type < 0)
		return PAGE_USE_UNKNOWN;
	word = page_half(words, layout->type);
	if (word == UINT32_MAX) /* _mapcount of a page that is not mapped and has no type */
		return PAGE_USE_UNKNOWN;
	for (unsigned int i = 0; i < layout->nr_types; i++)
		if ((word & layout->types[i].mask) == layout->types[i].value)
			return layout->types[i].kind;
	return PAGE_USE_UNKNOWN;
}

bool page_words_slab(const struct page_words *words)
{
	return (page_word(words, words->layout->flags) & words->layout->slab_mask) ||
	       page_words_type(words) == PAGE_USE_SLAB;
}
