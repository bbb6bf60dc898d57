/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "linux/page/page_use.h"

#include "base/page.h"
#include "linux/page/cpu_lists.h"
#include "linux/page/page.h"
#include "linux/page/page_info.h"
#include "linux/page/page_reader.h"
#include "kernel/kernel.h"

/* Values of the low bits of the member mapping: PAGE_MAPPING_ANON, PAGE_MAPPING_MOVABLE (since 4.8,
 * bda807d44454), PAGE_MAPPING_KSM (since 2.6.32). 0: a file. */
enum { MAPPING_ANON = 1, MAPPING_MOVABLE = 2, MAPPING_KSM = 3, MAPPING_BITS = 3 };

/* Limit; MAX_ORDER is 10 on x86. PIECE_FRAMES in frame_runs.c depends on it. */
enum { MOST_FREE_ORDERS = 16 };

const char *const page_use_names[NR_PAGE_USES] = {
	[PAGE_USE_UNKNOWN] = "unknown",
	[PAGE_USE_FILE] = "file",
	[PAGE_USE_SHMEM] = "shmem",
	[PAGE_USE_ANON] = "anon",
	[PAGE_USE_KSM] = "ksm",
	[PAGE_USE_MOVABLE] = "movable",
	[PAGE_USE_RESERVED] = "reserved",
	[PAGE_USE_FREE] = "free",
	[PAGE_USE_FREE_PERCPU] = "free-percpu",
	[PAGE_USE_OFFLINE] = "offline",
	[PAGE_USE_TABLE] = "page-table",
	[PAGE_USE_GUARD] = "guard",
	[PAGE_USE_SLAB] = "slab",
	[PAGE_USE_HUGETLB] = "hugetlb",
	[PAGE_USE_ZSMALLOC] = "zsmalloc",
	[PAGE_USE_UNACCEPTED] = "unaccepted",
	[PAGE_USE_KMALLOC] = "large-kmalloc",
	[PAGE_USE_HWPOISON] = "hwpoison",
	[PAGE_USE_OTHER] = "other",
	[PAGE_USE_UNREADABLE] = "unreadable",
	[PAGE_USE_DAMAGED] = "damaged",
	[PAGE_USE_NONE] = "no-struct-page",
	[PAGE_USE_STACK] = "stack",
	[PAGE_USE_VMALLOC] = "vmalloc",
	[PAGE_USE_DEVICE] = "device",
	[PAGE_USE_VMAP] = "vmap",
	[PAGE_USE_PERCPU] = "percpu",
	[PAGE_USE_PGD] = "pgd",
	[PAGE_USE_CMA] = "cma",
	[PAGE_USE_IMAGE] = "kernel-image",
	[PAGE_USE_CRASH_KERNEL] = "crash-kernel",
	[PAGE_USE_MEMMAP] = "memory-map",
	[PAGE_USE_FIRST_PERCPU] = "first-percpu",
	[PAGE_USE_FIRMWARE] = "firmware",
	[PAGE_USE_HOLE] = "hole",
	[PAGE_USE_MEMBLOCK] = "memblock",
	[PAGE_USE_BUFFERS] = "buffers",
	[PAGE_USE_HUGETLB_FREE] = "hugetlb-free",
	[PAGE_USE_HUGETLB_USED] = "hugetlb-used",
	[PAGE_USE_CMA_FREE] = "cma-free",
};

enum page_use_kind page_use_whole(enum page_use_kind use)
{
	switch (use) {
	case PAGE_USE_IMAGE:
	case PAGE_USE_CRASH_KERNEL:
	case PAGE_USE_MEMMAP:
	case PAGE_USE_FIRST_PERCPU:
	case PAGE_USE_FIRMWARE:
	case PAGE_USE_HOLE:
	case PAGE_USE_MEMBLOCK: return PAGE_USE_RESERVED;
	case PAGE_USE_BUFFERS: return PAGE_USE_FILE;
	case PAGE_USE_HUGETLB_FREE:
	case PAGE_USE_HUGETLB_USED: return PAGE_USE_HUGETLB;
	case PAGE_USE_CMA_FREE: return PAGE_USE_FREE;
	default: return use;
	}
}

static void split_swap(const struct page_words *words, struct page_use *use)
{
	const struct page_layout *layout = words->layout;
	uint64_t entry = page_word(words, layout->private_word);
	unsigned int shift = layout->swap_type_shift;

	if (layout->private_word < 0 || !shift || !layout->swapcache_mask ||
	    (page_word(words, layout->flags) & layout->swapcache_mask) != layout->swapcache_mask)
		return;
	use->has_swap = true;
	use->swap_type = entry >> shift & 31;
	use->swap_offset = entry & ((UINT64_C(1) << shift) - 1);
}

static void set_index(const struct page_words *words, uint64_t pfn, struct page_use *use)
{
	const struct page_layout *layout = words->layout;

	/* For hugetlb the index is left unknown, because its unit differs between kernels
	 * (a08c7193e4f1, 6.7). */
	if (layout->index < 0 || use->hugetlb)
		return;
	use->has_index = true;
	use->index = page_word(words, layout->index) + (pfn - use->head_pfn);
}

/* Can the number be the address of an object? Addresses of objects are in the kernel's half of the
 * address space. Small numbers and poison (LIST_POISON, TAIL_MAPPING in include/linux/poison.h) are
 * not in this half. */
static bool page_use_is_object(const struct page_words *words, uint64_t object)
{
	return words->layout->word == 8 ? object >> 56 == 0xff : object >= LEAST_PAGE;
}

static void page_use_set_owner(const struct page_words *words, uint64_t pfn, struct page_use *use)
{
	static const enum page_use_kind kinds[MAPPING_BITS + 1] = {
		[0] = PAGE_USE_FILE,
		[MAPPING_ANON] = PAGE_USE_ANON,
		[MAPPING_MOVABLE] = PAGE_USE_MOVABLE,
		[MAPPING_KSM] = PAGE_USE_KSM,
	};
	uint64_t mapping =
		pointer_untag(page_word(words, words->layout->mapping), words->layout->tags);

	use->object = mapping & ~(uint64_t)MAPPING_BITS;
	/* PAGE_MAPPING_DAX_SHARED (6.2) sets low bits, although there is no object. Then mapping
	 * without these bits is 0. */
	if (!page_use_is_object(words, use->object)) {
		use->object = 0;
		return;
	}
	use->kind = kinds[mapping & MAPPING_BITS];
	if (use->kind == PAGE_USE_MOVABLE)
		return;
	set_index(words, pfn, use);
	if (use->kind != PAGE_USE_FILE)
		split_swap(words, use);
	else if (!use->hugetlb &&
		 (page_word(words, words->layout->flags) & words->layout->swapbacked_mask))
		use->kind = PAGE_USE_SHMEM;
}

static bool is_free_block(const struct page_words *words, uint64_t pfn, unsigned int *order)
{
	uint64_t private = page_word(words, words->layout->private_word);

	*order = (unsigned int)private;
	return page_words_type(words) == PAGE_USE_FREE && words->layout->private_word >= 0 &&
	       private < MOST_FREE_ORDERS && !(pfn & ((UINT64_C(1) << private) - 1));
}

static void set_free_block(struct page_reader *reader, uint64_t first, unsigned int order)
{
	reader->free_first = first;
	reader->free_last = first + (UINT64_C(1) << order) - 1;
	reader->free_order = order;
	reader->has_free = true;
}

/* Finds the free block that contains the frame. Only the struct page of the block's first frame
 * shows that the block is free, so tries the first frame of a block of each order. If the frame
 * before is in no free block, a free block can contain the frame only if it starts there. A reader
 * of the kernel does not use this, because the struct pages of a running kernel change. */
static bool find_free_block(struct page_reader *reader, uint64_t pfn,
			    const struct page_words *words)
{
	bool lone = !reader->kernel && reader->has_lone && reader->lone + 1 == pfn;
	struct page_words first;
	unsigned int found;

	if (is_free_block(words, pfn, &found)) {
		set_free_block(reader, pfn, found);
		return true;
	}
	for (unsigned int order = 1; order < MOST_FREE_ORDERS && !lone; order++) {
		uint64_t at = pfn & -(UINT64_C(1) << order);
		uint64_t page;

		if (at == pfn)
			continue;
		if (!page_reader_address(reader, at, &page, NULL) ||
		    !page_reader_words(reader, page, &first, NULL))
			return false;
		if (!is_free_block(&first, at, &found) || (pfn - at) >> found)
			continue;
		set_free_block(reader, at, found);
		return true;
	}
	reader->lone = pfn;
	reader->has_lone = true;
	return false;
}

static bool in_free_block(const struct page_reader *reader, uint64_t pfn, struct page_use *use)
{
	if (!reader->has_free || pfn < reader->free_first || pfn > reader->free_last)
		return false;
	use->kind = PAGE_USE_FREE;
	use->has_order = true;
	use->order = reader->free_order;
	use->head_pfn = reader->free_first;
	return true;
}

static void find_kept_block(struct page_reader *reader, uint64_t pfn, struct page_use *use)
{
	const struct kept_blocks *blocks =
		reader->kernel ? page_kept_blocks(reader->kernel, NULL) : reader->kept;
	const struct kept_block *block = page_kept_block_in(blocks, pfn, &reader->kept_hint);

	if (!block)
		return;
	use->kind = PAGE_USE_FREE_PERCPU;
	use->unreferenced = false;
	use->has_order = true;
	use->order = block->order;
	use->head_pfn = block->pfn;
}

/* Is the frame offline? If so, its struct page must not be used, because the content is old or was
 * never set. Device memory (ZONE_DEVICE) counts as online here: its section is never online, but
 * its struct pages are valid. */
static bool is_offline(struct page_reader *reader, uint64_t pfn)
{
	struct kernel *kernel = reader->kernel;
	const struct section_layout *sections;
	struct section section;
	struct page_words words;
	uint64_t size, page;

	if (!kernel) /* a window contains no offline frames */
		return false;
	if (reader->has_online && pfn >= reader->online_first && pfn <= reader->online_last)
		return false;
	if (reader->has_offline && pfn >= reader->offline_first && pfn <= reader->offline_last)
		return true;
	sections = page_section_layout(kernel);
	if (!sections || !page_section_of(kernel, pfn, &section))
		return false;
	if (section.online) {
		size = UINT64_C(1) << (sections->section_bits - kernel_page_shift(kernel));
		reader->has_online = true;
		reader->online_first = pfn & -size;
		reader->online_last = reader->online_first + (size - 1);
		/* The struct pages of a section are contiguous. Only an early section has all. */
		reader->has_online_map =
			section.early && dump_can_be_remembered(kernel->dump) &&
			page_of_pfn(kernel, reader->online_first, &reader->online_map, NULL);
		return false;
	}
	if (page_of_pfn(kernel, pfn, &page, NULL) &&
	    page_reader_words(reader, page, &words, NULL) &&
	    page_flags_of_device(kernel, page_word(&words, reader->layout->flags)))
		return false;
	size = UINT64_C(1) << (SUBSECTION_SHIFT - kernel_page_shift(kernel));
	reader->has_offline = true;
	reader->offline_first = pfn & -size;
	reader->offline_last = reader->offline_first + (size - 1);
	return true;
}

enum page_use_kind page_use_counted(const struct page_use *use)
{
	if (use->hugetlb)
		return PAGE_USE_HUGETLB;
	if (use->poisoned)
		return PAGE_USE_HWPOISON;
	if (use->kind != PAGE_USE_UNKNOWN || use->unreferenced)
		return use->kind;
	return PAGE_USE_OTHER;
}

bool page_reader_use(struct page_reader *reader, uint64_t pfn, struct page_use *use,
		     struct error *err)
{
	const struct page_layout *layout = reader->layout;
	struct page_words words;
	struct compound compound;
	uint64_t flags;

	*use = (struct page_use){ 0 };
	if (in_free_block(reader, pfn, use))
		return true;
	if (is_offline(reader, pfn)) {
		use->kind = PAGE_USE_OFFLINE;
		use->head_pfn = pfn;
		return true;
	}
	if (!page_reader_compound(reader, pfn, &words, &compound, err))
		return false;
	use->compound = compound.compound;
	use->head_pfn = compound.head_pfn;
	use->has_order = compound.has_order;
	use->order = compound.order;
	use->hugetlb = compound.hugetlb;
	use->poisoned = compound.flags & layout->hwpoison_mask;
	flags = page_word(&words, layout->flags);
	use->kind = page_words_type(&words);
	if (use->kind == PAGE_USE_HUGETLB)
		use->hugetlb = true;
	if (flags & layout->reserved_mask)
		use->kind = PAGE_USE_RESERVED;
	else if (flags & layout->slab_mask)
		use->kind = PAGE_USE_SLAB;
	else if (use->hugetlb)
		use->kind = PAGE_USE_HUGETLB;
	use->refcount = page_half(&words, layout->refcount);
	use->mapcount = layout->type < 0 ? 0 : page_half(&words, layout->type) + 1;
	use->idle = use->hugetlb && layout->refcount >= 0 && !page_half(&words, layout->refcount);
	if (use->kind == PAGE_USE_UNKNOWN || use->kind == PAGE_USE_HUGETLB)
		page_use_set_owner(&words, pfn, use);
	use->unreferenced = use->kind == PAGE_USE_UNKNOWN && !use->compound &&
			    layout->refcount >= 0 && !page_half(&words, layout->refcount);
	if ((use->unreferenced || use->kind == PAGE_USE_FREE) &&
	    find_free_block(reader, pfn, &words))
		in_free_block(reader, pfn, use);
	else if (use->unreferenced)
		find_kept_block(reader, pfn, use);
	return true;
}

bool page_use_of(struct kernel *kernel, uint64_t pfn, struct page_use *use)
{
	struct page_reader *reader = page_reader_of(kernel);

	*use = (struct page_use){ 0 };
	return reader && page_reader_use(reader, pfn, use, NULL);
}
