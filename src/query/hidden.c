/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/hidden.h"

#include <string.h>

#include "query/page_owner.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "linux/region.h"
#include "linux/resource.h"
#include "kernel/arch.h"
#include "kernel/kernel.h"
#include "kernel/state.h"

/* Limit. The largest CONFIG_KFENCE_NUM_OBJECTS is 65535 (lib/Kconfig.kfence). */
enum { MOST_OBJECTS = 65535 };

const char *const hidden_names[NR_HIDDEN] = {
	[HIDDEN_SECRETMEM] = "secretmem",
	[HIDDEN_KFENCE] = "KFENCE",
	[HIDDEN_HWPOISON] = "corrupted memory",
	[HIDDEN_PAGEALLOC] = "free memory (DEBUG_PAGEALLOC)",
};

/* What the kernel hides. */
struct hiders {
	/* KFENCE's pool: pfn of its first frame, and pfn after its last frame. Both are 0 if there is no
	 * pool, or if the pool is unknown. */
	uint64_t kfence_start, kfence_end;
	bool pagealloc; /* DEBUG_PAGEALLOC is on */
};

static bool is_slab(struct kernel *kernel, uint64_t pfn)
{
	struct page_words words = { .layout = page_layout_of(kernel, NULL) };
	uint64_t page;

	return words.layout && page_of_pfn(kernel, pfn, &page, NULL) &&
	       page_words_read(kernel, page, &words) && page_words_slab(&words);
}

/* Finds KFENCE's pool. Its size is a constant of the kernel's configuration, which is not in the
 * dump. So the end of the pool is found by its struct pages. Each second frame from the third frame
 * on contains an object and is marked as a slab. All other frames of the pool are not marked
 * (kfence_init_pool() in mm/kfence/core.c). */
static void find_kfence(struct kernel *kernel, struct hiders *hiders)
{
	uint64_t start, end, direct;

	if (!kernel_read_variable(kernel, "__kfence_pool", &start) ||
	    !kernel_direct_base(kernel, &direct, NULL) || start < direct)
		return;
	start = kernel_pfn(kernel, start - direct);
	end = start + 2;
	for (unsigned int i = 0; i < MOST_OBJECTS; i++) {
		if (!is_slab(kernel, end) || is_slab(kernel, end + 1))
			break;
		end += 2;
	}
	if (end == start + 2)
		return;
	hiders->kfence_start = start;
	hiders->kfence_end = end;
}

/* _debug_pagealloc_enabled is a bool since 3.19 (031bc5743f15), and since 5.3 (96a2b03f281d) a static
 * key, which begins with a count of at most 1. */
static bool has_pagealloc(struct kernel *kernel)
{
	uint64_t address, on;

	return kernel_symbol(kernel, "_debug_pagealloc_enabled", &address, NULL) &&
	       kernel_read_number(kernel, address, 1, &on, NULL) && on;
}

static bool learn_hiders(struct kernel *kernel, void *state, struct error *err)
{
	struct hiders *hiders = state;

	(void)err;
	hiders->pagealloc = has_pagealloc(kernel);
	find_kfence(kernel, hiders);
	return true;
}

static const struct state_type state_hiders = {
	.size = sizeof(struct hiders),
	.learn = learn_hiders,
};

/* Is the frame RAM, as far as the kernel's resources are known? The direct map never has other reserved
 * frames, such as frames of firmware. */
static bool may_be_ram(struct kernel *kernel, uint64_t pfn)
{
	const struct resource_tree *tree = resource_all(kernel, RESOURCE_MEMORY, NULL);
	const struct resource *chain[MAX_RESOURCE_DEPTH];
	unsigned int nr = tree ? resource_chain(tree, kernel_frame(kernel, pfn), chain) : 0;

	for (unsigned int i = 0; i < nr; i++)
		if (resource_is_ram(chain[i]))
			return true;
	return !tree || !tree->nr || tree->nr_damages;
}

static bool hidden_is_free(struct kernel *kernel, uint64_t pfn, const struct page_use *use)
{
	return use->kind == PAGE_USE_FREE || use->kind == PAGE_USE_FREE_PERCPU ||
	       use->kind == PAGE_USE_GUARD ||
	       (use->kind == PAGE_USE_RESERVED && may_be_ram(kernel, pfn));
}

enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn)
{
	const struct hiders *hiders = kernel_learnt(kernel, &state_hiders, NULL);
	struct page_file file;
	struct page_use use;

	if (!hiders)
		return NOT_HIDDEN;
	if (pfn >= hiders->kfence_start && pfn < hiders->kfence_end)
		return HIDDEN_KFENCE;
	if (!page_use_of(kernel, pfn, &use))
		return NOT_HIDDEN;
	if (use.poisoned)
		return HIDDEN_HWPOISON;
	if (use.kind == PAGE_USE_FILE && query_page_file(kernel, use.object, &file) &&
	    !strcmp(file.filesystem, "secretmem"))
		return HIDDEN_SECRETMEM;
	return hiders->pagealloc && hidden_is_free(kernel, pfn, &use) ? HIDDEN_PAGEALLOC :
									NOT_HIDDEN;
}

enum hidden query_address_hidden(struct kernel *kernel, uint64_t vaddr)
{
	const struct region *region = region_of(kernel, vaddr, NULL);
	uint64_t paddr;

	if (!region || region->kind != REGION_DIRECT_MAP ||
	    !kernel->arch->virt_to_phys(kernel, vaddr, &paddr))
		return NOT_HIDDEN;
	return query_frame_hidden(kernel, kernel_pfn(kernel, paddr));
}
