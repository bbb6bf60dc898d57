/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "query/hidden.h"

#include <string.h>

#include "query/page_owner.h"
#include "linux/page/page.h"
#include "linux/page/page_layout.h"
#include "linux/page/page_use.h"
#include "kernel/kernel.h"

/* Limit. The largest CONFIG_KFENCE_NUM_OBJECTS is 65535 (lib/Kconfig.kfence). */
enum { MOST_OBJECTS = 65535 };

const char *const hidden_names[NR_HIDDEN] = {
	[HIDDEN_SECRETMEM] = "secretmem",
	[HIDDEN_KFENCE] = "KFENCE",
	[HIDDEN_HWPOISON] = "corrupted memory",
};

static bool is_slab(struct kernel *kernel, uint64_t pfn)
{
	struct page_words words = { .layout = page_layout_of(kernel, NULL) };
	uint64_t page;

	return words.layout && page_of_pfn(kernel, pfn, &page, NULL) &&
	       page_words_read(kernel, page, &words, NULL) && page_words_slab(&words);
}

/* Finds KFENCE's pool. Its size is a constant of the kernel's configuration, which is not in the
 * dump. So the end of the pool is found by its struct pages. Each second frame from the third frame
 * on contains an object and is marked as a slab. All other frames of the pool are not marked
 * (kfence_init_pool() in mm/kfence/core.c). */
struct kfence_pool query_kfence_pool(struct kernel *kernel)
{
	struct kfence_pool pool = { 0 };
	uint64_t address, start, direct;

	if (!kernel_symbol(kernel, "__kfence_pool", &address, NULL) ||
	    !kernel_read_pointer(kernel, address, &start, NULL) ||
	    !kernel_direct_base(kernel, &direct, NULL) || start < direct)
		return pool;
	pool.start = kernel_pfn(kernel, start - direct);
	pool.end = pool.start + 2;
	for (unsigned int i = 0; i < MOST_OBJECTS; i++) {
		if (!is_slab(kernel, pool.end) || is_slab(kernel, pool.end + 1))
			break;
		pool.end += 2;
	}
	if (pool.end == pool.start + 2)
		pool.end = pool.start;
	return pool;
}

enum hidden query_frame_hidden(struct kernel *kernel, uint64_t pfn, const struct kfence_pool *pool)
{
	struct page_file file;
	struct page_use use;

	if (pfn >= pool->start && pfn < pool->end)
		return HIDDEN_KFENCE;
	if (!page_use_of(kernel, pfn, &use, NULL))
		return NOT_HIDDEN;
	if (use.poisoned)
		return HIDDEN_HWPOISON;
	if (use.kind == PAGE_USE_FILE && query_page_file(kernel, use.object, &file) &&
	    !strcmp(file.filesystem, "secretmem"))
		return HIDDEN_SECRETMEM;
	return NOT_HIDDEN;
}
