/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "check/io_misuse.h"

#include <inttypes.h>

#include "linux/crash_members.h"
#include "query/page_owner.h"
#include "base/text.h"
#include "linux/page/page_use.h"
#include "linux/slab/slab.h"
#include "kernel/kernel.h"

/* --- slabs --- */

/* Returns true if the cache contains only objects that cannot be buffers of devices, although the
 * cache has no constructor. The kernel never merges this cache with other caches, because processes
 * may copy data to and from the cache's objects. */
static bool is_core_cache(const char *name)
{
	static const char *const names[] = { "task_struct", "mm_struct", "dentry" };

	return is_one_of(name, names, sizeof(names) / sizeof(*names));
}

/* Returns true if objects in this slab cannot be buffers of devices, and adds the cache's name to
 * owner. An object of a cache with a constructor must keep its constructed content while it is
 * free, so no driver uses such an object as a buffer. */
static bool is_no_buffer(struct kernel *kernel, uint64_t pfn, char owner[MISUSE_OWNER])
{
	char name[64];
	uint64_t cache, last, constructor;

	if (!slab_cache_of(kernel, pfn, &cache, &last) ||
	    !slab_cache_name(kernel, cache, name, sizeof(name), NULL))
		return false;
	if (!is_core_cache(name) &&
	    (!kernel_read_member(kernel, cache, CACHE_CONSTRUCTOR, &constructor, NULL) ||
	     !constructor))
		return false;
	text_append(owner, MISUSE_OWNER, ", of cache %s", name);
	return true;
}

/* --- memory of processes --- */

/* Returns true if all references to the page are from page tables. A driver that holds a page for a
 * device has a further reference to the page. Returns false for compound pages, whose counts are in
 * another struct page, and for pages in the swap cache, because a device may be reading or writing
 * them. */
static bool is_only_mapped(struct kernel *kernel, uint64_t pfn, const struct page_use *use)
{
	const struct page_layout *layout = page_layout_of(kernel, NULL);
	struct page_words words;
	struct compound compound;
	uint32_t mapped;

	if (!layout || layout->refcount < 0 || layout->type < 0 || use->compound || use->has_swap ||
	    !page_compound(kernel, pfn, &words, &compound, NULL))
		return false;
	mapped = page_half(&words, layout->type) + 1;
	return mapped && mapped < 1 << 30 && page_half(&words, layout->refcount) == mapped;
}

/* Returns true if a driver may follow the process's mappings. Such a driver has no references to
 * pages, because the kernel notifies it of changes. The mm_struct member is mmu_notifier_mm up to
 * 5.5, and does not exist in kernels without notifiers. */
static bool may_follow(struct kernel *kernel, uint64_t mm)
{
	uint64_t notifiers = 0;

	if (kernel_read_member(kernel, mm, MM_NOTIFIERS, &notifiers, NULL) ||
	    kernel_read_member(kernel, mm, MM_NOTIFIERS_OLD, &notifiers, NULL))
		return notifiers;
	return kernel_member(kernel, MM_NOTIFIERS, NULL) ||
	       kernel_member(kernel, MM_NOTIFIERS_OLD, NULL);
}

static bool is_unheld(struct kernel *kernel, uint64_t pfn, char owner[MISUSE_OWNER])
{
	struct page_owner owners[MOST_OWNERS];
	struct page_use use;
	size_t nr;

	if (!page_use_of(kernel, pfn, &use, NULL) || !is_only_mapped(kernel, pfn, &use))
		return false;
	nr = query_page_owners(kernel, pfn, &use, owners);
	for (size_t i = 0; i < nr && i < MOST_OWNERS; i++)
		if (may_follow(kernel, owners[i].mm))
			return false;
	if (!nr || nr > MOST_OWNERS)
		return false;
	if (owners[0].has_pid)
		text_append(owner, MISUSE_OWNER, ", mapped by pid %d", (int)owners[0].pid);
	else
		text_append(owner, MISUSE_OWNER, ", mapped by mm %" PRIx64, owners[0].mm);
	text_append(owner, MISUSE_OWNER, " at %" PRIx64, owners[0].vaddr);
	return true;
}

enum io_misuse io_misuse_of(struct kernel *kernel, const struct frame_run *run, uint64_t pfn,
			    char owner[MISUSE_OWNER])
{
	*owner = '\0';
	if (run->use == PAGE_USE_ANON)
		return is_unheld(kernel, pfn, owner) ? IO_MISUSE_USER : IO_MISUSE_NONE;
	if (run->use == PAGE_USE_SLAB)
		return is_no_buffer(kernel, pfn, owner) ? IO_MISUSE_SLAB : IO_MISUSE_NONE;
	if (run->use == PAGE_USE_FREE_PERCPU)
		return IO_MISUSE_FREE;
	return IO_MISUSE_NONE;
}
